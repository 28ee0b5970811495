"""Shares in which the places of a page looked at each main colour of the references, from the network's attention."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from huebrush_backend.flats.colors.cell_grid import CellGrid
from huebrush_backend.flats.colors.reference_palette import ReferencePalette

LEAST_SEEN = 0.05
"""Smallest part of a region's attention, 0..1, that must be on the references' colours for it to count at all."""


@dataclass(frozen=True, eq=False)
class ReferenceLooks:
    """Shares in which the places of a picture looked at each of the m places of a `palette`.

    `weights`: (rows,columns,m) float16, even cells over the picture.
    """

    palette: ReferencePalette
    weights: NDArray[np.float16]


def looks_at_colors(attention: NDArray[np.float32], palette: ReferencePalette) -> NDArray[np.float32]:
    """Return the weights (rows,columns,m) of the palette's m places.

    `attention`: (rows,columns,references,side,side), weights of the references' places, `side` x `side` cells over each
    picture. A cell counts for each place of the palette by the share of its pixels that belong to it.
    """
    side, references = attention.shape[-1], attention.shape[2]
    shares = np.stack([_cell_shares(palette, number, side) for number in range(references)])
    flat = attention.reshape(*attention.shape[:2], references * side * side)
    return flat @ shares.reshape(references * side * side, -1)


def _cell_shares(palette: ReferencePalette, number: int, side: int) -> NDArray[np.float32]:
    """Return (side*side,m): the share of each place in the pixels of each cell of reference `number`."""
    places, count = palette.maps[number], len(palette.color_of)
    height, width = places.shape
    # Every cell has a pixel, also in a picture of fewer pixels than cells.
    rows = ((np.arange(max(height, side)) + 0.5) * height / max(height, side)).astype(np.intp)
    columns = ((np.arange(max(width, side)) + 0.5) * width / max(width, side)).astype(np.intp)
    cell = (np.arange(len(rows)) * side // len(rows))[:, None] * side + np.arange(len(columns)) * side // len(columns)
    place = places[rows[:, None], columns]
    known = place >= 0
    code = cell[known] * count + place[known]
    counts = np.bincount(code, minlength=side * side * count).reshape(side * side, count)
    return (counts / np.bincount(cell.ravel(), minlength=side * side)[:, None]).astype(np.float32)


def section(weights: NDArray[np.float32], top: float, left: float, height: float, width: float) -> NDArray[np.float32]:
    """Return a section of `weights` (rows,columns,n) as (r,c,n), interpolated, about as fine as they are.

    `top`, `left`, `height`, `width`: the section, in shares of the whole.
    """
    rows, columns = weights.shape[:2]
    down = _interpolation(rows, top, height, max(1, round(height * rows)))
    across = _interpolation(columns, left, width, max(1, round(width * columns)))
    return np.einsum("ry,yxn,cx->rcn", down, weights, across, optimize=True).astype(np.float32)


def _interpolation(cells: int, start: float, length: float, wanted: int) -> NDArray[np.float32]:
    """Return (wanted,cells): linear interpolation at `wanted` even places of a section, in shares of the whole."""
    place = np.clip((start + (np.arange(wanted) + 0.5) / wanted * length) * cells - 0.5, 0, cells - 1)
    before = np.minimum(place.astype(np.intp), max(0, cells - 2))
    share = (place - before).astype(np.float32)
    matrix = np.zeros((wanted, cells), np.float32)
    matrix[np.arange(wanted), before] = 1 - share
    if cells > 1:
        matrix[np.arange(wanted), before + 1] = share
    return matrix


def looks_of_regions(
    weights: NDArray[np.floating], grid: CellGrid, count: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return (count+1,n): shares 0..1, summing to 1, in which each region looked at the colours, 0 where not known; and
    (count+1,): the part 0..1 of its attention that was on them at all.

    `weights` (rows,columns,n) cover the same page as `grid`, whose cells away from lines speak for their region; if a
    region has none, its others do.
    """
    height, width = grid.label.shape
    label, depth = grid.label.ravel(), grid.depth.ravel()
    deepest = np.zeros(count + 1, np.float32)
    np.maximum.at(deepest, label, depth)
    speaks = np.flatnonzero((depth > 0) | (deepest[label] == 0))
    rows, columns = weights.shape[:2]
    at_row, down = _neighbours(rows, height)
    at_column, across = _neighbours(columns, width)
    row, column = np.divmod(speaks, width)
    owner = label[speaks]
    total = csr_matrix((count + 1, rows * columns), dtype=np.float32)
    for below in (0, 1):
        for right in (0, 1):
            share = np.abs(1 - below - down[row]) * np.abs(1 - right - across[column])
            cell = np.minimum(at_row[row] + below, rows - 1) * columns + np.minimum(
                at_column[column] + right, columns - 1
            )
            total = total + csr_matrix((share, (owner, cell)), shape=total.shape)
    looks = total @ weights.reshape(rows * columns, -1).astype(np.float32)
    number = np.maximum(np.bincount(owner, minlength=count + 1), 1)
    seen = looks.sum(axis=1)
    known = seen >= LEAST_SEEN * number
    shares = np.where(known[:, None], looks / np.maximum(seen, 1e-9)[:, None], 0).astype(np.float32)
    return shares, (seen / number).astype(np.float32)


def _neighbours(cells: int, points: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return for each of `points` even places the cell before it, of `cells`, and its distance from that cell, 0..1."""
    place = np.clip((np.arange(points) + 0.5) / points * cells - 0.5, 0, cells - 1)
    before = place.astype(np.intp)
    return before, (place - before).astype(np.float32)
