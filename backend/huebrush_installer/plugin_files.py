"""Copies the plugin into a Krita, switches it on, and removes all of it again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from huebrush_installer.atomic import write_atomically
from huebrush_installer.errors import InstallError
from huebrush_installer.krita_locations import KritaHome
from huebrush_installer.kritarc import plugin_setting, set_plugin
from huebrush_installer.removal import remove_path
from huebrush_installer.vendored import PLATFORMS

PLUGIN = "huebrush"
PACKAGE = f"pykrita/{PLUGIN}"
_SKIPPED = ("__pycache__", ".complete")


class PluginFiles(Protocol):
    """Files of the plugin, wherever they come from, and the names of the folders of its libraries among them."""

    @property
    def vendor_folders(self) -> tuple[str, ...]:
        """Return the names of the subfolders of vendor/ to install."""
        ...

    def files(self) -> dict[str, Path]:
        """Map the path of every file to install, below Krita's data folder and with forward slashes, to its source."""
        ...


@dataclass(frozen=True)
class PluginSources:
    """Sources of the plugin: its folder (huebrush.desktop, huebrush.action, huebrush/), the protocol package, the
    prepared vendor folder (see `vendored`), the names of the vendor folder's subfolders to install, and the folder
    with the manual as a page (see `manual_page`), which may not be there.
    """

    plugin: Path
    protocol: Path
    vendor: Path
    vendor_folders: tuple[str, ...]
    manual: Path

    def files(self) -> dict[str, Path]:
        """Map the path of every file to install, below Krita's data folder and with forward slashes, to its source."""
        wanted = {
            f"pykrita/{PLUGIN}.desktop": self.plugin / f"{PLUGIN}.desktop",
            f"actions/{PLUGIN}.action": self.plugin / f"{PLUGIN}.action",
        }
        trees = [
            (self.plugin / PLUGIN, PACKAGE),
            (self.manual, PACKAGE),
            (self.protocol, f"{PACKAGE}/vendor/any/{self.protocol.name}"),
            *((self.vendor / name, f"{PACKAGE}/vendor/{name}") for name in self.vendor_folders),
        ]
        for folder, prefix in trees:
            wanted.update({f"{prefix}/{inner}": path for inner, path in tree(folder)})
        return wanted


@dataclass(frozen=True)
class Backend:
    """Start of the backend by the plugin: the command up to the subcommand, the version, and the data folder."""

    command: Sequence[str]
    version: str
    data_folder: Path


@dataclass(frozen=True)
class PluginState:
    """State of the plugin in one Krita. `outdated`: number of files that are missing, different, or left over."""

    installed: bool
    enabled: bool
    outdated: int
    installation: dict[str, Any] | None


def install_plugin(home: KritaHome, sources: PluginFiles, backend: Backend) -> int:
    """Copy the plugin to `home`, switch it on, save how to start the backend; return the number of files written.

    Files that are already right are not touched, so it can run again, even while Krita runs. Raises `InstallError`.
    """
    wanted = sources.files()
    record = _read_record(home)
    created: list[str] = list(record.get("created_folders", []))
    try:
        if home.plugin.is_symlink():
            home.plugin.unlink()
        for folder in (home.pykrita, home.actions_file.parent, home.plugin_data, home.kritarc.parent):
            created.extend(str(made) for made in _make_folder(folder))
        written = sum(_copy_if_changed(path, home.data / name) for name, path in wanted.items())
        _remove_leftovers(home, wanted)
        kritarc_was_missing = record.get("kritarc_was_missing", not home.kritarc.exists())
        previous = record["previous_setting"] if "previous_setting" in record else _enabled_value(home)
        _write_setting(home, "true")
    except OSError as error:
        raise InstallError(
            f"cannot write the plugin to {home.data}: {error}",
            "Close Krita if it is running, check that you can write there, and run the same command again.",
        ) from error
    content = {
        "command": list(backend.command),
        "version": backend.version,
        "data_folder": str(backend.data_folder),
        "krita": home.kind,
        "created_folders": created,
        "kritarc_was_missing": kritarc_was_missing,
        "previous_setting": previous,
    }
    write_atomically(home.installation, (json.dumps(content, indent=2) + "\n").encode())
    return written


