"""Order and share of waiting jobs: turns go round between clients, and none fills the queue. No sockets."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from huebrush_protocol.texts import Text

MOST_PASSED = 8
"""Jobs in a row that may go before the one that has waited longest."""
REMEMBERED = 2048
"""Users and clients whose last turns are remembered."""


class Waiting(Protocol):
    """Part of a waiting job that decides on its turn."""

    @property
    def user(self) -> str:
        """The key of its client, empty over ipc."""
        ...

    @property
    def client(self) -> bytes:
        """The connection that submitted it."""
        ...

    @property
    def batch(self) -> bool:
        """Whether nobody waits for it in front of the screen."""
        ...

    @property
    def size(self) -> int:
        """Bytes of its pixels."""
        ...


W = TypeVar("W", bound=Waiting)


@dataclass(frozen=True)
class Room:
    """Room for waiting jobs of all clients together, in jobs and in bytes of their pixels."""

    jobs: int
    bytes: int

    def refusal(self, waiting: Sequence[Waiting], user: str, client: bytes, size: int) -> Text | None:
        """Return the reason if a job of `size` bytes finds no room beside those that wait, else None.

        A client may have half of what the others leave; one job may take all of it, and be of any size if none waits.
        """
        own = [job for job in waiting if (job.user, job.client) == (user, client)]
        others = [job for job in waiting if (job.user, job.client) != (user, client)]
        jobs = self.jobs - len(others)
        left = self.bytes - sum(job.size for job in others)
        if own:
            taken = sum(job.size for job in own)
            if len(own) + 1 > jobs // 2:
                return Text.of("queue.own_jobs", count=len(own))
            if taken + size > left // 2:
                return Text.of("queue.own_pictures", size=taken >> 20)
        elif jobs < 1:
            return Text.of("queue.jobs", count=len(others))
        elif others and size > left:
            return Text.of("queue.pictures", size=sum(job.size for job in others) >> 20)
        return None


class Turns:
    """Decides which waiting job is next.

    Jobs that somebody waits for go before batches. Among them it is the turn of the user, and then of that user's
    client, whose last turn was longest ago; a client's own jobs go in the order of arrival. After `MOST_PASSED` others,
    the job that has waited longest is next in any case.
    """

    def __init__(self) -> None:
        self._past = _Past({}, 0, 0)

    def in_order(self, waiting: Iterable[W]) -> list[W]:
        """Return the waiting jobs, which come in the order of arrival, in the order of their turns."""
        lines, past, order = _Lines(waiting), self._past.copy(), list[W]()
        while lines.heads():
            order.append(lines.take(past))
        return order

    def take(self, waiting: Iterable[W]) -> W:
        """Return the job whose turn it is, and note that it had its turn. `waiting`: as for `in_order`, not empty."""
        job = _Lines(waiting).take(self._past)
        self._past.tidy()
        return job


@dataclass
class _Past:
    """Numbers of the latest turns of users and clients and of the latest turn of all, and how many jobs went before
    the oldest one."""

    turns: dict[tuple[str, bytes | None], int]
    turn: int
    passed: int

    def copy(self) -> _Past:
        return _Past(dict(self.turns), self.turn, self.passed)

    def last_turns(self, job: Waiting) -> tuple[int, int]:
        return self.turns.get((job.user, None), 0), self.turns.get((job.user, job.client), 0)

    def note(self, job: Waiting, was_oldest: bool) -> None:
        self.passed = 0 if was_oldest else self.passed + 1
        self.turn += 1
        for key in ((job.user, None), (job.user, job.client)):
            self.turns.pop(key, None)
            self.turns[key] = self.turn

    def tidy(self) -> None:
        """Forget the turns that are longest ago."""
        for key in list(self.turns)[: max(0, len(self.turns) - REMEMBERED)]:
            del self.turns[key]


class _Lines(Generic[W]):
    """Waiting jobs in a line for each client, and one for its batches, with their places in the order of arrival."""

    def __init__(self, waiting: Iterable[W]) -> None:
        self._lines: dict[tuple[str, bytes, bool], deque[tuple[int, W]]] = {}
        for place, job in enumerate(waiting):
            self._lines.setdefault((job.user, job.client, job.batch), deque()).append((place, job))

    def heads(self) -> list[tuple[int, W]]:
        """Return the first of each line."""
        return [line[0] for line in self._lines.values()]

    def take(self, past: _Past) -> W:
        """Take the job out whose turn it is after `past`, and note that there."""
        heads = self.heads()
        oldest = min(heads, key=lambda head: head[0])
        if past.passed >= MOST_PASSED:
            chosen = oldest
        else:
            waited_for = [head for head in heads if not head[1].batch]
            chosen = min(waited_for or heads, key=lambda head: (*past.last_turns(head[1]), head[0]))
        job = chosen[1]
        past.note(job, chosen is oldest)
        key = (job.user, job.client, job.batch)
        self._lines[key].popleft()
        if not self._lines[key]:
            del self._lines[key]
        return job
