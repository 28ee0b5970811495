"""Where things lie in the project's own folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from huebrush_installer.errors import InstallError


@dataclass(frozen=True)
class Checkout:
    """The project's folder (a git checkout or an unpacked archive)."""

    root: Path

    @property
    def environment(self) -> Path:
        """The virtual environment that install.py makes."""
        return self.root / ".venv"

    @property
    def build(self) -> Path:
        """What is downloaded or unpacked on the way and may be deleted at any time."""
        return self.root / "build"

    @property
    def demo_results(self) -> Path:
        """Where `install.py demo` leaves its pictures."""
        return self.root / "demo"

    @property
    def requirements(self) -> Path:
        """The pinned requirements."""
        return self.root / "requirements"

    @property
    def plugin_source(self) -> Path:
        """What is copied into Krita: huebrush.desktop and huebrush/."""
        return self.root / "krita_plugin"

    @property
    def protocol_source(self) -> Path:
        """The protocol package, which the plugin carries along."""
        return self.root / "protocol" / "huebrush_protocol"

    @cached_property
    def version(self) -> str:
        """The project's version, from pyproject.toml (read by pattern: tomllib came with Python 3.11)."""
        text = (self.root / "pyproject.toml").read_text("utf-8")
        found = re.search(r'^version = "([^"]+)"$', text, re.MULTILINE)
        if found is None:
            raise InstallError("pyproject.toml names no version", "Get a fresh copy of the project.")
        return found.group(1)
