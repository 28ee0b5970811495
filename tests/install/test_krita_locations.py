"""Krita's folders on every platform, in simulated homes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from huebrush_installer.krita_locations import (
    KritaHome,
    Surroundings,
    chosen_home,
    find_homes,
    krita_program,
    native_home,
)
from simulated_files import write

Machine = Callable[..., Surroundings]


def program(path: Path) -> Path:
    write(path).chmod(0o755)
    return path


def places(home: KritaHome, top: Path) -> tuple[str, str]:
    return home.data.relative_to(top).as_posix(), home.kritarc.relative_to(top).as_posix()


def test_linux_with_a_packaged_krita(machine: Machine) -> None:
    linux = machine("linux")
    installed = program(linux.root / "bin" / "krita")
    (home,) = find_homes(linux)
    assert home.kind == "native"
    assert places(home, linux.home) == (".local/share/krita", ".config/kritarc")
    assert home.plugin == linux.home / ".local/share/krita/pykrita/huebrush"
    assert krita_program(linux) == installed


def test_linux_respects_absolute_xdg_folders_only(machine: Machine, tmp_path: Path) -> None:
    data, config = tmp_path / "data", tmp_path / "config"
    home = native_home(machine("linux", XDG_DATA_HOME=str(data), XDG_CONFIG_HOME=str(config)))
    assert (home.data, home.kritarc) == (data / "krita", config / "kritarc")
    relative = native_home(machine("linux", XDG_DATA_HOME="data", XDG_CONFIG_HOME=""))
    assert places(relative, tmp_path / "home") == (".local/share/krita", ".config/kritarc")


def test_linux_appimage_is_known_by_the_folders_it_has_used(machine: Machine) -> None:
    linux = machine("linux")
    assert find_homes(linux) == []
    (linux.home / ".local/share/krita").mkdir(parents=True)
    assert [home.kind for home in find_homes(linux)] == ["native"]


@pytest.mark.parametrize("where", ["root", "home"])
def test_flatpak_beside_a_packaged_krita(machine: Machine, where: str, tmp_path: Path) -> None:
    linux = machine("linux", XDG_DATA_HOME=str(tmp_path / "elsewhere"))
    folder = {
        "root": linux.root / "var/lib/flatpak/app/org.kde.krita",
        "home": linux.home / ".local/share/flatpak/app/org.kde.krita",
    }[where]
    folder.mkdir(parents=True)
    program(linux.root / "bin" / "krita")
    native, flatpak = find_homes(linux)
    assert (native.kind, flatpak.kind) == ("native", "flatpak")
    assert places(flatpak, linux.home) == (
        ".var/app/org.kde.krita/data/krita",
        ".var/app/org.kde.krita/config/kritarc",
    )


def test_windows_installer_and_microsoft_store(machine: Machine, tmp_path: Path) -> None:
    roaming, local = tmp_path / "Roaming", tmp_path / "Local"
    files = tmp_path / "Program Files"
    windows = machine("win32", APPDATA=str(roaming), LOCALAPPDATA=str(local), ProgramFiles=str(files))
    installed = program(files / "Krita (x64)" / "bin" / "krita.exe")
    (local / "Packages" / "49800Krita_w3hmr3nfgm9sy").mkdir(parents=True)
    (local / "Packages" / "Microsoft.Paint_8wekyb3d8bbwe").mkdir(parents=True)
    native, store = find_homes(windows)
    assert krita_program(windows) == installed
    assert (native.data, native.kritarc) == (roaming / "krita", local / "kritarc")
    assert store.kind == "microsoft-store"
    assert places(store, local / "Packages" / "49800Krita_w3hmr3nfgm9sy") == (
        "LocalCache/Roaming/krita",
        "LocalCache/Local/kritarc",
    )


def test_windows_without_its_variables(machine: Machine) -> None:
    windows = machine("win32")
    assert places(native_home(windows), windows.home) == ("AppData/Roaming/krita", "AppData/Local/kritarc")
    assert find_homes(windows) == []


@pytest.mark.parametrize("where", ["root", "home"])
def test_macos(machine: Machine, where: str) -> None:
    mac = machine("darwin")
    top = {"root": mac.root, "home": mac.home}[where]
    program(top / "Applications/krita.app/Contents/MacOS/krita")
    (home,) = find_homes(mac)
    assert places(home, mac.home) == ("Library/Application Support/krita", "Library/Preferences/kritarc")


def test_folders_named_by_the_user(machine: Machine, tmp_path: Path) -> None:
    linux = machine("linux")
    named = chosen_home(tmp_path / "d", tmp_path / "c", linux)
    assert (named.data, named.kritarc) == (tmp_path / "d", tmp_path / "c" / "kritarc")
    assert chosen_home(tmp_path / "d", tmp_path / "kritarc", linux).kritarc == tmp_path / "kritarc"
    assert chosen_home(tmp_path / "d", None, linux).kritarc == linux.home / ".config/kritarc"
