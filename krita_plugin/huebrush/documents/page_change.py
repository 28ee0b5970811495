"""Changes of a page since its lines were read: turned, mirrored, enlarged, cropped, scaled.

Krita tells scripts nothing of this. So a few points of ink are kept of the lines that were read, and looked for again
on the page as it is now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from ..base.problems import ProblemError, Remedy, problem
from ..base.qt import to_bytes
from ..base.tasks import BREATHE, Steps
from .find import find_node
from .layer_reading import is_plain, page_of, read_node
from .pixels import PIXELS_AT_ONCE, Pixels
from .srgb import is_known_srgb

if TYPE_CHECKING:
    from krita import Document

Point = tuple[int, int]
ROWS = 48
"""Rows of the page, at even distances, whose ink is kept."""
IN_A_ROW = 6
"""Points kept of a row at most."""
RUNS_IN_A_PIECE = 2
"""Strokes that a kept piece of a row crosses."""
ROWS_A_PIECE = 3
"""Of so many rows one has pieces kept, the first, the middle and the last: a crop may have taken the others."""
MOST_PLACES = 4
"""Places at which a piece is looked at; simple ones are found more than once."""
FEWEST = 12
"""Points that are needed to tell anything."""
DARK, OPAQUE = 128, 128
"""Green values below the first, and alpha values from the second on, are ink."""
STILL_THERE = 0.5
"""Share of the points that still have ink on a page that is as it was: the artist may have erased much meanwhile."""
FOUND_AGAIN = 0.85
"""Share of the points that have ink again on a page that was turned, mirrored or moved."""
ON_THE_PAGE = 0.3
"""Share of the points that must lie on a cropped page to be believed."""


@dataclass(frozen=True)
class PageMark:
    """Page as it was read: its size, points with ink, pieces of rows (where they begin, and 1 for each pixel with ink,
    otherwise 0), and whether its lines lie on opaque paper."""

    width: int
    height: int
    points: tuple[Point, ...] = ()
    pieces: tuple[tuple[int, int, bytes], ...] = ()
    is_opaque: bool = False


@dataclass(frozen=True)
class Change:
    """Change of a page of `width` × `height` pixels: mirrored across, then turned clockwise `quarters` times, then
    moved by `dx`, `dy`."""

    width: int
    height: int
    mirrored: bool = False
    quarters: int = 0
    dx: int = 0
    dy: int = 0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the page after it was mirrored and turned."""
        return (self.height, self.width) if self.quarters % 2 else (self.width, self.height)

    @property
    def is_none(self) -> bool:
        """True when everything is where it was."""
        return not (self.mirrored or self.quarters or self.dx or self.dy)

    def point(self, x: int, y: int) -> Point:
        """Return the new place of the pixel `x`, `y`."""
        width, height = self.width, self.height
        if self.mirrored:
            x = width - 1 - x
        for _ in range(self.quarters):
            x, y, width, height = height - 1 - y, x, height, width
        return x + self.dx, y + self.dy


