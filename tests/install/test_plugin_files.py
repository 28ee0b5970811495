"""Installing the plugin into one Krita and taking it out again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from huebrush_installer.errors import InstallError
from huebrush_installer.krita_locations import KritaHome, Surroundings, native_home
from huebrush_installer.plugin_files import (
    Backend,
    PluginSources,
    install_plugin,
    plugin_state,
    uninstall_plugin,
)
from simulated_files import snapshot, write

BACKEND = Backend(["/venv/bin/python", "-m", "huebrush_backend.cli.main"], "1.2.3", Path("/data/huebrush"))


@pytest.fixture(params=["linux", "darwin", "win32"])
def home(request: pytest.FixtureRequest, machine: Callable[..., Surroundings]) -> KritaHome:
    """A Krita that nobody has used yet, on each platform."""
    return native_home(machine(request.param))


def test_what_is_installed(home: KritaHome, sources: PluginSources) -> None:
    install_plugin(home, sources, BACKEND)
    installed = {name for name, content in snapshot(home.data).items() if content is not None}
    assert installed == {
        "actions/huebrush.action",
        "pykrita/huebrush.desktop",
        "pykrita/huebrush/__init__.py",
        "pykrita/huebrush/deep/part.py",
        "pykrita/huebrush/manual.html",
        "pykrita/huebrush/vendor/any/msgpack/fallback.py",
        "pykrita/huebrush/vendor/any/huebrush_protocol/messages.py",
        "pykrita/huebrush/vendor/linux-x86_64-cp311/zmq/_zmq.so",
        "huebrush/installation.json",
    }
    record = json.loads(home.installation.read_text("utf-8"))
    assert record["command"] == list(BACKEND.command)
    assert record["version"] == "1.2.3"
    assert record["data_folder"] == str(BACKEND.data_folder)
    assert b"[python]\nenable_huebrush=true\n" in home.kritarc.read_bytes()


def test_uninstalling_leaves_a_home_without_krita_as_it_was(
    home: KritaHome, sources: PluginSources, tmp_path: Path
) -> None:
    before = snapshot(tmp_path / "home")
    install_plugin(home, sources, BACKEND)
    write(home.plugin_data / "settings.json", "{}")
    write(home.plugin / "__pycache__" / "docker.cpython-311.pyc", "compiled by Krita")
    assert uninstall_plugin(home)
    assert snapshot(tmp_path / "home") == before


def test_uninstalling_leaves_a_used_krita_as_it_was(home: KritaHome, sources: PluginSources, tmp_path: Path) -> None:
    write(home.kritarc, "[General]\na=1\n\n[python]\nenable_other=true\n")
    write(home.pykrita / "other" / "__init__.py", "other plugin")
    write(home.pykrita / "other.desktop", "other")
    write(home.data / "brushes" / "mine.kpp", "brush")
    write(home.data / "actions" / "other.action", "the other plugin's actions")
    write(tmp_path / "home" / "Pictures" / "huebrush" / "drawing.kra", "a drawing")
    before = snapshot(tmp_path / "home")
    install_plugin(home, sources, BACKEND)
    install_plugin(home, sources, BACKEND)
    uninstall_plugin(home)
    assert snapshot(tmp_path / "home") == before


def test_a_switch_that_was_off_is_off_again(home: KritaHome, sources: PluginSources) -> None:
    write(home.kritarc, "[python]\nenable_huebrush=false\n")
    install_plugin(home, sources, BACKEND)
    install_plugin(home, sources, BACKEND)
    assert plugin_state(home, None).enabled
    uninstall_plugin(home)
    assert home.kritarc.read_text("utf-8") == "[python]\nenable_huebrush=false\n"


def test_installing_again_writes_only_what_changed(home: KritaHome, sources: PluginSources) -> None:
    assert install_plugin(home, sources, BACKEND) == 8
    kept = home.plugin / "__init__.py"
    stamp = kept.stat().st_mtime_ns
    assert install_plugin(home, sources, BACKEND) == 0
    write(sources.plugin / "huebrush" / "deep" / "part.py", "PART = 2\n")
    assert install_plugin(home, sources, BACKEND) == 1
    assert kept.stat().st_mtime_ns == stamp
    assert (home.plugin / "deep" / "part.py").read_text("utf-8") == "PART = 2\n"


def test_an_older_version_leaves_nothing_in_the_plugin(home: KritaHome, sources: PluginSources) -> None:
    install_plugin(home, sources, BACKEND)
    write(home.plugin / "old" / "module.py", "from an older version")
    write(home.plugin / "vendor" / "linux-x86_64-cp310" / "zmq" / "old.so", "older pyzmq")
    assert plugin_state(home, sources).outdated == 2
    install_plugin(home, sources, BACKEND)
    assert not (home.plugin / "old").exists()
    assert not (home.plugin / "vendor" / "linux-x86_64-cp310").exists()
    assert plugin_state(home, sources).outdated == 0


def test_the_settings_of_the_plugin_survive_an_update(home: KritaHome, sources: PluginSources) -> None:
    install_plugin(home, sources, BACKEND)
    settings = write(home.plugin_data / "settings.json", '{"steps": 30}')
    install_plugin(home, sources, BACKEND)
    assert settings.read_text("utf-8") == '{"steps": 30}'


def test_kritarc_that_is_a_link_stays_one(home: KritaHome, sources: PluginSources, tmp_path: Path) -> None:
    real = write(tmp_path / "dotfiles" / "kritarc", "[General]\na=1\n")
    home.kritarc.parent.mkdir(parents=True)
    home.kritarc.symlink_to(real)
    install_plugin(home, sources, BACKEND)
    assert home.kritarc.is_symlink()
    assert "enable_huebrush=true" in real.read_text("utf-8")


def test_a_plugin_that_is_a_link_to_a_checkout_is_replaced_not_filled(
    home: KritaHome, sources: PluginSources, tmp_path: Path
) -> None:
    theirs = write(tmp_path / "checkout" / "huebrush" / "__init__.py", "a developer's own").parent
    home.pykrita.mkdir(parents=True)
    home.plugin.symlink_to(theirs, target_is_directory=True)
    install_plugin(home, sources, BACKEND)
    assert not home.plugin.is_symlink()
    assert snapshot(theirs) == {"__init__.py": b"a developer's own"}


def test_a_folder_that_cannot_be_written_is_reported(home: KritaHome, sources: PluginSources) -> None:
    write(home.data, "a file where a folder should be")
    with pytest.raises(InstallError) as caught:
        install_plugin(home, sources, BACKEND)
    assert str(home.data) in caught.value.message
    assert caught.value.remedy


def test_state(home: KritaHome, sources: PluginSources) -> None:
    state = plugin_state(home, sources)
    assert (state.installed, state.enabled, state.outdated, state.installation) == (False, False, 0, None)
    install_plugin(home, sources, BACKEND)
    state = plugin_state(home, sources)
    assert (state.installed, state.enabled, state.outdated) == (True, True, 0)
    write(home.installation, "{ broken")
    assert plugin_state(home, sources).installation is None
    assert install_plugin(home, sources, BACKEND) == 0
    assert plugin_state(home, sources).installation


def test_libraries_for_other_platforms_which_the_zip_brings_are_not_called_outdated(
    home: KritaHome, sources: PluginSources
) -> None:
    install_plugin(home, sources, BACKEND)
    assert sources.vendor_folders == ("any", "linux-x86_64-cp311")
    other = "win-amd64-cp311"
    write(home.plugin / "vendor" / other / "zmq" / "_zmq.so")
    assert plugin_state(home, sources).outdated == 0
    write(home.plugin / "vendor" / "any" / "left_over.py")
    assert plugin_state(home, sources).outdated == 1


def test_vendored_files_are_not_called_outdated_when_there_is_nothing_to_compare_with(
    home: KritaHome, sources: PluginSources
) -> None:
    install_plugin(home, sources, BACKEND)
    unprepared = replace(sources, vendor_folders=())
    assert plugin_state(home, unprepared).outdated == 0
    write(home.plugin / "old.py", "left over")
    assert plugin_state(home, unprepared).outdated == 1
