"""Kills and stops of the processes of a backend and of its clients, at random moments."""

from __future__ import annotations

import contextlib
import json
import random
import signal
import subprocess
import sys
import time

import psutil
from huebrush_protocol.pulls import ListReleases, Pull, PullCancelled, Pulled, PullFailed, Releases

from huebrush_backend.evaluation.faults.served import END_SECONDS, NOWHERE, Served
from huebrush_backend.evaluation.faults.tally import Tally
from huebrush_backend.evaluation.faults.witness import UNTOLD_SECONDS, Order, Witness
from huebrush_backend.server.client import Client, NoAnswer

LONGEST_WAIT = 0.8
"""Seconds within which a moment is chosen: a worker starts within them, and does some jobs."""
STOPPED_SECONDS = 1.0
WORKER, FRONT, PULLER, CLIENT = "worker", "front", "puller", "client"
SHARES = {WORKER: 8, FRONT: 4, CLIENT: 2, PULLER: 2}
"""Kills of each kind of process, in relation to the others."""
IDLE, STARTING, RUNNING, FRONT_STOPPED = "worker idle", "worker starting", "worker running", "front"
STATES = (IDLE, STARTING, RUNNING, FRONT_STOPPED)
JOBS = 3
RELEASE = "mult-eps-ft"


def kill(kind: str, served: Served, tally: Tally, chance: random.Random) -> None:
    """Kill a process of this kind at a random moment, while jobs run, and wait for their ends."""
    {WORKER: _kill_worker, FRONT: _kill_front, PULLER: _kill_puller, CLIENT: _kill_client}[kind](served, tally, chance)


def _kill_worker(served: Served, tally: Tally, chance: random.Random) -> None:
    witness = _at_work(served, tally, chance, "kill of the worker")
    with contextlib.suppress(psutil.NoSuchProcess, IndexError):
        chance.choice(served.children()).kill()
        tally.kills += 1
    witness.settle()
    witness.close()


def _kill_front(served: Served, tally: Tally, chance: random.Random) -> None:
    witness = _at_work(served, tally, chance, "kill of the front")
    served.kill_front()
    tally.kills += 1
    served.start()
    witness.reconnect()
    witness.settle()
    witness.close()


def _kill_client(served: Served, tally: Tally, chance: random.Random) -> None:
    """Kill a client in the middle of its jobs; another one asks for them."""
    command = [sys.executable, "-m", "huebrush_backend.evaluation.faults.victim"]
    environment = served.environment
    with subprocess.Popen(
        [*command, str(served.root), str(chance.getrandbits(32))], env=environment, stdout=subprocess.PIPE
    ) as victim:
        assert victim.stdout is not None
        lines = [victim.stdout.readline()]
        time.sleep(chance.uniform(0.0, LONGEST_WAIT))
        victim.kill()
        lines += victim.stdout.readlines()
    tally.kills += 1
    witness = Witness(served, tally, chance, "kill of a client")
    for line in lines:
        if line.endswith(b"}\n"):
            told = json.loads(line)
            witness.adopt(told.pop("job"), Order(**told))
            tally.jobs += 1
    witness.settle()
    witness.close()


def _kill_puller(served: Served, tally: Tally, chance: random.Random) -> None:
    """Kill the process that fetches a model, from a hub that is not there."""
    with served.connect() as client:
        client.hello("faults")
        client.send(Pull(RELEASE, mirror=NOWHERE))
        time.sleep(chance.uniform(0.0, LONGEST_WAIT))
        for process in filter(_fetches, served.children()):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
                tally.kills += 1
        end = _first(client, (Pulled, PullFailed, PullCancelled))
        client.send(ListReleases())
        listed = _first(client, (Releases,))
        if end is None or not isinstance(listed, Releases) or listed.pulling:
            tally.wedged += 1
            tally.note("kill of the puller: nobody was told of its end")


def _fetches(process: psutil.Process) -> bool:
    try:
        return "huebrush_backend.server.pull_worker" in process.cmdline()
    except psutil.Error:
        return False


def _first(client: Client, kinds: tuple[type, ...]) -> object | None:
    """Return the next message of these kinds, None if none comes."""
    deadline = time.monotonic() + UNTOLD_SECONDS
    while (left := deadline - time.monotonic()) > 0:
        try:
            message = client.receive(left).message
        except NoAnswer:
            break
        if isinstance(message, kinds):
            return message
    return None


def stop(state: str, served: Served, tally: Tally, chance: random.Random) -> None:
    """Stop the worker, or the front for a while, in one of `STATES`, and wait for the ends of the jobs."""
    witness = Witness(served, tally, chance, f"stop of a process: {state}")
    if state == STARTING:
        end_worker(served)
        witness.forgives = True  # who starts no worker is told so
        witness.submit()
        _stop(_next_worker(served), tally)
    elif state == IDLE:
        witness.submit()
        witness.settle()
        _stop(_next_worker(served), tally)
    else:
        for _ in range(JOBS):
            witness.submit()
        witness.listen(chance.uniform(0.0, LONGEST_WAIT))
        _stop(served.front if state == FRONT_STOPPED else _next_worker(served), tally)
    witness.submit()
    if state == FRONT_STOPPED:
        time.sleep(STOPPED_SECONDS)
        served.front.send_signal(signal.SIGCONT)
    witness.settle()
    witness.close()


def _stop(process: psutil.Process | None, tally: Tally) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        if process is not None:
            process.send_signal(signal.SIGSTOP)
            tally.stops += 1


def end_worker(served: Served) -> None:
    """Kill the worker and wait for its end."""
    for process in served.children():
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
            process.wait(END_SECONDS)


def _next_worker(served: Served) -> psutil.Process | None:
    """Return the worker, and wait for it if it is not there yet, or is still a copy of the front that has not begun
    the worker's program: the system holds a program up until its copy has."""
    deadline, front = time.monotonic() + END_SECONDS, served.front.cmdline()
    while time.monotonic() < deadline:
        for process in served.children():
            with contextlib.suppress(psutil.NoSuchProcess):
                is_worker = process.cmdline() != front and not _fetches(process)
                if process.status() != psutil.STATUS_ZOMBIE and is_worker:
                    return process
        time.sleep(0.01)
    return None


def _at_work(served: Served, tally: Tally, chance: random.Random, where: str) -> Witness:
    """Return a witness that has sent some jobs, at a random moment after that."""
    witness = Witness(served, tally, chance, where)
    for _ in range(JOBS):
        witness.submit()
    witness.listen(chance.uniform(0.0, LONGEST_WAIT))
    return witness
