"""The plugin's version, also what the backend is told at the first message."""

from __future__ import annotations

from huebrush_protocol.version import VERSION

__all__ = ["VERSION"]
