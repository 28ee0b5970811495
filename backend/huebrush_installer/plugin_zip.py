"""The plugin as one ZIP, which Krita imports with Tools > Scripts > Import Python Plugin from File.

Krita finds the module by an entry for its folder, so every folder has one. The same ZIP lies in the backend's wheel,
from which `huebrush install-plugin` unpacks it.
"""

from __future__ import annotations

import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from huebrush_installer.errors import InstallError
from huebrush_installer.plugin_files import PACKAGE, PLUGIN, tree
from huebrush_installer.vendored import every_target

_DATE = (2020, 1, 1, 0, 0, 0)
"""Date of every file in the ZIP, so that the same plugin gives the same bytes."""
_PYKRITA = "pykrita/"


def zip_name(version: str) -> str:
    """Return the file name of the plugin's ZIP."""
    return f"huebrush-krita-{version}.zip"


def write_zip(path: Path, files: dict[str, Path]) -> None:
    """Write the plugin's `files` (path below Krita's data folder -> source) to the ZIP at `path`. Raises OSError."""
    inner = {name.removeprefix(_PYKRITA): source for name, source in files.items()}
    folders = {f"{folder}/" for name in inner for folder in PurePosixPath(name).parents if folder.name}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted({*inner, *folders}):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system = 3
            if name in folders:
                entry.external_attr = (stat.S_IFDIR | 0o755) << 16 | 0x10
                archive.writestr(entry, b"")
            else:
                entry.external_attr = (stat.S_IFREG | 0o644) << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, inner[name].read_bytes())


@dataclass(frozen=True)
class UnpackedPlugin:
    """The plugin's ZIP, unpacked into `folder`. Only `vendor_folders` of its libraries are installed."""

    folder: Path
    vendor_folders: tuple[str, ...]

    def files(self) -> dict[str, Path]:
        """Map the path of every file to install, below Krita's data folder and with forward slashes, to its source."""
        others = {f"{PLUGIN}/vendor/{target.folder}/" for target in every_target()}
        others -= {f"{PLUGIN}/vendor/{name}/" for name in self.vendor_folders}
        return {
            name if name.startswith("actions/") else f"{_PYKRITA}{name}": path
            for name, path in tree(self.folder)
            if not name.startswith(tuple(others))
        }


def unpack_zip(path: Path, folder: Path, vendor_folders: tuple[str, ...]) -> UnpackedPlugin:
    """Unpack the plugin's ZIP into `folder`. Raises InstallError for a file that is not the plugin's."""
    try:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
    except (OSError, zipfile.BadZipFile) as error:
        raise InstallError(f"{path} cannot be unpacked: {error}", "Install Huebrush again.") from error
    unpacked = UnpackedPlugin(folder, vendor_folders)
    if f"{PACKAGE}/__init__.py" not in unpacked.files():
        raise InstallError(f"{path} does not hold the plugin", "Install Huebrush again.")
    return unpacked
