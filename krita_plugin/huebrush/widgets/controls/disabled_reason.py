"""Saying why a control is grey."""

from __future__ import annotations

from ...base.qt import QtWidgets

_OWN_TIP = "huebrush_own_tip"
"""The property that keeps a widget's own tool tip meanwhile."""


def explain(widget: QtWidgets.QWidget, reason: str) -> None:
    """Show `reason` as the tool tip of `widget` and of all in it that has one; with "", their own tips again."""
    for shown in (widget, *widget.findChildren(QtWidgets.QWidget)):
        own = shown.property(_OWN_TIP)
        if own is None:
            if not shown.toolTip():
                continue
            own = shown.toolTip()
            shown.setProperty(_OWN_TIP, own)
        shown.setToolTip(reason or own)
