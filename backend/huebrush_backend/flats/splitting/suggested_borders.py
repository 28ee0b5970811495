"""Borders between a region's parts, and the choice of those that the lines suggest.

A picture may be mottled where a shape is closed: shine on hair, shadow, cloth of two tones. Such a border runs through
paper, however different its sides are. Where two shapes have run together because a line is open, the border between
their colours runs along the lines but for the opening: it is short beside the parts, a neck, or goes from line end to
line end. Parts between which there is another border than that are united.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.regions.line_ends import ONE_END, TWO_ENDS, line_ends
from huebrush_backend.flats.regions.measure import boxes
from huebrush_backend.flats.splitting.color_patches import LIGHTNESS
from huebrush_backend.flats.splitting.shortest_borders import grow_within
from huebrush_backend.flats.splitting.working_grid import inner_depth

NARROW = 0.5
"""Widest neck as a share of the inner width of the smaller of the two parts it joins."""
WIDEST_GAP = 20.0
"""Longest border from line end to line end, in widths of the lines."""
OPEN_SHARE = 0.25
"""Largest share of a part's outline that a border through paper may be, for colours that differ by `CLEAR`."""
MOST_OPEN = 0.4
"""Largest such share for any colours."""
CLEAR = 0.215
"""Difference of two colours at which `OPEN_SHARE` holds; the larger the difference, the longer a border may be."""
ALIKE = 0.105
"""Difference of two colours at which no border may be left."""
PALE, PALENESS = 0.6, 1.0
"""Lightness from which colours differ more than Oklab says, and by how much for each unit of it: skin on white paper
is nearer than two tones of dark hair are."""
SHADE = 0.7
"""Factor of the difference of two colours of one hue, which may be light and shade."""
ONE_HUE = 0.9
"""Cosine between the chroma of two colours from which they have one hue."""
GREY = 0.03
"""Chroma (Oklab) below which a colour has no hue."""
SHORT = 2.0
"""Length in pixels of the picture up to which a border needs nothing that suggests it."""
UNSUGGESTED, LOOSE = 4.0, 9.0
"""Times that a border counts that nothing suggests, and one that does not even run from line to line."""
FAINT = 0.5
"""Bareness of paper below which a border runs along a faint line."""
ALONG_FAINT = 0.4
"""Times that a border counts which runs along a faint line; its length there is less already."""
NEAR = 2.0
"""Distance from a border's end, in widths of the lines, within which a line may end that suggests it."""
MOST_ENDS = 24
"""Most cells that are asked whether a line ends there, for each end of a border."""
_LINE = 3
"""Cells around a border's end within which the line is that it begins at."""


@dataclass(frozen=True, eq=False)
class Piece:
    """A connected piece of border between two parts.

    * `cells`: (h,w) bool within `window`, the cells on both sides of it
    * `window`: rows and columns
    * `length`: in cells of bare paper; less where it runs along a faint line
    * `ends`: (2,2) x, y of the ink at its two ends, None if it does not run from ink to ink
    * `gap`: whether a line ends at one of its ends and points to the other
    * `faint`: whether it runs along a line too faint to count as ink
    * `at_edge`: whether it begins or ends at the page's edge, not at a line
    """

    cells: NDArray[np.bool_]
    window: tuple[slice, slice]
    length: float
    ends: NDArray[np.int64] | None
    gap: bool = False
    faint: bool = False
    at_edge: bool = False


