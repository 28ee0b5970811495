"""Counts of what was done to a backend, and of what was lost by it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

MOST_NOTES = 100


@dataclass
class Tally:
    """Figures of `bench faults`; all from `jobs_untold` on are to be zero, but `front_alive` true.

    * `kills`, `stops`: processes that were killed, or stopped for a while
    * `frames`: messages that were sent mutated
    * `jobs`: jobs that were accepted
    * `jobs_untold`: accepted jobs of whose end the client never heard
    * `results_lost`: accepted jobs that ended without a result, though neither they nor the machine were at fault
    * `wrong_bytes`: results with other bytes than they should have
    * `wedged`: situations after which the backend did nothing for a new client any more
    * `processes_left`, `files_left`: what was left behind, files after the next start
    * `front_alive`: no front ended that was not killed
    * `front_growth`: MiB by which a front grew under mutated messages, after the first of them
    * `skipped`: what this system does not allow
    * `notes`: what was lost, in words
    """

    kills: int = 0
    stops: int = 0
    frames: int = 0
    jobs: int = 0
    jobs_untold: int = 0
    results_lost: int = 0
    wrong_bytes: int = 0
    wedged: int = 0
    processes_left: int = 0
    files_left: int = 0
    front_alive: bool = True
    front_growth: float = 0.0
    skipped: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Remember in words what went wrong."""
        if len(self.notes) < MOST_NOTES:
            self.notes.append(text)

    def skip(self, what: str) -> None:
        """Remember what could not be tried."""
        if what not in self.skipped:
            self.skipped.append(what)

    def add(self, other: Tally) -> None:
        """Add the figures of `other`."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.front_alive = self.front_alive and other.front_alive
        self.front_growth = max(self.front_growth, other.front_growth)
        for what in other.skipped:
            self.skip(what)
        for text in other.notes:
            self.note(text)

    def as_data(self) -> dict[str, Any]:
        """Return the figures as plain data."""
        return asdict(self)

    @staticmethod
    def from_data(data: dict[str, Any]) -> Tally:
        """Return the figures of `as_data`. Raises TypeError for anything else."""
        return Tally(**data)


COUNTS = tuple(entry.name for entry in fields(Tally) if entry.type == "int")
