"""Huebrush backend: everything that computes. See docs/architecture.md for the floor plan."""

__version__ = "0.1.0"
