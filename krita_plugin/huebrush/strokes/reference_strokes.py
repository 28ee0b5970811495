"""Brush strokes over a reference: take the colours of these parts, not of those.

They are kept in a note of the document, not on a layer: so the page is the artist's own at every moment, and a file or
another document can be painted over as well.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Sequence
from mmap import mmap
from typing import TYPE_CHECKING

from huebrush_protocol.messages import ImageHeader

from ..base.problems import ProblemError, problem
from ..base.qt import QtCore, QtGui, image_bytes
from ..base.strings import text
from ..base.tasks import BREATHE, Steps
from ..documents.find import find_document
from ..documents.notes import read_note, write_note
from ..documents.pixels import Rect
from ..settings.sources import ReferenceSource
from .layer_over_reference import LEAVE, TAKE, has_layer_over, layer_strokes, remove_layer_over
from .reference_frames import (
    LONGEST_EDGE,
    LOOK_EDGE,
    ReferenceFrame,
    ReferenceStrokes,
    empty_strokes,
    follow_reference,
    frame_of,
)

if TYPE_CHECKING:
    from krita import Document

REFERENCE_PARTS = "reference_parts"
"""The backend's capability for parts of references."""
ROLES = ("reference_part", "reference_left_out")
"""Roles of the masks of `TAKE` and `LEAVE` in a job, in the same order."""
NOTE = "huebrush/reference-parts"
Format = QtGui.QImage.Format
Size = tuple[int, int]
_NUMBERS = bytes(1 if red == int(TAKE[1:3], 16) else 2 if red == int(LEAVE[1:3], 16) else 0 for red in range(256))
_COLORS = [0, *(QtGui.QColor(code).rgba() for code in (TAKE, LEAVE))]


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
        placed = follow_reference(kept, frame)
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
