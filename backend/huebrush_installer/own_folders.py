"""Removes Huebrush's folders outside Krita and outside the project."""

from __future__ import annotations

import importlib
import os
import shutil
from pathlib import Path

from huebrush_installer.errors import InstallError
from huebrush_installer.removal import remove_path

OWN_DATA = ("models", "keys", "logs", "cache", "settings.json", "loading_times.json")
"""Names of Huebrush's files in its data folder."""

OWN_CACHE = ("jobs",)
"""Names of what the backend keeps in the folder for caches."""

OWN_RUNTIME = ("krita-*", "backend.*", "endpoint.json", "keys")
"""Patterns of Huebrush's files in its runtime folder."""


def remove_own_folders() -> list[Path]:
    """Remove Huebrush's data and runtime folders and the jobs in its folder for caches; return what was removed.

    Raises `InstallError`.

    A folder at its default location belongs to Huebrush alone and is removed with all its content. A folder that the
    user chose by an environment variable may hold other files, so only Huebrush's files are removed from it, and the
    folder itself only if it is then empty.
    """
    locations = importlib.import_module("huebrush_protocol.locations")
    try:
        removed = _remove(locations.data_folder(), OWN_DATA, "HUEBRUSH_DATA" in os.environ)
        removed += _remove(locations.cache_folder(), OWN_CACHE, is_chosen=True)
        removed += _remove(locations.runtime_folder(), OWN_RUNTIME, "HUEBRUSH_RUNTIME" in os.environ)
    except (OSError, locations.LocationError) as error:
        raise InstallError(f"cannot remove Huebrush's own folders: {error}", "Remove them by hand.") from error
    return removed


def _remove(folder: Path, patterns: tuple[str, ...], is_chosen: bool) -> list[Path]:
    if not folder.is_dir():
        return []
    if not is_chosen:
        had_content = any(folder.iterdir())
        shutil.rmtree(folder)
        return [folder] if had_content else []
    removed = [path for pattern in patterns for path in folder.glob(pattern)]
    for path in removed:
        remove_path(path)
    if not any(folder.iterdir()):
        folder.rmdir()
    return removed
