"""Places of the panels on comic pages and strips."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

STRIP = "strip"


def panel_polygons(rng: np.random.Generator, kind: str, width: int, height: int) -> list[np.ndarray]:
    """Return the panels' corners, clockwise from the top left."""
    margin = 0.0 if kind == "bleeding" else width * rng.uniform(0.035, 0.07)
    gutter = width * rng.uniform(0.014, 0.03)
    if kind == "single":
        return [box(margin, margin, width - margin, height - margin)]
    left, right = margin, width - margin
    if kind == STRIP:
        return _strip_polygons(rng, width, height, left, right)
    rows = int(rng.integers(2, 5))
    heights = rng.uniform(0.75, 1.3, rows)
    edges = margin + (height - 2 * margin) * np.concatenate([[0], np.cumsum(heights / heights.sum())])
    slant = 0.06 * height / rows if kind == "slanted" else 0.0
    tilts = [0.0, *rng.uniform(-slant, slant, rows - 1), 0.0]
    polygons = []
    for row, (upper, lower) in enumerate(pairwise(edges.tolist())):
        top = upper if row == 0 else upper + gutter / 2
        bottom = lower if row == rows - 1 else lower - gutter / 2
        columns = int(rng.choice((1, 2, 2, 3)))
        if row == 1 and all(len(p) and p[0][0] == left and p[1][0] == right for p in polygons):
            columns = 2
        widths = rng.uniform(0.75, 1.3, columns)
        cuts = left + (right - left) * np.concatenate([[0], np.cumsum(widths / widths.sum())])
        leans = [0.0, *rng.uniform(-2 * slant, 2 * slant, columns - 1), 0.0]

        def at(share: float, y: float, tilt: float) -> float:
            return y + tilt * (2 * share - 1)

        for column in range(columns):
            x0, x1 = cuts[column], cuts[column + 1]
            x0 += gutter / 2 if column else 0
            x1 -= gutter / 2 if column < columns - 1 else 0
            corners = []
            for x, lean, y, tilt in (
                (x0 + leans[column], 0, top, tilts[row]),
                (x1 + leans[column + 1], 0, top, tilts[row]),
                (x1 - leans[column + 1], 0, bottom, tilts[row + 1]),
                (x0 - leans[column], 0, bottom, tilts[row + 1]),
            ):
                corners.append((x + lean, at((x - left) / (right - left), y, tilt)))
            polygons.append(np.array(corners))
    return polygons


def _strip_polygons(rng: np.random.Generator, width: int, height: int, left: float, right: float) -> list[np.ndarray]:
    polygons, top = [], width * 0.1
    while top < height - 0.5 * width:
        tall = width * rng.uniform(0.5, 1.6)
        bottom = min(top + tall, height - width * 0.1)
        bleeds = rng.random() < 0.4
        if not bleeds and rng.random() < 0.3:
            cut = left + (right - left) * rng.uniform(0.4, 0.6)
            polygons += [box(left, top, cut - width * 0.015, bottom), box(cut + width * 0.015, top, right, bottom)]
        else:
            polygons.append(box(0, top, width, bottom) if bleeds else box(left, top, right, bottom))
        top = bottom + width * rng.uniform(0.06, 0.5)
    return polygons


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    """Return the corners (4,2) of a rectangle, clockwise from the top left."""
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)
