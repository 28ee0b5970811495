"""Brush strokes over a reference: take the colours of these parts, not of those.

They are kept in a note of the document, not on a layer: so the page is the artist's own at every moment, and a file or
another document can be painted over as well. Where the reference was turned, mirrored, moved or scaled since, its
strokes go along.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from mmap import mmap
from typing import TYPE_CHECKING

from huebrush_protocol.messages import ImageHeader

from ..base.problems import ProblemError, problem
from ..base.qt import QtCore, QtGui, image_bytes, packed_bytes
from ..base.strings import text
from ..base.tasks import BREATHE, Steps
from ..documents.find import find_document
from ..documents.notes import read_note, write_note
from ..documents.pixels import Rect
from ..settings.sources import ReferenceSource
from .layer_over_reference import LEAVE, TAKE, has_layer_over, layer_strokes, remove_layer_over

if TYPE_CHECKING:
    from krita import Document

REFERENCE_PARTS = "reference_parts"
"""The backend's capability for parts of references."""
ROLES = ("reference_part", "reference_left_out")
"""Roles of the masks of `TAKE` and `LEAVE` in a job, in the same order."""
NOTE = "huebrush/reference-parts"
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
_NUMBERS = bytes(1 if red == int(TAKE[1:3], 16) else 2 if red == int(LEAVE[1:3], 16) else 0 for red in range(256))
_COLORS = [0, *(QtGui.QColor(code).rgba() for code in (TAKE, LEAVE))]


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


def has_strokes(document: Document, source: ReferenceSource) -> bool:
    """True when strokes over `source` are kept in `document`."""
    return _key(source) in _noted(document) or has_layer_over(document, source)


def keep_strokes(document: Document, source: ReferenceSource, strokes: ReferenceStrokes) -> None:
    """Keep `strokes` over `source` in `document`, in place of those before, or, where none is painted, nothing."""
    numbers = _numbers(strokes.picture)
    if not numbers.strip(b"\0"):
        forget_strokes(document, source)
        return
    noted = _noted(document)
    noted[_key(source)] = _pack(strokes, numbers)
    _write(document, noted)


def forget_strokes(document: Document, source: ReferenceSource) -> None:
    """Use all of `source` again."""
    noted = _noted(document)
    if noted.pop(_key(source), None) is not None:
        _write(document, noted)
    remove_layer_over(document, source)


def read_strokes(document: Document, source: ReferenceSource, frame: ReferenceFrame) -> Steps[ReferenceStrokes | None]:
    """Read the strokes over `source`, which lies in `frame` now; the generator's result is None where there are none.

    Raises `ProblemError` ("strokes_do_not_fit") where the reference has another shape than when it was painted over.
    """
    entry = _noted(document).get(_key(source))
    kept = _unpack(entry) if entry is not None else None
    yield BREATHE
    if kept is not None:
        placed = _moved(kept, frame)
        if placed is None:
            raise ProblemError(problem("strokes_do_not_fit", name=source.name))
        return placed
    masks = yield from layer_strokes(document, source, frame.rect)
    if not any(masks):
        return None
    strokes = empty_strokes(frame)
    for mask, color in zip(masks, (TAKE, LEAVE), strict=True):
        if mask is not None:
            place = Rect(mask.rect.x, mask.rect.y, mask.rect.width, mask.rect.height)
            fill_mask(strokes.picture, frame, place, mask.data, color)
            yield BREATHE
    return strokes


def fill_mask(picture: QtGui.QImage, frame: ReferenceFrame, place: Rect, mask: memoryview | bytes, color: str) -> None:
    """Paint the pixels of `place`, in the coordinates of the reference's page, whose byte in `mask` is at least 128."""
    inside = bytes(255 if value >= 128 else 0 for value in range(256))
    shape = QtGui.QImage(bytes(mask).translate(inside), place.width, place.height, place.width, Format.Format_Alpha8)
    across, down = picture.width() / frame.rect.width, picture.height() / frame.rect.height
    area = QtCore.QRectF(
        (place.x - frame.rect.x) * across, (place.y - frame.rect.y) * down, place.width * across, place.height * down
    )
    colored = QtGui.QImage(shape.size(), Format.Format_ARGB32)
    colored.fill(QtGui.QColor(color))
    painter = QtGui.QPainter(colored)
    painter.setCompositionMode(QtGui.QPainter.CompositionMode.CompositionMode_DestinationIn)
    painter.drawImage(0, 0, shape)
    painter.end()
    painter = QtGui.QPainter(picture)
    painter.drawImage(area, colored, QtCore.QRectF(colored.rect()))
    painter.end()


