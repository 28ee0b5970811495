"""The plugin's version, also what the backend is told at the first message."""

from __future__ import annotations

VERSION = "0.1.0"
