"""A field that appears beside a swatch and asks for its name."""

from __future__ import annotations

from huebrush_protocol.regions import MAX_COLOR_NAME

from ...base.qt import QtCore, QtGui, QtWidgets, Signal, never_none
from ...base.strings import text

WIDTH = 150
"""Usual width in pixels."""


class NameField(QtWidgets.QLineEdit):
    """Emits `named(str)` on Enter and when the artist goes on to something else, and nothing after Escape."""

    named = Signal(str)

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("huebrush_color_name")
        self.setAccessibleName(text("color_name"))
        self.setPlaceholderText(text("color_name"))
        self.setMaxLength(MAX_COLOR_NAME)
        self._is_asking = False
        self.editingFinished.connect(self._finish)
        self.hide()

    def ask(self, name: str, below: QtCore.QRect) -> None:
        """Ask for a name, `name` so far, in a field below the rectangle, in coordinates of the parent."""
        room = never_none(self.parentWidget()).rect()
        place = QtCore.QRect(below.left(), below.bottom() + 1, min(WIDTH, room.width()), self.sizeHint().height())
        place.moveLeft(max(0, min(place.left(), room.right() - place.width())))
        place.moveTop(max(0, min(place.top(), room.bottom() - place.height())))
        self.setGeometry(place)
        self.setText(name)
        self._is_asking = True
        self.show()
        self.raise_()
        self.selectAll()
        self.setFocus()

    def event(self, a0: QtCore.QEvent | None) -> bool:
        """Keep Escape from Krita's shortcuts."""
        event = never_none(a0)
        if event.type() == QtCore.QEvent.Type.ShortcutOverride:
            assert isinstance(event, QtGui.QKeyEvent)
            if event.key() == QtCore.Qt.Key.Key_Escape:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, a0: QtGui.QKeyEvent | None) -> None:
        """Leave the name as it was on Escape."""
        if never_none(a0).key() == QtCore.Qt.Key.Key_Escape:
            self._is_asking = False
            self.hide()
        else:
            super().keyPressEvent(a0)

    def _finish(self) -> None:
        if self._is_asking:  # the loss of the focus would be a second end
            self._is_asking = False
            self.hide()
            self.named.emit(self.text())
