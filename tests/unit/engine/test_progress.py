"""The engine's progress: phases in order, the time left, and the end of a cancelled job."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.engine import progress as engine_progress
from huebrush_backend.engine.progress import PHASE_STARTS, EngineProgress
from huebrush_backend.engine.request import Cancelled, ColorizeRequest, EngineEvent, ProgressEvent
from huebrush_protocol.parameters import Parameters

STEPS = 4


class Clock:
    """Stands in for the module `time`."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stand_in = Clock()
    monkeypatch.setattr(engine_progress, "time", stand_in)
    return stand_in


def request(megapixels: int = 0) -> ColorizeRequest:
    page = np.broadcast_to(np.zeros(4, np.uint8), (1000, 1000 * megapixels, 4))
    return ColorizeRequest("demo", page, (), Parameters(steps=STEPS))


def test_the_share_done_only_grows_from_nothing_to_nearly_all(clock: Clock) -> None:
    events: list[EngineEvent] = []
    progress = EngineProgress(request(), events.append, lambda: False)
    for phase in ("loading", "preparing", "conditioning"):
        progress.enter(phase)
    for step in range(1, STEPS + 1):
        progress.step(step, STEPS)
    for phase in ("decoding", "finishing"):
        progress.enter(phase)
    seen = [event for event in events if isinstance(event, ProgressEvent)]
    assert list(dict.fromkeys(event.phase for event in seen)) == list(PHASE_STARTS)
    shares = [event.fraction for event in seen]
    assert shares[0] == 0
    assert shares == sorted(shares)
    assert 0.85 < shares[-1] < 1
    assert all(event.steps == STEPS for event in seen)


def test_time_left_is_what_the_steps_so_far_took_and_more_for_a_larger_page(clock: Clock) -> None:
    left: list[float] = []
    for megapixels in (0, 10):
        events: list[EngineEvent] = []
        progress = EngineProgress(request(megapixels), events.append, lambda: False)
        progress.enter("loading")
        clock.now += 60  # loading says nothing about the steps
        progress.enter("conditioning")
        clock.now += 6
        progress.step(2, STEPS)
        first, second, third = events
        assert isinstance(first, ProgressEvent) and first.seconds_left is None
        assert isinstance(second, ProgressEvent) and second.seconds_left is None
        assert isinstance(third, ProgressEvent) and third.seconds_left is not None
        left.append(third.seconds_left)
    assert 6 < left[0] < 7
    assert left[1] > left[0] + 1


def test_every_phase_and_step_asks_whether_to_go_on(clock: Clock) -> None:
    events: list[EngineEvent] = []
    progress = EngineProgress(request(), events.append, lambda: True)
    for call in (lambda: progress.enter("loading"), lambda: progress.step(1, STEPS), progress.check):
        with pytest.raises(Cancelled):
            call()
    assert events == []
