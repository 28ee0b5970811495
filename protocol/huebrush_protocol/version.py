"""The version of Huebrush, defined only here.

It is in this package because all sides have it: the plugin carries a copy into Krita, the backend imports it, and
`pyproject.toml` and the installer read it from this file without executing it.
"""

from __future__ import annotations

VERSION = "0.1.0"
