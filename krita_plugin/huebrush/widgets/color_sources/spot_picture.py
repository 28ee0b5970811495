"""Pictures of a spot in a reference: a thumbnail of all of it, and a close-up, each with a ring around the spot."""

from __future__ import annotations

from dataclasses import dataclass

from ...base.qt import QtCore, QtGui, QtWidgets
from ...base.strings import text
from ...results.color_sources import ColorSpot

SHARE_IN_SIGHT = 0.4
"""Edge of what a close-up shows, as a share of the reference's longer side."""
HEIGHT = 150
"""Largest height of the close-up in the docker, in pixels."""
THUMBNAIL_RING, RING = 3.5, 11.0
"""Radius of the ring in a thumbnail and in a close-up, in pixels."""
PENS = ((QtGui.QColor(0, 0, 0, 170), 2.0), (QtGui.QColor(255, 255, 255), 1.0), (QtGui.QColor(230, 0, 126), 0.0))
"""Colours of the ring, and how much farther than its middle line they reach to both sides, in pixels."""
PEN = 1.2
"""Width of the ring's middle line in pixels."""


@dataclass(frozen=True, eq=False)
class SpotView:
    """A `spot` with the `name` of its reference, and its `picture`; None where that has not been read, or is gone."""

    spot: ColorSpot
    name: str
    picture: QtGui.QImage | None

    @property
    def words(self) -> str:
        """Place of the spot in the reference, as a sentence."""
        across, down = round(100 * self.spot.x), round(100 * self.spot.y)
        return text("color_sources.spot", color=self.spot.reference_color, name=self.name, across=across, down=down)


def paint_thumbnail(painter: QtGui.QPainter, box: QtCore.QRectF, view: SpotView) -> None:
    """Draw the whole reference within `box`, with a ring around the spot."""
    if view.picture is not None:
        _paint(painter, _fitted(box, view.picture.size()), view.picture, QtCore.QRectF(view.picture.rect()), view.spot)


def close_up(view: SpotView, size: QtCore.QSize, ratio: float = 1.0) -> QtGui.QImage:
    """Return the surroundings of the spot, with a ring around it, at most `size` pixels of the screen, of which each
    has `ratio` of the image's; a null image where there is no picture."""
    if view.picture is None:
        return QtGui.QImage()
    source = _surroundings(view.picture.size(), view.spot)
    box = QtCore.QRectF(0, 0, size.width(), size.height())
    shown = _fitted(box, source.size().toSize()).size()
    image = QtGui.QImage((shown * ratio).toSize(), QtGui.QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(QtCore.Qt.GlobalColor.white)
    painter = QtGui.QPainter(image)
    _paint(painter, QtCore.QRectF(QtCore.QPointF(0, 0), shown), view.picture, source, view.spot, RING)
    painter.end()
    return image


def tool_tip(words: str, view: SpotView) -> str:
    """Return a tool tip with `words`, where the spot is, and its surroundings."""
    lines = [words, view.words]
    escaped = "<br>".join(line.replace("&", "&amp;").replace("<", "&lt;") for line in lines)
    image = close_up(view, QtCore.QSize(HEIGHT, HEIGHT))
    if image.isNull():
        return f"<p>{escaped}</p>"
    data = QtCore.QByteArray()
    buffer = QtCore.QBuffer(data)
    buffer.open(QtCore.QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return f'<p>{escaped}</p><img src="data:image/png;base64,{bytes(data.toBase64().data()).decode()}">'


class SpotPicture(QtWidgets.QWidget):
    """Shows the surroundings of a spot as large as the docker allows."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("huebrush_source_spot")
        self.setAccessibleName(text("color_sources.spot.name"))
        policy = QtWidgets.QSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self.setFixedHeight(HEIGHT)
        self._view: SpotView | None = None

    def show_spot(self, view: SpotView | None) -> None:
        """Show this spot; hidden without one, or without its picture."""
        self._view = view
        self.setVisible(view is not None and view.picture is not None)
        self.setAccessibleDescription(view.words if view is not None else "")
        self.setToolTip(view.words if view is not None else "")
        self.update()

    def paintEvent(self, a0: QtGui.QPaintEvent | None) -> None:
        """Draw it in the middle."""
        if self._view is None:
            return
        image = close_up(self._view, self.size(), self.devicePixelRatioF())
        if image.isNull():
            return
        shown = QtCore.QSizeF(image.size()) / self.devicePixelRatioF()
        painter = QtGui.QPainter(self)
        painter.drawImage(QtCore.QPointF((self.width() - shown.width()) / 2, 0), image)
        painter.end()


def _paint(
    painter: QtGui.QPainter,
    box: QtCore.QRectF,
    picture: QtGui.QImage,
    source: QtCore.QRectF,
    spot: ColorSpot,
    radius: float = THUMBNAIL_RING,
) -> None:
    """Draw the part `source` of `picture` into `box`, and a ring around the spot."""
    painter.setRenderHint(QtGui.QPainter.RenderHint.SmoothPixmapTransform)
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    painter.fillRect(box, QtGui.QColor("white"))
    painter.drawImage(box, picture, source)
    painter.save()
    painter.setClipRect(box)
    painter.setBrush(QtCore.Qt.BrushStyle.NoBrush)
    middle = QtCore.QPointF(
        box.x() + (spot.x * picture.width() - source.x()) / source.width() * box.width(),
        box.y() + (spot.y * picture.height() - source.y()) / source.height() * box.height(),
    )
    for color, reach in PENS:
        painter.setPen(QtGui.QPen(color, PEN + 2 * reach))
        painter.drawEllipse(middle, radius, radius)
    painter.restore()


def _surroundings(size: QtCore.QSize, spot: ColorSpot) -> QtCore.QRectF:
    """Return the rectangle of a picture of this size that a close-up of the spot shows: inside the picture."""
    edge = max(1.0, SHARE_IN_SIGHT * max(size.width(), size.height()))
    width, height = min(1.5 * edge, size.width()), min(edge, size.height())
    left = min(max(spot.x * size.width() - width / 2, 0.0), size.width() - width)
    top = min(max(spot.y * size.height() - height / 2, 0.0), size.height() - height)
    return QtCore.QRectF(left, top, width, height)


def _fitted(box: QtCore.QRectF, size: QtCore.QSize) -> QtCore.QRectF:
    """Return the rectangle of `size`, enlarged or made smaller, in the middle of `box`."""
    fitted = QtCore.QSizeF(size).scaled(box.size(), QtCore.Qt.AspectRatioMode.KeepAspectRatio)
    return QtCore.QRectF(
        box.x() + (box.width() - fitted.width()) / 2,
        box.y() + (box.height() - fitted.height()) / 2,
        fitted.width(),
        fitted.height(),
    )
