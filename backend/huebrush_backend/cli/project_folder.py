"""The project's folder, where there is one."""

from __future__ import annotations

from pathlib import Path


def project_folder() -> Path | None:
    """Return the project's folder if this program runs from it, or None if it was installed from a wheel."""
    folder = Path(__file__).resolve().parents[3]
    return folder if (folder / "install.py").is_file() else None
