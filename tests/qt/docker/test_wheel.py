"""The mouse wheel scrolls the docker: it changes no setting that the pointer happens to pass over."""

from __future__ import annotations

from typing import Any

import pytest
from hands import click, show_page, spin, widget
from huebrush.base.qt import QtCore, QtGui, QtWidgets
from huebrush.widgets.controls.folded_section import FoldedSection

KINDS = (QtWidgets.QComboBox, QtWidgets.QAbstractSpinBox, QtWidgets.QSlider)


def turn_wheel(target: QtWidgets.QWidget) -> bool:
    """Turn the wheel by one notch towards the hand over `target`; True where it was used up by that."""
    none, phase = QtCore.QPoint(), QtCore.Qt.ScrollPhase.NoScrollPhase
    middle = QtCore.QPointF(target.rect().center())
    event = QtGui.QWheelEvent(
        middle,
        QtCore.QPointF(target.mapToGlobal(target.rect().center())),
        none,
        QtCore.QPoint(0, -120),
        QtCore.Qt.MouseButton.NoButton,
        QtCore.Qt.KeyboardModifier.NoModifier,
        phase,
        False,
    )
    event.setAccepted(True)
    target.wheelEvent(event)
    spin()
    return event.isAccepted()


def state(target: Any) -> object:
    """What a control shows."""
    return target.currentIndex() if isinstance(target, QtWidgets.QComboBox) else target.value()


def controls() -> list[QtWidgets.QWidget]:
    """The settings on the docker's pages."""
    pages = widget("huebrush_page_stack")
    return [it for kind in KINDS for it in pages.findChildren(kind) if it.objectName().startswith("huebrush_")]


@pytest.mark.parametrize("page", ["colorize", "edit", "advanced"])
def test_the_wheel_passes_over_settings(document, page):
    """With all sections open, whatever has the focus; a list not even when it has been chosen from."""
    spin()
    show_page(page)
    for section in widget("huebrush_panel").findChildren(FoldedSection):
        section.set_open(True)
    spin()
    found = controls()
    assert len(found) > 20
    for target in found:
        target.clearFocus()
        before = state(target)
        assert not turn_wheel(target), target.objectName()
        assert state(target) == before, target.objectName()
        assert target.focusPolicy() != QtCore.Qt.FocusPolicy.WheelFocus, target.objectName()
        if isinstance(target, QtWidgets.QComboBox):
            target.setFocus()
            assert not turn_wheel(target) and state(target) == before, target.objectName()
    for section in widget("huebrush_panel").findChildren(FoldedSection):
        section.set_open(False)
    show_page("colorize")


def test_removing_the_last_reference_leaves_the_keyboard_with_the_list(document):
    """The button that was pressed is greyed out then, and would hand the keyboard on to any setting."""
    spin()
    widget("huebrush_panel").activateWindow()
    widget("huebrush_reference_remove").setFocus()
    click("huebrush_reference_remove")
    assert widget("huebrush_references").count() == 0
    assert QtWidgets.QApplication.focusWidget() is widget("huebrush_references")