def uninstall_plugin(home: KritaHome) -> list[Path]:
    """Remove the plugin from `home`: files, data, switch, and the folders it made. Return what was removed."""
    record = _read_record(home)
    own = (home.plugin, home.desktop_file, home.actions_file, home.plugin_data)
    removed = [path for path in own if path.is_symlink() or path.exists()]
    try:
        for path in removed:
            remove_path(path)
        if home.kritarc.exists() and _enabled_value(home) is not None:
            _write_setting(home, record.get("previous_setting"))
            removed.append(home.kritarc)
        if home.kritarc.exists() and record.get("kritarc_was_missing"):
            _remove_if_blank(home.kritarc)
        for folder in sorted(record.get("created_folders", []), key=len, reverse=True):
            _remove_if_empty(Path(folder))
    except OSError as error:
        raise InstallError(
            f"cannot remove the plugin from {home.data}: {error}", "Close Krita and run the same command again."
        ) from error
    return removed


def plugin_state(home: KritaHome, sources: PluginFiles | None) -> PluginState:
    """Return the state of the plugin in `home`.

    `sources`: files to compare with, if given. Vendored files are compared only if `sources` has them.
    """
    outdated = 0
    if sources is not None and home.plugin.is_dir():
        wanted = sources.files()
        outdated = sum(not _same(path, home.data / name) for name, path in wanted.items())
        here = {name.rpartition("-")[0] for name in sources.vendor_folders}
        others = [name for name in PLATFORMS if name not in here]  # the ZIP brings libraries for all platforms
        unknown = tuple(f"vendor/{name}-" for name in others) if here else ("vendor/",)
        leftovers = [inner for inner, _ in tree(home.plugin) if not inner.startswith(unknown)]
        outdated += sum(f"{PACKAGE}/{inner}" not in wanted for inner in leftovers)
    return PluginState(
        installed=home.plugin.is_dir() and home.desktop_file.is_file(),
        enabled=_enabled_value(home) == "true",
        outdated=outdated,
        installation=_read_record(home) or None,
    )


def tree(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the path below `folder`, with forward slashes, of each file to install, and where it lies."""
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if path.is_file() and not any(part in _SKIPPED for part in inner.parts):
            yield inner.as_posix(), path


def _same(first: Path, second: Path) -> bool:
    return (
        second.is_file() and first.stat().st_size == second.stat().st_size and first.read_bytes() == second.read_bytes()
    )


def _copy_if_changed(source: Path, destination: Path) -> bool:
    if _same(source, destination):
        return False
    destination.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(destination, source.read_bytes())
    return True


def _remove_leftovers(home: KritaHome, files: dict[str, Path]) -> None:
    """Remove files that an older version of the plugin left in its package."""
    for inner, path in list(tree(home.plugin)):
        if f"{PACKAGE}/{inner}" not in files:
            path.unlink()
    for folder in sorted((path for path in home.plugin.rglob("*") if path.is_dir()), key=lambda p: -len(p.parts)):
        if folder.name == "__pycache__":
            shutil.rmtree(folder)
        else:
            _remove_if_empty(folder)


def _make_folder(folder: Path) -> list[Path]:
    """Make `folder` and its missing parents; return those that were missing."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
        folder.rmdir()


def _remove_if_blank(file: Path) -> None:
    if not file.read_bytes().strip():
        file.unlink()


def _settings(home: KritaHome) -> bytes:
    return home.kritarc.read_bytes() if home.kritarc.exists() else b""


def _enabled_value(home: KritaHome) -> str | None:
    return plugin_setting(_settings(home), PLUGIN)


def _write_setting(home: KritaHome, value: str | None) -> None:
    before = _settings(home)
    after = set_plugin(before, PLUGIN, value)
    if after != before:
        write_atomically(home.kritarc, after)


def _read_record(home: KritaHome) -> dict[str, Any]:
    try:
        content = json.loads(home.installation.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
