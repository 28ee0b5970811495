"""Folders of Krita's data and settings, on every platform and in every packaging."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

FLATPAK_ID = "org.kde.krita"
STORE_PACKAGES = "*Krita_*"
"""Pattern of the Microsoft Store build's folder name below %LOCALAPPDATA%\\Packages. The end of the name varies."""


@dataclass(frozen=True)
class Surroundings:
    """Facts about a machine that determine where Krita's folders are. Tests make their own.

    `platform`: a `sys.platform` value ("linux", "darwin", "win32"). `root`: top of the file system.
    """

    platform: str
    home: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    root: Path = Path("/")

    @staticmethod
    def here() -> Surroundings:
        """Return the surroundings of this machine and user."""
        return Surroundings(sys.platform, Path.home(), os.environ)

    def folder(self, variable: str, fallback: Path) -> Path:
        """Return the folder in an environment variable if it is an absolute path, else `fallback`."""
        value = self.environment.get(variable, "")
        return Path(value) if value and Path(value).is_absolute() else fallback

    def program(self, name: str) -> Path | None:
        """Return the path of the program `name` on PATH, or None."""
        found = shutil.which(name, path=self.environment.get("PATH", ""))
        return Path(found) if found else None


@dataclass(frozen=True)
class KritaHome:
    """One Krita of one user. `kind`: "native", "flatpak", "microsoft-store" or "chosen" (folders given by the user).

    `data`: Krita's AppDataLocation, in Qt's terms. `kritarc`: the settings file.
    """

    kind: str
    label: str
    data: Path
    kritarc: Path

    @property
    def pykrita(self) -> Path:
        """The folder that Krita searches for Python plugins."""
        return self.data / "pykrita"

    @property
    def plugin(self) -> Path:
        """The plugin's package."""
        return self.pykrita / "huebrush"

    @property
    def desktop_file(self) -> Path:
        """The file that makes the plugin known to Krita."""
        return self.pykrita / "huebrush.desktop"

    @property
    def actions_file(self) -> Path:
        """The file that lists the plugin's actions for Krita's shortcut settings."""
        return self.data / "actions" / "huebrush.action"

    @property
    def plugin_data(self) -> Path:
        """Folder of the plugin's settings and `installation.json`, outside the package, which Krita may delete."""
        return self.data / "huebrush"

    @property
    def installation(self) -> Path:
        """The file that tells the plugin how to start the backend."""
        return self.plugin_data / "installation.json"


def native_home(surroundings: Surroundings) -> KritaHome:
    """Return the home of a Krita from an installer, a distribution's package, an AppImage or a disk image."""
    home = surroundings.home
    if surroundings.platform == "win32":
        roaming = surroundings.folder("APPDATA", home / "AppData" / "Roaming")
        local = surroundings.folder("LOCALAPPDATA", home / "AppData" / "Local")
        return KritaHome("native", "Krita for Windows", roaming / "krita", local / "kritarc")
    if surroundings.platform == "darwin":
        library = home / "Library"
        return KritaHome(
            "native",
            "Krita for macOS",
            library / "Application Support" / "krita",
            library / "Preferences" / "kritarc",
        )
    data = surroundings.folder("XDG_DATA_HOME", home / ".local" / "share")
    config = surroundings.folder("XDG_CONFIG_HOME", home / ".config")
    return KritaHome("native", "Krita for Linux", data / "krita", config / "kritarc")


def flatpak_home(surroundings: Surroundings) -> KritaHome:
    """Return the home of the Flatpak, which lies below ~/.var/app and ignores the XDG variables."""
    sandbox = surroundings.home / ".var" / "app" / FLATPAK_ID
    return KritaHome("flatpak", "Krita as a Flatpak", sandbox / "data" / "krita", sandbox / "config" / "kritarc")


def store_homes(surroundings: Surroundings) -> list[KritaHome]:
    """Return the homes of Microsoft Store builds, whose %APPDATA% lies below their package's folder."""
    local = surroundings.folder("LOCALAPPDATA", surroundings.home / "AppData" / "Local")
    return [
        KritaHome(
            "microsoft-store",
            "Krita from the Microsoft Store",
            package / "LocalCache" / "Roaming" / "krita",
            package / "LocalCache" / "Local" / "kritarc",
        )
        for package in sorted((local / "Packages").glob(STORE_PACKAGES))
        if package.is_dir()
    ]


def krita_program(surroundings: Surroundings) -> Path | None:
    """Return the native Krita program of this machine, or None."""
    if surroundings.platform == "win32":
        program_files = surroundings.folder("ProgramFiles", surroundings.root / "Program Files")
        programs = sorted(program_files.glob("Krita*/bin/krita.exe"))
        return programs[-1] if programs else surroundings.program("krita.exe")
    if surroundings.platform == "darwin":
        for applications in (surroundings.root / "Applications", surroundings.home / "Applications"):
            program = applications / "krita.app" / "Contents" / "MacOS" / "krita"
            if program.exists():
                return program
        return None
    return surroundings.program("krita")


def has_flatpak(surroundings: Surroundings) -> bool:
    """Return whether the Flatpak is installed for this user or for all users."""
    if surroundings.platform in ("win32", "darwin"):
        return False
    for_all = surroundings.root / "var" / "lib" / "flatpak" / "app" / FLATPAK_ID
    for_user = surroundings.home / ".local" / "share" / "flatpak" / "app" / FLATPAK_ID
    return for_all.exists() or for_user.exists() or flatpak_home(surroundings).data.exists()


def find_homes(surroundings: Surroundings) -> list[KritaHome]:
    """Return the homes of all Kritas found by an installed program or by folders that a Krita has used."""
    homes = []
    native = native_home(surroundings)
    if krita_program(surroundings) or native.data.exists() or native.kritarc.exists():
        homes.append(native)
    if has_flatpak(surroundings):
        homes.append(flatpak_home(surroundings))
    if surroundings.platform == "win32":
        homes.extend(store_homes(surroundings))
    return homes


def chosen_home(data: Path, config: Path | None, surroundings: Surroundings) -> KritaHome:
    """Return the home that the user chose. `data`: Krita's data folder. `config`: kritarc, its folder, or None."""
    if config is None:
        kritarc = native_home(surroundings).kritarc
    else:
        kritarc = config if config.name.endswith("rc") and not config.is_dir() else config / "kritarc"
    return KritaHome("chosen", "the Krita folders you named", data.absolute(), kritarc.absolute())
