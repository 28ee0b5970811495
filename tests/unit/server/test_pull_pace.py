"""How a pull's progress is passed on: not too often, with the seconds left."""

from __future__ import annotations

from typing import Any

from huebrush_backend.checkpoints.pulling import PullProgress
from huebrush_backend.server.pull_worker import PACE_SECONDS, REPORT_SECONDS, PaceReporter

TOTAL = 1000


class Clock:
    """Says what the test has set."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def report(states: list[tuple[float, str, int]]) -> list[dict[str, Any]]:
    """Return what is passed on of states: (seconds after the first, phase, bytes done)."""
    clock, reports = Clock(), []
    pace = PaceReporter(reports.append, clock)
    for seconds, phase, done in states:
        clock.now = 100.0 + seconds
        pace(PullProgress("checking" if phase == "checking" else "fetching", "file", done, TOTAL))
    return [entry["progress"] for entry in reports]


def test_seconds_left_follow_from_the_pace():
    said = report([(0, "fetching", 0), (2, "fetching", 100), (4, "fetching", 200)])
    assert [entry["seconds_left"] for entry in said] == [None, 18.0, 16.0]


def test_the_pace_is_that_of_late():
    slow_then_fast = [(0, "fetching", 0), (100, "fetching", 100), (100 + PACE_SECONDS, "fetching", 400)]
    assert report(slow_then_fast)[-1]["seconds_left"] == 600 / (300 / PACE_SECONDS)


def test_nothing_is_said_about_time_while_nothing_comes_or_files_are_checked():
    said = report([(0, "fetching", 500), (5, "fetching", 500), (6, "checking", 1000)])
    assert [entry["seconds_left"] for entry in said] == [None, None, None]


def test_bytes_are_reported_now_and_then_but_every_new_phase_at_once():
    soon = REPORT_SECONDS / 10
    said = report([(0, "fetching", 1), (soon, "fetching", 2), (2 * soon, "checking", 3), (1, "checking", 3)])
    assert [(entry["phase"], entry["done"]) for entry in said] == [("fetching", 1), ("checking", 3), ("checking", 3)]
