"""The engine plug of `bench faults`: needs no weights, and makes the results of `known_results`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import numpy as np
from huebrush_protocol.messages import ModelInfo

from huebrush_backend.engine.request import (
    Cancelled,
    ColorizeRequest,
    ColorizeResult,
    EventCallback,
    PreviewEvent,
    ProgressEvent,
)
from huebrush_backend.evaluation.faults.known_results import layers

MODEL = "known"
STEP_SECONDS = 0.02
PREVIEW_SIDE = 64


def list_models() -> tuple[ModelInfo, ...]:
    """Return the only model."""
    return (ModelInfo(MODEL, "Known results", "known", "none", True),)


def create_engine(device: str) -> KnownEngine:
    """Make the engine."""
    return KnownEngine(device)


class KnownEngine:
    """Takes `STEP_SECONDS` a step, and a preview after each."""

    def __init__(self, device: str) -> None:
        self._device = device

    def device_description(self) -> str:
        """Return the device's name."""
        return self._device

    def colorize(
        self, request: ColorizeRequest, on_event: EventCallback, is_cancelled: Callable[[], bool]
    ) -> ColorizeResult:
        """Carry out `request`. Raises `Cancelled`."""
        parameters = request.parameters
        for step in range(1, parameters.steps + 1):
            if is_cancelled():
                raise Cancelled
            time.sleep(STEP_SECONDS)
            on_event(ProgressEvent("denoising", step, parameters.steps, step / parameters.steps))
            on_event(PreviewEvent(step, np.full((PREVIEW_SIDE, PREVIEW_SIDE, 3), step % 256, np.uint8)))
        recipe = {"recipe_version": 1, "model": request.model, "pid": os.getpid()}
        result = parameters.regions.result
        report = {} if result == "picture" else {"regions": 1, "clean": True, "places_to_check": []}
        return ColorizeResult(layers(request.line_art, result), recipe, report)
