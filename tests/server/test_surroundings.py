"""Bad surroundings are one sentence and exit status 2, or make no difference; never a traceback or a hang."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from huebrush_protocol.messages import Result
from jobs_helper import final, submit
from serving_backend import DEADLINE, HERE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes, links and mounts are those of Unix")

ODD: dict[str, Callable[[Path], object]] = {
    "folder": lambda path: path.mkdir(),
    "pipe": lambda path: os.mkfifo(path),
    "link": lambda path: path.symlink_to(path.parent.parent / "target"),
}


def serve(runtime: Path, data: Path, shell: str = '"$@"') -> subprocess.CompletedProcess[str]:
    """Run `huebrush serve` as `shell` says until it ends."""
    command = [sys.executable, "-m", "huebrush_backend.cli.main", "serve", "--runtime", str(runtime)]
    command += ["--engine", "fake_engine:create_engine", "--address", "tcp://127.0.0.1:*"]
    path = os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "HUEBRUSH_DATA": str(data), "PYTHONPATH": path}
    words = ["sh", "-c", shell, "sh", *command]
    return subprocess.run(words, env=environment, capture_output=True, text=True, timeout=DEADLINE)


def assert_said(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """The backend has ended with status 2 and one sentence that has all of `words`."""
    assert done.returncode == 2, done
    assert done.stderr.startswith("huebrush serve: ") and len(done.stderr.splitlines()) == 1, done.stderr
    assert all(word in done.stderr for word in words), done.stderr


@pytest.fixture
def small_disk(root: Path) -> Iterator[Path]:
    """A disk of 256 KiB with 24 files at most."""
    folder = root / "disk"
    folder.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k,nr_inodes=24,mode=0700", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("only root can mount a disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """Leave no byte on `disk`; return the file that takes them all."""
    filling = disk / "filling"
    with filling.open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(bytes(4096))
        except OSError:
            return filling


@pytest.mark.parametrize("kind", list(ODD))
@pytest.mark.parametrize("name", ["backend.lock", "backend.log"])
def test_odd_files_in_place_of_lock_and_log_are_refused(root: Path, name: str, kind: str):
    (root / "run").mkdir(mode=0o700)
    ODD[kind](root / "run" / name)
    assert_said(serve(root / "run", root / "data"), name, "remove")
    assert not (root / "target").exists()


def test_a_folder_in_place_of_the_announcement_is_refused(root: Path):
    (root / "run" / "endpoint.json").mkdir(mode=0o700, parents=True)
    (root / "run").chmod(0o700)
    assert_said(serve(root / "run", root / "data"), "endpoint.json", "remove")
    assert not list((root / "run").glob(".endpoint*"))


@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_other_odd_announcements_are_replaced(start_backend, root: Path, kind: str):
    (root / "run").mkdir(mode=0o700)
    ODD[kind](root / "run" / "endpoint.json")
    assert start_backend().client().ping() >= 0
    assert not (root / "target").exists()


def test_a_full_disk_at_the_start(root: Path, small_disk: Path):
    (small_disk / "run").mkdir(mode=0o700)
    filling = fill(small_disk)
    assert_said(serve(small_disk / "run", root / "data"), "No space left", "make room")
    assert_said(serve(root / "run", small_disk / "data"), "No space left", "make room")
    filling.unlink()
    for number in range(100):
        try:
            (small_disk / f"file-{number}").touch()
        except OSError:
            break
    assert_said(serve(small_disk / "other", root / "data"), "No space left", "make room")
    assert_said(serve(small_disk / "run", root / "data"), "No space left", "make room")


def test_a_disk_that_cannot_be_written_at_the_start(root: Path, small_disk: Path):
    (small_disk / "run").mkdir(mode=0o700)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert_said(serve(small_disk / "run", root / "data"), "Read-only", "--runtime")
    assert_said(serve(root / "run", small_disk / "data"), "Read-only", "set")
    assert_said(serve(small_disk / "other", root / "data"), "Read-only", "set")


def test_too_few_descriptors_at_the_start(root: Path):
    assert_said(serve(root / "run", root / "data", 'ulimit -n 40; "$@"'), "open files", "ulimit")


def test_a_disk_that_fills_later_stops_nothing(start_backend, small_disk: Path):
    backend = start_backend(runtime="disk")
    client = backend.client()
    assert isinstance(final(client, submit(client)), Result)
    filling = fill(small_disk)
    for number in range(50):
        client.hello(f"unlogged {number}")  # each would be a line of the log
        assert client.ping() >= 0
    assert isinstance(final(client, submit(client)), Result)
    filling.unlink()
    client.hello("logged again")
    assert "logged again" in (backend.runtime / "backend.log").read_text("utf-8")


@pytest.mark.parametrize("closing", [">&-", "<&- >&- 2>&-", ">/dev/full", "| true"])
def test_standard_streams_may_be_closed(root: Path, closing: str):
    """It serves all the same, because clients find it by its announcement; what it opens takes no stream's place."""
    script = f"""
        "$@" --parent $$ {closing} &
        until test -e {root}/run/endpoint.json; do sleep 0.05; done
        pid=$(sed -n 's/.*"pid": \\([0-9]*\\).*/\\1/p' {root}/run/endpoint.json)
        cat {root}/run/backend.lock; kill -TERM $pid; wait
        test ! -e {root}/run/endpoint.json"""
    done = serve(root / "run", root / "data", script)
    assert (done.returncode, done.stderr) == (0, ""), done
    assert done.stdout.strip().isdigit()
