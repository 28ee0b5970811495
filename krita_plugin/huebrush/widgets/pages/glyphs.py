"""Glyphs of the pages and of the eyedropper, in the colour of the theme's text: Krita's own differ between versions."""

from __future__ import annotations

from ...base.qt import QtCore, QtGui

EDGE = 16.0
"""Width and height of the square that the glyphs are drawn in."""
STROKE = 1.5

Point = tuple[float, float]
LINES: dict[str, tuple[tuple[Point, ...], ...]] = {
    "colorize": (
        ((13.5, 2.5), (7.5, 8.5)),
        ((7.5, 8.5), (5.0, 9.0), (3.5, 11.0), (2.5, 13.5), (5.5, 13.0), (7.5, 11.5), (8.0, 9.5), (7.5, 8.5)),
    ),
    "edit": (
        ((2.5, 3.5), (13.5, 3.5)),
        ((8.0, 3.5), (8.0, 13.5)),
        ((5.5, 13.5), (10.5, 13.5)),
        ((2.5, 3.5), (2.5, 5.5)),
        ((13.5, 3.5), (13.5, 5.5)),
    ),
    "check": (
        ((11.0, 11.0), (14.0, 14.0)),
        ((4.5, 7.0), (6.5, 9.0), (9.5, 4.8)),
    ),
    "history": (((8.0, 4.5), (8.0, 8.2), (10.8, 9.8)),),
    "advanced": (
        ((2.0, 4.0), (14.0, 4.0)),
        ((2.0, 8.0), (14.0, 8.0)),
        ((2.0, 12.0), (14.0, 12.0)),
    ),
    "eyedropper": (
        ((1.5, 14.5), (2.5, 11.5), (8.5, 5.5), (10.5, 7.5), (4.5, 13.5), (1.5, 14.5)),
        ((7.3, 4.3), (11.7, 8.7)),
        ((9.5, 6.5), (12.0, 4.0)),
    ),
}
"""Lines of each glyph, each through its points."""
CIRCLES: dict[str, tuple[tuple[float, float, float, bool], ...]] = {
    "check": ((7.0, 7.0, 5.2, False),),
    "history": ((8.0, 8.0, 6.0, False),),
    "advanced": ((5.0, 4.0, 2.0, True), (10.5, 8.0, 2.0, True), (6.5, 12.0, 2.0, True)),
    "eyedropper": ((12.0, 4.0, 2.0, True),),
}
"""Circles of each glyph: x and y of the middle, radius, whether it is filled."""


def page_glyph(name: str, color: QtGui.QColor, size: QtCore.QSize, ratio: float) -> QtGui.QIcon:
    """Return the glyph `name`, such as a page's, in `color`; `ratio` is the screen's pixels for each of Qt's."""
    picture = QtGui.QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(QtCore.Qt.GlobalColor.transparent)
    painter = QtGui.QPainter(picture)
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    painter.scale(size.width() / EDGE, size.height() / EDGE)
    pen = QtGui.QPen(color, STROKE)
    pen.setCapStyle(QtCore.Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(QtCore.Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    for points in LINES[name]:
        painter.drawPolyline(QtGui.QPolygonF([QtCore.QPointF(*point) for point in points]))
    for x, y, radius, is_filled in CIRCLES.get(name, ()):
        painter.setBrush(QtGui.QBrush(color) if is_filled else QtGui.QBrush())
        painter.drawEllipse(QtCore.QPointF(x, y), radius, radius)
    painter.end()
    return QtGui.QIcon(picture)
