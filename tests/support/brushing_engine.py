"""An engine without a model that makes edits: masks, windows and layers are real, but instead of a model's picture it
paints a single colour. As an engine plug: `huebrush serve --engine brushing_engine:create_engine`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
from huebrush_backend.engine.brush import brush_runs, run_brush
from huebrush_backend.engine.page_lines import PageLines
from huebrush_backend.engine.plan import make_plan
from huebrush_backend.engine.request import ColorizeRequest, ColorizeResult, EventCallback, ProgressEvent, ResultLayer
from huebrush_backend.engine.widen_edit_masks import overlaps, with_whole_regions
from huebrush_backend.flats.regions.find_regions import find_regions
from huebrush_backend.flats.regions.gap_width import WidestGap
from huebrush_backend.models.catalog import ModelEntry
from huebrush_backend.pipeline.brushing import Brush
from huebrush_protocol.messages import ModelInfo

NATIVE = 256
WORDS = ("blue", "green", "hair", "red")
MODEL = ModelInfo("demo", "Test brush", "test", "GPL-3.0-or-later", available=True, builtin=True, vocabulary=WORDS)
GROUND = (236, 232, 224)
"""Colour of the page. It has slightly darker stripes, so that a copy shifted by a pixel differs."""


class BrushingEngine:
    """A `Colorizer` that paints stripes, and in each edit's mask the colour of its target."""

    def device_description(self) -> str:
        """Return the description of the device."""
        return "test engine"

    def colorize(
        self, request: ColorizeRequest, on_event: EventCallback, is_cancelled: Callable[[], bool]
    ) -> ColorizeResult:
        """Paint the page, or the edited section of it."""
        plan = make_plan(request, lambda name: ModelEntry(MODEL, Path()))
        on_event(ProgressEvent("denoising", 1, 1, 1.0, 0.0))
        lines, asked = PageLines(request), request
        if plan.widens_masks:
            request = with_whole_regions(request, find_regions(lines.ink_bytes, WidestGap()), lines.ink_bytes)
        layer = request.before.pixels if request.before is not None else striped(request.line_art.shape)

        def paint(part: ColorizeRequest, part_lines: PageLines, brush: Callable[[int, int], Brush]) -> np.ndarray:
            brush(NATIVE, NATIVE)
            return np.full((*part.line_art.shape[:2], 3), 128, np.uint8)

        for run in brush_runs(request, NATIVE, knows_colors=True):
            assert all(edit.color for edit in run.edits), "only colours can be painted without a model"
            layer = run_brush(request, lines, layer, run, paint)
        recipe = {"recipe_version": 1, "model": request.model, "parameters": asdict(asked.parameters)}
        recipe["overlaps"] = overlaps(request)
        return ColorizeResult((ResultLayer("Colour", layer, kind="picture"),), recipe)


def striped(shape: tuple[int, ...]) -> np.ndarray:
    """Return an opaque layer (H,W,4) of height and width `shape` in which neighbouring pixels differ."""
    layer = np.empty((*shape[:2], 4), np.uint8)
    layer[...] = (*GROUND, 255)
    layer[..., 0] -= (np.arange(shape[1]) % 7).astype(np.uint8)
    layer[..., 1] -= (np.arange(shape[0]) % 5).astype(np.uint8)[:, None]
    return layer


def create_engine(device: str) -> BrushingEngine:
    """Return the engine for a worker."""
    return BrushingEngine()


def list_models() -> tuple[ModelInfo, ...]:
    """Return a single model, which knows words for colours."""
    return (MODEL,)
