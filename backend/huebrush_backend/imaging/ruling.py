"""Takes the printed ruling of writing paper out of ink coverage: lines, squares and dots.

Printed lines run straight over most of the page, at even distances, which change steadily if the page is seen in
perspective, and all have the same weight. The drawing's own straight lines are not at such places, or are darker. Where
a line of the drawing crosses the ruling, its ink goes on on both sides, and so the crossing stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]

_OVERVIEW_SIZE = 1600
"""Longer side of the version in which the ruling is looked for."""
_FAINT = 14
"""Coverage, 0..255, from which there may be a printed line."""
_WIDEST = 9
"""Side in pixels of the overview that a printed line is thinner than."""
_BLOCK = 16
"""Columns of the overview that are taken together."""
_SLOPES = np.tan(np.radians(np.linspace(-5, 5, 61)))
"""Slopes of lines that are tried."""
_LEAST_SHARE = 0.45
"""Share of the page's width that a printed line must be seen on."""
_PROMINENT_SHARE = 0.25
"""Share of the width that it must be seen on beyond that of the rows beside it."""
_LEAST_SHARE_IN_FAMILY = 0.2
"""The same at a place where the others predict one."""
_LEAST_LINES = 5
_LEAST_FILLED = 0.6
"""Share of the places between the first and the last line of a family that must have one."""
_PLACE_TOLERANCE = 0.1
"""Largest distance of a line from its place in the family, in spacings."""
_CLOSEST, _FARTHEST = 7.0, 0.15
"""Smallest spacing in pixels of the overview, and the largest as a share of its longer side."""
_HEAVIER = 1.6
"""Ratio to the ruling's weight from which ink on it is the drawing's."""
_LEAST_DOTS = 60
_REGULAR = 0.12
"""Largest deviation of a dot from its place between its neighbours, in spacings."""


@dataclass(frozen=True)
class _Family:
    """Printed lines that run across: row `start + slope * column` for each, in pixels of the overview."""

    starts: Floats
    slopes: Floats
    weight: float
    thickness: float


def remove_ruling(ink: Bytes) -> Bytes:
    """Return coverage (H,W) uint8, 0 paper to 255 ink, without printed lines, squares and dots.

    Coverage without ruling comes back unchanged.
    """
    height, width = ink.shape
    scale = max(1.0, max(height, width) / _OVERVIEW_SIZE)
    small = ink if scale == 1 else _reduced(ink, scale)
    across, down = _find_family(small), _find_family(np.ascontiguousarray(small.T))
    if across is None and down is None:
        return _without_dots(ink, scale)
    cleaned = ink.copy()
    if across is not None:
        _erase(cleaned, across, scale)
    if down is not None:
        turned = np.ascontiguousarray(cleaned.T)
        _erase(turned, down, scale)
        cleaned = np.ascontiguousarray(turned.T)
    return cleaned


def _reduced(ink: Bytes, scale: float) -> Bytes:
    size = (max(1, round(ink.shape[1] / scale)), max(1, round(ink.shape[0] / scale)))
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.uint8)


def _find_family(small: Bytes) -> _Family | None:
    """Return the printed lines that run across `small` (h,w), None if there are none."""
    height, width = small.shape
    if height < 4 * _WIDEST or width < 4 * _BLOCK:
        return None
    # Lines at the upper and lower edge may pass the middle outside the page.
    margin = int(np.ceil(_SLOPES.max() * width / 2))
    small = np.pad(small, ((margin, margin), (0, 0)))
    height += 2 * margin
    thick = cv2.morphologyEx(small, cv2.MORPH_OPEN, np.ones((_WIDEST, 1), np.uint8))
    thin = np.asarray(cv2.subtract(small, thick), np.uint8)
    blocks = width // _BLOCK
    seen = (thin[:, : blocks * _BLOCK] >= _FAINT).reshape(height, blocks, _BLOCK)
    # A slope of 5 degrees is 1.4 pixels in a block.
    hit = cv2.dilate((seen.mean(axis=2) > 0.4).astype(np.uint8), np.ones((3, 1), np.uint8))
    shares = _shares(np.asarray(hit, np.uint8))
    best = shares.max(axis=0)
    chosen = _spread_out(best, _LEAST_SHARE)
    places = _regular_places(chosen, best)
    if places is None:
        return None
    slopes = _slopes_at(places, shares)
    if slopes is None:
        return None
    starts, slopes = _exact_lines(thin, places, slopes)
    weight, thickness = _profile(small, starts, slopes)
    if weight < _FAINT:
        return None
    return _Family(starts - margin, slopes, weight, thickness)


def _shares(hit: Bytes) -> Floats:
    """Return for each slope, and each row at which a line with it passes the middle, the share of blocks hit."""
    height, blocks = hit.shape
    middles = (np.arange(blocks) + 0.5) * _BLOCK - blocks * _BLOCK / 2
    shares = np.zeros((len(_SLOPES), height))
    margin = int(np.ceil(np.abs(_SLOPES).max() * np.abs(middles).max())) + 1
    padded = np.pad(hit, ((margin, margin), (0, 0)))
    for index, slope in enumerate(_SLOPES):
        for block, shift in enumerate(np.rint(slope * middles).astype(int)):
            shares[index] += padded[margin + shift : margin + shift + height, block]
    return shares / blocks


