"""Huebrush backend: everything that computes. See docs/architecture.md for the floor plan."""

from huebrush_protocol.version import VERSION as __version__

__all__ = ["__version__"]
