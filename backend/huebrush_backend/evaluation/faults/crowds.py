"""Clients that stall, flood or do not read."""

from __future__ import annotations

import contextlib
import random
import socket
import sys
import time

from huebrush_backend.evaluation.faults.served import Served
from huebrush_backend.evaluation.faults.tally import Tally
from huebrush_backend.evaluation.faults.witness import Witness

SILENT = 400
HALF_GREETING = b"\xff\0\0\0\0\0\0\0\1\x7f\3"
UNREAD_JOBS = 40
UNREAD_STEPS = 20
CANCELLED_JOBS = 10


def stalled_clients(served: Served, tally: Tally, chance: random.Random) -> None:
    """Let clients connect that say nothing, or stop in the middle of a word, while another one works."""
    address = served.address
    if not address.startswith("ipc://") or sys.platform == "win32":
        tally.skip("stalled clients: the backend does not listen at an ipc socket")
        return
    with contextlib.ExitStack() as stack:
        for number in range(SILENT):
            connection = stack.enter_context(socket.socket(socket.AF_UNIX))
            with contextlib.suppress(OSError):
                connection.connect(address.removeprefix("ipc://"))
                connection.sendall(HALF_GREETING[: number % (len(HALF_GREETING) + 1)])
        witness = Witness(served, tally, chance, "stalled clients")
        for _ in range(3):
            witness.submit()
        witness.settle()
        witness.close()


def unread_outcomes(served: Served, tally: Tally, chance: random.Random) -> None:
    """Send many jobs and read nothing until all are done; each must be told then, without being asked for."""
    late, other = (Witness(served, tally, chance, "unread outcomes") for _ in range(2))
    for _ in range(UNREAD_JOBS):
        late.submit(UNREAD_STEPS, 16)
    time.sleep(0.5)
    other.submit(batch=True)  # runs after the others
    other.settle()
    late.settle(asks=False)
    late.close()
    other.close()


def soak(served: Served, tally: Tally, chance: random.Random, jobs: int) -> None:
    """Run jobs of all kinds and sizes, and cancel some of them."""
    witness = Witness(served, tally, chance, "soak")
    for number in range(jobs):
        job = witness.submit(steps=chance.randint(1, 3), side=1500 if number % 20 == 19 else 0)
        if chance.random() < CANCELLED_JOBS / 100:
            witness.cancel(job)
        while len(witness.orders) > 4:
            if not witness.listen(5.0):
                break
    witness.settle()
    witness.close()
