"""The heads of the docker's folded parts."""

from __future__ import annotations

from ..qt import QtCore, QtWidgets
from .buttons import tool_button


def fold_head(name: str, label: str, purpose: str) -> QtWidgets.QToolButton:
    """Return a flat button with an arrow that is down while it is checked, to fold a part out and in."""
    head = tool_button(name, label, purpose)
    head.setCheckable(True)
    head.setAutoRaise(True)
    head.setToolButtonStyle(QtCore.Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    head.setArrowType(QtCore.Qt.ArrowType.RightArrow)
    head.toggled.connect(
        lambda is_open: head.setArrowType(QtCore.Qt.ArrowType.DownArrow if is_open else QtCore.Qt.ArrowType.RightArrow)
    )
    return head
