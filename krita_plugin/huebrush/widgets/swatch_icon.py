"""A colour as an icon, for buttons and rows of lists."""

from __future__ import annotations

from ..qt import QtCore, QtGui

SIZE = QtCore.QSize(12, 12)
"""An icon's usual size in pixels."""


def swatch_icon(color: str, size: QtCore.QSize = SIZE) -> QtGui.QIcon:
    """Return a square of `color`, "#rrggbb"; for "", an icon that shows nothing."""
    if not color:
        return QtGui.QIcon()
    picture = QtGui.QPixmap(size)
    picture.fill(QtGui.QColor(color))
    return QtGui.QIcon(picture)
