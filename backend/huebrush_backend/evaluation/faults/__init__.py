"""Breaks a real backend in every way that is known, and counts what is lost: `huebrush bench faults`."""
