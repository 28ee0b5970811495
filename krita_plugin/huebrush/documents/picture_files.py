"""Reading picture files by Qt, whole or small. Nothing here touches widgets, so it may run in any thread."""

from __future__ import annotations

import zipfile
from mmap import mmap
from pathlib import Path

from ..base.qt import QtCore, QtGui, image_bytes

MERGED_PICTURE = "mergedimage.png"
BAND_PIXELS = 1 << 18
"""Number of pixels converted at once, few enough not to block Krita."""
THUMBNAILS = {".kra": "preview.png", ".ora": "Thumbnails/thumbnail.png"}
"""Endings of documents that are zip archives, with the small picture that each contains."""


class UnreadablePicture(Exception):
    """Error for a file that is missing, damaged or of a kind that Qt does not read; the message says which."""


def read_pixels(path: Path) -> tuple[int, int, memoryview]:
    """Return the width and height of the picture in `path`, upright, and its packed BGRA bytes (8-bit sRGB, straight
    alpha). Raises `UnreadablePicture`.

    Qt blocks Python's interpreter, and so Krita, while it converts an image. So this is done band by band.
    """
    image = _decode(_open(path, MERGED_PICTURE))
    width, height = image.width(), image.height()
    data = memoryview(mmap(-1, width * height * 4))
    rows = max(1, BAND_PIXELS // width)
    for top in range(0, height, rows):
        band = image_bytes(_in_srgb(image.copy(0, top, width, min(rows, height - top))))
        data[top * width * 4 : top * width * 4 + len(band)] = band
    return width, height, data


def read_thumbnail(path: Path, edge: int) -> QtGui.QImage:
    """Return the picture in `path`, upright and in sRGB, no longer than `edge` pixels on either side.

    A file format that can decode to a smaller size does so, which takes a fraction of the time. Raises
    `UnreadablePicture`.
    """
    try:
        device = _open(path, THUMBNAILS.get(path.suffix.lower(), ""))
    except UnreadablePicture:
        device = _open(path, MERGED_PICTURE)
    return _in_srgb(_decode(device, edge))


def _open(path: Path, member: str) -> QtCore.QIODevice:
    """Open the file at `path`, or its `member` if it is a zip archive. (Reading the file into bytes for Qt would block
    Python's interpreter while they are copied.)"""
    if path.suffix.lower() not in THUMBNAILS:
        file = QtCore.QFile(str(path))
        if not file.open(QtCore.QIODevice.OpenModeFlag.ReadOnly):
            raise UnreadablePicture(file.errorString())
        return file
    try:
        with zipfile.ZipFile(path) as archive:
            content = archive.read(member)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise UnreadablePicture(str(error)) from error
    buffer = QtCore.QBuffer()
    buffer.setData(QtCore.QByteArray(content))
    return buffer


def _decode(device: QtCore.QIODevice, edge: int = 0) -> QtGui.QImage:
    """Decode the picture in `device`, at most `edge` pixels a side; 0 is no limit."""
    reader = QtGui.QImageReader(device)
    reader.setAutoTransform(True)
    if hasattr(reader, "setAllocationLimit"):  # Qt 6 refuses large pictures unless told otherwise
        reader.setAllocationLimit(0)
    size = reader.size()  # not valid where the format does not tell before it has decoded all
    if edge and max(size.width(), size.height()) > edge:
        reader.setScaledSize(_fitted(size, edge))
    image = reader.read()
    if image.isNull():
        raise UnreadablePicture(reader.errorString())
    if edge and max(image.width(), image.height()) > edge:
        smooth = QtCore.Qt.TransformationMode.SmoothTransformation
        image = image.scaled(_fitted(image.size(), edge), QtCore.Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    return image


def _in_srgb(image: QtGui.QImage) -> QtGui.QImage:
    if image.colorSpace().isValid():
        image.convertToColorSpace(QtGui.QColorSpace(QtGui.QColorSpace.NamedColorSpace.SRgb))
    return image


def _fitted(size: QtCore.QSize, edge: int) -> QtCore.QSize:
    """Return `size` scaled so that its longer side has `edge` pixels."""
    fitted = size.scaled(edge, edge, QtCore.Qt.AspectRatioMode.KeepAspectRatio)
    return fitted.expandedTo(QtCore.QSize(1, 1))