class Parts:
    """Parts of a region, which are united until all borders between them are suggested.

    `labels` (h,w) int32: the parts, 1..n, 0 outside the region.
    """

    def __init__(
        self,
        labels: NDArray[np.int32],
        picture: NDArray[np.float32],
        paper: NDArray[np.float32],
        passages: NDArray[np.bool_],
        line_width: float,
    ) -> None:
        """
        * `picture`: (h,w,3), the colours as `perceived`
        * `paper`: (h,w), how bare a cell is
        * `passages`: (h,w), cells of the region with ink, which may hide an opening smaller than a cell
        * `line_width`: in cells
        """
        self.labels = labels
        self._paper = paper
        self._line_width = line_width
        count = int(labels.max())
        self._radius, self._outline = np.zeros(count + 1), np.zeros(count + 1)
        self._area = np.bincount(labels.ravel(), minlength=count + 1).astype(np.float64)
        self._color = np.zeros((count + 1, 3))
        self._root = np.arange(count + 1)
        for part, (left, top, width, height) in enumerate(boxes(labels, count).tolist()):
            if part == 0:
                continue
            window = slice(top, top + height), slice(left, left + width)
            mask = labels[window] == part
            depth = inner_depth(mask)
            self._radius[part] = depth.max()
            self._outline[part] = np.count_nonzero(depth[mask] <= 1)
            self._color[part] = np.median(picture[window][mask], axis=0)
        self.pieces = self._find_pieces()
        for pair, piece in _hidden_pieces(labels, passages).items():
            self.pieces.setdefault(pair, [piece])

    def unite_unsuggested(self, pixel: float) -> None:
        """Unite parts, the least suggested border first, until only suggested borders are left.

        `pixel`: cells in a pixel of the model's picture.
        """
        doubts = {pair: self._doubt(pair, pixel) for pair in self.pieces}
        while doubts:
            worst = max(doubts, key=lambda pair: (doubts[pair], pair))
            if doubts[worst] <= 0:
                break
            kept = self._unite(*worst)
            doubts = {pair: doubt for pair, doubt in doubts.items() if pair in self.pieces}
            doubts |= {pair: self._doubt(pair, pixel) for pair in self.pieces if kept in pair}
        self.labels = self._root_of_all()[self.labels].astype(np.int32)

    def _doubt(self, pair: tuple[int, int], pixel: float) -> float:
        """Return the doubt in a border; above 0 the lines do not suggest it."""
        one, other = pair
        widest = NARROW * 2 * min(self._radius[one], self._radius[other])
        length = 0.0
        for piece in self.pieces[pair]:
            if piece.faint:
                length += ALONG_FAINT * piece.length
                continue
            is_neck = piece.length <= widest and not piece.at_edge
            is_gap = piece.gap and piece.length <= WIDEST_GAP * self._line_width
            if is_neck or is_gap or piece.length <= SHORT * pixel:
                length += piece.length
            else:
                length += piece.length * (LOOSE if piece.ends is None else UNSUGGESTED)
        difference = _difference(self._color[one], self._color[other])
        allowed = min(MOST_OPEN, OPEN_SHARE * (difference - ALIKE) / (CLEAR - ALIKE))
        return length / max(1.0, min(self._outline[one], self._outline[other])) - allowed

    def _unite(self, one: int, other: int) -> int:
        """Make two parts one, which keeps the number and colour of the larger; return that number."""
        if self._area[one] < self._area[other]:
            one, other = other, one
        length = sum(piece.length for piece in self.pieces.pop((min(one, other), max(one, other))))
        self._root[self._root_of_all() == other] = one
        self._area[one] += self._area[other]
        self._outline[one] += self._outline[other] - 2 * length
        self._radius[one] = max(self._radius[one], self._radius[other])
        for pair in [pair for pair in self.pieces if other in pair]:
            beside = pair[0] if pair[1] == other else pair[1]
            joined = (min(one, beside), max(one, beside))
            self.pieces[joined] = self.pieces.get(joined, []) + self.pieces.pop(pair)
        return one

    def _root_of_all(self) -> NDArray[np.intp]:
        root = self._root
        while (root[root] != root).any():
            root = root[root]
        return root

    def _find_pieces(self) -> dict[tuple[int, int], list[Piece]]:
        """Return the pieces of border between every two parts that touch."""
        found: dict[tuple[int, int], list[Piece]] = {}
        bare = (self.labels > 0) & (self._paper >= FAINT)
        free = bare.view(np.uint8)
        # There is a cell around the region but for where it meets the page's edge.
        edge_of_page = np.zeros(self.labels.shape, bool)
        edge_of_page[[0, -1]] = edge_of_page[:, [0, -1]] = True
        near_ink = cv2.dilate(1 - free, np.ones((3, 3), np.uint8)) > 0
        for one, other, window in _touching(self.labels):
            sides = [(self.labels[window] == part).view(np.uint8) for part in (one, other)]
            cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
            edge = ((sides[0] & cv2.dilate(sides[1], cross)) | (sides[1] & cv2.dilate(sides[0], cross))) > 0
            for faint in (False, True):
                cells = edge & (bare[window] != faint)
                count, pieces = cv2.connectedComponents(cells.view(np.uint8), connectivity=8)
                for number in range(1, count):
                    cells = np.asarray(pieces) == number
                    ends = None if faint else _ends(cells, window, near_ink, free)
                    length = float(self._paper[window][cells].sum()) / 2
                    at_edge = ends is None and bool((cells & edge_of_page[window]).any())
                    piece = Piece(cells, window, length, ends, faint=faint, at_edge=at_edge)
                    found.setdefault((one, other), []).append(piece)
        return _with_gaps(found, free, self._line_width)