def mark_page(lines: Pixels) -> PageMark:
    """Return the mark of the page whose lines were read."""
    width, height = lines.rect.width, lines.rect.height
    points: list[Point] = []
    pieces: list[tuple[int, int, bytes]] = []
    rows = sorted({height * (2 * number + 1) // (2 * ROWS) for number in range(ROWS)})
    for number, row in enumerate(rows):
        ink = _ink(lines, row, lines.is_opaque)
        runs = list(_runs(ink))
        middles = [(start + end) // 2 for start, end in runs]
        points += [(x, row) for x in middles[:: max(1, -(-len(middles) // IN_A_ROW))]]
        if number % ROWS_A_PIECE == 0 and len(runs) > 1:
            last = max(0, len(runs) - RUNS_IN_A_PIECE)
            for first in sorted({0, last // 2, last}):
                start, end = runs[first][0], runs[min(len(runs), first + RUNS_IN_A_PIECE) - 1][1]
                pieces.append((start, row, ink[start : end + 1]))
    return PageMark(width, height, tuple(points), tuple(pieces), lines.is_opaque)


def follow(document: Document, line_art: str, mark: PageMark) -> Steps[Change]:
    """Find out how the page of `document` has changed since `mark`, by its layer with the id `line_art`.

    The generator's result is the change, which may be none at all.

    Raises `ProblemError` ("page_changed") where the page is another and it cannot be told how, as when it was scaled.
    """
    same, page = Change(mark.width, mark.height), page_of(document)
    is_same_size = (page.width, page.height) == (mark.width, mark.height)
    node = find_node(document, line_art)
    if len(mark.points) < FEWEST or node is None:
        if is_same_size:
            return same
        raise ProblemError(problem("page_changed", Remedy.RETRY))
    if is_same_size and share_now(document, line_art, mark, same) >= STILL_THERE:
        return same
    yield BREATHE
    lines = yield from read_node(document, node, page)
    rated: list[tuple[float, Change]] = []
    for change in (*_turns(mark), *(yield from _moves(lines, mark))):
        rated.append((_share(lines, change, mark), change))
        yield 0
    if is_same_size and _share(lines, same, mark) >= STILL_THERE:
        return same
    best = max(rated, key=lambda entry: entry[0], default=(0.0, same))
    if best[0] >= FOUND_AGAIN:
        return best[1]
    if is_same_size:
        return same  # the lines are others, the page is not
    raise ProblemError(problem("page_changed", Remedy.RETRY))


def _turns(mark: PageMark) -> Iterator[Change]:
    for mirrored, quarters in product((False, True), range(4)):
        if mirrored or quarters:
            yield Change(mark.width, mark.height, mirrored, quarters)


def _moves(lines: Pixels, mark: PageMark) -> Steps[list[Change]]:
    """Find where pieces of the former rows of ink are now, and return the moves that bring them there."""
    found: dict[Change, None] = {}
    width, rows_at_once = lines.rect.width, max(1, PIXELS_AT_ONCE // lines.rect.width)
    ink = bytearray()
    for row in range(0, lines.rect.height, rows_at_once):
        ink += _ink(lines, row, mark.is_opaque, min(rows_at_once, lines.rect.height - row))
        yield 0
    for x, y, piece in mark.pieces:
        place = -1
        for _ in range(MOST_PLACES):
            place = ink.find(piece, place + 1)
            if place < 0:
                break
            found[Change(mark.width, mark.height, dx=place % width - x, dy=place // width - y)] = None
        yield 0
    return list(found)


def _share(lines: Pixels, change: Change, mark: PageMark) -> float:
    """Return the share of the points that have ink after `change`, among those on the page; 0 where a turned page would
    have another size, or too few points are on it."""
    size = (lines.rect.width, lines.rect.height)
    is_turned = change.mirrored or change.quarters
    if is_turned and change.size != size:
        return 0.0
    moved = [change.point(*point) for point in mark.points]
    there = [(x, y) for x, y in moved if 0 <= x < size[0] and 0 <= y < size[1]]
    if len(there) < max(FEWEST, ON_THE_PAGE * len(moved)):
        return 0.0
    return sum(_has_ink(lines, x, y, mark.is_opaque) for x, y in there) / len(there)


def share_now(document: Document, line_art: str, mark: PageMark, change: Change) -> float:
    """Return the share of the points that have ink after `change`, where that can be told at once; otherwise 0."""
    node, page = find_node(document, line_art), page_of(document)
    if node is None or not is_plain(node) or not mark.points:
        return 0.0
    if not is_known_srgb((node.colorModel(), node.colorDepth(), node.colorProfile())):
        return 0.0
    moved = (change.point(*point) for point in mark.points)
    there = [(x, y) for x, y in moved if 0 <= x < page.width and 0 <= y < page.height]
    pixels = (to_bytes(node.pixelData(x, y, 1, 1)) for x, y in there)
    return sum(_is_ink(pixel, mark.is_opaque) for pixel in pixels) / len(mark.points)


def _is_ink(pixel: Sequence[int], is_opaque: bool) -> bool:
    return pixel[3] >= OPAQUE and (not is_opaque or pixel[1] < DARK)


def _has_ink(lines: Pixels, x: int, y: int, is_opaque: bool) -> bool:
    start = (y * lines.rect.width + x) * 4
    return _is_ink(lines.data[start : start + 4], is_opaque)


def _ink(lines: Pixels, row: int, is_opaque: bool, rows: int = 1) -> bytes:
    """Return 1 for each pixel of some rows that has ink, otherwise 0."""
    stride = lines.rect.width * 4
    data = bytes(lines.data[row * stride : (row + rows) * stride])
    return data[1::4].translate(_IS_DARK) if is_opaque else data[3::4].translate(_COVERS)


_IS_DARK = bytes(value < DARK for value in range(256))
_COVERS = bytes(alpha >= OPAQUE for alpha in range(256))


def _runs(ink: bytes) -> Iterator[tuple[int, int]]:
    """Yield begin and last pixel of each row of ones."""
    end = 0
    while (start := ink.find(1, end)) >= 0:
        end = ink.find(0, start)
        end = len(ink) if end < 0 else end
        yield start, end - 1
