"""Notices a worker that stands still, or computes and never says anything. Pure logic, no processes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

LEAST_CPU_SHARE = 1 / 300
"""Share of a core that a process which works uses at least; a thread that only tries to connect uses less."""
LEAST_BYTES = 1 << 20
"""Bytes read or written that show that a process works, though it waits for a disk."""


@dataclass(frozen=True)
class Patience:
    """Seconds that the front waits for a worker.

    * `silence`: without a sign of life, while the worker owes something: to start, or to answer
    * `speechless`: without a word, however much it computes; no step of any model takes so long
    * `stopped`: while the system calls the worker stopped
    * `start`: for a start in all, whatever signs of life there are
    * `end`: from killing the worker to giving it up, as one that waits for a broken device cannot be killed
    * `last_words`: for messages that a dead worker had already sent
    * `look`: from one look at the worker to the next
    * `first_retry`, `longest_retry`: from a failed start to the next try; doubled with each failure in a row
    * `cancel`: for the worker to stop a cancelled job, for example while it loads a model, before it is killed
    """

    silence: float = 60.0
    speechless: float = 900.0
    stopped: float = 10.0
    start: float = 900.0
    end: float = 10.0
    last_words: float = 0.2
    look: float = 1.0
    first_retry: float = 0.5
    longest_retry: float = 10.0
    cancel: float = 60.0

    def times(self, factor: float) -> Patience:
        """Return this with all seconds multiplied by `factor`."""
        return Patience(**{name: seconds * factor for name, seconds in dataclasses.asdict(self).items()})

    def retry(self, failures: int) -> float:
        """Return the seconds from the last of `failures` failed starts in a row to the next try."""
        return min(self.longest_retry, self.first_retry * 2 ** min(failures - 1, 30)) if failures else 0.0


@dataclass(frozen=True)
class Vitals:
    """Usage of a process so far: `cpu` seconds, bytes read and written, and bytes and messages `said`.

    `stopped`: the system calls it stopped, by a signal or a debugger.
    """

    cpu: float = 0.0
    transferred: int = 0
    said: int = 0
    stopped: bool = False


class Standstill:
    """Tells from looks at a process's vitals whether it stands still. `clock`: returns seconds."""

    def __init__(self, patience: Patience, clock: Callable[[], float]) -> None:
        self._patience, self._clock = patience, clock
        self._known: Vitals | None = None
        self._begun = self._moved = self._spoke = self._looked = 0.0
        self._said = 0
        self._stopped_since: float | None = None

    def forget(self) -> None:
        """Note that the process owes nothing now, or is another one."""
        self._known = None

    def look(self, vitals: Vitals, starts: bool) -> bool:
        """Return whether the process, which owes something, stands still. `starts`: it has not started yet."""
        now, patience = self._clock(), self._patience
        if self._known is None:
            self._known, self._begun, self._moved, self._stopped_since = vitals, now, now, None
            self._said, self._spoke = vitals.said, now
        elif now - self._looked > 10 * patience.look:  # we ourselves were stopped, or the computer slept
            self._moved = self._spoke = now
            self._stopped_since = None
        self._looked = now
        if vitals.said > self._said:
            self._said, self._spoke = vitals.said, now
        if self._has_moved(self._known, vitals):
            self._known, self._moved = vitals, now
        if not vitals.stopped:
            self._stopped_since = None
        elif self._stopped_since is None:
            self._stopped_since = now
        if self._stopped_since is not None and now - self._stopped_since >= patience.stopped:
            return True
        if now - self._spoke >= patience.speechless:
            return True
        return now - self._moved >= patience.silence or (starts and now - self._begun >= patience.start)

    def _has_moved(self, before: Vitals, after: Vitals) -> bool:
        return (
            after.said > before.said
            or after.cpu - before.cpu >= LEAST_CPU_SHARE * self._patience.silence
            or after.transferred - before.transferred >= LEAST_BYTES
        )
