"""An engine that paints at once: the bad situations are about the plugin, not about the picture.

Its two layers have the mean colour of the reference, and a hundred short steps by default, so that a test can act in
the middle. `steps` in the request is obeyed; each takes `STEP_SECONDS`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from huebrush_backend.engine import Cancelled, ColorizeRequest, ColorizeResult, PreviewEvent, ProgressEvent, ResultLayer
from huebrush_protocol.messages import ModelInfo

STEP_SECONDS = 0.1


class PaintingEngine:
    """Has the methods of `huebrush_backend.engine.Engine` that the worker calls."""

    def __init__(self, device: str) -> None:
        self._device = device

    def device_description(self) -> str:
        """Say what computes."""
        return "test engine"

    def models(self) -> tuple[ModelInfo, ...]:
        """Return one model."""
        return list_models()

    def colorize(
        self, request: ColorizeRequest, on_event: Callable[[Any], None], is_cancelled: Callable[[], bool]
    ) -> ColorizeResult:
        """Paint the reference's mean colour in two layers."""
        steps = request.parameters.steps
        colors = request.references[0].pixels.reshape(-1, 4)
        mean = colors[colors[:, 3] > 0][:, :3].mean(axis=0).astype(np.uint8)
        for step in range(1, steps + 1):
            if is_cancelled():
                raise Cancelled
            time.sleep(STEP_SECONDS)
            on_event(ProgressEvent("denoising", step, steps, step / steps, (steps - step) * STEP_SECONDS))
            preview = np.empty((64, 64, 3), np.uint8)
            preview[:] = mean
            on_event(PreviewEvent(step, preview))
        height, width = request.line_art.shape[:2]
        flats = np.full((height, width, 4), 255, np.uint8)
        flats[..., :3] = mean
        shade = np.zeros((height // 2, width, 4), np.uint8)
        shade[..., 3] = 40
        recipe = {"recipe_version": 1, "model": request.model, "parameters": {"seed": request.parameters.seed}}
        return ColorizeResult((ResultLayer("Flats", flats), ResultLayer("Shade", shade, 0, height // 2)), recipe)


def create_engine(device: str) -> PaintingEngine:
    """Engine plug for `huebrush serve --engine`."""
    return PaintingEngine(device)


def list_models() -> tuple[ModelInfo, ...]:
    """Two models, one of them without its weights."""
    return (
        ModelInfo("demo", "Test painter", "test", "GPL-3.0-or-later", available=True, builtin=True),
        ModelInfo("big", "Big model", "test", "unknown", available=False, remedy="Run “huebrush models install big”."),
    )
