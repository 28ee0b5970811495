"""An engine without a model, for tests of files, options, messages or the plugin that do not depend on the picture.

As an engine plug (`huebrush serve --engine painting_engine:create_engine`) its steps are slow, so that a test can act
in the middle of a job.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict

import numpy as np
from huebrush_backend.engine.request import (
    Cancelled,
    ColorizeRequest,
    ColorizeResult,
    EventCallback,
    PreviewEvent,
    ProgressEvent,
    ResultLayer,
)
from huebrush_protocol.messages import ModelInfo

STEP_SECONDS = 0.1
"""Duration of a step in the worker, in seconds."""


class PaintingEngine:
    """A `Colorizer` that fills the page with the mean colour of the references.

    `step_seconds`: duration of a step. `shaded`: add a second layer that darkens the lower half of the page.
    """

    def __init__(self, device: str = "auto", step_seconds: float = 0.0, shaded: bool = False) -> None:
        if device not in ("auto", "cpu"):
            raise ValueError(f"this machine has no device {device!r}")
        self._step_seconds, self._shaded = step_seconds, shaded

    def device_description(self) -> str:
        """Return the description of the device."""
        return "test engine"

    def colorize(
        self, request: ColorizeRequest, on_event: EventCallback, is_cancelled: Callable[[], bool]
    ) -> ColorizeResult:
        """Report progress and a preview for each requested step, and paint."""
        shown = [item.pixels[item.pixels[..., 3] > 0][:, :3].mean(axis=0) for item in request.references]
        color = np.rint(np.mean(shown, axis=0)).astype(np.uint8)
        steps = request.parameters.steps
        for step in range(1, steps + 1):
            if is_cancelled():
                raise Cancelled
            time.sleep(self._step_seconds)
            on_event(ProgressEvent("denoising", step, steps, step / steps, (steps - step) * self._step_seconds))
            on_event(PreviewEvent(step, np.full((64, 64, 3), color, np.uint8)))
        height, width = request.line_art.shape[:2]
        layers = [ResultLayer("Colour", np.full((height, width, 4), (*color, 255), np.uint8))]
        if self._shaded:
            layers.append(
                ResultLayer("Shade", np.full((height // 2, width, 4), (0, 0, 0, 40), np.uint8), 0, height // 2)
            )
        recipe = {"recipe_version": 1, "model": request.model, "parameters": asdict(request.parameters)}
        return ColorizeResult(tuple(layers), recipe)


def create_engine(device: str) -> PaintingEngine:
    """Return the engine for a worker."""
    return PaintingEngine(device, STEP_SECONDS, shaded=True)


def list_models() -> tuple[ModelInfo, ...]:
    """Return two models, one of them without weights."""
    return (
        ModelInfo("demo", "Test painter", "test", "GPL-3.0-or-later", available=True, builtin=True),
        ModelInfo("big", "Big model", "test", "unknown", available=False, remedy="Run “huebrush models install big”."),
    )
