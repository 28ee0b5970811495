"""The tool in the artist's hand, as the toolbox shows it: scripts cannot ask for it."""

from __future__ import annotations

from krita import Krita

from ..base.qt import QtWidgets, never_none

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