def capture_reference_strokes(
    document: Document,
    references: Sequence[ReferenceSource],
    headers: Sequence[ImageHeader],
    frames: Sequence[memoryview | bytes],
) -> Steps[tuple[tuple[ImageHeader, ...], tuple[memoryview | bytes, ...]]]:
    """Read the brush strokes over a job's `references`, which were read as `headers` and `frames`, in the same order.
    The result is the headers and frames of their masks. Raises `ProblemError` as `read_strokes`."""
    made: list[ImageHeader] = []
    masks: list[memoryview | bytes] = []
    for number, (source, header, data) in enumerate(zip(references, headers, frames, strict=True)):
        if not has_strokes(document, source):
            continue
        strokes = yield from read_strokes(document, source, frame_of(document, source, header, data))
        if strokes is None:
            continue
        numbers = _numbers(strokes.picture)
        size = strokes.picture.width(), strokes.picture.height()
        for role, value in zip(ROLES, (1, 2), strict=True):
            cut = yield from _cut(numbers, size, (header.width, header.height), value)
            if cut is not None:
                rect, mask = cut
                x, y, size_of_mask = header.x + rect.x, header.y + rect.y, (rect.width, rect.height)
                made.append(ImageHeader(role, *size_of_mask, "GRAY", x=x, y=y, name=header.name, reference=number))
                masks.append(mask)
    return tuple(made), tuple(masks)


def _cut(numbers: bytes, size: Size, whole: Size, value: int) -> Steps[tuple[Rect, memoryview] | None]:
    """Enlarge the plane `numbers` of `size` to the size `whole`, and cut out the pixels that are `value` as 255."""
    only = numbers.translate(bytes(255 if number == value else 0 for number in range(256)))
    rows = [only[row * size[0] : (row + 1) * size[0]] for row in range(size[1])]
    painted = [number for number, row in enumerate(rows) if any(row)]
    if not painted:
        return None
    left = min(len(rows[number]) - len(rows[number].lstrip(b"\0")) for number in painted)
    right = max(len(rows[number].rstrip(b"\0")) for number in painted)
    columns = [column for column in range(whole[0]) if left <= column * size[0] // whole[0] < right]
    down = [row for row in range(whole[1]) if painted[0] <= row * size[1] // whole[1] <= painted[-1]]
    if not columns or not down:
        return None
    rect = Rect(columns[0], down[0], len(columns), len(down))
    data = memoryview(mmap(-1, rect.width * rect.height))
    places = [column * size[0] // whole[0] for column in columns]
    known, wide = -1, b""
    for number, row in enumerate(down):
        source = row * size[1] // whole[1]
        if source != known:
            known, narrow = source, rows[source]
            wide = narrow[left:right] if size[0] == whole[0] else bytes(map(narrow.__getitem__, places))
        data[number * rect.width : (number + 1) * rect.width] = wide
        if number % 8 == 7:
            yield 0
    return rect, data


def _moved(kept: ReferenceStrokes, now: ReferenceFrame) -> ReferenceStrokes | None:
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


def _key(source: ReferenceSource) -> str:
    """Return the name of `source` in the note: of another document, its file, which lasts longer than its key."""
    other = find_document(source.key) if source.kind == "document" else None
    if other is not None and other.fileName():
        return f"file:{other.fileName()}"
    return f"{source.kind}:{source.key}"


def _noted(document: Document) -> dict[str, object]:
    noted = read_note(document, NOTE)
    return noted if isinstance(noted, dict) else {}


def _write(document: Document, noted: dict[str, object]) -> None:
    write_note(document, NOTE, text("reference_strokes.note"), noted)


def _numbers(picture: QtGui.QImage) -> bytes:
    """Return a number for each pixel of strokes: 0 nothing, 1 `TAKE`, 2 `LEAVE`."""
    return image_bytes(picture)[2::4].translate(_NUMBERS)


def _pack(strokes: ReferenceStrokes, numbers: bytes) -> dict[str, object]:
    rect, picture = strokes.frame.rect, strokes.picture
    return {
        "rect": [rect.x, rect.y, rect.width, rect.height],
        "page": list(strokes.frame.page),
        "look": base64.b64encode(strokes.frame.look).decode("ascii"),
        "size": [picture.width(), picture.height()],
        "strokes": base64.b64encode(zlib.compress(numbers, 1)).decode("ascii"),
    }


def _unpack(entry: object) -> ReferenceStrokes | None:
    """Return the strokes of a note's entry, None for anything else."""
    try:
        assert isinstance(entry, dict)
        x, y, wide, high = (int(number) for number in entry["rect"])
        page, (width, height) = tuple(int(number) for number in entry["page"]), (int(edge) for edge in entry["size"])
        look = base64.b64decode(entry["look"], validate=True)
        reader = zlib.decompressobj()
        if not (0 < width <= LONGEST_EDGE and 0 < height <= LONGEST_EDGE and wide > 0 and high > 0 and len(page) == 2):
            return None
        numbers = reader.decompress(base64.b64decode(entry["strokes"], validate=True), width * height)
    except (AssertionError, KeyError, TypeError, ValueError, binascii.Error, zlib.error):
        return None
    if len(numbers) != width * height or len(look) != 4 * LOOK_EDGE**2:
        return None
    plane = QtGui.QImage(numbers, width, height, width, Format.Format_Indexed8)
    plane.setColorTable(_COLORS)
    picture = plane.convertToFormat(Format.Format_ARGB32)
    return ReferenceStrokes(ReferenceFrame(Rect(x, y, wide, high), (page[0], page[1]), look), picture)
