"""The docker's small buttons."""

from __future__ import annotations

from collections.abc import Callable

from ...base.qt import QtCore, QtWidgets


def tool_button(
    name: str, label: str, purpose: str, on_click: Callable[[], object] | None = None
) -> QtWidgets.QToolButton:
    """Return a button with the object name `name`, reached by Tab; `purpose` is its tool tip and its name for screen
    readers."""
    button = QtWidgets.QToolButton()
    button.setObjectName(name)
    button.setText(label)
    button.setAccessibleName(purpose)
    button.setToolTip(purpose)
    button.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
    if on_click is not None:
        button.clicked.connect(lambda _checked=False: on_click())
    return button


def reading_arrow(widget: QtWidgets.QWidget, forward: bool = True) -> QtCore.Qt.ArrowType:
    """Return the arrow that points where text goes on in `widget`, or, not `forward`, where it comes from."""
    points_left = widget.isRightToLeft() == forward
    return QtCore.Qt.ArrowType.LeftArrow if points_left else QtCore.Qt.ArrowType.RightArrow
