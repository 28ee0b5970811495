"""Paths in the project's own folder."""

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
        """Folder of downloads and unpacked files, which may be deleted at any time."""
        return self.root / "build"

    @property
    def demo_results(self) -> Path:
        """Folder of the pictures that `install.py demo` makes."""
        return self.root / "demo"

    @property
    def requirements(self) -> Path:
        """The pinned requirements."""
        return self.root / "requirements"

    @property
    def plugin_source(self) -> Path:
        """Folder that is copied into Krita: huebrush.desktop and huebrush/."""
        return self.root / "krita_plugin"

    @property
    def protocol_source(self) -> Path:
        """The protocol package, which is installed with the plugin."""
        return self.root / "protocol" / "huebrush_protocol"

    @property
    def version_file(self) -> Path:
        """The only file with the version number."""
        return self.protocol_source / "version.py"

    @cached_property
    def version(self) -> str:
        """The version of the project, read by pattern, because the installer runs no code of the project."""
        text = self.version_file.read_text("utf-8") if self.version_file.is_file() else ""
        found = re.search(r'^VERSION = "([^"]+)"$', text, re.MULTILINE)
        if found is None:
            raise InstallError(f"{self.version_file} names no version", "Get a fresh copy of the project.")
        return found.group(1)
