"""Patches: small cut-out pictures that the place of an edit should look like, kept with the edit itself.

A patch is a copy. So it does not change when its layer changes, its document is closed or its file is deleted, and an
edit that is reopened from a recipe has the same patch as before.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..base.problems import ProblemError, problem
from ..base.qt import QtCore, QtGui, image_bytes, never_none, to_bytes
from ..base.tasks import BREATHE, Steps
from ..documents.find import document_title, find_document, find_node, node_id, root_node, while_open
from ..documents.layer_reading import read_node
from ..documents.pixels import Rect, trim
from ..documents.reach import reach
from ..settings.sources import ReferenceSource
from ..strokes.reference_strokes import ROLES, capture_reference_strokes
from .pictures import capture_reference

if TYPE_CHECKING:
    from krita import Document, Node

LONGEST_EDGE = 224
"""Longest side of a patch in pixels; no model's encoder uses more."""
BAND_PIXELS = 1 << 18
"""Number of pixels that are scaled down in one step."""
MOST_PACKED = 4 * LONGEST_EDGE**2 * 2
"""Length of the longest text that is accepted as a patch."""
SELECTED = "selected"
"""Kind of source: the selected part of a layer of the active document; its key is the layer's id."""
BRUSHED = "brushed"
"""Kind of source: the part of such a layer that is taken with the brush on references."""
MaskedPixels = tuple[Rect, memoryview, bytes | None]
"""A rectangle, its packed BGRA bytes, and the coverage of each pixel, one byte each, where only a part counts."""
Format = QtGui.QImage.Format


@dataclass(frozen=True)
class Patch:
    """Patch as it is kept: the name of its source, and the picture as `pack_patch` makes it."""

    name: str
    packed: str


def capture_patch(document: Document, source: ReferenceSource) -> Steps[Patch]:
    """Read a patch; the generator's result is a `Patch`. `document`: the active one.

    `source` of the kind `SELECTED` is the selected part of a layer, `BRUSHED` its brushed part, "layer" all of it,
    "document" what another open document shows, its selected part where something is selected there, and "file" a
    picture file. Raises `ProblemError` for mistakes that the artist can correct.
    """
    return while_open(document, _capture_patch(document, source), problem("document_closed_early"))


