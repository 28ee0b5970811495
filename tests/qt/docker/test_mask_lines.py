"""The lines that a Colorize Mask brings along: faint, and turned and moved with the page."""

from __future__ import annotations

import pytest
from hands import result_of
from huebrush.documents.colorize_mask import FAINTNESS, MASK_LINES, faint_lines
from huebrush.documents.page_change import Change
from huebrush.results.turned_images import turned_images
from huebrush_protocol.frames import Image
from huebrush_protocol.messages import ImageHeader

WIDTH, HEIGHT = 7, 3
"""No multiple of four: Qt's own pictures have rows that are longer then."""
INK = {(1, 0): 255, (6, 2): 128, (3, 1): 16}
"""Places of ink, and how dark or covering it is."""


def page(is_opaque: bool) -> bytes:
    """Line art, BGRA: black ink on white paper, or on none."""
    data = bytearray(bytes((255, 255, 255, 255) if is_opaque else 4) * (WIDTH * HEIGHT))
    for (x, y), strength in INK.items():
        at = (y * WIDTH + x) * 4
        data[at : at + 4] = (*[255 - strength] * 3, 255) if is_opaque else (0, 0, 0, strength)
    return bytes(data)


def ink_of(image: Image) -> dict[tuple[int, int], int]:
    """Places on the page where an image has anything, and how much."""
    header, data = image.header, bytes(image.data)
    rows = [data[row * image.stride :][: header.width] for row in range(header.height)]
    return {(header.x + x, header.y + y): value for y, row in enumerate(rows) for x, value in enumerate(row) if value}


@pytest.mark.parametrize("is_opaque", [False, True])
@pytest.mark.parametrize("change", [Change(WIDTH, HEIGHT, True, 1), Change(WIDTH, HEIGHT, dx=-2, dy=5)])
def test_lines_are_faint_and_go_with_the_page(change: Change, is_opaque: bool) -> None:
    header = ImageHeader("line_art", WIDTH, HEIGHT, "BGRA")
    lines = result_of(faint_lines(header, page(is_opaque), is_opaque))
    assert lines.header.kind == MASK_LINES
    assert ink_of(lines) == {place: strength // FAINTNESS for place, strength in INK.items()}
    (moved,) = result_of(turned_images([lines], change))
    assert ink_of(moved) == {change.point(*place): strength // FAINTNESS for place, strength in INK.items()}
