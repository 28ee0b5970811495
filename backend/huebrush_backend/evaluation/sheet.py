"""A contact sheet of evaluated pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from huebrush_backend.evaluation.sets import EvaluationPair
from huebrush_backend.evaluation.trivial_baselines import picture_by_position

_GAP = 6
_COLUMNS = 2


def pairs_sheet(examples: Sequence[tuple[EvaluationPair, np.ndarray]]) -> np.ndarray:
    """Make a sheet (H,W,3) uint8: for each pair its line art, reference, result under the lines, and right answer.

    `examples`: at least one pair with its model's picture (H,W,3) uint8. Two pairs stand side by side.
    """
    strips = _equally_large([_strip(pair, picture) for pair, picture in examples])
    columns = min(_COLUMNS, len(strips))
    while len(strips) % columns:
        strips.append(np.full_like(strips[0], 255))
    rows = [_joined(strips[start : start + columns], 2 * _GAP, 1) for start in range(0, len(strips), columns)]
    return _joined(rows, _GAP, 0)


def _strip(pair: EvaluationPair, picture: np.ndarray) -> np.ndarray:
    lines = np.repeat(pair.line_art[..., None], 3, axis=2)
    under_lines = (picture.astype(np.uint16) * lines // 255).astype(np.uint8)
    return _joined([lines, picture_by_position(pair), under_lines, pair.truth], _GAP, 1)


def _equally_large(strips: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Put each strip on white paper as large as the largest."""
    height, width = (max(strip.shape[side] for strip in strips) for side in (0, 1))
    sheets = [np.full((height, width, 3), 255, np.uint8) for _ in strips]
    for sheet, strip in zip(sheets, strips, strict=True):
        sheet[: strip.shape[0], : strip.shape[1]] = strip
    return sheets


def _joined(pictures: Sequence[np.ndarray], gap: int, axis: int) -> np.ndarray:
    spacer = np.full(tuple(gap if side == axis else length for side, length in enumerate(pictures[0].shape)), 255)
    parts = [pictures[0]]
    for picture in pictures[1:]:
        parts += [spacer.astype(np.uint8), picture]
    return np.concatenate(parts, axis=axis)
