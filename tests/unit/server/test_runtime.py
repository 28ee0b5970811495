"""Runtime folders: claimed by one backend, left clean, and those of Kritas that are gone swept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from huebrush_backend.server.runtime import AlreadyRunning, RuntimeFolder, sweep_krita_folders
from huebrush_protocol.endpoint import Endpoint
from huebrush_protocol.locations import krita_folder_name

LEFT_BY_A_KILLED_BACKEND = (
    "backend.lock",
    "backend.log",
    "backend.log.1",
    "backend.sock",
    "worker-3.sock",
    "endpoint.json",
    ".endpoint.json.77",
)


@pytest.fixture(scope="module")
def gone() -> int:
    """The id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def left_behind(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir(mode=0o700)
    for file in LEFT_BY_A_KILLED_BACKEND:
        (folder / file).write_text("left", encoding="ascii")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_for_any_backend_keeps_its_log(tmp_path: Path) -> None:
    with RuntimeFolder(tmp_path / "run") as runtime:
        runtime.announce(Endpoint("tcp://127.0.0.1:5"))
        (runtime.path / "backend.log").touch()
        assert names(runtime.path) == ["backend.lock", "backend.log", "endpoint.json"]
    assert names(tmp_path / "run") == ["backend.lock", "backend.log"]


def test_a_folder_for_one_krita_goes_with_its_backend(tmp_path: Path) -> None:
    with RuntimeFolder(tmp_path / krita_folder_name(os.getpid())) as runtime:
        runtime.announce(Endpoint("tcp://127.0.0.1:5"))
        (runtime.path / "backend.log").touch()
    assert names(tmp_path) == []


def test_after_an_error_the_log_of_one_kritas_backend_can_be_read(tmp_path: Path) -> None:
    name = krita_folder_name(os.getpid())
    with pytest.raises(ZeroDivisionError), RuntimeFolder(tmp_path / name) as runtime:
        runtime.announce(Endpoint("tcp://127.0.0.1:5"))
        (runtime.path / "backend.log").touch()
        raise ZeroDivisionError
    assert names(tmp_path / name) == ["backend.lock", "backend.log"]


def test_a_claimed_folder_is_refused_to_others_with_the_process_that_has_it(tmp_path: Path) -> None:
    with RuntimeFolder(tmp_path / "run"), pytest.raises(AlreadyRunning) as refused:
        RuntimeFolder(tmp_path / "run").__enter__()
    assert refused.value.pid == os.getpid()


@pytest.mark.skipif(sys.platform == "win32", reason="there a file that somebody has open cannot be removed")
def test_a_lock_that_was_removed_while_it_was_opened_is_not_taken_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / krita_folder_name(os.getpid())
    ending = RuntimeFolder(folder).__enter__()
    really_open = os.open

    def open_and_let_the_other_end(*arguments: object, **options: object) -> int:
        monkeypatch.undo()
        descriptor = really_open(*arguments, **options)  # pyright: ignore[reportArgumentType, reportCallIssue]
        ending.__exit__(None)
        return descriptor

    monkeypatch.setattr(os, "open", open_and_let_the_other_end)
    with RuntimeFolder(folder), pytest.raises(AlreadyRunning):
        RuntimeFolder(folder).__enter__()


def test_folders_of_kritas_that_are_gone_are_swept(tmp_path: Path, gone: int) -> None:
    left_behind(tmp_path, krita_folder_name(gone))
    left_behind(tmp_path, krita_folder_name(4_194_304_000))  # larger than any process id
    (tmp_path / krita_folder_name(gone + 10**9)).mkdir(mode=0o700)  # nothing was ever started in it
    sweep_krita_folders(tmp_path)
    assert names(tmp_path) == []


def test_what_is_in_use_or_not_ours_is_not_swept(tmp_path: Path, gone: int) -> None:
    left_behind(tmp_path, krita_folder_name(os.getpid()))
    for name in ("krita-0", f"krita-{gone}.old", f"krita-0{gone}", f"xkrita-{gone}", "krita-", "run"):
        left_behind(tmp_path, name)
    (tmp_path / krita_folder_name(4_000_000_001)).write_text("a file", encoding="ascii")
    before = {path: names(path) if path.is_dir() else path.read_text() for path in tmp_path.iterdir()}
    sweep_krita_folders(tmp_path)
    assert {path: names(path) if path.is_dir() else path.read_text() for path in tmp_path.iterdir()} == before


def test_a_folder_with_a_running_backend_is_not_swept(tmp_path: Path, gone: int) -> None:
    """A Krita in a sandbox has process ids of its own, so its backend's lock is what counts."""
    with RuntimeFolder(tmp_path / krita_folder_name(gone)) as runtime:
        runtime.announce(Endpoint("tcp://127.0.0.1:5"))
        sweep_krita_folders(tmp_path)
        assert names(runtime.path) == ["backend.lock", "endpoint.json"]


def test_somebody_elses_file_stays_with_its_folder(tmp_path: Path, gone: int) -> None:
    folder = left_behind(tmp_path, krita_folder_name(gone))
    (folder / "notes.txt").write_text("mine", encoding="ascii")
    (folder / "deeper").mkdir()
    sweep_krita_folders(tmp_path)
    assert names(folder) == ["deeper", "notes.txt"]


def test_links_are_not_followed(tmp_path: Path, gone: int) -> None:
    elsewhere = left_behind(tmp_path, "elsewhere")
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    (runtime / krita_folder_name(gone)).symlink_to(elsewhere, target_is_directory=True)
    linking = runtime / krita_folder_name(gone + 10**9)
    linking.mkdir(mode=0o700)
    (linking / "backend.log").symlink_to(elsewhere / "backend.log")
    locked = runtime / krita_folder_name(gone + 2 * 10**9)
    locked.mkdir(mode=0o700)
    (locked / "backend.lock").symlink_to(elsewhere / "backend.lock")
    sweep_krita_folders(runtime)
    assert names(elsewhere) == sorted(LEFT_BY_A_KILLED_BACKEND)
    assert {(elsewhere / name).read_text() for name in LEFT_BY_A_KILLED_BACKEND} == {"left"}
    assert names(runtime) == sorted([krita_folder_name(gone), locked.name])


@pytest.mark.skipif(sys.platform == "win32", reason="rights of files are those of Unix")
def test_a_folder_that_others_can_enter_is_not_touched(tmp_path: Path, gone: int) -> None:
    folder = left_behind(tmp_path, krita_folder_name(gone))
    folder.chmod(0o755)
    sweep_krita_folders(tmp_path)
    assert names(folder) == sorted(LEFT_BY_A_KILLED_BACKEND)
