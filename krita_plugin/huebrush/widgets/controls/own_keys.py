"""Keys that mean something in a part of the docker, kept from Krita's own shortcuts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...base.qt import QtCore, QtGui, QtWidgets

Key, Modifier, _Kind = QtCore.Qt.Key, QtCore.Qt.KeyboardModifier, QtCore.QEvent.Type
PLAIN, CTRL = Modifier.NoModifier, Modifier.ControlModifier
WALKS = tuple(
    (key, PLAIN) for key in (Key.Key_Up, Key.Key_Down, Key.Key_Home, Key.Key_End, Key.Key_PageUp, Key.Key_PageDown)
)
"""Keys that choose another row of a list."""
ENTER = (Key.Key_Return, PLAIN), (Key.Key_Enter, PLAIN)
CTRL_ENTER = (Key.Key_Return, CTRL), (Key.Key_Enter, CTRL)

Stroke = tuple[QtCore.Qt.Key, QtCore.Qt.KeyboardModifier]
"""A key with what is held meanwhile."""


class OwnKeys(QtCore.QObject):
    """While `widget`, or a widget in it that does not take them, has the focus, these keys are its own.

    Qt asks the shortcuts of Krita's window before the widget: Delete would clear the artist's layer, and a `QShortcut`
    with a key that Krita has too would do nothing.
    """

    def __init__(
        self, widget: QtWidgets.QWidget, keys: Sequence[Stroke], act: Callable[[], object] | None = None
    ) -> None:
        """`act` is called for a key; without it the widget gets the key."""
        super().__init__(widget)
        self._keys, self._act = keys, act
        widget.installEventFilter(self)

    def eventFilter(self, a0: QtCore.QObject | None, a1: QtCore.QEvent | None) -> bool:
        """Take a key before Krita does."""
        if not isinstance(a1, QtGui.QKeyEvent) or not self._is_own(a1):
            return super().eventFilter(a0, a1)
        if a1.type() == _Kind.ShortcutOverride:
            a1.accept()
            return True
        if a1.type() == _Kind.KeyPress and self._act is not None:
            self._act()
            return True
        return super().eventFilter(a0, a1)

    def _is_own(self, event: QtGui.QKeyEvent) -> bool:
        held = event.modifiers() & ~Modifier.KeypadModifier
        return any(event.key() == key and held == modifiers for key, modifiers in self._keys)
