"""Runs edits on pages whose parts are known: brushed onto the part, located by words, and on the whole page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from huebrush_protocol.parameters import Parameters, TextEdit

from huebrush_backend.engine.request import (
    Colorizer,
    ColorizeRequest,
    EngineEvent,
    FigureMask,
    PaintedEvent,
    Reference,
)
from huebrush_backend.evaluation.edit_pages import SIZES, EditPage, KnownEdit, edit_page
from huebrush_backend.evaluation.edit_scores import EditScore, score_edit, summary
from huebrush_backend.imaging.color import with_alpha
from huebrush_backend.synthesis import line_art

WAYS = ("brushed", "automatic", "everywhere")
"""Ways to choose where an edit acts: the part's own mask; where the reference matches the words; the whole page."""


@dataclass(frozen=True, eq=False)
class _Outcome:
    """A result layer (H,W,4) uint8, and the model's own picture of a section of the page: (h,w,3) uint8 at `x`, `y`."""

    layer: np.ndarray
    painted: np.ndarray
    x: int = 0
    y: int = 0


class Pages(Protocol):
    """Gives a page by seed and index."""

    def __call__(self, seed: int, index: int) -> EditPage:
        """Return page `index` of the set `seed`."""
        ...


def evaluate_edits(
    colorizer: Colorizer,
    model: str,
    pages: int,
    seed: int,
    steps: int,
    on_page: Callable[[int], None] = lambda done: None,
    page_of: Pages = edit_page,
) -> dict[str, Any]:
    """Return the figures of each of `WAYS`, ready for JSON.

    Each page is first coloured after its reference. Each of its edits is then applied alone to that result, with the
    same noise.

    `colorizer`: the engine to run.
    `model`: name of its model.
    `pages`: number of pages.
    `seed`: number of the set of pages.
    `steps`: denoising steps.
    `on_page`: called with the number of finished pages.
    `page_of`: gives the pages.

    Raises the errors of `colorizer`.
    """
    scores: dict[str, list[EditScore]] = {way: [] for way in WAYS}
    for index in range(pages):
        page = page_of(seed, index)
        request = _request(page, model, steps, index)
        before = _run(colorizer, request).layer
        for edit in page.edits:
            for way in WAYS:
                outcome = _run(colorizer, _edited(request, edit, way, before))
                scores[way].append(replace(_score(page, edit, before, outcome), page=index))
        on_page(index + 1)
    return {
        way: summary(found) | {size: summary([score for score in found if score.size == size]) for size in SIZES}
        for way, found in scores.items()
    }


def _request(page: EditPage, model: str, steps: int, seed: int) -> ColorizeRequest:
    lines = with_alpha(np.dstack([line_art(page.pair.drawing)] * 3))
    reference = Reference(with_alpha(page.pair.reference))
    return ColorizeRequest(model, lines, (reference,), Parameters(steps=steps, seed=seed))


def _edited(request: ColorizeRequest, edit: KnownEdit, way: str, before: np.ndarray) -> ColorizeRequest:
    words = TextEdit(edit.instead, edit.now)
    if way == "automatic":
        words = replace(words, control=edit.now)
    if way != "brushed":
        return replace(request, parameters=replace(request.parameters, edits=(words,)))
    return replace(
        request,
        parameters=replace(request.parameters, edits=(replace(words, mask=0),)),
        edit_masks=(FigureMask(edit.mask.astype(np.uint8) * 255),),
        before=Reference(before),
    )


def _run(colorizer: Colorizer, request: ColorizeRequest) -> _Outcome:
    painted: list[PaintedEvent] = []

    def note(event: EngineEvent) -> None:
        if isinstance(event, PaintedEvent):
            painted.append(event)

    (layer,) = colorizer.colorize(request, note, lambda: False).layers
    page = np.zeros_like(request.line_art)
    height, width = layer.pixels.shape[:2]
    page[layer.y : layer.y + height, layer.x : layer.x + width] = layer.pixels
    if not request.brushed_edits:
        return _Outcome(page, page[..., :3])
    return _Outcome(page, *_joined(painted, page))


def _joined(painted: list[PaintedEvent], page: np.ndarray) -> tuple[np.ndarray, int, int]:
    """Join the sections that the model painted into one picture; return it with the position of its corner."""
    left, top = min(event.x for event in painted), min(event.y for event in painted)
    right = max(event.x + event.pixels.shape[1] for event in painted)
    bottom = max(event.y + event.pixels.shape[0] for event in painted)
    whole = page[top:bottom, left:right, :3].copy()
    for event in painted:
        height, width = event.pixels.shape[:2]
        whole[event.y - top : event.y - top + height, event.x - left : event.x - left + width] = event.pixels
    return whole, left, top


def _score(page: EditPage, edit: KnownEdit, before: np.ndarray, outcome: _Outcome) -> EditScore:
    height, width = outcome.painted.shape[:2]
    by_model = before[..., :3].copy()
    by_model[outcome.y : outcome.y + height, outcome.x : outcome.x + width] = outcome.painted
    return score_edit(edit, page.pair.drawing.ink, before, outcome.layer, by_model)
