"""Where a colorization stands: phases and steps as events, the time left, and the place where a cancelled one stops."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import MappingProxyType

import numpy as np

from huebrush_backend.engine.request import (
    Cancelled,
    ColorizeRequest,
    EventCallback,
    PaintedEvent,
    PreviewEvent,
    ProgressEvent,
)

PHASE_STARTS = MappingProxyType(
    {
        "loading": 0.0,
        "preparing": 0.03,
        "conditioning": 0.06,
        "denoising": 0.08,
        "decoding": 0.88,
        "finishing": 0.9,
    }
)
"""The phases in their order, and the share of the whole job that is done when each begins."""

FINISHING_SECONDS = 0.2
FINISHING_SECONDS_A_MEGAPIXEL = 0.25
"""What decoding and enlarging take on two cores: a little for any picture, and more with the page's size."""


class EngineProgress:
    """Tells `on_event` how `request` comes along. Each call but `preview` raises `Cancelled` once that is asked for."""

    def __init__(self, request: ColorizeRequest, on_event: EventCallback, is_cancelled: Callable[[], bool]) -> None:
        self._on_event, self._is_cancelled = on_event, is_cancelled
        self._steps = request.parameters.steps
        height, width = request.line_art.shape[:2]
        self._finishing_seconds = FINISHING_SECONDS + FINISHING_SECONDS_A_MEGAPIXEL * height * width / 1e6
        self._denoising_since = time.monotonic()
        self._run, self._runs = 0, 1

    def begin_run(self, run: int, runs: int) -> None:
        """Begin the `run`th, from 0, of `runs` that the job takes; each is the same share of the whole."""
        self._run, self._runs = run, runs

    def enter(self, phase: str) -> None:
        """Begin `phase`, one of `PHASE_STARTS` other than "denoising", which begins with its first `step`."""
        self.check()
        if phase == "conditioning":  # takes so little that it is counted among the steps
            self._denoising_since = time.monotonic()
        left = self._finishing_seconds if phase in ("decoding", "finishing") else None
        self._on_event(ProgressEvent(phase, 0, self._steps, self._whole(PHASE_STARTS[phase]), left))

    def step(self, step: int, steps: int) -> None:
        """Tell that `step`, from 1, of `steps` is done; those to come are expected to take as long as those before."""
        self.check()
        start, end = PHASE_STARTS["denoising"], PHASE_STARTS["decoding"]
        each = (time.monotonic() - self._denoising_since) / step
        left = each * (steps - step + steps * (self._runs - 1 - self._run)) + self._finishing_seconds
        fraction = self._whole(start + (end - start) * step / steps)
        self._on_event(ProgressEvent("denoising", step, steps, fraction, left))

    def _whole(self, fraction: float) -> float:
        return (self._run + fraction) / self._runs

    def preview(self, step: int, pixels: np.ndarray) -> None:
        """Show `pixels` (h,w,3) uint8, the picture after `step`."""
        self._on_event(PreviewEvent(step, pixels))

    def painted(self, x: int, y: int, pixels: np.ndarray) -> None:
        """Tell what the model made of an edit's place: see `PaintedEvent`."""
        self._on_event(PaintedEvent(x, y, pixels))

    def check(self) -> None:
        """Raise `Cancelled` if the caller wants no result any more."""
        if self._is_cancelled():
            raise Cancelled
