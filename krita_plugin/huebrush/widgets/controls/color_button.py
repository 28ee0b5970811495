"""A button that asks for an exact colour."""

from __future__ import annotations

from huebrush_protocol.regions import is_color

from ...base.qt import QtCore, QtGui, QtWidgets, Signal
from ...base.strings import text

SIZE = QtCore.QSize(12, 12)
"""An icon's usual size in pixels."""


class ColorButton(QtWidgets.QToolButton):
    """Shows a colour, if there is one. Emits `chosen("#rrggbb")` when the artist has chosen another."""

    chosen = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setText("▦")
        self.setAccessibleName(text("edits.color.name"))
        self.setToolTip(text("edits.color.tip"))
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self._color = ""
        self.clicked.connect(lambda _checked=False: self._ask())

    def show_color(self, color: str) -> None:
        """Show `color` if it is a valid colour, otherwise none."""
        self._color = color if is_color(color) else ""
        self.setIcon(swatch_icon(self._color, self.iconSize()))

    def _ask(self) -> None:
        """Ask for a colour, without holding up Krita."""
        dialog = QtWidgets.QColorDialog(QtGui.QColor(self._color or "#c81e28"), self)
        dialog.setWindowTitle(text("edits.color.name"))
        dialog.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(lambda color: self.chosen.emit(color.name()))
        dialog.open()


def swatch_icon(color: str, size: QtCore.QSize = SIZE) -> QtGui.QIcon:
    """Return a square of `color`, "#rrggbb"; for "", an icon that shows nothing."""
    if not color:
        return QtGui.QIcon()
    picture = QtGui.QPixmap(size)
    picture.fill(QtGui.QColor(color))
    return QtGui.QIcon(picture)
