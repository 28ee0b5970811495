"""How long Krita's main thread is held while a job runs, and by what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from huebrush.base.qt import QtCore, QtWidgets
from huebrush.session import session

from .stopwatch import Moment, Stopwatch, Timed

BEAT_MILLISECONDS = 5
LISTED = 8
"""How many of Krita's calls, and of the plugin's functions, are listed for each stage."""


@dataclass
class _Phase:
    """All gaps between two beats in one stage of the job, and what ran in them; `rests` is Krita's own part of them."""

    gaps: list[Timed] = field(default_factory=list)
    calls: list[Timed] = field(default_factory=list)
    steps: list[Timed] = field(default_factory=list)
    rests: list[Timed] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        """Return what `Pulse.stop` says about a stage."""
        return {
            "gap": _longest(self.gaps),
            "busiest_gap": _rounded(max(self.gaps, key=lambda gap: gap.cpu_ms)),
            "krita_call": _longest(self.calls),
            "own_step": _longest(self.steps),
            "krita_events": _longest(self.rests),
            "krita_calls": _dearest(self.calls),
            "own_steps": _dearest(self.steps),
        }


class Pulse(QtCore.QObject):
    """A heartbeat; the longest gap between two beats is the longest time the main thread was held.

    `stage` is the job's stage, "idle" before there is a job. A gap across the end of a job counts for the stage in
    which it was active: what ends a job is part of it.
    """

    def __init__(self) -> None:
        super().__init__(QtWidgets.QApplication.instance())
        self.stage = "idle"
        self._at_last_beat = self.stage
        self._is_over = True
        self._phases: defaultdict[str, _Phase] = defaultdict(_Phase)
        session().jobs.changed.connect(self._on_job)
        self._timer = QtCore.QTimer(self)
        self._timer.setTimerType(QtCore.Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT_MILLISECONDS)
        self._watch = Stopwatch()
        self._last_beat = Moment.now()
        self._watch.start()

    def stop(self) -> dict[str, dict[str, Any]]:
        """Stop, and return for each stage the longest gap between two beats, the gap in which the main thread computed
        most, and the longest call of Krita's, step of the plugin's and run of Krita's own events, none when there was
        none; then the dearest calls and steps. All as `Timed`'s fields, rounded to a tenth of a millisecond."""
        self._watch.stop()
        self._timer.stop()
        session().jobs.changed.disconnect(self._on_job)
        return {name: phase.report() for name, phase in self._phases.items()}

    def _on_job(self, job: Any) -> None:
        self.stage, self._is_over = job.stage.value, not job.is_active

    def _beat(self) -> None:
        gap = Timed.between("", self._last_beat, Moment.now())
        calls, steps = self._watch.take()
        phase = self._phases[self._at_last_beat if self._is_over else self.stage]
        phase.gaps.append(gap)
        phase.calls.extend(calls)
        phase.steps.extend(steps)
        phase.rests.append(_without(gap, (*calls, *steps)))
        self._at_last_beat = self.stage
        self._last_beat = Moment.now()


def _without(gap: Timed, parts: Iterable[Timed]) -> Timed:
    """Return what is left of `gap`; below 0 where it was too short for the clocks."""
    ms, cpu, everything = gap.ms, gap.cpu_ms, gap.all_cpu_ms
    for part in parts:
        ms, cpu, everything = ms - part.ms, cpu - part.cpu_ms, everything - part.all_cpu_ms
    return Timed("", max(0.0, ms), max(0.0, cpu), max(0.0, everything))


def _longest(timed: list[Timed]) -> dict[str, Any] | None:
    return _rounded(max(timed, key=lambda entry: entry.ms)) if timed else None


def _dearest(timed: list[Timed]) -> list[dict[str, Any]]:
    """Return for each name how often it ran and the most it took, on the clock and computed; the dearest first."""
    named: defaultdict[str, list[Timed]] = defaultdict(list)
    for entry in timed:
        named[entry.name].append(entry)
    most = [
        (
            Timed(
                name,
                max(entry.ms for entry in entries),
                max(entry.cpu_ms for entry in entries),
                max(entry.all_cpu_ms for entry in entries),
            ),
            len(entries),
        )
        for name, entries in named.items()
    ]
    most.sort(key=lambda pair: -pair[0].all_cpu_ms)
    return [{**_rounded(entry), "count": count} for entry, count in most[:LISTED]]


def _rounded(timed: Timed) -> dict[str, Any]:
    values = {name: round(value, 1) if isinstance(value, float) else value for name, value in asdict(timed).items()}
    return values if timed.name else {name: value for name, value in values.items() if name != "name"}
