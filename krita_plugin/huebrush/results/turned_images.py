"""Images of a result, moved as the page has moved since its lines were read."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from huebrush_protocol.frames import CHANNELS, Image

from ..base.qt import QtGui, packed_bytes
from ..base.tasks import BREATHE, Steps
from ..documents.page_change import Change

Format = QtGui.QImage.Format
FORMATS = {1: Format.Format_Grayscale8, 4: Format.Format_ARGB32}
"""Formats of pictures with that many bytes a pixel; only their size matters here."""


def turned_images(images: Sequence[Image], change: Change) -> Steps[Sequence[Image]]:
    """Return `images`, of 1 or 4 bytes a pixel, mirrored, turned and moved by `change`."""
    if change.is_none:
        return images
    turned: list[Image] = []
    for image in images:
        yield BREATHE
        turned.append(_turned(image, change))
    return turned


def _turned(image: Image, change: Change) -> Image:
    header = image.header
    corners = (
        change.point(header.x, header.y),
        change.point(header.x + header.width - 1, header.y + header.height - 1),
    )
    place = {"x": min(x for x, _ in corners), "y": min(y for _, y in corners)}
    if not change.mirrored and not change.quarters:
        return Image(dataclasses.replace(header, **place), image.data)
    size = CHANNELS[header.order]
    data = b"".join(bytes(image.data[row * image.stride :][: header.width * size]) for row in range(header.height))
    picture = QtGui.QImage(data, header.width, header.height, header.width * size, FORMATS[size])
    picture = picture.mirrored(True, False) if change.mirrored else picture.copy()
    picture = picture.transformed(QtGui.QTransform().rotate(90 * change.quarters))
    width, height = picture.width(), picture.height()
    stride = picture.bytesPerLine()
    made = dataclasses.replace(header, width=width, height=height, stride=stride, **place)
    return Image(made, memoryview(packed_bytes(picture)))
