"""Machines that lack something for a while: descriptors, room on the disk, inodes, the runtime folder."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import subprocess
import sys

import psutil

from huebrush_backend.evaluation.faults.kills import end_worker
from huebrush_backend.evaluation.faults.served import Served
from huebrush_backend.evaluation.faults.tally import Tally
from huebrush_backend.evaluation.faults.witness import Witness, works

JOBS = 2
SMALL_DISK = ("unshare", "--user", "--map-root-user", "--mount")
"""Command that lets a program mount a small disk that nobody else sees; where users may do that."""
SMALL_DISK_SECONDS = 300.0


def no_descriptors(served: Served, tally: Tally, chance: random.Random) -> None:
    """Let the front open no further files, end its worker, and send jobs: each is told, and afterwards all is well."""
    if sys.platform != "linux":
        tally.skip("no descriptors: only Linux can limit another process")
        return
    witness = _at_peace(served, tally, chance, "no descriptors")
    front = served.front
    usual = front.rlimit(psutil.RLIMIT_NOFILE)
    end_worker(served)
    front.rlimit(psutil.RLIMIT_NOFILE, (front.num_fds(), usual[1]))
    _send_jobs(witness)
    with contextlib.suppress(psutil.NoSuchProcess):
        front.rlimit(psutil.RLIMIT_NOFILE, usual)
    witness.close()


def no_runtime_folder(served: Served, tally: Tally, chance: random.Random) -> None:
    """Remove the runtime folder from below the front, and end its worker."""
    witness = _at_peace(served, tally, chance, "no runtime folder")
    end_worker(served)
    shutil.rmtree(served.runtime, ignore_errors=True)
    _send_jobs(witness)
    witness.close()


def no_disk(served: Served, tally: Tally, chance: random.Random) -> None:
    """Fill the disk of a backend of its own, first its room and then its inodes."""
    root = served.root / "small"
    root.mkdir(exist_ok=True)
    command = [*SMALL_DISK, sys.executable, "-m", "huebrush_backend.evaluation.faults.small_disk"]
    command += [str(root), str(chance.getrandbits(32))]
    try:
        done = subprocess.run(
            command, env=served.environment, capture_output=True, timeout=SMALL_DISK_SECONDS, check=True
        )
        tally.add(Tally.from_data(json.loads(done.stdout)))
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or b""
        tally.skip(f"no disk: {said.decode('utf-8', 'replace').strip()[-300:] or error}")
    with contextlib.suppress(OSError):
        root.rmdir()


def fill(served: Served, tally: Tally, chance: random.Random, what: str) -> None:
    """Take all room, or all inodes, of the disk below `served`, end the worker and send jobs; then give it back."""
    witness = _at_peace(served, tally, chance, f"no {what}")
    folder = served.root / "filling"
    folder.mkdir()
    with contextlib.suppress(OSError):
        if what == "room":
            with (folder / "file").open("wb", buffering=0) as file:
                while file.write(bytes(4096)):
                    pass
        else:
            for number in range(1_000_000):
                (folder / str(number)).touch()
    end_worker(served)
    _send_jobs(witness)
    witness.client.ping()
    shutil.rmtree(folder)
    witness.close()
    works(served, tally, chance, f"no {what}")


def _at_peace(served: Served, tally: Tally, chance: random.Random, where: str) -> Witness:
    """Return a witness whose job has been done, so that a worker runs."""
    witness = Witness(served, tally, chance, where)
    witness.submit(1, 16)
    witness.settle()
    return witness


def _send_jobs(witness: Witness) -> None:
    """Send jobs that may fail, but must be told."""
    witness.forgives = True
    for _ in range(JOBS):
        witness.submit(1, 16)
    witness.settle()
    witness.forgives = False
