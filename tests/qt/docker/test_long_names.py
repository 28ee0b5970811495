"""Names in closed lists: as much as there is room for, and all of it by the tool tip."""

from __future__ import annotations

import pytest
from hands import delete_now, spin
from huebrush.base.qt import QtCore, QtGui, QtWidgets
from huebrush.widgets.controls.inputs import NameList

NAME = "Ink of the second page, cleaned and closed"
TIP = "The layer with the lines"


def picture(shown: NameList) -> QtGui.QImage:
    """What the list looks like."""
    return shown.grab().toImage()


@pytest.fixture
def name_list():
    shown = NameList(5)
    shown.addItems([NAME, NAME[: len(NAME) // 3]])
    shown.setToolTip(TIP)
    shown.show()
    spin()
    yield shown
    QtWidgets.QToolTip.hideText()
    delete_now(shown)


def said(shown: NameList) -> str:
    """The tool tip that appears when the pointer rests on the list."""
    middle = shown.rect().center()
    event = QtGui.QHelpEvent(QtCore.QEvent.Type.ToolTip, middle, shown.mapToGlobal(middle))
    QtWidgets.QApplication.sendEvent(shown, event)
    return QtWidgets.QToolTip.text()


def test_a_name_without_room_ends_in_an_ellipsis(document, name_list):
    name_list.resize(160, name_list.sizeHint().height())
    spin()
    cut = name_list.shown_name()
    assert cut.endswith("…") and NAME.startswith(cut[:-1]) and len(cut) > 5
    assert said(name_list) == f"{NAME}\n{TIP}"
    before = picture(name_list)
    name_list.setItemText(0, cut)
    assert picture(name_list) == before, "what is drawn is what is told"


def test_a_name_with_room_is_drawn_as_qt_does(document, name_list):
    name_list.resize(500, name_list.sizeHint().height())
    spin()
    assert name_list.shown_name() == NAME and said(name_list) == TIP
    plain = QtWidgets.QComboBox()
    plain.addItem(NAME)
    plain.resize(name_list.size())
    plain.show()
    spin()
    name_list.clearFocus()
    plain.clearFocus()
    assert picture(name_list) == plain.grab().toImage()
    delete_now(plain)


def test_a_picture_takes_room_from_the_name(document, name_list):
    name_list.resize(200, name_list.sizeHint().height())
    without = name_list.shown_name()
    square = QtGui.QPixmap(16, 16)
    square.fill(QtCore.Qt.GlobalColor.red)
    name_list.setItemIcon(0, QtGui.QIcon(square))
    assert len(name_list.shown_name()) < len(without)
