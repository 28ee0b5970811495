"""Named colours as small squares, which the artist takes, puts in order, and asks to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...base.qt import BINDING, QtCore, QtGui, QtWidgets, Signal, never_none
from ...base.strings import text
from ...palettes.color_list import NamedColor

LEAST_EDGE = 18
"""Least edge of a square in pixels; it grows with the font."""
GAP = 3
MARK = 6
"""Edge of the corner that marks a near-duplicate, in pixels like the gap."""
Key, Modifier = QtCore.Qt.Key, QtCore.Qt.KeyboardModifier
_MOVING = Modifier.ShiftModifier | Modifier.AltModifier
_WALKS = (Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down, Key.Key_Home, Key.Key_End)
_REQUESTS = {
    Key.Key_Return: "taken",
    Key.Key_Enter: "taken",
    Key.Key_Space: "taken",
    Key.Key_F2: "name_requested",
    Key.Key_Delete: "removal_requested",
    Key.Key_Backspace: "removal_requested",
}
"""The signals that keys emit for the current colour."""
_STANDARD = QtGui.QKeySequence.StandardKey
_UNDO = "undo_requested"
_STANDARD_KEYS = (
    (_STANDARD.Copy, "copy_requested"),
    (_STANDARD.Paste, "paste_requested"),
    (_STANDARD.Undo, _UNDO),
)
"""The usual keys of every program, and the signals that they emit."""


class Swatches(QtWidgets.QWidget):
    """Shows colours in as many rows as they need, one of them the current one. It changes nothing by itself.

    Mouse: a click takes a colour, a double click asks to change it, dragging moves it, colours can be dropped.
    Keys: arrows walk, with Shift or Alt they move the colour; Enter takes it, F2 asks for a name, Delete removes it.
    Emits numbers of colours, from 0:

    * `taken(int)`, `change_requested(int)`, `name_requested(int)`, `removal_requested(int)`
    * `moved(int, int)`: from where and to where
    * `dropped(int, str)`: before which colour, and "#rrggbb"
    * `menu_requested(QPoint)`: for the current colour, at this place of the screen
    * `copy_requested`, `paste_requested`, `undo_requested`: for all of them, with the usual keys
    """

    taken = Signal(int)
    change_requested = Signal(int)
    name_requested = Signal(int)
    removal_requested = Signal(int)
    moved = Signal(int, int)
    dropped = Signal(int, str)
    menu_requested = Signal(QtCore.QPoint)
    copy_requested = Signal()
    paste_requested = Signal()
    undo_requested = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        policy = QtWidgets.QSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self._colors: tuple[NamedColor, ...] = ()
        self._doubles: Mapping[str, tuple[str, float]] = {}
        self._current = 0
        self._held: int | None = None
        self._pressed_at = QtCore.QPoint()
        self._target: int | None = None
        self._drop_at: int | None = None
        self.can_undo = False
        """There is a change to undo; otherwise Ctrl+Z stays Krita's."""
        self.show_colors(())

    @property
    def colors(self) -> tuple[str, ...]:
        """The colours shown, "#rrggbb"."""
        return tuple(color for color, _ in self._colors)

    @property
    def current(self) -> int:
        """Number of the current colour, 0 where there are none."""
        return self._current

    def show_colors(self, colors: Sequence[NamedColor], doubles: Mapping[str, tuple[str, float]] | None = None) -> None:
        """Show `colors`; `doubles` has for each near-duplicate its nearest other colour and the ΔE between them."""
        self._colors, self._doubles = tuple(colors), doubles or {}
        self._held = self._target = self._drop_at = None
        self._current = max(0, min(self._current, len(self._colors) - 1))
        self.setVisible(bool(colors))
        words = ", ".join(f"{name} {color}".strip() for color, name in self._colors)
        self.setAccessibleName(text("swatches.name", colors=words))
        self._fit()
        self.update()

    def set_current(self, index: int) -> None:
        """Make a colour the current one."""
        self._current = max(0, min(index, len(self._colors) - 1))
        self.setAccessibleDescription(self.describe(self._current) if self._colors else "")
        self.update()

    def describe(self, index: int) -> str:
        """Return a colour's name and code, and the colour that it hardly differs from, if any."""
        color, name = self._colors[index]
        said = text("swatches.named", name=name, color=color) if name else color
        if color not in self._doubles:
            return said
        other, difference = self._doubles[color]
        return text("swatches.double", color=said, other=other, difference=f"{difference:.1f}")

    def square(self, index: int) -> QtCore.QRect:
        """Return the square of a colour, or where one more would be."""
        row, column = divmod(index, self._columns())
        step = self._edge() + GAP
        place = QtCore.QRect(1 + column * step, 1 + row * step, self._edge(), self._edge())
        return QtWidgets.QStyle.visualRect(self.layoutDirection(), self.rect(), place)

    def event(self, a0: QtCore.QEvent | None) -> bool:
        """Say what a colour is while the pointer rests on it, and keep the keys of this list from Krita's shortcuts."""
        event = never_none(a0)
        if event.type() == QtCore.QEvent.Type.ToolTip:
            assert isinstance(event, QtGui.QHelpEvent)
            index = self._at(event.pos())
            words = "\n".join((self.describe(index), text("swatches.tip"))) if index is not None else ""
            QtWidgets.QToolTip.showText(event.globalPos(), words, self)
            return True
        if event.type() == QtCore.QEvent.Type.ShortcutOverride:
            assert isinstance(event, QtGui.QKeyEvent)
            if self._is_own_key(event):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, a0: QtGui.QKeyEvent | None) -> None:
        """Walk, and do what the key means for the current colour."""
        event = never_none(a0)
        if not self._is_own_key(event):
            super().keyPressEvent(event)
        elif (request := _standard_request(event)) is not None:
            getattr(self, request).emit()
        elif event.key() in _REQUESTS:
            getattr(self, _REQUESTS[Key(event.key())]).emit(self._current)
        else:
            self._go(self._steps(Key(event.key())), bool(event.modifiers() & _MOVING))

    def mousePressEvent(self, a0: QtGui.QMouseEvent | None) -> None:
        """Take hold of a colour."""
        event = never_none(a0)
        index = self._at(event.pos())
        if index is not None:
            self.set_current(index)
        if event.button() == QtCore.Qt.MouseButton.LeftButton:
            self._held, self._target, self._pressed_at = index, None, event.pos()

    def mouseMoveEvent(self, a0: QtGui.QMouseEvent | None) -> None:
        """Show where the colour that is held would go."""
        event = never_none(a0)
        if self._held is None or not event.buttons() & QtCore.Qt.MouseButton.LeftButton:
            return
        far = (event.pos() - self._pressed_at).manhattanLength() >= QtWidgets.QApplication.startDragDistance()
        if far or self._target is not None:
            self._target = min(self._nearest(event.pos()), len(self._colors) - 1)
            self.update()

    def mouseReleaseEvent(self, a0: QtGui.QMouseEvent | None) -> None:
        """Put the colour where it was dragged, or take it."""
        event, held, target = never_none(a0), self._held, self._target
        if event.button() != QtCore.Qt.MouseButton.LeftButton:
            return
        self._held = self._target = None
        self.update()
        if held is not None and target is None and self._at(event.pos()) == held:
            self.taken.emit(held)
        elif held is not None and target is not None and target != held:
            self.moved.emit(held, target)

    def mouseDoubleClickEvent(self, a0: QtGui.QMouseEvent | None) -> None:
        """Ask to change a colour; the first click has taken it."""
        event = never_none(a0)
        index = self._at(event.pos())
        if event.button() == QtCore.Qt.MouseButton.LeftButton and index is not None:
            self._held = None
            self.change_requested.emit(index)

    def contextMenuEvent(self, a0: QtGui.QContextMenuEvent | None) -> None:
        """Ask for the menu of a colour, by mouse or key."""
        event = never_none(a0)
        by_key = event.reason() == QtGui.QContextMenuEvent.Reason.Keyboard
        index = self._current if by_key else self._at(event.pos())
        if index is not None and index < len(self._colors):
            self.set_current(index)
            self.menu_requested.emit(self.mapToGlobal(self.square(index).bottomLeft()) if by_key else event.globalPos())

    def dragEnterEvent(self, a0: QtGui.QDragEnterEvent | None) -> None:
        """Take colours."""
        event = never_none(a0)
        if never_none(event.mimeData()).hasColor():
            event.acceptProposedAction()

    def dragMoveEvent(self, a0: QtGui.QDragMoveEvent | None) -> None:
        """Show where the colour would come."""
        event = never_none(a0)
        if never_none(event.mimeData()).hasColor():
            self._drop_at = self._nearest(_drop_position(event))
            event.acceptProposedAction()
            self.update()

    def dragLeaveEvent(self, a0: QtGui.QDragLeaveEvent | None) -> None:
        """Show no place any more."""
        self._drop_at = None
        self.update()

    def dropEvent(self, a0: QtGui.QDropEvent | None) -> None:
        """Ask to put a colour in."""
        event = never_none(a0)
        mime, self._drop_at = never_none(event.mimeData()), None
        self.update()
        if mime.hasColor():
            event.acceptProposedAction()
            self.dropped.emit(self._nearest(_drop_position(event)), QtGui.QColor(mime.colorData()).name())

    def resizeEvent(self, a0: QtGui.QResizeEvent | None) -> None:
        """Be as tall as the rows at this width."""
        super().resizeEvent(a0)
        self._fit()

    def changeEvent(self, a0: QtCore.QEvent | None) -> None:
        """Follow the font and the theme."""
        super().changeEvent(a0)
        self._fit()
        self.update()

    def focusInEvent(self, a0: QtGui.QFocusEvent | None) -> None:
        """Say what the current colour is."""
        super().focusInEvent(a0)
        self.set_current(self._current)

    def paintEvent(self, a0: QtGui.QPaintEvent | None) -> None:
        """Draw the squares, a red corner in near-duplicates, a frame around the current one, and where a colour that is
        dragged here would come."""
        painter, shown, current = QtGui.QPainter(self), list(self._colors), self._current
        if self._held is not None and self._target is not None:
            shown.insert(self._target, shown.pop(self._held))
            current = self._target
        role = QtGui.QPalette.ColorRole
        edge, highlight = self.palette().color(role.WindowText), self.palette().color(role.Highlight)
        faint = QtGui.QColor(edge)
        faint.setAlpha(110)
        for index, (color, _) in enumerate(shown):
            square = self.square(index)
            painter.setPen(faint)
            painter.setBrush(QtGui.QColor(color))
            painter.drawRect(square.adjusted(0, 0, -1, -1))
            if color in self._doubles:
                _draw_mark(painter, square.topRight())
            if index == current:
                painter.setBrush(QtCore.Qt.BrushStyle.NoBrush)
                painter.setPen(QtGui.QPen(highlight if self.hasFocus() else edge, 2))
                painter.drawRect(square)
        if self._drop_at is not None:
            place = self.square(self._drop_at)
            side = place.right() + 2 if self.isRightToLeft() else place.left() - 2
            painter.setPen(QtGui.QPen(highlight, 3))
            painter.drawLine(side, place.top(), side, place.bottom())
        painter.end()

    def _is_own_key(self, event: QtGui.QKeyEvent) -> bool:
        if not self._colors:
            return False
        request = _standard_request(event)
        if request is not None:
            return request != _UNDO or self.can_undo
        key, modifiers = event.key(), event.modifiers() & ~Modifier.KeypadModifier
        if key in _REQUESTS:
            return not modifiers
        return key in _WALKS and not modifiers & ~_MOVING

    def _steps(self, key: QtCore.Qt.Key) -> int:
        """Return by how many colours a key walks."""
        if key in (Key.Key_Home, Key.Key_End):
            return -self._current if key == Key.Key_Home else len(self._colors) - 1 - self._current
        if key in (Key.Key_Up, Key.Key_Down):
            return -self._columns() if key == Key.Key_Up else self._columns()
        return 1 if (key == Key.Key_Right) != self.isRightToLeft() else -1

    def _go(self, steps: int, with_color: bool) -> None:
        """Go to another colour, round the end with single steps, or move the current one there."""
        place, count = self._current + steps, len(self._colors)
        if with_color:
            if 0 <= place < count and steps:
                self.moved.emit(self._current, place)
            return
        if abs(steps) == 1:
            place %= count
        if 0 <= place < count:
            self.set_current(place)
            corner = self.mapToGlobal(self.square(place).bottomLeft())
            QtWidgets.QToolTip.showText(corner, self.describe(place), self)

    def _edge(self) -> int:
        return max(LEAST_EDGE, self.fontMetrics().height() + 2)

    def _columns(self) -> int:
        return max(1, (self.width() - 2 + GAP) // (self._edge() + GAP))

    def _at(self, position: QtCore.QPoint) -> int | None:
        return next((at for at in range(len(self._colors)) if self.square(at).contains(position)), None)

    def _nearest(self, position: QtCore.QPoint) -> int:
        """Return the number of the colour nearest to `position`, or one more for what is behind the last."""
        places = range(len(self._colors) + 1)
        return min(places, key=lambda at: (self.square(at).center() - position).manhattanLength())

    def _fit(self) -> None:
        rows = -(-len(self._colors) // self._columns())
        self.setFixedHeight(max(1, rows * (self._edge() + GAP)) + 2)


def _standard_request(event: QtGui.QKeyEvent) -> str | None:
    return next((request for standard, request in _STANDARD_KEYS if event.matches(standard)), None)


def _drop_position(event: QtGui.QDropEvent) -> QtCore.QPoint:
    return getattr(event, "position" if BINDING == "PyQt6" else "posF")().toPoint()


def _draw_mark(painter: QtGui.QPainter, corner: QtCore.QPoint) -> None:
    """Draw the corner that marks a near-duplicate."""
    painter.setPen(QtCore.Qt.PenStyle.NoPen)
    for edge, color in ((MARK + 2, QtGui.QColor(255, 255, 255)), (MARK, QtGui.QColor(200, 30, 30))):
        painter.setBrush(color)
        painter.drawPolygon(QtGui.QPolygon([corner, corner - QtCore.QPoint(edge, 0), corner + QtCore.QPoint(0, edge)]))