def pack_patch(image: QtGui.QImage) -> str:
    """Return `image` as a text that `unpack_patch` reads."""
    buffer = QtCore.QBuffer()
    buffer.open(QtCore.QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return base64.b64encode(to_bytes(buffer.data())).decode("ascii")


def unpack_patch(text: str) -> QtGui.QImage | None:
    """Return the picture packed in `text` by `pack_patch`, with straight alpha; None for any other text."""
    if not text or len(text) > MOST_PACKED:
        return None
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None
    image = QtGui.QImage()
    if not image.loadFromData(QtCore.QByteArray(data), "PNG") or max(image.width(), image.height()) > LONGEST_EDGE:
        return None
    return image.convertToFormat(Format.Format_ARGB32)


def patch_pixels(text: str) -> tuple[int, int, bytes] | None:
    """Return width, height and packed BGRA bytes of the patch in `text`, None for anything else."""
    image = unpack_patch(text)
    return None if image is None else (image.width(), image.height(), image_bytes(image))


def cut_out(rect: Rect, data: memoryview | bytes, mask: bytes | None = None) -> Steps[QtGui.QImage | None]:
    """Scale packed BGRA bytes of `rect` down to a picture of at most `LONGEST_EDGE` a side; the result is None if
    nothing of it is visible. `mask`: the coverage of each pixel, one byte each.

    Each small pixel is the mean of a square of large ones, so an even colour stays what it is.
    """
    factor = -(-max(rect.width, rect.height) // LONGEST_EDGE)
    width, height = -(-rect.width // factor), -(-rect.height // factor)
    small = QtGui.QImage(width, height, Format.Format_ARGB32)
    small.fill(0)
    rows_at_once = max(1, BAND_PIXELS // (rect.width * factor)) * factor
    for top in range(0, rect.height, rows_at_once):
        rows = min(rows_at_once, rect.height - top)
        band = _band(rect.width, rows, data, mask, top)
        size = QtCore.QSize(width, -(-rows // factor))
        smooth, ignored = QtCore.Qt.TransformationMode.SmoothTransformation, QtCore.Qt.AspectRatioMode.IgnoreAspectRatio
        _draw(small, band if factor == 1 else band.scaled(size, ignored, smooth), top // factor)
        yield BREATHE
    return small if any(image_bytes(small)[3::4]) else None


def _band(width: int, rows: int, data: memoryview | bytes, mask: bytes | None, top: int) -> QtGui.QImage:
    pixels = bytes(data[top * width * 4 : (top + rows) * width * 4])
    band = QtGui.QImage(pixels, width, rows, width * 4, Format.Format_ARGB32).copy()
    if mask is not None:
        alpha = mask[top * width : (top + rows) * width]
        painter = QtGui.QPainter(band)
        painter.setCompositionMode(QtGui.QPainter.CompositionMode.CompositionMode_DestinationIn)
        painter.drawImage(0, 0, QtGui.QImage(alpha, width, rows, width, Format.Format_Alpha8))
        painter.end()
    return band


def _draw(target: QtGui.QImage, band: QtGui.QImage, top: int) -> None:
    painter = QtGui.QPainter(target)
    painter.setCompositionMode(QtGui.QPainter.CompositionMode.CompositionMode_Source)
    painter.drawImage(0, top, band)
    painter.end()


def _capture_patch(document: Document, source: ReferenceSource) -> Steps[Patch]:
    yield BREATHE
    mask: bytes | None = None
    if source.kind == "file":
        header, data = yield from capture_reference(document, source)
        rect = Rect(0, 0, header.width, header.height)
    elif source.kind == "document":
        other = find_document(source.key)
        if other is None:
            raise ProblemError(problem("reference_document_closed", name=source.name))
        closed = problem("reference_document_closed", name=source.name)
        rect, data, mask = yield from while_open(other, _read(other, root_node(other), True), closed)
    else:
        node = find_node(document, source.key)
        if node is None:
            raise ProblemError(problem("patch_layer_deleted", name=source.name))
        if source.kind == SELECTED and document.selection() is None:
            raise ProblemError(problem("nothing_selected"))
        if source.kind == BRUSHED:
            rect, data, mask = yield from _read_brushed(document, source)
        else:
            rect, data, mask = yield from _read(document, node, source.kind == SELECTED)
    small = yield from cut_out(rect, data, mask)
    if small is None:
        raise ProblemError(problem("patch_empty", name=source.name))
    return Patch(source.name, pack_patch(small))


def _read(document: Document, node: Node, selected: bool) -> Steps[MaskedPixels]:
    """Read the painted part of `node`, or its selected part if `selected` and there is a selection. The result is the
    rectangle, its bytes, and those of the selection or None."""
    selection = document.selection() if selected else None
    is_root = node_id(node) == node_id(root_node(document))
    page = Rect(0, 0, document.width(), document.height())
    if selection is None:
        rect = page if is_root else (yield from reach(document, node)).rect
    else:
        left, top = max(0, selection.x()), max(0, selection.y())
        right = min(page.width, selection.x() + selection.width())
        bottom = min(page.height, selection.y() + selection.height())
        if right <= left or bottom <= top:
            raise ProblemError(problem("nothing_selected"))
        rect = Rect(left, top, right - left, bottom - top)
    name = document_title(document) if is_root else node.name()
    pixels = yield from read_node(document, node, rect)
    if pixels.is_empty:
        raise ProblemError(problem("patch_empty", name=name))
    if selection is None:
        rect, data = yield from trim(pixels)
        return rect, data, None
    return rect, pixels.data, to_bytes(selection.pixelData(rect.x, rect.y, rect.width, rect.height))


def _read_brushed(document: Document, source: ReferenceSource) -> Steps[MaskedPixels]:
    """Read the part of a layer that the brush on references takes: rectangle, bytes, and those of the strokes."""
    reference = replace(source, kind="layer")
    header, data = yield from capture_reference(document, reference)
    headers, masks = yield from capture_reference_strokes(document, (reference,), (header,), (data,))
    found = next((pair for pair in zip(headers, masks, strict=True) if pair[0].role == ROLES[0]), None)
    if found is None:
        raise ProblemError(problem("patch_empty", name=source.name))
    part, mask = found
    rect = Rect(part.x, part.y, part.width, part.height)
    pixels = yield from read_node(document, never_none(find_node(document, source.key)), rect)
    return rect, pixels.data, bytes(mask)
