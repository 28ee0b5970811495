"""Pictures to work on, and an engine that paints at once, for what is about files, options and messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import ClassVar

import cv2
import numpy as np
from huebrush_backend import engine
from numpy.typing import NDArray

WIDTH, HEIGHT = 96, 64


def line_drawing(transparent: bool = True) -> NDArray[np.uint8]:
    """A circle in black lines, (H,W,4), on nothing or on white."""
    ink = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.circle(ink, (WIDTH // 2, HEIGHT // 2), 22, 255, 2, cv2.LINE_AA)
    if transparent:
        return np.dstack([np.zeros((HEIGHT, WIDTH, 3), np.uint8), ink])
    white = np.full((HEIGHT, WIDTH), 255, np.uint8)
    return np.dstack([255 - ink, 255 - ink, 255 - ink, white])


class PaintingEngine:
    """Fills the page with the mean colour of the references; keeps the requests it got in `seen`."""

    seen: ClassVar[list[engine.ColorizeRequest]] = []

    def __init__(self, device: str = "auto") -> None:
        if device not in ("auto", "cpu"):
            raise ValueError(f"this machine has no device {device!r}")

    def colorize(
        self,
        request: engine.ColorizeRequest,
        on_event: Callable[[engine.ProgressEvent | engine.PreviewEvent], None],
        is_cancelled: Callable[[], bool],
    ) -> engine.ColorizeResult:
        self.seen.append(request)
        steps = request.parameters.steps
        for step in range(1, steps + 1):
            if is_cancelled():
                raise engine.Cancelled
            on_event(engine.ProgressEvent("denoising", step, steps, step / steps, 0.1 * (steps - step)))
            on_event(engine.PreviewEvent(step, np.zeros((4, 4, 3), np.uint8)))
        colors = [item.pixels[item.pixels[..., 3] > 0][:, :3].mean(axis=0) for item in request.references]
        pixels = np.empty_like(request.line_art)
        pixels[..., :3] = np.rint(np.mean(colors, axis=0))
        pixels[..., 3] = 255
        recipe = {"recipe_version": 1, "model": request.model, "parameters": asdict(request.parameters)}
        return engine.ColorizeResult((engine.ResultLayer("Colour", pixels),), recipe)