def _spread_out(best: Floats, least: float) -> NDArray[np.int64]:
    """Return the rows whose share is at least `least` and stands out, one for each line: the middle of its rows.

    Between lines that are close, other slopes hit several of them here and there.
    """
    if best.max(initial=0.0) < least:
        return np.zeros(0, np.int64)
    from scipy.signal import find_peaks  # takes longer to import than all else that flats of a small page need

    return find_peaks(np.pad(best, 1), height=least, prominence=_PROMINENT_SHARE)[0] - 1


def _regular_places(rows: NDArray[np.int64], best: Floats) -> Floats | None:
    """Return the rows (n,) at which the lines of a family pass the middle; `rows`: those of clear lines."""
    if len(rows) < _LEAST_LINES:
        return None
    found, numbers = np.zeros(0), np.zeros(0)
    for spacing in sorted({int(step) for step in np.diff(rows) if _CLOSEST <= step <= _FARTHEST * len(best)}):
        for first in range(min(len(rows), 6)):
            places, counted = _follow(rows, first, float(spacing))
            # otherwise half the spacing would take in other lines as well
            if len(places) > len(found) and len(places) >= _LEAST_FILLED * (counted[-1] + 1):
                found, numbers = places, counted
    if len(found) < _LEAST_LINES:
        return None
    usual = float(np.median(np.diff(found) / np.diff(numbers)))
    curve = np.polyfit(numbers, found, 2)
    more = np.arange(numbers[0] - 200, numbers[-1] + 201)
    predicted = np.polyval(curve, more)
    # A parabola turns back somewhere; only its part with the family is meant.
    rising = np.polyval(np.polyder(curve), more) > 0.5 * usual
    predicted = predicted[rising & (predicted >= 0) & (predicted < len(best))]
    places = []
    for place in predicted:
        low = max(0, int(place - _PLACE_TOLERANCE * usual - 1))
        near = best[low : int(place + _PLACE_TOLERANCE * usual + 2)]
        if near.max() >= _LEAST_SHARE_IN_FAMILY:
            tops = np.flatnonzero(near >= near.max() - 1e-9)
            places.append(low + round(float(tops.mean())))
    return np.unique(places).astype(np.float64) if len(places) >= _LEAST_LINES else None


def _follow(rows: NDArray[np.int64], first: int, spacing: float) -> tuple[Floats, Floats]:
    """Return those of `rows`, from number `first` on, that follow each other at about `spacing`, and their numbers.

    Up to two may be missing between neighbours.
    """
    places, numbers = [float(rows[first])], [0.0]
    for row in rows[first + 1 :]:
        steps = max(1, round((row - places[-1]) / spacing))
        away = (row - places[-1]) / steps - spacing
        if steps <= 3 and abs(away) <= max(1.5 / steps, _PLACE_TOLERANCE * spacing):
            places.append(float(row))
            numbers.append(numbers[-1] + steps)
            spacing += 0.3 * away
    return np.array(places), np.array(numbers)


def _slopes_at(places: Floats, shares: Floats) -> Floats | None:
    """Return the slope of the line at each of the places; neighbours in perspective have nearly the same.

    None if the slopes disagree, so that these lines are no family.
    """
    columns = shares[:, places.astype(int)]
    best = columns >= columns.max(axis=0) - 1e-9
    slopes = (best * _SLOPES[:, None]).sum(axis=0) / best.sum(axis=0)
    kept = np.abs(slopes - np.median(slopes)) < 0.03
    if kept.sum() < _LEAST_LINES:
        return None
    line = np.polyfit(places[kept], slopes[kept], 1)
    for _ in range(4):
        away = np.abs(slopes - np.polyval(line, places))
        # the drawing's own lines have other slopes
        kept = away <= max(0.004, 2 * float(np.median(away)))
        line = np.polyfit(places[kept], slopes[kept], 1)
    return np.polyval(line, places)


def _exact_lines(thin: Bytes, places: Floats, slopes: Floats) -> tuple[Floats, Floats]:
    """Return the rows at column 0, and the slopes, with which lines that pass the middle at `places` lie on the most
    coverage."""
    height, width = thin.shape
    columns = np.arange(0, width, 3)
    shifts, turns = np.arange(-2, 2.25, 0.5), np.linspace(-0.006, 0.006, 9)
    capped = np.minimum(thin, 64)
    starts, exact = [], []
    for place, slope in zip(places, slopes, strict=True):
        lean = (slope + turns)[:, None, None]
        rows = np.rint(place + shifts[None, :, None] + lean * (columns - width / 2)).astype(int)
        inside = (rows >= 0) & (rows < height)
        values = capped[np.clip(rows, 0, height - 1), columns] * inside
        sums = values.sum(axis=2, dtype=np.int64)
        turn, shift = (round(float(at.mean())) for at in np.nonzero(sums >= 0.995 * sums.max()))
        exact.append(slope + turns[turn])
        starts.append(place + shifts[shift] - exact[-1] * width / 2)
    return np.array(starts), np.array(exact)


