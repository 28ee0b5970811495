"""Strokes over a reference go along with it: turned, mirrored, moved, scaled, painted on at its rim."""

from __future__ import annotations

import dataclasses
from itertools import product

import pytest
from hands import result_of
from huebrush.base.problems import ProblemError
from huebrush.base.qt import QtCore, QtGui, image_bytes
from huebrush.documents.pixels import Rect
from huebrush.settings.sources import ReferenceSource
from huebrush.strokes.layer_over_reference import TAKE
from huebrush.strokes.reference_frames import ReferenceStrokes, empty_strokes, frame_of
from huebrush.strokes.reference_strokes import capture_reference_strokes, fill_mask, keep_strokes, read_strokes
from huebrush_protocol.messages import ImageHeader
from krita import Document

SOURCE = ReferenceSource("layer", "{some-layer}", "Reference")
PLACE = Rect(30, 22, 12, 6)
"""Where the strokes are on the page; the reference lies at 20, 10."""


def drawing() -> QtGui.QImage:
    """A picture of 60 × 40 pixels that looks different in every turn."""
    picture = QtGui.QImage(60, 40, QtGui.QImage.Format.Format_ARGB32)
    picture.fill(QtGui.QColor("#e8e0d0"))
    painter = QtGui.QPainter(picture)
    places = {"#c03020": (0, 0, 25, 12), "#2040a0": (35, 5, 20, 30), "#20a040": (5, 25, 15, 10)}
    for color, place in places.items():
        painter.fillRect(QtCore.QRect(*place), QtGui.QColor(color))
    painter.end()
    return picture


def header_of(picture: QtGui.QImage, x: int = 20, y: int = 10) -> ImageHeader:
    return ImageHeader("reference", picture.width(), picture.height(), "BGRA", x=x, y=y, name="Reference")


def kept(document: Document, page: tuple[int, int] | None = None) -> ReferenceStrokes:
    """Keep strokes at `PLACE` over the drawing, on a page of the size that it has now or had then."""
    picture = drawing()
    strokes = empty_strokes(frame_of(document, SOURCE, header_of(picture), image_bytes(picture)))
    fill_mask(strokes.picture, strokes.frame, PLACE, bytes([255]) * (PLACE.width * PLACE.height), TAKE)
    if page is not None:
        strokes = dataclasses.replace(strokes, frame=dataclasses.replace(strokes.frame, page=page))
    keep_strokes(document, SOURCE, strokes)
    return strokes


def mask_now(document: Document, picture: QtGui.QImage, x: int = 20, y: int = 10) -> tuple[int, int, int, int]:
    """Where a job says that the strokes are, with the reference as it is now: x, y, width and height on the page."""
    steps = capture_reference_strokes(document, (SOURCE,), (header_of(picture, x, y),), (image_bytes(picture),))
    ((header,), (mask,)) = result_of(steps)
    assert set(bytes(mask)) == {255} and header.role == "reference_part"
    return header.x, header.y, header.width, header.height


@pytest.mark.parametrize(("mirrored", "quarters"), list(product((False, True), range(4))))
def test_strokes_turn_with_their_reference(document, mirrored, quarters):
    painted = kept(document).picture
    turn = QtGui.QTransform().rotate(90 * quarters)
    way = QtGui.QTransform().scale(-1, 1) if mirrored else QtGui.QTransform()
    picture, expected = (image.transformed(way).transformed(turn) for image in (drawing(), painted))
    frame = frame_of(document, SOURCE, header_of(picture, 3, 4), image_bytes(picture))
    found = result_of(read_strokes(document, SOURCE, frame))
    assert found is not None and found.picture == expected


def test_strokes_are_moved_and_scaled_with_their_reference(document):
    kept(document)
    picture = drawing()
    assert mask_now(document, picture) == (30, 22, 12, 6)
    assert mask_now(document, picture, 0, 7) == (10, 19, 12, 6)
    kept(document, page=(document.width() // 2, document.height() // 2))
    larger = picture.scaled(120, 80)
    assert mask_now(document, larger, 40, 20) == (60, 44, 24, 12)


def test_strokes_stay_on_their_page_when_the_reference_is_painted_on_or_erased_at_its_rim(document):
    """Its rectangle is another then, on a page of the same size."""
    kept(document)
    wider = QtGui.QImage(70, 45, QtGui.QImage.Format.Format_ARGB32)
    wider.fill(QtGui.QColor("#808000"))
    painter = QtGui.QPainter(wider)
    painter.drawImage(10, 5, drawing())
    painter.end()
    assert mask_now(document, wider, 10, 5) == (30, 22, 12, 6)
    assert mask_now(document, drawing().copy(14, 2, 40, 38), 34, 12) == (34, 22, 8, 6), "a part is erased"


def test_a_reference_that_was_cropped_with_its_page_is_refused(document):
    """Nobody knows where the strokes belong now: the job says so, and no colours are taken from a wrong place."""
    kept(document, page=(document.width() + 30, document.height()))
    cropped = drawing().copy(0, 0, 30, 40)
    with pytest.raises(ProblemError) as refused:
        mask_now(document, cropped)
    assert refused.value.problem.code == "strokes_do_not_fit"


def test_strokes_over_a_large_reference_are_kept_smaller_and_sent_large(document):
    """A plane of 5000 × 3000 pixels is no note for a document."""
    picture = drawing().scaled(5000, 3000)
    strokes = empty_strokes(frame_of(document, SOURCE, header_of(picture), image_bytes(picture)))
    assert strokes.picture.size() == QtCore.QSize(1536, 921)
    fill_mask(strokes.picture, strokes.frame, Rect(1020, 1010, 500, 400), bytes([255]) * 200000, TAKE)
    keep_strokes(document, SOURCE, strokes)
    found = mask_now(document, picture)
    assert all(abs(one - other) <= 5 for one, other in zip(found, (1020, 1010, 500, 400), strict=True)), found
