"""A list whose rows the artist puts in order."""

from __future__ import annotations

from ...base.qt import QtCore, QtGui, QtWidgets, Signal, channels, never_none

_DOWN, _UP = QtCore.Qt.Key.Key_Down, QtCore.Qt.Key.Key_Up
_DELETE = QtCore.Qt.Key.Key_Delete
_ALT = QtCore.Qt.KeyboardModifier.AltModifier


class OrderedList(QtWidgets.QListWidget):
    """A row follows the pointer while it is dragged, and goes up and down with Alt + arrow key.

    Emits `reordered` when a row has moved by one of these or by `move_current`, and `removal_requested` on Delete.
    """

    # Qt's own dragging waits in a loop of its own, takes the row off its list meanwhile, and shows nothing of the new
    # order before the drop.

    reordered = Signal()
    removal_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._is_dragging = False
        self._show_boxes()

    def move_current(self, by: int) -> None:
        """Move the current row by this many places, if there are enough."""
        row = self.currentRow()
        if row < 0 or not 0 <= row + by < self.count() or not by:
            return
        self.blockSignals(True)  # the current row changes three times meanwhile, and nothing else
        self.insertItem(row + by, self.takeItem(row))
        self.setCurrentRow(row + by)
        self.blockSignals(False)
        self.reordered.emit()

    def event(self, e: QtCore.QEvent | None) -> bool:
        """Keep these keys from Krita's shortcuts."""
        event = never_none(e)
        if event.type() == QtCore.QEvent.Type.ShortcutOverride:
            assert isinstance(event, QtGui.QKeyEvent)
            event.accept()
            return True
        return super().event(event)

    def changeEvent(self, a0: QtCore.QEvent | None) -> None:
        """Follow the theme."""
        event = never_none(a0)
        super().changeEvent(event)
        if event.type() in (QtCore.QEvent.Type.PaletteChange, QtCore.QEvent.Type.ApplicationPaletteChange):
            self._show_boxes()

    def keyPressEvent(self, e: QtGui.QKeyEvent | None) -> None:
        """Move or remove the current row."""
        event = never_none(e)
        if not self._is_own_key(event):
            super().keyPressEvent(event)
        elif event.key() == _DELETE:
            self.removal_requested.emit()
        else:
            self.move_current(1 if event.key() == _DOWN else -1)

    def mousePressEvent(self, e: QtGui.QMouseEvent | None) -> None:
        """Take hold of a row."""
        event = never_none(e)
        super().mousePressEvent(event)
        self._is_dragging = event.button() == QtCore.Qt.MouseButton.LeftButton and self.indexAt(event.pos()).isValid()

    def mouseMoveEvent(self, e: QtGui.QMouseEvent | None) -> None:
        """Let the row that is held change places with the one under the pointer."""
        event = never_none(e)
        if not (self._is_dragging and event.buttons() & QtCore.Qt.MouseButton.LeftButton):
            super().mouseMoveEvent(event)
            return
        height = self.visualItemRect(self.item(0)).height()
        first = self.visualItemRect(self.item(0)).top()
        row = min(max((event.pos().y() - first) // max(height, 1), 0), self.count() - 1)
        self.move_current(row - self.currentRow())

    def mouseReleaseEvent(self, e: QtGui.QMouseEvent | None) -> None:
        """Let go."""
        self._is_dragging = False
        super().mouseReleaseEvent(e)

    def _show_boxes(self) -> None:
        """Let the rows' boxes stand out: Qt outlines them in a shade of the window, which may be that of the list."""
        role = QtGui.QPalette.ColorRole
        text, base = self.palette().color(role.Text), self.palette().color(role.Base)
        between = QtGui.QColor(*((one + other) // 2 for one, other in zip(channels(text), channels(base), strict=True)))
        if self.palette().color(role.Window) != between:
            only_this = QtGui.QPalette()
            only_this.setColor(role.Window, between)
            self.setPalette(only_this)

    def _is_own_key(self, event: QtGui.QKeyEvent) -> bool:
        if event.key() in (_DOWN, _UP):
            return bool(event.modifiers() & _ALT)
        return event.key() == _DELETE and not event.modifiers()
