"""All faults, one after another: in a short round, or in many rounds that can be interrupted and resumed."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from huebrush_backend.evaluation.faults import crowds, kills, mutations, scarcity
from huebrush_backend.evaluation.faults.served import FaultBenchError, Served
from huebrush_backend.evaluation.faults.tally import Tally
from huebrush_backend.evaluation.faults.witness import works

WHOLE_KILLS = 1000
WHOLE_FRAMES = 1_000_000
Say = Callable[[str], None]


@dataclass(frozen=True)
class Extent:
    """Extent of a round. `grown_after`: frames after which the front is to grow no more."""

    kills: int
    frames: int
    soak: int
    grown_after: int


SHORT = Extent(kills=16, frames=3000, soak=40, grown_after=1000)
ROUND = Extent(kills=48, frames=0, soak=100, grown_after=mutations.GROWN_AFTER)
FRAMES_AT_A_TIME = 20_000


@dataclass
class State:
    """State of a long run, kept in a file to be resumed there. `seed`: for all that is chance."""

    seed: int
    rounds: int = 0
    tally: Tally = field(default_factory=Tally)

    def save(self, file: Path) -> None:
        """Write this to `file`."""
        fresh = file.with_name(f"{file.name}.new")
        data = {"seed": self.seed, "rounds": self.rounds, "tally": self.tally.as_data()}
        fresh.write_text(json.dumps(data, indent=1), "utf-8")
        fresh.replace(file)

    @staticmethod
    def load(file: Path, seed: int) -> State:
        """Return the state in `file`, or the beginning if there is none. Raises FaultBenchError."""
        try:
            data = json.loads(file.read_text("utf-8"))
            return State(data["seed"], data["rounds"], Tally.from_data(data["tally"]))
        except FileNotFoundError:
            return State(seed)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise FaultBenchError(f"{file} is not the state of a run: {error}; remove it") from error


def run_short(seed: int, say: Say) -> Tally:
    """Try everything once, in about a minute. Raises FaultBenchError."""
    return _round(SHORT, seed, say)


def run_whole(state_file: Path, seed: int, say: Say) -> Tally:
    """Make `WHOLE_KILLS` kills and send `WHOLE_FRAMES` frames, and resume what `state_file` has.

    The file is kept: it has the figures. Raises FaultBenchError.
    """
    state = State.load(state_file, seed)
    while state.tally.kills < WHOLE_KILLS:
        state.tally.add(_round(ROUND, state.seed + state.rounds, say))
        state.rounds += 1
        state.save(state_file)
        say(f"round {state.rounds}: {state.tally.kills} of {WHOLE_KILLS} kills")
    while state.tally.frames < WHOLE_FRAMES:
        _send_frames(state, state_file, say)
    return state.tally


def _send_frames(state: State, state_file: Path, say: Say) -> None:
    """Send the frames that are left to one front."""
    chance, before = random.Random(state.seed + state.tally.frames), state.tally.as_data()
    tally = Tally()
    with _served(tally, chance) as served:
        mutator = mutations.Mutator(served, tally, chance)
        while before["frames"] + tally.frames < WHOLE_FRAMES and mutator.send(FRAMES_AT_A_TIME):
            state.tally = Tally.from_data(before)
            state.tally.add(tally)
            state.save(state_file)
            say(f"{state.tally.frames} of {WHOLE_FRAMES} frames, the front grew by {tally.front_growth} MiB")
    state.tally = Tally.from_data(before)
    state.tally.add(tally)
    state.save(state_file)


def _round(extent: Extent, seed: int, say: Say) -> Tally:
    chance, tally = random.Random(seed), Tally()
    kinds = [kind for kind, share in kills.SHARES.items() for _ in range(share)]
    tasks: list[tuple[str, Callable[[Served], object]]] = [
        ("soak", lambda served: crowds.soak(served, tally, chance, extent.soak)),
        ("stalled clients", lambda served: crowds.stalled_clients(served, tally, chance)),
        ("unread outcomes", lambda served: crowds.unread_outcomes(served, tally, chance)),
        ("no descriptors", lambda served: scarcity.no_descriptors(served, tally, chance)),
        ("no runtime folder", lambda served: scarcity.no_runtime_folder(served, tally, chance)),
        ("no disk", lambda served: scarcity.no_disk(served, tally, chance)),
    ]
    tasks += [(f"stop: {state}", _stopping(state, tally, chance)) for state in kills.STATES]
    tasks += [
        (f"kill: {kinds[at % len(kinds)]}", _killing(kinds[at % len(kinds)], tally, chance))
        for at in range(extent.kills)
    ]
    if extent.frames:
        tasks.append(
            (
                "mutated messages",
                lambda served: mutations.Mutator(served, tally, chance, extent.grown_after).send(extent.frames),
            )
        )
    with _served(tally, chance) as served:
        for name, task in tasks:
            say(name)
            task(served)
            _go_on(served, tally, chance, name)
    return tally


def _stopping(state: str, tally: Tally, chance: random.Random) -> Callable[[Served], None]:
    return lambda served: kills.stop(state, served, tally, chance)


def _killing(kind: str, tally: Tally, chance: random.Random) -> Callable[[Served], None]:
    return lambda served: kills.kill(kind, served, tally, chance)


def _go_on(served: Served, tally: Tally, chance: random.Random, where: str) -> None:
    """See whether the backend still lives and works after a fault; start it anew if it does not."""
    if not served.is_alive:
        tally.front_alive = False
        tally.note(f"{where}: the front has ended")
        served.start()
    elif not works(served, tally, chance, where):
        served.kill_front()
        served.start()


@contextlib.contextmanager
def _served(tally: Tally, chance: random.Random) -> Iterator[Served]:
    """Run a backend during the block; afterwards count what it left behind."""
    root = Path(tempfile.mkdtemp(prefix="hb-"))  # a short path: sockets have at most about 100 characters
    served = Served(root)
    try:
        served.start()
        yield served
        if served.stop():
            tally.wedged += 1
            tally.note("the end: the front did not end by itself")
        for process in served.processes_left():
            tally.processes_left += 1
            with contextlib.suppress(psutil.NoSuchProcess):
                tally.note(f"left behind: process {' '.join(process.cmdline())}")
                process.kill()
        served.start()
        works(served, tally, chance, "the next start")
        served.stop()
        for path in served.files_left():
            tally.files_left += 1
            tally.note(f"left behind: {path}")
    finally:
        served.stop()
        served.kill_all()
        shutil.rmtree(root, ignore_errors=True)
