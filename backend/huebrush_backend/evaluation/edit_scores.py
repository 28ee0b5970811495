"""Scores of an edit in a known place: the colour reached there, and changes elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from skimage.color import deltaE_ciede2000

from huebrush_backend.evaluation.edit_pages import KnownEdit
from huebrush_backend.evaluation.metrics import SAME_COLOUR, inside_part, to_lab
from huebrush_backend.synthesis import COLORS


@dataclass(frozen=True)
class EditScore:
    """Score of one edit.

    `size`: of the part, "large" or "small". `reached`: of all colour words, the one asked for is nearest to the part's
    median. `reached_by_model`: so it is in what the model painted, before anything was shifted to the colour.
    `delta_e`: CIEDE2000 between the median and the colour asked for. `pixels_changed_outside`: pixels outside the part
    where any channel, alpha included, is another than before. `locality`: see `locality`.
    """

    size: str
    reached: bool
    reached_by_model: bool
    delta_e: float
    pixels_changed_outside: int
    locality: float


def score_edit(
    edit: KnownEdit, ink: np.ndarray, before: np.ndarray, after: np.ndarray, by_model: np.ndarray
) -> EditScore:
    """Score `edit`, which turned the layer `before` (H,W,4) into `after` (H,W,4), both uint8.

    `by_model` (H,W,3) uint8: the page as the model itself painted it; `ink` (H,W) uint8: the page's.
    """
    color = part_color(after[..., :3], edit.mask, ink)
    return EditScore(
        size=edit.size,
        reached=is_reached(color, edit.color),
        reached_by_model=is_reached(part_color(by_model, edit.mask, ink), edit.color),
        delta_e=asked_color_distance(color, edit.color),
        pixels_changed_outside=pixels_changed(before, after, ~edit.mask),
        locality=locality(before[..., :3], by_model, edit.mask),
    )


def part_color(picture: np.ndarray, mask: np.ndarray, ink: np.ndarray) -> np.ndarray:
    """Return the CIELAB median (3,) of `picture` (H,W,3) uint8 over the part in `mask` (H,W) bool, away from its border
    and from `ink` (H,W) uint8."""
    inside = inside_part(mask, ink)
    return np.median(to_lab(picture[inside]), axis=0)


def asked_color_distance(color: np.ndarray, word: str) -> float:
    """Return CIEDE2000 between `color` (3,) CIELAB and the colour of `word`."""
    words, known = _known_colors()
    return float(deltaE_ciede2000(known[words.index(word)], color))


def is_reached(color: np.ndarray, word: str) -> bool:
    """Return whether of all colour words `word` is nearest to `color` (3,) CIELAB, or one hardly told from that."""
    words, known = _known_colors()
    nearest = int(deltaE_ciede2000(known, color[None]).argmin())
    return words[nearest] == word or float(deltaE_ciede2000(known[nearest], known[words.index(word)])) < SAME_COLOUR


def pixels_changed(before: np.ndarray, after: np.ndarray, where: np.ndarray) -> int:
    """Return in how many pixels of `where` (H,W) bool any channel of two layers (H,W,4) uint8 differs."""
    return int((before != after).any(axis=2)[where].sum())


def locality(before: np.ndarray, after: np.ndarray, mask: np.ndarray) -> float:
    """Return the share of what changed that lies in `mask` (H,W) bool, 0..1; 0 where nothing changed.

    What changed in a pixel is the square of CIEDE2000 between its colours in two pictures (H,W,3) uint8.
    """
    changed = deltaE_ciede2000(to_lab(before), to_lab(after)) ** 2
    whole = float(changed.sum())
    return float(changed[mask].sum()) / whole if whole > 0 else 0.0


def summary(scores: Sequence[EditScore]) -> dict[str, Any]:
    """Return the figures of `scores`, ready for JSON: shares, means and medians over edits, None where there are none,
    and the sum of the pixels."""
    return {
        "edits": len(scores),
        "reached": _mean([score.reached for score in scores]),
        "reached_by_model": _mean([score.reached_by_model for score in scores]),
        "median_delta_e": round(float(np.median([score.delta_e for score in scores])), 2) if scores else None,
        "pixels_changed_outside": sum(score.pixels_changed_outside for score in scores),
        "locality": _mean([score.locality for score in scores]),
    }


def _mean(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 4) if values else None


@lru_cache(maxsize=1)
def _known_colors() -> tuple[list[str], np.ndarray]:
    return list(COLORS), to_lab(np.array(list(COLORS.values()), np.uint8))
