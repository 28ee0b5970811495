"""A contact sheet of evaluated pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from huebrush_backend.evaluation.pairs import HeldOutPair
from huebrush_backend.synthesis import line_art

_GAP = 6
_COLUMNS = 2


def contact_sheet(examples: Sequence[tuple[HeldOutPair, np.ndarray]]) -> np.ndarray:
    """Make a sheet (H,W,3) uint8: for each pair its line art, reference, result under the lines, and right answer.

    `examples`: at least one pair with its model's picture (H,W,3) uint8. Two pairs stand side by side.
    """
    strips = [_strip(pair, picture) for pair, picture in examples]
    columns = min(_COLUMNS, len(strips))
    while len(strips) % columns:
        strips.append(np.full_like(strips[0], 255))
    rows = [_joined(strips[start : start + columns], 2 * _GAP, 1) for start in range(0, len(strips), columns)]
    return _joined(rows, _GAP, 0)


def _strip(pair: HeldOutPair, picture: np.ndarray) -> np.ndarray:
    lines = np.repeat(line_art(pair.drawing)[..., None], 3, axis=2)
    under_lines = (picture.astype(np.uint16) * lines // 255).astype(np.uint8)
    return _joined([lines, pair.reference, under_lines, pair.truth], _GAP, 1)


def _joined(pictures: Sequence[np.ndarray], gap: int, axis: int) -> np.ndarray:
    spacer = np.full(tuple(gap if side == axis else length for side, length in enumerate(pictures[0].shape)), 255)
    parts = [pictures[0]]
    for picture in pictures[1:]:
        parts += [spacer.astype(np.uint8), picture]
    return np.concatenate(parts, axis=axis)
