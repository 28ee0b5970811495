"""Images of a result go where the page's pixels have gone, and it is found out where that is."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hands import result_of
from huebrush.base.problems import ProblemError
from huebrush.base.qt import QtCore
from huebrush.documents.find import node_id
from huebrush.documents.page_change import Change, PageMark, follow, mark_page
from huebrush.documents.pixels import Pixels, Rect
from huebrush.results.turned_images import turned_images
from huebrush_protocol.frames import Image
from huebrush_protocol.messages import ImageHeader
from krita import Krita

WIDTH, HEIGHT = 60, 40
TURNS = [Change(WIDTH, HEIGHT, mirrored, quarters) for mirrored in (False, True) for quarters in range(4)]
Ink = set[tuple[int, int]]


def drawing() -> Ink:
    """Places of ink on a page: strokes that look the same in no other position."""
    strokes = {(x, y) for y in range(HEIGHT) for x in (5 + y // 4, 20 + y // 2, 50 - y // 3)}
    return strokes | {(x, 3) for x in range(2, 18)} | {(x, 30) for x in range(44, 58)}


def pixels(ink: Ink, width: int, height: int) -> bytes:
    """A transparent picture, BGRA, with black ink."""
    data = bytearray(width * height * 4)
    for x, y in ink:
        if 0 <= x < width and 0 <= y < height:
            data[(y * width + x) * 4 + 3] = 255
    return bytes(data)


def mark() -> PageMark:
    """The page as it is read."""
    data = memoryview(pixels(drawing(), WIDTH, HEIGHT))
    return mark_page(Pixels(Rect(0, 0, WIDTH, HEIGHT), data, False, False))


def document(ink: Ink, width: int, height: int) -> tuple[Any, str]:
    """A document with a layer that has this ink, and the layer's id."""
    made = Krita.instance().createDocument(width, height, "Page", "RGBA", "U8", "", 72.0)
    layer = made.createNode("Line art", "paintlayer")
    layer.setPixelData(QtCore.QByteArray(pixels(ink, width, height)), 0, 0, width, height)
    made.rootNode().addChildNode(layer, None)
    return made, node_id(layer)


@pytest.mark.parametrize("change", TURNS)
def test_a_turned_or_mirrored_page_is_followed(change: Change) -> None:
    ink = {change.point(x, y) for x, y in drawing()}
    page, lines = document(ink, *change.size)
    try:
        assert result_of(follow(page, lines, mark())) == change
    finally:
        page.close()


@pytest.mark.parametrize(
    ("width", "height", "dx", "dy"), [(90, 70, 12, 20), (60, 55, 0, 15), (45, 34, -8, -2), (30, 40, -20, 0)]
)
def test_an_enlarged_or_cropped_page_is_followed(width: int, height: int, dx: int, dy: int) -> None:
    page, lines = document({(x + dx, y + dy) for x, y in drawing()}, width, height)
    try:
        assert result_of(follow(page, lines, mark())) == Change(WIDTH, HEIGHT, dx=dx, dy=dy)
    finally:
        page.close()


def test_a_scaled_page_is_not_followed() -> None:
    ink = {(2 * x + a, 2 * y + b) for (x, y), a, b in itertools.product(drawing(), (0, 1), (0, 1))}
    page, lines = document(ink, 2 * WIDTH, 2 * HEIGHT)
    try:
        with pytest.raises(ProblemError) as raised:
            result_of(follow(page, lines, mark()))
        assert raised.value.problem.code == "page_changed"
    finally:
        page.close()


@pytest.mark.parametrize("ink", [set(), {(x, y) for x, y in drawing() if x < 40}, {(x, 7) for x in range(WIDTH)}])
def test_other_lines_are_no_change_of_the_page(ink: Ink) -> None:
    """The artist may erase and draw while a job runs."""
    page, lines = document(ink, WIDTH, HEIGHT)
    try:
        assert result_of(follow(page, lines, mark())).is_none
    finally:
        page.close()


@pytest.mark.parametrize("change", [*TURNS, Change(WIDTH, HEIGHT, dx=7, dy=-9)])
@pytest.mark.parametrize(("order", "size"), [("BGRA", 4), ("GRAY", 1)])
def test_images_of_a_result_go_where_the_page_has_gone(change: Change, order: str, size: int) -> None:
    """Each pixel of an image somewhere on the page, whose rows have gaps, is where its place on the page has gone."""
    width, height, stride = 7, 5, 7 * size + 3
    data = bytes((place * 7) % 251 for place in range(stride * height))
    header = ImageHeader("layer", width, height, order, stride=stride, x=11, y=20, name="Flats")
    (turned,) = result_of(turned_images([Image(header, memoryview(data))], change))
    for x, y in itertools.product(range(width), range(height)):
        column, row = change.point(header.x + x, header.y + y)
        start = (row - turned.header.y) * turned.stride + (column - turned.header.x) * size
        before = y * stride + x * size
        assert bytes(turned.data[start : start + size]) == data[before : before + size], (x, y)
    assert turned.header.name == "Flats" and turned.header.order == order
