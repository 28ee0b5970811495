"""The tool in the artist's hand, as the toolbox shows it: scripts cannot ask for it."""

from __future__ import annotations

from krita import Krita

from ..base.qt import QtCore, QtWidgets, never_none

TOOLBOX = "ToolBox"
"""The name of the docker that is the toolbox."""
TOOL_BUTTON = "KoToolBoxButton"
"""The class of the toolbox's buttons, each of which has the name of its tool's action."""
OPEN_ENDED_TOOLS = ("KisToolTransform", "KritaTransform/KisToolMove")
"""Tools that keep Krita at work until the artist confirms what they have set up, or takes another tool."""


def has_open_ended_tool() -> bool:
    """True when the tool in hand is one with which the artist decides when Krita has finished."""
    toolbox = _toolbox()
    if toolbox is None:
        return False
    buttons = (toolbox.findChild(QtWidgets.QToolButton, name) for name in OPEN_ENDED_TOOLS)
    return any(button is not None and button.isChecked() for button in buttons)


def tool_in_hand() -> str:
    """Return the name of the action that takes the tool in hand, "" where it is not known."""
    toolbox = _toolbox()
    buttons = toolbox.findChildren(QtWidgets.QToolButton) if toolbox is not None else []
    tools = (button for button in buttons if never_none(button.metaObject()).className() == TOOL_BUTTON)
    return next((button.objectName() for button in tools if button.isChecked()), "")


def _toolbox() -> QtWidgets.QWidget | None:
    """Return the widget that holds the tools' buttons, None without a window.

    To look through the whole window takes Krita a noticeable time.
    """
    window = Krita.instance().activeWindow()
    if window is None:
        return None
    whole = never_none(window.qwindow())
    direct = QtCore.Qt.FindChildOption.FindDirectChildrenOnly
    return whole.findChild(QtWidgets.QDockWidget, TOOLBOX, direct) or whole
