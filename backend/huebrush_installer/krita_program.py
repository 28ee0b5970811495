"""Finds the installed Krita and its version without opening it, and a display on which it can open."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from huebrush_installer.krita_locations import Surroundings, krita_program
from huebrush_installer.processes import output_of

_FOREIGN = ("PYTHON", "VIRTUAL_ENV", "QT_", "LD_LIBRARY_PATH", "DISPLAY", "WAYLAND_DISPLAY")
"""Beginnings of variables that a Krita without a window must not inherit. If there is a display, Krita 5.3.4 uses it
although Qt does not, and ends with an X error."""


@dataclass(frozen=True)
class KritaProgram:
    """The native Krita of this machine. `version`: empty if unknown."""

    path: Path
    version: str

    @property
    def version_numbers(self) -> tuple[int, ...]:
        """The version as numbers, for comparison."""
        return tuple(int(part) for part in re.findall(r"\d+", self.version)[:3])


def find_krita(surroundings: Surroundings) -> KritaProgram | None:
    """Return the native Krita, or None."""
    path = krita_program(surroundings)
    return KritaProgram(path, _version(path)) if path is not None else None


def _version(path: Path) -> str:
    """Return the version. The package manager is asked first: `krita --version` starts Qt, which needs a display."""
    packaged = output_of(["dpkg-query", "--show", "--showformat=${Version}", "krita"]) if os.name == "posix" else None
    if packaged and packaged.strip():
        return re.sub(r"^\d+:", "", packaged.strip()).partition("+")[0].partition("-")[0]
    answer = output_of([str(path), "--version"], timeout=30, environment=windowless_environment(os.environ))
    found = re.search(r"(\d+\.\d+[.\d]*)", answer or "")
    return found.group(1) if found else ""


def windowless_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return `environment` for a Krita that opens no window."""
    inherited = {name: value for name, value in environment.items() if not name.startswith(_FOREIGN)}
    return inherited | {"QT_QPA_PLATFORM": "offscreen"}


def is_krita_running() -> bool:
    """Return whether a Krita is running on this machine."""
    if sys.platform == "win32":
        return "krita.exe" in (output_of(["tasklist", "/FI", "IMAGENAME eq krita.exe"]) or "").lower()
    if sys.platform == "darwin":
        return output_of(["pgrep", "-x", "krita"]) is not None
    for process in Path("/proc").glob("[0-9]*/comm"):
        try:
            if process.read_text("utf-8").strip() == "krita":
                return True
        except OSError:
            continue
    return False


def path_for_krita(path: str) -> str:
    """Return `path` without folders of other Pythons before the system's, as PATH for a Krita from a distribution.

    Krita's embedded Python uses the first `python3` on PATH as its home. If that belongs to pyenv, it finds no Qt.
    """
    system = ("/usr/local/bin", "/usr/bin", "/bin")
    return os.pathsep.join(
        folder for folder in path.split(os.pathsep) if folder in system or not (Path(folder) / "python3").exists()
    )


def display_command(environment: Mapping[str, str]) -> list[str] | None:
    """Return the words to put before a graphical command so that it has a display, or None if there is no display."""
    if sys.platform in ("win32", "darwin") or environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"):
        return []
    if shutil.which("xvfb-run") and shutil.which("xauth"):
        return ["xvfb-run", "--auto-servernum", "--server-args=-screen 0 1600x1000x24"]
    return None
