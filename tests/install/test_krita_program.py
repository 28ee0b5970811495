"""What is found out about the Krita of this machine, and how it is run."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from huebrush_installer import krita_program
from huebrush_installer.errors import InstallError
from huebrush_installer.krita_demo import finished_demo
from huebrush_installer.krita_program import KritaProgram, display_command, path_for_krita
from huebrush_installer.system_packages import missing_packages
from simulated_files import write


def test_other_pythons_are_taken_off_the_path_of_krita(tmp_path: Path) -> None:
    pyenv, tools = tmp_path / "pyenv", tmp_path / "tools"
    write(pyenv / "python3")
    write(tools / "something")
    path = os.pathsep.join((str(pyenv), "/usr/bin", str(tools), "/bin"))
    assert path_for_krita(path) == os.pathsep.join(("/usr/bin", str(tools), "/bin"))


@pytest.mark.parametrize(
    ("packaged", "version", "numbers"),
    [
        ("1:5.1.5+dfsg-2\n", "5.1.5", (5, 1, 5)),
        ("1:5.2.9-1ubuntu1", "5.2.9", (5, 2, 9)),
        ("6.0.1", "6.0.1", (6, 0, 1)),
    ],
)
def test_the_version_comes_from_the_package(
    monkeypatch: pytest.MonkeyPatch, packaged: str, version: str, numbers: tuple[int, ...]
) -> None:
    monkeypatch.setattr(krita_program, "output_of", lambda command, **options: packaged)
    monkeypatch.setattr(krita_program, "krita_program", lambda surroundings: Path("/usr/bin/krita"))
    found = krita_program.find_krita(krita_program.Surroundings.here())
    assert found == KritaProgram(Path("/usr/bin/krita"), version)
    assert found is not None
    assert found.version_numbers == numbers


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands in for Krita")
def test_a_krita_that_no_package_manager_knows_is_asked_without_a_display(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    krita = tmp_path / "krita"
    write(krita, '#!/bin/sh\n[ "$DISPLAY$WAYLAND_DISPLAY/$QT_QPA_PLATFORM" = /offscreen ] && echo krita 5.3.4\n')
    krita.chmod(0o755)
    ask = krita_program.output_of
    monkeypatch.setattr(
        krita_program,
        "output_of",
        lambda command, **options: ask(command, **options) if command[1:] == ["--version"] else None,
    )
    monkeypatch.setattr(krita_program, "krita_program", lambda surroundings: krita)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert krita_program.find_krita(krita_program.Surroundings.here()) == KritaProgram(krita, "5.3.4")


@pytest.mark.skipif(os.name != "posix", reason="X11 displays")
def test_a_display_is_used_or_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(krita_program.sys, "platform", "linux")
    assert display_command({"DISPLAY": ":0"}) == []
    assert display_command({"WAYLAND_DISPLAY": "wayland-0"}) == []
    monkeypatch.setattr(krita_program.shutil, "which", lambda name: f"/usr/bin/{name}")
    made = display_command({})
    assert made is not None
    assert made[0] == "xvfb-run"
    monkeypatch.setattr(krita_program.shutil, "which", lambda name: None)
    assert display_command({}) is None


def test_packages_that_dpkg_knows_are_not_missing() -> None:
    status = {"krita": "installed", "xvfb": "config-files"}
    assert missing_packages(["krita", "xvfb", "xauth"], lambda command: status.get(command[-1])) == ["xvfb", "xauth"]


def test_the_demo_in_krita_gives_document_and_picture(tmp_path: Path) -> None:
    document = tmp_path / "colorized.kra"
    with zipfile.ZipFile(document, "w") as archive:
        archive.writestr("mergedimage.png", b"picture")
    demo = finished_demo(document, "")
    assert demo.document == document
    assert demo.picture.read_bytes() == b"picture"


@pytest.mark.parametrize(
    ("said", "remedy"),
    [("ModuleNotFoundError: No module named 'PyQt5'", "python3-pyqt5"), ("crashed in tile 7", "crashed in tile 7")],
)
def test_a_krita_without_a_result_says_why(tmp_path: Path, said: str, remedy: str) -> None:
    with pytest.raises(InstallError) as caught:
        finished_demo(tmp_path / "colorized.kra", said)
    assert remedy in caught.value.remedy


def test_a_failure_in_krita_is_passed_on(tmp_path: Path) -> None:
    write(tmp_path / "colorized.kra", "half a document")
    failure = write(tmp_path / "colorized.kra.error", "RuntimeError: failed: the backend is missing")
    with pytest.raises(InstallError, match="the backend is missing"):
        finished_demo(tmp_path / "colorized.kra", "")
    assert not failure.exists()