def _profile(small: Bytes, starts: Floats, slopes: Floats) -> tuple[float, float]:
    """Return the coverage of printed lines, and their thickness in pixels."""
    height, width = small.shape
    columns = np.arange(0, width, 4)
    offsets = np.arange(-6, 7)
    profiles = []
    for start, slope in zip(starts, slopes, strict=True):
        rows = np.rint(start + slope * columns).astype(int)[None] + offsets[:, None]
        inside = ((rows >= 0) & (rows < height)).all(axis=0)
        if inside.any():
            profiles.append(small[rows[:, inside], np.broadcast_to(columns[inside], rows[:, inside].shape)])
    profile = np.median(np.concatenate(profiles, axis=1), axis=1)
    weight = float(profile[4:9].max())
    return weight, float((profile > 0.25 * weight).sum())


def _erase(ink: Bytes, family: _Family, scale: float) -> None:
    """Erase printed lines from the page's `ink` (H,W), in place; keep ink that is heavier or crosses."""
    height, width = ink.shape
    half = (family.thickness / 2 + 0.5) * scale + 0.5
    heavy = min(_HEAVIER * family.weight + 16, (family.weight + 255) / 2 + 8)
    columns = np.arange(width)
    reach = np.arange(-int(np.ceil(half)), int(np.ceil(half)) + 1)
    beyond = int(np.ceil(half)) + 1
    source = ink.copy()
    for start, slope in zip(family.starts, family.slopes, strict=True):
        middle = np.rint((start + 0.5) * scale - 0.5 + slope * columns).astype(int)
        crossing = _crossing(source, middle, beyond, _FAINT + family.weight / 2)
        for offset in reach:
            rows = middle + offset
            inside = (rows >= 0) & (rows < height)
            at = rows[inside], columns[inside]
            old = source[at]
            ink[at] = np.where(old >= heavy, old, np.minimum(old, crossing[inside]))


def _crossing(source: Bytes, middle: NDArray[np.int64], beyond: int, least: float) -> Bytes:
    """Return for each column the coverage that goes on from above a printed line to below it, up to 45 degrees."""
    height, width = source.shape
    columns = np.arange(width)
    above, below = (source[np.clip(middle + sign * beyond, 0, height - 1), columns] for sign in (-1, 1))
    best = np.zeros(width, np.uint8)
    for lean in range(-beyond, beyond + 1):
        first = above[np.clip(columns - lean, 0, width - 1)]
        second = below[np.clip(columns + lean, 0, width - 1)]
        best = np.maximum(best, np.minimum(first, second))
    return np.where(best >= least, best, 0).astype(np.uint8)


def _without_dots(ink: Bytes, scale: float) -> Bytes:
    """Return `ink` without the dots of a square grid; unchanged if there is no such grid."""
    small = ink if scale == 1 else _reduced(ink, scale)
    count, labels, stats, centers = cv2.connectedComponentsWithStats((small >= _FAINT).astype(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    is_dot = (np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) <= _WIDEST) & (areas >= 2)
    is_dot[0] = False
    usual = np.flatnonzero(is_dot)
    if len(usual) < _LEAST_DOTS:
        return ink
    typical = float(np.median(areas[usual]))
    usual = usual[(areas[usual] > 0.4 * typical) & (areas[usual] < 2.5 * typical)]
    regular = usual[_on_grid(np.asarray(centers, np.float64)[usual])]
    if len(regular) < _LEAST_DOTS:
        return ink
    wanted = np.zeros(count, np.uint8)
    wanted[regular] = 1
    mask = cv2.dilate(wanted[np.asarray(labels, np.int32)], np.ones((3, 3), np.uint8))
    if mask.shape != ink.shape:
        mask = cv2.resize(mask, (ink.shape[1], ink.shape[0]), interpolation=cv2.INTER_NEAREST)
    return np.where(mask > 0, np.uint8(0), ink)


def _on_grid(places: Floats) -> NDArray[np.bool_]:
    """Return (n,) bool: which of the `places` (n,2) lie in the middle between two others at the grid's spacing."""
    if len(places) < 5:
        return np.zeros(len(places), bool)
    tree = KDTree(places)
    distances = np.asarray(tree.query(places, k=2)[0])[:, 1]
    spacing = float(np.median(distances))
    if spacing < _CLOSEST:
        return np.zeros(len(places), bool)
    regular = np.zeros(len(places), bool)
    for index, near in enumerate(tree.query_ball_point(places, 1.2 * spacing)):
        sides: Sequence[int] = [other for other in near if other != index]
        for other in sides:
            step = places[other] - places[index]
            if np.hypot(*step) < 0.8 * spacing:
                continue
            # in the middle of two dots, or at the end of three in a row
            for sign in (-1, 2):
                if tree.query(places[index] + sign * step)[0] < _REGULAR * spacing:
                    regular[index] = True
    return regular
