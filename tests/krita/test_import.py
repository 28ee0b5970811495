"""Krita's own importer of Python plugins, run in a real Krita, with the plugin's ZIP."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from huebrush_installer.checkout import Checkout
from huebrush_installer.plugin_installation import plugin_sources
from huebrush_installer.plugin_zip import write_zip
from krita_program import KritaProgram

ROOT = Path(__file__).resolve().parents[2]
IMPORT = """
from plugin_importer.plugin_importer_extension import PluginImporterExtension
asked = []
def answer_yes():
    "Press Yes in each dialog of the importer, and note its title; close a complaint."
    dialog = hands.QtWidgets.QApplication.activeModalWidget()
    if dialog is not None:
        asked.append(dialog.windowTitle())
        yes = dialog.button(hands.QtWidgets.QMessageBox.StandardButton.Yes)
        (yes.click if yes is not None else dialog.reject)()
clock = hands.QtCore.QTimer()
clock.timeout.connect(answer_yes)
clock.start(200)
try:
    PluginImporterExtension(app).do_import({path!r})
finally:
    clock.stop()
result = asked
"""
IMPORT_TO = """
from plugin_importer.plugin_importer import PluginImporter
found = PluginImporter({path!r}, {data!r}, lambda plugin: False).import_all()
result = [plugin["name"] for plugin in found]
"""


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory, prepared_home: Path) -> Path:
    """The ZIP that `HUEBRUSH_ZIP` names; without one, with the libraries that were fetched for the `prepared_home`."""
    if published := os.environ.get("HUEBRUSH_ZIP"):
        return Path(published)
    path = tmp_path_factory.mktemp("zip") / "huebrush-krita.zip"
    write_zip(path, plugin_sources(Checkout(ROOT)).files())
    return path


@pytest.fixture(scope="module")
def krita(prepared_home: Path) -> Iterator[KritaProgram]:
    """A Krita of its own."""
    program = KritaProgram(like=prepared_home)
    yield program
    program.stop()


def unpacked(path: Path) -> dict[str, bytes]:
    """Return the files in a ZIP, by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def module_files(data: Path) -> dict[str, bytes]:
    """Return the files of the plugin in Krita's folder `data`, by their names in the ZIP."""
    folders = {"huebrush": data / "pykrita" / "huebrush", "actions": data / "actions"}
    files = {"huebrush.desktop": (data / "pykrita" / "huebrush.desktop").read_bytes()}
    for prefix, folder in folders.items():
        for path in folder.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                files[f"{prefix}/{path.relative_to(folder).as_posix()}"] = path.read_bytes()
    return files


def test_a_first_install_gives_the_whole_plugin_which_then_starts(
    krita: KritaProgram, plugin: Path, prepared_home: Path
) -> None:
    home = krita.home / "first"
    data = home / "data" / "krita"
    shutil.copytree(prepared_home, home)
    for path in ("pykrita/huebrush", "huebrush"):
        shutil.rmtree(data / path)
    (data / "pykrita" / "huebrush.desktop").unlink()
    (data / "actions" / "huebrush.action").unlink()
    inside = krita.home / "first.zip"
    shutil.copy(plugin, inside)
    assert krita.run(IMPORT_TO.format(path=str(inside), data=str(data))) == ["huebrush"]
    assert module_files(data) == unpacked(plugin)
    (data / "huebrush").mkdir()
    (data / "huebrush" / "installation.json").touch()
    first = KritaProgram(like=home, install=False)
    try:
        code = "import huebrush.base.vendoring as v; result = [v.load_transport().origin, v.VENDOR_FOLDER.is_dir()]"
        origin, is_there = first.run(code)
        assert is_there and str(first.data) in origin
        assert first.run("from huebrush_protocol.version import VERSION; result = VERSION") == Checkout(ROOT).version
        assert first.run("result = app.action('huebrush_colorize') is not None")
    finally:
        first.stop()


def test_an_update_replaces_the_module_and_touches_nothing_of_the_artists(krita: KritaProgram, plugin: Path) -> None:
    package, settings = krita.data / "pykrita" / "huebrush", krita.data / "huebrush" / "settings.json"
    (package / "left_from_an_older_version.py").write_text("OLD = 1\n", "utf-8")
    (package / "vendor" / "any" / "huebrush_protocol" / "version.py").write_text('VERSION = "0.0.1"\n', "utf-8")
    kept = {path: path.read_bytes() for path in settings.parent.rglob("*") if path.is_file()}
    assert settings in kept and settings.with_name("installation.json") in kept
    inside = krita.home / "update.zip"
    shutil.copy(plugin, inside)
    asked = krita.run(IMPORT.format(path=str(inside)))
    assert len(asked) == 2, "to overwrite it, and to switch it on"
    assert module_files(krita.data) == unpacked(plugin)
    assert {path: path.read_bytes() for path in settings.parent.rglob("*") if path.is_file()} == kept
    again = KritaProgram(like=krita.home)
    try:
        assert again.run("from huebrush_protocol.version import VERSION; result = VERSION") == Checkout(ROOT).version
    finally:
        again.stop()


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs git's list of the project's files")
def test_importing_the_projects_address_installs_the_plugin_only(krita: KritaProgram) -> None:
    data = krita.home / "from the web"
    data.mkdir()
    inside = krita.home / "repository.zip"
    write_repository(inside)
    assert krita.run(IMPORT_TO.format(path=str(inside), data=str(data))) == ["huebrush"]
    assert sorted(path.name for path in (data / "pykrita").iterdir()) == ["huebrush", "huebrush.desktop"]
    assert [path.name for path in (data / "actions").iterdir()] == ["huebrush.action"]
    said = krita.run(f"""
import importlib.util, sys
spec = importlib.util.spec_from_file_location("copied_vendoring", {str(data / "pykrita/huebrush/base/vendoring.py")!r})
copied = importlib.util.module_from_spec(spec)
sys.modules["copied_vendoring"] = copied
spec.loader.exec_module(copied)
known = {{name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "huebrush_protocol"}}
try:
    copied.ensure_protocol()
    result = "imported"
except ImportError as error:
    result = str(error)
finally:
    sys.modules.update(known)
""")
    assert "huebrush-krita-VERSION.zip" in said


def write_repository(path: Path) -> None:
    """Write the project's files as the address of a repository gives them: in a folder, with entries for folders."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]
    write_zip(path, {f"huebrush-huebrush-0123abc/{name}": ROOT / name for name in names})