def _difference(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """Return the difference of two colours (3,), as `perceived`, less where they may be light and shade."""
    pale = max(0.0, min(one[0], other[0]) / LIGHTNESS - PALE)
    apart = float(np.linalg.norm(one - other)) * (1 + PALENESS * pale)
    chroma = float(np.hypot(*one[1:])), float(np.hypot(*other[1:]))
    if min(chroma) > GREY:
        return SHADE * apart if one[1:] @ other[1:] > ONE_HUE * chroma[0] * chroma[1] else apart
    return SHADE * apart if max(chroma) < 1.5 * GREY else apart


def _hidden_pieces(labels: NDArray[np.int32], passages: NDArray[np.bool_]) -> dict[tuple[int, int], Piece]:
    """Return a piece of no length for each two parts that meet only in cells with ink, `passages` (h,w).

    An opening smaller than a cell is a neck, whatever it joins.
    """
    grown = grow_within(labels, passages | (labels > 0))
    found = {}
    for one, other, window in _touching(grown):
        cells = np.isin(grown[window], (one, other)) & passages[window]
        count, _, stats, _ = cv2.connectedComponentsWithStats(cells.view(np.uint8), connectivity=8)
        if count > 1:
            left, top, width, height = stats[1 + stats[1:, cv2.CC_STAT_AREA].argmax(), :4].tolist()
            inner = np.ones((height, width), bool)
            place = (
                slice(window[0].start + top, window[0].start + top + height),
                slice(window[1].start + left, window[1].start + left + width),
            )
            found[one, other] = Piece(inner, place, 0.0, None)
    return found


def _with_gaps(
    pieces: dict[tuple[int, int], list[Piece]], free: NDArray[np.uint8], line_width: float
) -> dict[tuple[int, int], list[Piece]]:
    """Return `pieces` with `gap` set where the lines at their ends say so. `free` (h,w) uint8 is 0 on ink.

    In a sketch a border may begin beside the stroke that ends there, so all ink around it is asked.
    """
    known = [piece for some in pieces.values() for piece in some if piece.ends is not None]
    places = [
        _ink_around(free, end, NEAR * line_width) for piece in known if piece.ends is not None for end in piece.ends
    ]
    if not places:
        return pieces
    directions = line_ends(free, np.concatenate(places), line_width)
    of_end = np.split(directions, np.cumsum([len(some) for some in places])[:-1])
    gaps = set()
    for index, piece in enumerate(known):
        assert piece.ends is not None
        across = (piece.ends[1] - piece.ends[0]) / max(1.0, float(np.linalg.norm(piece.ends[1] - piece.ends[0])))
        pointing = [
            float(np.nanmax(of_end[2 * index + side] @ (across * sign), initial=-1))
            for side, sign in ((0, 1.0), (1, -1.0))
        ]
        if max(pointing) >= ONE_END or min(pointing) >= TWO_ENDS:
            gaps.add(id(piece))
    return {
        pair: [replace(each, gap=True) if id(each) in gaps else each for each in some] for pair, some in pieces.items()
    }


def _ink_around(free: NDArray[np.uint8], place: NDArray[np.int64], reach: float) -> NDArray[np.int64]:
    """Return cells of ink at the border of ink, (n,2) x, y, within `reach` of a `place` x, y, at most `MOST_ENDS`."""
    around = int(np.ceil(reach))
    x, y = place.tolist()
    top, left = max(0, y - around), max(0, x - around)
    ink = 1 - free[top : y + around + 1, left : x + around + 1]
    rows, columns = np.nonzero(ink & (1 - cv2.erode(ink, np.ones((3, 3), np.uint8), borderValue=1)))
    found = np.stack([columns + left, rows + top], axis=1)
    found = found[np.hypot(*(found - place).T) <= reach]
    return np.concatenate([place[None], found[:: max(1, -(-len(found) // MOST_ENDS))]]).astype(np.int64)


def _touching(labels: NDArray[np.int32]) -> list[tuple[int, int, tuple[slice, slice]]]:
    """Return the pairs of parts that touch, and a window around their common border."""
    codes, rows, columns = [], [], []
    for down, right in ((0, 1), (1, 0)):
        height, width = labels.shape
        one, other = labels[: height - down, : width - right], labels[down:, right:]
        y, x = np.nonzero((one != other) & (one > 0) & (other > 0))
        first, second = one[y, x].astype(np.int64), other[y, x].astype(np.int64)
        codes.append((np.minimum(first, second) << 32) | np.maximum(first, second))
        rows.append(y)
        columns.append(x)
    code, y, x = np.concatenate(codes), np.concatenate(rows), np.concatenate(columns)
    found = []
    for pair in np.unique(code):
        at = code == pair
        top, left = max(0, int(y[at].min()) - 1), max(0, int(x[at].min()) - 1)
        window = slice(top, int(y[at].max()) + 3), slice(left, int(x[at].max()) + 3)
        found.append((int(pair >> 32), int(pair & 0xFFFFFFFF), window))
    return found


def _ends(
    cells: NDArray[np.bool_], window: tuple[slice, slice], near_ink: NDArray[np.bool_], free: NDArray[np.uint8]
) -> NDArray[np.int64] | None:
    """Return the ink where a piece of border begins and ends, (2,2) x, y: the two places farthest apart."""
    count, _, _, middles = cv2.connectedComponentsWithStats((cells & near_ink[window]).view(np.uint8), connectivity=8)
    if count < 3:
        return None
    places = middles[1:] + np.array([window[1].start, window[0].start])
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    chosen = np.unravel_index(apart.argmax(), apart.shape)
    return np.stack([_ink_beside(free, *places[index]) for index in chosen])


def _ink_beside(free: NDArray[np.uint8], x: float, y: float) -> NDArray[np.int64]:
    """Return the cell of ink, x and y, nearest to a place; the page's edge counts as ink."""
    top, left = max(0, int(y) - _LINE), max(0, int(x) - _LINE)
    rows, columns = np.nonzero(free[top : int(y) + _LINE + 1, left : int(x) + _LINE + 1] == 0)
    if not len(rows):
        return np.array([int(x), int(y)], np.int64)
    nearest = np.hypot(rows + top - y, columns + left - x).argmin()
    return np.array([columns[nearest] + left, rows[nearest] + top], np.int64)
