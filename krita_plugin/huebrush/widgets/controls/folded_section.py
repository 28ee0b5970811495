"""Section of the docker that is closed at first; its contents are made when it is first opened."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from ...base.qt import QtCore, QtWidgets, Signal
from .buttons import reading_arrow, tool_button

TAB_POLICIES = (
    QtCore.Qt.FocusPolicy.TabFocus,
    QtCore.Qt.FocusPolicy.StrongFocus,
    QtCore.Qt.FocusPolicy.WheelFocus,
)


class FoldedSection(QtWidgets.QWidget):
    """Head that opens and closes a body. `make_body` is called when it is first opened.

    Emits `folded(bool)` when it was folded in (True) or out.
    """

    folded = Signal(bool)

    def __init__(self, name: str, title: str, purpose: str, make_body: Callable[[], QtWidgets.QWidget]) -> None:
        """`name`: the head's object name. `purpose`: its tool tip and name for screen readers."""
        super().__init__()
        self._make_body = make_body
        self._content: QtWidgets.QWidget | None = None
        self.head = fold_head(name, title, purpose)
        self.head.toggled.connect(self._on_toggled)
        self._head_row = QtWidgets.QHBoxLayout()
        self._head_row.addWidget(self.head)
        self._head_row.addStretch(1)
        self._layout = QtWidgets.QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._layout.addLayout(self._head_row)

    @property
    def is_open(self) -> bool:
        """True while it is open."""
        return self.head.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Open or close it."""
        self.head.setChecked(is_open)

    def add_to_head(self, widget: QtWidgets.QWidget) -> None:
        """Put `widget` at the end of the head's row."""
        self._head_row.addWidget(widget)

    def _on_toggled(self, is_open: bool) -> None:
        if is_open and self._content is None:
            self._content = self._make_body()
            self._layout.addWidget(self._content)
            self._order_tabs(self._content)
        if self._content is not None:
            self._content.setVisible(is_open)
        self.folded.emit(not is_open)

    def _order_tabs(self, content: QtWidgets.QWidget) -> None:
        """Let Tab go from the head's row into `content`, which would otherwise come last because it was made last."""
        reached = [self.head, *(widget for widget in tab_stops(self) if self._is_in_head(widget))]
        reached += tab_stops(content)
        for earlier, later in pairwise(dict.fromkeys(reached)):
            self.setTabOrder(earlier, later)

    def _is_in_head(self, widget: QtWidgets.QWidget) -> bool:
        return self._head_row.indexOf(widget) >= 0


def tab_stops(parent: QtWidgets.QWidget) -> list[QtWidgets.QWidget]:
    """Return the widgets within `parent` that Tab stops at, in their present order."""
    stops, widget = [], parent.nextInFocusChain()
    while widget is not None and widget is not parent:
        if parent.isAncestorOf(widget) and widget.focusPolicy() in TAB_POLICIES and widget.focusProxy() is None:
            stops.append(widget)
        widget = widget.nextInFocusChain()
    return stops


def fold_head(name: str, label: str, purpose: str) -> QtWidgets.QToolButton:
    """Return a flat button that opens and closes a section; its arrow points down while it is checked."""
    head = tool_button(name, label, purpose)
    head.setCheckable(True)
    head.setAutoRaise(True)
    head.setToolButtonStyle(QtCore.Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    point_arrow(head, is_open=False)
    head.toggled.connect(lambda is_open: point_arrow(head, is_open))
    return head


def point_arrow(head: QtWidgets.QToolButton, is_open: bool) -> None:
    """Let the arrow of a section's head point down, or, closed, where its text goes on."""
    head.setArrowType(QtCore.Qt.ArrowType.DownArrow if is_open else reading_arrow(head))
