"""Jobs on disk without processes: files of messages, the table, who else uses it, and a disk that does not work."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest
import zmq
from huebrush_backend.server import job_keeper, job_store
from huebrush_backend.server.job_keeper import BackgroundThread, JobKeeper
from huebrush_backend.server.job_store import JobStore, Row, store_folder, sweep_stores
from huebrush_backend.server.message_files import DamagedFile, Parcel, read_frames, write_frames
from huebrush_protocol.locations import cache_folder, krita_folder_name

FRAMES = [b"header", bytes(70_000), b"", b"end"]


def row(name: str, place: int = 1, is_finished: bool = False, since: float | None = None) -> Row:
    return Row(name, "key", "demo", place, 3, False, is_finished, False, 0, 0, time.time() if since is None else since)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for what is kept."""
    monkeypatch.setenv("HUEBRUSH_DATA", str(tmp_path / "data"))
    tmp_path.chmod(0o700)
    return tmp_path / "data"


def test_frames_come_back_as_they_were(tmp_path: Path):
    path = tmp_path / "message"
    write_frames(path, [zmq.Frame(FRAMES[0]), memoryview(FRAMES[1]), *FRAMES[2:]])
    assert [bytes(frame) for frame in read_frames(path)] == FRAMES
    assert [name.name for name in tmp_path.iterdir()] == ["message"]


@pytest.mark.parametrize(
    "damage", [lambda b: b"", lambda b: b[:-1], lambda b: b + b"x", lambda b: b"x" + b[1:], lambda b: b[:9]]
)
def test_a_damaged_file_is_noticed(tmp_path: Path, damage: Callable[[bytes], bytes]):
    path = tmp_path / "message"
    write_frames(path, FRAMES)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DamagedFile):
        read_frames(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
@pytest.mark.parametrize("kind", ["fifo", "folder", "link", "dangling", "device"])
def test_what_is_no_file_is_noticed_and_not_waited_for(tmp_path: Path, kind: str):
    put_in_place(tmp_path / "message", kind)
    with pytest.raises(DamagedFile):
        read_frames(tmp_path / "message")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal"])
@pytest.mark.parametrize("kind", ["fifo", "folder", "dangling"])
def test_a_table_is_begun_anew_where_one_of_its_files_is_none(tmp_path: Path, kind: str, ending: str):
    JobStore(tmp_path / "a").close(remove_all=False)
    place = tmp_path / "a" / (job_store.DATABASE + ending)
    place.unlink(missing_ok=True)
    put_in_place(place, kind)
    store = JobStore(tmp_path / "a")
    store.add(row("new"), FRAMES)
    store.close(remove_all=False)
    assert [kept.id for kept in JobStore(tmp_path / "a").rows()] == ["new"]


def put_in_place(path: Path, kind: str) -> None:
    """Put something other than a file at `path`."""
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to({"link": __file__, "dangling": path.with_name("nowhere"), "device": "/dev/zero"}[kind])


def test_the_table_is_read_again_in_the_order_of_arrival(tmp_path: Path):
    store = JobStore(tmp_path / "a")
    for name, place in (("late", 9), ("early", 2), ("done", 1)):
        store.add(row(name, place), FRAMES)
    store.finish(row("done", 1, is_finished=True), [b"outcome"])
    store.add(row("gone"), FRAMES)
    store.forget("gone")
    (tmp_path / "a" / "left.job").write_bytes(b"of a death in the middle")
    store.close(remove_all=False)
    again = JobStore(tmp_path / "a")
    rows = again.rows()
    assert [kept.id for kept in rows] == ["done", "early", "late"]
    assert [bytes(again.parcel(kept).load()[0]) for kept in rows] == [b"outcome", b"header", b"header"]
    names = sorted(path.name for path in (tmp_path / "a").iterdir() if not path.name.startswith(job_store.DATABASE))
    assert names == ["done.end", "early.job", "late.job"]


def test_what_nobody_asked_for_in_time_is_gone(tmp_path: Path):
    store = JobStore(tmp_path / "a")
    store.finish(row("old", is_finished=True, since=time.time() - job_store.KEPT_SECONDS - 1), FRAMES)
    store.finish(row("new", is_finished=True), FRAMES)
    assert [kept.id for kept in store.rows()] == ["new"]
    assert not list((tmp_path / "a").glob("old*"))


def test_folders_of_ended_kritas_are_swept_and_no_others():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    folders = {
        name: store_folder(Path("/somewhere") / name)
        for name in ("run", "old", "used", "own", krita_folder_name(ended.pid), krita_folder_name(os.getpid()))
    }
    stores = {name: JobStore(folder) for name, folder in folders.items()}
    for name in ("old", "used"):
        for path in (*folders[name].iterdir(), folders[name]):
            os.utime(path, (0, 0))
    for name, store in stores.items():
        if name != "used":
            store.close(remove_all=False)
    for path in (*folders["old"].iterdir(), folders["old"]):
        os.utime(path, (0, 0))
    sweep_stores(folders["own"])
    left = {name for name, folder in folders.items() if folder.exists()}
    assert left == set(folders) - {"old", krita_folder_name(ended.pid)}


def keep(store: JobStore, what: Callable[[JobKeeper, list[Parcel]], object], seconds: float = 0.0) -> list[Parcel]:
    """Let `what` keep messages, and return where they are."""
    where: list[Parcel] = []

    async def run() -> None:
        keeper = JobKeeper(store, BackgroundThread())
        what(keeper, where)
        while not where:
            await asyncio.sleep(0.01)
        await keeper.close(remove_all=False)

    asyncio.run(run())
    return where


def test_a_full_disk_leaves_messages_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = JobStore(tmp_path / "a")
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(job_store.shutil, "disk_usage", lambda _: usage._replace(free=job_store.LEFT_FREE + 1000))
    (where,) = keep(store, lambda keeper, told: keeper.keep_job(row(str(uuid.uuid4())), FRAMES, told.append))
    assert where.path is None and list(where.frames) == FRAMES
    assert not list((tmp_path / "a").glob("*.job*"))


def test_a_disk_that_never_answers_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(job_keeper, "STUCK_SECONDS", 0.05)
    store = JobStore(tmp_path / "a")
    monkeypatch.setattr(store, "add", lambda row, frames: time.sleep(0.5))
    (where,) = keep(store, lambda keeper, told: keeper.keep_job(row("a"), FRAMES, told.append))
    assert where.path is None and list(where.frames) == FRAMES


def test_the_folder_for_caches_is_that_of_the_platform(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("HUEBRUSH_DATA")
    assert cache_folder() == platformdirs.user_cache_path("huebrush", appauthor=False)
    monkeypatch.setenv("HUEBRUSH_DATA", "/chosen")
    assert cache_folder() == Path("/chosen/cache")
