"""The docker in a Krita whose language is written from right to left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from huebrush.base.qt import QtCore, QtWidgets
from huebrush.widgets.controls.folded_section import fold_head
from huebrush.widgets.places_to_check.spot_stepper import SpotStepper

Arrow, Direction = QtCore.Qt.ArrowType, QtCore.Qt.LayoutDirection


@pytest.fixture(params=[Direction.LeftToRight, Direction.RightToLeft], ids=["left-to-right", "right-to-left"])
def direction(request: pytest.FixtureRequest) -> Iterator[QtCore.Qt.LayoutDirection]:
    """A direction of writing, which is Krita's during the test."""
    before = QtWidgets.QApplication.layoutDirection()
    QtWidgets.QApplication.setLayoutDirection(request.param)
    yield request.param
    QtWidgets.QApplication.setLayoutDirection(before)


def test_folded_section_points_where_its_text_goes_on(direction):
    head = fold_head("head", "Advanced", "Shows more.")
    expected = Arrow.RightArrow if direction == Direction.LeftToRight else Arrow.LeftArrow
    assert head.arrowType() == expected
    head.setChecked(True)
    assert head.arrowType() == Arrow.DownArrow
    head.setChecked(False)
    assert head.arrowType() == expected


def test_arrows_of_the_steps_point_away_from_each_other(direction):
    """The next spot is on the right in English, on the left in Arabic, as the arrow there says."""
    stepper = SpotStepper()
    stepper.show_spots(3)
    stepper.resize(stepper.sizeHint())
    buttons = [stepper.findChild(QtWidgets.QToolButton, f"huebrush_spot_{name}") for name in ("previous", "next")]
    stepper.layout().activate()
    left, right = sorted(buttons, key=lambda button: button.x())
    assert (left.arrowType(), right.arrowType()) == (Arrow.LeftArrow, Arrow.RightArrow)
    assert (right is buttons[1]) == (direction == Direction.LeftToRight)
    stepper.hide()
