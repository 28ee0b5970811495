"""Places of references when they were painted over: strokes go along when a reference is turned, mirrored, moved or
scaled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from huebrush_protocol.messages import ImageHeader

from ..base.qt import QtCore, QtGui, packed_bytes
from ..documents.pixels import Rect
from ..settings.sources import ReferenceSource

if TYPE_CHECKING:
    from krita import Document

LONGEST_EDGE = 1536
"""Longest side of the kept strokes in pixels; a larger reference has them scaled down."""
LOOK_EDGE = 12
"""Width and height of the small picture that tells how a reference has been turned."""
CLEARLY = 0.5
"""Another turn is believed where the small pictures differ at most this much as much as unturned ones."""
SAME_SHAPE = 0.01
"""Largest difference between the shares by which both sides of a picture were scaled."""
Format = QtGui.QImage.Format
Size = tuple[int, int]


@dataclass(frozen=True)
class ReferenceFrame:
    """Frame of a reference when it was painted over: its rectangle on its page, that page's size, and how it looked.

    `look`: `LOOK_EDGE` × `LOOK_EDGE` pixels, 4 bytes each.
    """

    rect: Rect
    page: Size
    look: bytes


@dataclass(frozen=True)
class ReferenceStrokes:
    """Strokes over a reference that lay in `frame`: a picture of that rectangle, scaled down if it is large, painted
    opaquely in `TAKE` and `LEAVE` (ARGB32, straight alpha), transparent elsewhere."""

    frame: ReferenceFrame
    picture: QtGui.QImage


def frame_of(
    document: Document, source: ReferenceSource, header: ImageHeader, data: memoryview | bytes
) -> ReferenceFrame:
    """Return the frame of the reference `source` of `document`, which was read as `header` and packed BGRA bytes."""
    rect = Rect(header.x, header.y, header.width, header.height)
    page = (document.width(), document.height()) if source.kind == "layer" else (header.width, header.height)
    return ReferenceFrame(rect, page, _look(header, data))


def empty_strokes(frame: ReferenceFrame) -> ReferenceStrokes:
    """Return strokes of which none is painted yet."""
    size = QtCore.QSize(frame.rect.width, frame.rect.height)
    if max(frame.rect.width, frame.rect.height) > LONGEST_EDGE:
        size.scale(LONGEST_EDGE, LONGEST_EDGE, QtCore.Qt.AspectRatioMode.KeepAspectRatio)
    picture = QtGui.QImage(size.expandedTo(QtCore.QSize(1, 1)), Format.Format_ARGB32)
    picture.fill(0)
    return ReferenceStrokes(frame, picture)


def follow_reference(kept: ReferenceStrokes, now: ReferenceFrame) -> ReferenceStrokes | None:
    """Return the strokes in the frame `now`, None where the reference has another shape than theirs."""
    then = kept.frame
    before, after = (then.rect.width, then.rect.height), (now.rect.width, now.rect.height)
    if before not in (after, (after[1], after[0])) and then.page == now.page:
        return _on_page(kept, now)  # something was painted or erased at its rim
    straight, turned = _scaled(before, after), _scaled(before, (after[1], after[0]))
    if not (straight or turned):
        return None
    turns = [(mirrored, quarters) for mirrored, quarters in product((False, True), range(4))]
    possible = [turn for turn in turns if (turned if turn[1] % 2 else straight)]
    rated = {turn: _difference(_turned(_picture(then.look), *turn), now.look) for turn in possible}
    best = min(possible, key=rated.__getitem__)
    if (False, 0) in rated and rated[best] > CLEARLY * rated[False, 0]:
        best = (False, 0)
    strokes = empty_strokes(now)
    picture = _turned(kept.picture, *best)
    if picture.size() != strokes.picture.size():
        ignored, fast = QtCore.Qt.AspectRatioMode.IgnoreAspectRatio, QtCore.Qt.TransformationMode.FastTransformation
        picture = picture.scaled(strokes.picture.size(), ignored, fast)
    return replace(strokes, picture=picture)


def _on_page(kept: ReferenceStrokes, now: ReferenceFrame) -> ReferenceStrokes:
    """Return the strokes at the same places of the page, cut to the rectangle of `now`."""
    then, strokes = kept.frame, empty_strokes(now)
    across, down = strokes.picture.width() / now.rect.width, strokes.picture.height() / now.rect.height
    area = QtCore.QRectF(
        (then.rect.x - now.rect.x) * across,
        (then.rect.y - now.rect.y) * down,
        then.rect.width * across,
        then.rect.height * down,
    )
    painter = QtGui.QPainter(strokes.picture)
    painter.drawImage(area, kept.picture, QtCore.QRectF(kept.picture.rect()))
    painter.end()
    return strokes


def _scaled(before: Size, after: Size) -> bool:
    """True where both sides were scaled alike, or differ by a pixel from that."""
    shares = after[0] / before[0], after[1] / before[1]
    least = max(1 / before[0], 1 / before[1], 1 / after[0], 1 / after[1])
    return abs(shares[0] / shares[1] - 1) <= max(SAME_SHAPE, least)


def _turned(picture: QtGui.QImage, mirrored: bool, quarters: int) -> QtGui.QImage:
    if mirrored:
        picture = picture.transformed(QtGui.QTransform().scale(-1, 1))
    return picture.transformed(QtGui.QTransform().rotate(90 * quarters)) if quarters else picture


def _look(header: ImageHeader, data: memoryview | bytes) -> bytes:
    """Return a small picture: a few pixels of each part, over grey. Rows are picked first, so that little is copied."""
    rows = [min(header.height - 1, (2 * row + 1) * header.height // (8 * LOOK_EDGE)) for row in range(4 * LOOK_EDGE)]
    stride = header.width * 4
    few = b"".join(bytes(data[row * stride : (row + 1) * stride]) for row in rows)
    image = QtGui.QImage(few, header.width, len(rows), stride, Format.Format_ARGB32)
    ignored, ways = QtCore.Qt.AspectRatioMode.IgnoreAspectRatio, QtCore.Qt.TransformationMode
    image = image.scaled(4 * LOOK_EDGE, len(rows), ignored, ways.FastTransformation)
    image = image.scaled(LOOK_EDGE, LOOK_EDGE, ignored, ways.SmoothTransformation)
    shown = QtGui.QImage(image.size(), Format.Format_RGB32)
    shown.fill(QtCore.Qt.GlobalColor.gray)
    painter = QtGui.QPainter(shown)
    painter.drawImage(0, 0, image)
    painter.end()
    return packed_bytes(shown)


def _picture(look: bytes) -> QtGui.QImage:
    return QtGui.QImage(look, LOOK_EDGE, LOOK_EDGE, 4 * LOOK_EDGE, Format.Format_RGB32).copy()


def _difference(picture: QtGui.QImage, look: bytes) -> int:
    return sum(abs(one - other) for one, other in zip(packed_bytes(picture), look, strict=True))
