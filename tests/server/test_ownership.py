"""Over tcp a job belongs to the key that submitted it; what strangers and odd files offer is refused, not followed."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import zmq.auth
from huebrush_backend.server.client import Client
from huebrush_protocol.locations import LocationError, private_folder
from huebrush_protocol.messages import Acknowledge, Cancel, Fetch, Hello, Result
from huebrush_protocol.pulls import Pull, PullFailed, SetModelsFolder
from jobs_helper import failure, final, start_gated, submit
from serving_backend import DEADLINE, Backend

NOBODY = 65534
as_root = pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give files away")
unix_only = pytest.mark.skipif(not hasattr(os, "getuid"), reason="rights of files are those of Unix")


def serve(backend: Backend, *options: str, runtime: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run another `huebrush serve`, which must end by itself at once."""
    command = [*backend.command, *options]
    if runtime is not None:
        command[command.index("--runtime") + 1] = str(runtime)
    return subprocess.run(command, env=backend.environment, capture_output=True, text=True, timeout=DEADLINE)


def assert_refused(done: subprocess.CompletedProcess[str], words: str) -> None:
    """The backend has ended with one sentence that says `words`."""
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr


def test_another_key_cannot_touch_a_job(start_backend, root: Path):
    (root / "other").mkdir()
    public, secret = zmq.auth.create_certificates(root / "other", "other")
    Path(secret).chmod(0o600)
    key = zmq.auth.load_certificate(public)[0].decode("ascii")
    backend = start_backend("--address", "tcp://127.0.0.1:*", "--allow-client", key)
    client, stranger = backend.client(), Client(replace(backend.endpoint, client_key_file=secret), DEADLINE)
    with stranger:
        job = start_gated(backend, client)
        for message in (Fetch(job), Cancel(job)):
            stranger.send(message)
            assert failure(stranger, job).code == "unknown_job"
        submit(stranger, job=job)
        assert failure(stranger, job).code == "unknown_job"
        backend.allow_step(2)
        assert isinstance(final(client, job), Result)
        stranger.send(Acknowledge(job))
        stranger.send(Fetch(job))
        assert failure(stranger, job).code == "unknown_job"
        again = backend.client()  # with the key of the first: a reconnect
        again.fetch(job)
        assert isinstance(final(again, job), Result)
        assert isinstance(final(stranger, submit(stranger)), Result)


def test_what_clients_say_makes_no_lines_in_the_log(backend: Backend):
    client = backend.client()
    forged = "evil\n2026-01-01 00:00:00,000 INFO forged: \x1b[2Jline\r\u2028\u202e\x9b"
    client.send(Hello(forged, "1"))
    client.receive()
    assert failure(client, submit(client, model=forged[:60])).code in ("unknown_model", "bad_input")
    client.send(Pull(forged))
    client.ping()
    log = (backend.runtime / "backend.log").read_text("utf-8")
    assert "forged" in log and "evil\\n2026" in log
    assert all(line.isprintable() for line in log.split("\n"))
    assert not any(line.startswith("2026-01-01 00:00:00,000") for line in log.split("\n"))


def test_a_zero_in_a_path_is_about_the_folder(backend: Backend):
    client = backend.client()
    for message in (SetModelsFolder("/tmp/a\0b"), Pull("mult-eps-ft", folder="/tmp/a\0b")):
        client.send(message)
        told = client.receive().message
        assert isinstance(told, PullFailed) and told.code == "folder"
    assert client.ping() >= 0


@unix_only
@pytest.mark.parametrize("name", ["server.key_secret", "client.key_secret"])
def test_keys_that_others_can_read_are_refused(start_backend, name: str):
    backend = start_backend("--address", "tcp://127.0.0.1:*")
    assert backend.endpoint
    backend.close()
    key = backend.data / "keys" / name
    key.chmod(0o644)
    assert_refused(serve(backend), "is open to other users")
    key.unlink()
    os.mkfifo(key, 0o600)
    assert_refused(serve(backend), "is not a key file")


@as_root
def test_a_place_below_another_users_folder_or_link_is_refused(backend: Backend, root: Path):
    theirs = root / "theirs"
    theirs.mkdir()
    (theirs / "mine").mkdir(mode=0o700)
    os.chown(theirs, NOBODY, NOBODY)
    link = root / "link"
    link.symlink_to(root)
    os.chown(link, NOBODY, NOBODY, follow_symlinks=False)
    assert_refused(serve(backend, runtime=theirs / "mine" / "run"), "belongs to another user")
    assert not (theirs / "mine" / "run").exists()
    assert_refused(serve(backend, runtime=link / "run2"), "belongs to another user")


@unix_only
def test_a_place_that_everybody_can_replace_is_refused(root: Path):
    (root / "open").mkdir()
    (root / "open").chmod(0o777)
    with pytest.raises(LocationError, match="every user can change"):
        private_folder(root / "open" / "run")
    (root / "open").chmod(0o1777)
    assert private_folder(root / "open" / "run").is_dir()


@unix_only
def test_a_link_in_place_of_the_log_is_refused(start_backend, root: Path):
    backend = start_backend()
    assert backend.endpoint
    backend.close()
    log, target = backend.runtime / "backend.log", root / "target"
    log.unlink()
    target.write_text("precious", "utf-8")
    log.symlink_to(target)
    assert_refused(serve(backend), "the log")
    assert target.read_text("utf-8") == "precious"
