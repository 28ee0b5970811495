"""Scores of an edit with a known mask: the colour reached inside, and the changes outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from skimage.color import deltaE_ciede2000

from huebrush_backend.evaluation.edit_pages import KnownEdit
from huebrush_backend.evaluation.metrics import SAME_COLOR, inside_part, to_lab
from huebrush_backend.evaluation.statistics import median, rounded, share
from huebrush_backend.synthesis import COLORS


@dataclass(frozen=True)
class EditScore:
    """Score of one edit.

    `size`: size of the part, "large" or "small".
    `reached`: of all colour words, the requested one is nearest to the part's median colour.
    `reached_by_model`: the same for the model's own picture, before any shift towards the requested colour.
    `delta_e`: CIEDE2000 between the median colour and the requested colour.
    `pixels_changed_outside`: number of pixels outside the part in which any channel, alpha included, has changed.
    `locality`: see the function `locality`.
    `page`: index of the page.
    """

    size: str
    reached: bool
    reached_by_model: bool
    delta_e: float
    pixels_changed_outside: int
    locality: float
    page: int = 0


def score_edit(
    edit: KnownEdit, ink: np.ndarray, before: np.ndarray, after: np.ndarray, by_model: np.ndarray
) -> EditScore:
    """Score `edit`, which turned the layer `before` (H,W,4) into `after` (H,W,4), both uint8.

    `by_model`: the page as the model itself painted it, (H,W,3) uint8. `ink`: the page's ink coverage, (H,W) uint8.
    """
    color = part_color(after[..., :3], edit.mask, ink)
    return EditScore(
        size=edit.size,
        reached=is_reached(color, edit.color),
        reached_by_model=is_reached(part_color(by_model, edit.mask, ink), edit.color),
        delta_e=color_word_distance(color, edit.color),
        pixels_changed_outside=pixels_changed(before, after, ~edit.mask),
        locality=locality(before[..., :3], by_model, edit.mask),
    )


def part_color(picture: np.ndarray, mask: np.ndarray, ink: np.ndarray) -> np.ndarray:
    """Return the median colour of a part in CIELAB, (3,).

    Pixels near the part's border or near ink do not count. `picture` (H,W,3) uint8, `mask` of the part (H,W) bool,
    `ink` (H,W) uint8.
    """
    inside = inside_part(mask, ink)
    return np.median(to_lab(picture[inside]), axis=0)


def color_word_distance(color: np.ndarray, word: str) -> float:
    """Return CIEDE2000 between `color` (3,) CIELAB and the colour of `word`."""
    words, known = _known_colors()
    return float(deltaE_ciede2000(known[words.index(word)], color))


def is_reached(color: np.ndarray, word: str) -> bool:
    """Return whether `word` is the colour word nearest to `color` (3,) CIELAB, or almost equal to the nearest."""
    words, known = _known_colors()
    nearest = int(deltaE_ciede2000(known, color[None]).argmin())
    return words[nearest] == word or float(deltaE_ciede2000(known[nearest], known[words.index(word)])) < SAME_COLOR


def pixels_changed(before: np.ndarray, after: np.ndarray, where: np.ndarray) -> int:
    """Count the pixels of `where` (H,W) bool in which two layers (H,W,4) uint8 differ in any channel."""
    return int((before != after).any(axis=2)[where].sum())


def locality(before: np.ndarray, after: np.ndarray, mask: np.ndarray) -> float:
    """Return the share 0..1 of the change between two pictures (H,W,3) uint8 that lies in `mask` (H,W) bool.

    The change of a pixel is the square of CIEDE2000 between its two colours. Returns 0 if nothing changed.
    """
    changed = deltaE_ciede2000(to_lab(before), to_lab(after)) ** 2
    inside, outside = float(changed[mask].sum()), float(changed[~mask].sum())
    return inside / (inside + outside) if inside + outside > 0 else 0.0  # never above 1 by rounding


def summary(scores: Sequence[EditScore]) -> dict[str, Any]:
    """Return the figures of `scores`, ready for JSON: shares, means and medians over the edits, and the sum of pixels.

    "standard_errors" has the standard errors over the pages. A figure is None when there is no edit to count.
    """
    pages: dict[int, list[EditScore]] = {}
    for score in scores:
        pages.setdefault(score.page, []).append(score)
    rows, counts = list(pages.values()), [len(row) for row in pages.values()]
    figures = {
        "reached": share([sum(score.reached for score in row) for row in rows], counts),
        "reached_by_model": share([sum(score.reached_by_model for score in row) for row in rows], counts),
        "median_delta_e": median([[score.delta_e for score in row] for row in rows]),
        "locality": share([sum(score.locality for score in row) for row in rows], counts),
    }
    values = {name: rounded(figure.value, 2 if name == "median_delta_e" else 4) for name, figure in figures.items()}
    return {
        "edits": len(scores),
        **values,
        "pixels_changed_outside": sum(score.pixels_changed_outside for score in scores),
        "standard_errors": {name: rounded(figure.standard_error) for name, figure in figures.items()},
    }


@lru_cache(maxsize=1)
def _known_colors() -> tuple[list[str], np.ndarray]:
    return list(COLORS), to_lab(np.array(list(COLORS.values()), np.uint8))
