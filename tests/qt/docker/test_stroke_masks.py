"""Which pixel belongs to which edit, and how masks are kept and painted again."""

from __future__ import annotations

from typing import Any

from hands import result_of
from huebrush.base.colors import parse_color
from huebrush.base.qt import to_bytes
from huebrush.documents.pixels import Pixels, Rect
from huebrush.strokes.brush_colors import BRUSH_COLORS, free_color
from huebrush.strokes.masks import Mask, pack_mask, split_brush_strokes, unpack_mask, write_brush_strokes

FIRST, SECOND = BRUSH_COLORS[:2]


def pixels_of(rows: list[list[tuple[str, int]]]) -> Pixels:
    """A picture of these colours and alphas."""
    data = bytearray()
    for row in rows:
        for code, alpha in row:
            red, green, blue = parse_color(code) or (0, 0, 0)
            data += bytes((blue, green, red, alpha))
    return Pixels(Rect(0, 0, len(rows[0]), len(rows)), memoryview(bytes(data)), False, False)


def test_a_pixel_belongs_to_the_nearest_colour_when_it_is_half_opaque():
    near = "#f03090"  # what soft edges and papers make of the first
    rows = [
        [(FIRST, 255), (FIRST, 127), (near, 200), ("", 0)],
        [(SECOND, 128), (FIRST, 128), ("", 0), (SECOND, 30)],
    ]
    first, second, third = result_of(split_brush_strokes(pixels_of(rows), (FIRST, SECOND, BRUSH_COLORS[2])))
    assert first == Mask(Rect(0, 0, 3, 2), b"\xff\0\xff\0\xff\0")
    assert second == Mask(Rect(0, 1, 1, 1), b"\xff")
    assert third is None


def test_paint_of_an_edit_that_is_gone_is_nobodys():
    rows = [[(SECOND, 255), (FIRST, 255)]]
    (first,) = result_of(split_brush_strokes(pixels_of(rows), (FIRST,)))
    assert first == Mask(Rect(1, 0, 1, 1), b"\xff")


def test_colours_are_given_to_edits_in_turn():
    used: list[str] = []
    for _ in range(len(BRUSH_COLORS) + 1):
        used.append(free_color(used))
    assert len(set(used[:-1])) == len(BRUSH_COLORS) and used[-1] in used[:-1]


def test_masks_are_kept_and_read_again():
    mask = Mask(Rect(3, 4, 5, 2), bytes(range(10)))
    assert unpack_mask(result_of(pack_mask(mask))) == mask
    for broken in ("", "1,2;x", "0,0,2,2;", result_of(pack_mask(mask))[:-6], "0,0,99999999,9;eJwDAAAAAAE="):
        assert unpack_mask(broken) is None


def test_strokes_are_painted_as_they_were_read():
    """Later ones cover earlier ones, also beyond the page's edge."""

    class Layer:
        """What is written, row by row."""

        def __init__(self) -> None:
            self.data = bytearray(6 * 4 * 4)

        def setPixelData(self, data: Any, x: int, y: int, width: int, height: int) -> None:
            self.data[y * width * 4 : (y + height) * width * 4] = to_bytes(data)

    layer: Any = Layer()
    colors = [parse_color(code) or (0, 0, 0) for code in (FIRST, SECOND)]
    masks = (Mask(Rect(1, 0, 3, 3), b"\xff" * 9), Mask(Rect(3, 1, 5, 2), b"\xff" * 9 + b"\x7f"))
    result_of(write_brush_strokes(layer, masks, colors, 6, 4))
    read = result_of(
        split_brush_strokes(Pixels(Rect(0, 0, 6, 4), memoryview(layer.data), False, False), (FIRST, SECOND))
    )
    assert read == [Mask(Rect(1, 0, 3, 3), b"\xff\xff\xff\xff\xff\0\xff\xff\0"), Mask(Rect(3, 1, 3, 2), b"\xff" * 6)]


def test_masks_beside_the_page_paint_nothing():
    """The page may have been cropped since the strokes were painted."""
    written: list[tuple[int, int, int]] = []

    class Layer:
        """What is written: the bytes, and the rows that they shall fill."""

        def setPixelData(self, data: Any, x: int, y: int, width: int, height: int) -> None:
            written.append((len(to_bytes(data)), y, height))

    layer: Any = Layer()
    everywhere = Mask(Rect(0, 0, 4, 3), b"\xff" * 12)
    colors = [parse_color(code) or (0, 0, 0) for code in (FIRST, SECOND)]
    for x in (-10, -4, 4, 5, 7):
        beside = Mask(Rect(x, 0, 4, 3), b"\xff" * 12)
        result_of(write_brush_strokes(layer, (everywhere, beside), colors, 4, 3))
    assert written == [(4 * 3 * 4, 0, 3)] * 5
