"""Pixels between Qt and bytes, and picture files."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hands import wait_for
from huebrush.base.qt import QtCore, QtGui, image_bytes, image_from_rgb, to_bytes
from huebrush.base.tasks import SlicedTask, in_thread
from huebrush.documents.picture_files import BAND_PIXELS, UnreadablePicture, read_pixels, read_thumbnail


def picture(width: int, height: int, color: str) -> QtGui.QImage:
    """A picture of one color."""
    made = QtGui.QImage(width, height, QtGui.QImage.Format.Format_RGB32)
    made.fill(QtGui.QColor(color))
    return made


def saved(path: Path, image: QtGui.QImage) -> Path:
    """Save `image` to `path`."""
    assert image.save(str(path))
    return path


def test_bytes_of_byte_arrays():
    """A QByteArray and a memoryview become bytes."""
    assert to_bytes(QtCore.QByteArray(b"\0\xff")) == to_bytes(memoryview(b"\0\xff")) == b"\0\xff"


def test_pixels_of_images():
    """BGRA, packed, straight alpha, from any format of Qt's."""
    image = QtGui.QImage(3, 1, QtGui.QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QtGui.QColor(255, 0, 0, 51))
    assert image_bytes(image) == bytes((0, 0, 255, 51)) * 3
    assert image_bytes(picture(1, 2, "#102030").convertToFormat(QtGui.QImage.Format.Format_RGB888)) == bytes(
        (0x30, 0x20, 0x10, 255, 0x30, 0x20, 0x10, 255)
    )


def test_image_from_rows_with_gaps():
    """Rows may be longer than their pixels, and the image outlives its bytes."""
    data = bytearray(bytes((1, 2, 3, 4, 5, 6, 0, 0)) * 2)
    image = image_from_rgb(bytes(data), 2, 2, 8)
    del data
    assert image.pixelColor(1, 1).getRgb()[:3] == (4, 5, 6)


def test_picture_is_read_upright_and_in_srgb(tmp_path):
    """Colors of another profile are converted."""
    image = picture(4, 2, "#c86464")
    image.setColorSpace(QtGui.QColorSpace(QtGui.QColorSpace.NamedColorSpace.AdobeRgb))
    width, height, pixels = read_pixels(saved(tmp_path / "adobe.png", image))
    assert (width, height, len(pixels)) == (4, 2, 32)
    _blue, green, red, alpha = pixels[20:24]
    assert red > 215 and abs(green - 99) < 4 and alpha == 255


def test_large_picture_is_read_whole(tmp_path):
    """What is converted in bands fits together, the last band too."""
    width, height = 1024, 700
    rows = b"".join(bytes((row % 256, row // 256, 7, 255)) * width for row in range(height))
    image = QtGui.QImage(rows, width, height, QtGui.QImage.Format.Format_ARGB32)
    assert 1 < width * height / BAND_PIXELS != width * height // BAND_PIXELS
    assert read_pixels(saved(tmp_path / "large.png", image)) == (width, height, rows)


@pytest.mark.parametrize("name", ["wide.png", "wide.jpg", "wide.bmp"])
def test_thumbnail_keeps_proportions(tmp_path, name):
    """Twice as wide as high stays so; the color stays; nothing is enlarged."""
    small = read_thumbnail(saved(tmp_path / name, picture(1000, 500, "#4080c0")), 56)
    assert (small.width(), small.height()) == (56, 28)
    assert abs(small.pixelColor(28, 14).green() - 0x80) < 4
    assert read_thumbnail(saved(tmp_path / f"small-{name}", picture(20, 10, "#4080c0")), 56).width() == 20


def test_thin_picture_has_a_thumbnail(tmp_path):
    """A strip of thousands by one pixel is still a pixel high."""
    small = read_thumbnail(saved(tmp_path / "strip.png", picture(3000, 1, "#ff0000")), 56)
    assert (small.width(), small.height()) == (56, 1)


def test_pictures_in_documents(tmp_path):
    """A .ora has its own thumbnail; without one, the merged picture serves."""
    merged, own = saved(tmp_path / "merged.png", picture(400, 300, "#ff0000")), tmp_path / "own.png"
    saved(own, picture(256, 192, "#00ff00"))
    for name, members in (
        ("both.ora", {"mergedimage.png": merged, "Thumbnails/thumbnail.png": own}),
        ("merged.ora", {"mergedimage.png": merged}),
        ("both.kra", {"mergedimage.png": merged, "preview.png": own}),
    ):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for member, file in members.items():
                archive.write(file, member)
    assert bytes(read_pixels(tmp_path / "both.ora")[2][:4]) == bytes((0, 0, 255, 255))
    assert read_thumbnail(tmp_path / "both.ora", 56).pixelColor(0, 0).name() == "#00ff00"
    assert read_thumbnail(tmp_path / "both.kra", 56).pixelColor(0, 0).name() == "#00ff00"
    assert read_thumbnail(tmp_path / "merged.ora", 56).pixelColor(0, 0).name() == "#ff0000"


def test_what_is_no_picture(tmp_path):
    """Missing, damaged and empty files say so."""
    (tmp_path / "damaged.png").write_bytes(b"no picture")
    (tmp_path / "damaged.kra").write_bytes(b"no archive")
    for name in ("missing.png", "damaged.png", "damaged.kra"):
        for read in (read_pixels, lambda path: read_thumbnail(path, 56)):
            with pytest.raises(UnreadablePicture, match=r"."):
                read(tmp_path / name)


def test_thread_returns_and_raises():
    """What a thread returned or raised arrives on the main thread."""
    results: list[object] = []
    SlicedTask(in_thread(lambda: 42), results.append, results.append, QtCore.QCoreApplication.instance())
    wait_for(lambda: results == [42], "the result")
    tasks = [SlicedTask(in_thread(lambda: 1 // 0), results.append, results.append)]
    wait_for(lambda: len(results) == 2, "the error")
    assert isinstance(results[1], ZeroDivisionError) and tasks
