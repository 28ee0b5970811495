"""The example: a drawing and a picture with its colours, for those who have none at hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from krita import Krita

from ..base.qt import QtCore, QtGui, image_bytes
from .find import root_node
from .scratch import SRGB_SPACE

if TYPE_CHECKING:
    from krita import Document

EXAMPLE_FOLDER = Path(__file__).resolve().parents[1] / "example"
LINE_ART, REFERENCE, COLORED = (EXAMPLE_FOLDER / f"{name}.png" for name in ("line_art", "reference", "colored"))
"""The drawing, the picture whose colours it gets, and, small, what becomes of it."""
RESOLUTION = 150.0
"""Pixels per inch of the example."""


def open_example(title: str, line_art: str, reference: str) -> Document | None:
    """Show the example as a new document `title`, with its layers named as given; None if Krita has no window.

    It has no file: nothing that the artist does in it changes the plugin's own pictures.
    """
    window = Krita.instance().activeWindow()
    if window is None:
        return None
    lines = QtGui.QImage(str(LINE_ART))
    document = Krita.instance().createDocument(lines.width(), lines.height(), title, *SRGB_SPACE, RESOLUTION)
    for name, picture in ((reference, QtGui.QImage(str(REFERENCE))), (line_art, lines)):
        layer = document.createNode(name, "paintlayer")
        pixels = QtCore.QByteArray(image_bytes(picture))
        layer.setPixelData(pixels, 0, 0, picture.width(), picture.height())
        root_node(document).addChildNode(layer, None)
    document.refreshProjection()
    window.addView(document)
    return document
