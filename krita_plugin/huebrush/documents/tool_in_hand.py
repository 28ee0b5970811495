"""The tool in the artist's hand, as the toolbox shows it: scripts cannot ask for it."""

from __future__ import annotations

from krita import Krita

from ..base.qt import QtWidgets, never_none

TOOL_BUTTON = "KoToolBoxButton"
"""The class of the toolbox's buttons, each of which has the name of its tool's action."""
OPEN_ENDED_TOOLS = ("KisToolTransform", "KritaTransform/KisToolMove")
"""Tools that keep Krita at work until the artist confirms what they have set up, or takes another tool."""


def has_open_ended_tool() -> bool:
    """True when the tool in hand is one with which the artist decides when Krita has finished."""
    window = Krita.instance().activeWindow()
    if window is None:
        return False
    toolbox = never_none(window.qwindow())
    buttons = (toolbox.findChild(QtWidgets.QToolButton, name) for name in OPEN_ENDED_TOOLS)
    return any(button is not None and button.isChecked() for button in buttons)


def tool_in_hand() -> str:
    """Return the name of the action that takes the tool in hand, "" where it is not known."""
    window = Krita.instance().activeWindow()
    buttons = window.qwindow().findChildren(QtWidgets.QToolButton) if window is not None else []
    tools = (button for button in buttons if never_none(button.metaObject()).className() == TOOL_BUTTON)
    return next((button.objectName() for button in tools if button.isChecked()), "")
