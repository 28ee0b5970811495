"""Progress of a colorization: phases and steps as events, the time left, and the check for cancelling."""

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
"""Phases in order, with the share of the whole job that is done when each begins."""

FINISHING_SECONDS = 0.2
FINISHING_SECONDS_A_MEGAPIXEL = 0.25
"""Time that decoding and enlarging take on two cores: a fixed part, and a part that grows with the page's size."""


class EngineProgress:
    """Reports the progress of `request` to `on_event`.

    `enter`, `step` and `check` raise `Cancelled` once `is_cancelled` returns True.
    """

    def __init__(self, request: ColorizeRequest, on_event: EventCallback, is_cancelled: Callable[[], bool]) -> None:
        self._on_event, self._is_cancelled = on_event, is_cancelled
        self._steps = request.parameters.steps
        height, width = request.line_art.shape[:2]
        self._finishing_seconds = FINISHING_SECONDS + FINISHING_SECONDS_A_MEGAPIXEL * height * width / 1e6
        self._denoising_since = time.monotonic()
        self._run, self._runs = 0, 1
        self._placed: Callable[[np.ndarray], np.ndarray] | None = None

    def begin_run(self, run: int, runs: int) -> None:
        """Begin run `run`, from 0, of the job's `runs` runs, which count as equal shares of the job."""
        self._run, self._runs = run, runs

    def enter(self, phase: str) -> None:
        """Begin `phase`, one of `PHASE_STARTS` other than "denoising", which begins with its first `step`."""
        self.check()
        if phase == "conditioning":  # so short that it counts as a part of the steps
            self._denoising_since = time.monotonic()
        left = self._finishing_seconds if phase in ("decoding", "finishing") else None
        self._on_event(ProgressEvent(phase, 0, self._steps, self._whole(PHASE_STARTS[phase]), left))

    def step(self, step: int, steps: int) -> None:
        """Report that `step`, from 1, of `steps` is done; the time left assumes that all steps take equally long."""
        self.check()
        start, end = PHASE_STARTS["denoising"], PHASE_STARTS["decoding"]
        each = (time.monotonic() - self._denoising_since) / step
        left = each * (steps - step + steps * (self._runs - 1 - self._run)) + self._finishing_seconds
        fraction = self._whole(start + (end - start) * step / steps)
        self._on_event(ProgressEvent("denoising", step, steps, fraction, left))

    def _whole(self, fraction: float) -> float:
        return (self._run + fraction) / self._runs

    def place_previews(self, placed: Callable[[np.ndarray], np.ndarray] | None) -> None:
        """Show from now on what `placed` makes of each preview, such as the page with it; None: the preview itself."""
        self._placed = placed

    def preview(self, step: int, pixels: np.ndarray) -> None:
        """Show `pixels` (h,w,3) uint8, the picture after `step`."""
        self._on_event(PreviewEvent(step, pixels if self._placed is None else self._placed(pixels)))

    def painted(self, x: int, y: int, pixels: np.ndarray) -> None:
        """Report the model's picture of a section with an edit: see `PaintedEvent`."""
        self._on_event(PaintedEvent(x, y, pixels))

    def check(self) -> None:
        """Raise `Cancelled` if the caller has cancelled the job."""
        if self._is_cancelled():
            raise Cancelled
