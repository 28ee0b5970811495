"""Where in the reference a change acts: asked of the backend, shown, and parted by thresholds that can be dragged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from docker_jobs import DEMO, connected_with, remembered
from hands import Key, banner, click, drag, labels, pick, press, type_text, wait_for, widget
from huebrush.base.qt import QtCore
from huebrush_protocol.messages import Accepted, Acknowledge, Cancel, Failed, ImageHeader, Locate, Located
from scripted_backend import ScriptedBackend

PLACES = bytes([0, 0, 255, 255] * 4)
"""4 by 4 places: the left half fits not at all, the right half at its best."""


@pytest.fixture
def connected(edits_shown, backend: ScriptedBackend) -> Iterator[ScriptedBackend]:
    with connected_with(backend, DEMO, capabilities=("locate", "locate_edits", "text_brush")):
        click("huebrush_edit_add")
        type_text("huebrush_edit_target", "blue hair")
        pick("huebrush_edit_where", "Where words fit")
        click("huebrush_edit_details")
        yield backend
        click("huebrush_edit_details")  # as a new Krita has it


def ask(backend: ScriptedBackend, words: str = "brown hair") -> Locate:
    type_text("huebrush_edit_control", words)
    click("huebrush_edit_fit_show")
    return backend.receive(Locate)


def answer(backend: ScriptedBackend, asked: Locate) -> None:
    backend.send(Accepted(asked.job))
    backend.send(Located(asked.job, (ImageHeader("fit", 4, 4, "GRAY"),)), [PLACES])
    assert backend.receive(Acknowledge).job == asked.job
    wait_for(lambda: widget("huebrush_edit_fit_map").isVisible(), "the picture")


def thresholds() -> list[int]:
    return [widget(f"huebrush_edit_threshold_{number}").value() for number in (1, 2, 3, 4)]


def test_the_first_reference_is_asked_for_the_words(connected) -> None:
    assert not widget("huebrush_edit_fit_show").isEnabled(), "everywhere is nowhere to look for"
    asked = ask(connected)
    (header,) = asked.images
    assert (asked.model, asked.text, header.role, header.order) == ("demo", "brown hair", "reference", "BGRA")
    assert not widget("huebrush_edit_fit_map").isVisible()
    answer(connected, asked)
    shown = widget("huebrush_edit_fit_map")
    assert (shown.level_at(0.1, 0.5), shown.level_at(0.9, 0.5)) == (0, 4)


def test_with_several_references_one_is_chosen(connected) -> None:
    """Only then there is a choice; another one is asked for at once, and what was shown goes meanwhile."""
    answer(connected, ask(connected))
    choice = widget("huebrush_edit_fit_reference")
    assert not choice.isVisible()
    widget("huebrush_reference_list").fill_menu()
    menu = widget("huebrush_add_reference_menu")
    next(action for action in menu.actions() if action.text() == "Background").trigger()
    assert widget("huebrush_edit_fit_map").isVisible(), "the first one is the same still"
    assert labels("huebrush_edit_fit_reference") == ["1: Reference", "2: Background"] and choice.isVisible()
    pick("huebrush_edit_fit_reference", "2: Background")
    assert not widget("huebrush_edit_fit_map").isVisible()
    second = connected.receive(Locate)
    assert second.images[0].name == "Background"
    answer(connected, second)
    widget("huebrush_references").setCurrentRow(1)
    click("huebrush_reference_remove")
    assert not choice.isVisible() and not widget("huebrush_edit_fit_map").isVisible()
    click("huebrush_edit_fit_show")
    asked = connected.receive(Locate)
    assert asked.images[0].name == "Reference"
    answer(connected, asked)


def test_the_changes_that_come_before_are_made_first(connected) -> None:
    """Those alone that act on the reference; with other ones before it the picture is another one."""
    click("huebrush_edit_add")
    type_text("huebrush_edit_target", "red hat")
    pick("huebrush_edit_where", "Text brush")
    click("huebrush_edit_add")
    type_text("huebrush_edit_target", "green top")
    pick("huebrush_edit_where", "Where words fit")
    asked = ask(connected, "brown top")
    assert [(edit.target, edit.control) for edit in asked.edits] == [("blue hair", None)]
    answer(connected, asked)
    press("huebrush_edits_list", Key.Key_Home, Key.Key_Space, Key.Key_End)
    assert not widget("huebrush_edit_fit_map").isVisible(), "the one before is off now"
    click("huebrush_edit_fit_show")
    asked = connected.receive(Locate)
    assert asked.edits == ()
    answer(connected, asked)
    press("huebrush_edits_list", Key.Key_Home, Key.Key_Space, Key.Key_End)
    assert not widget("huebrush_edit_fit_map").isVisible()


def test_levels_are_painted_over_the_picture(connected) -> None:
    answer(connected, ask(connected))
    shown = widget("huebrush_edit_fit_map")
    rect, image = shown.picture_rect(), shown.grab().toImage()
    scale = image.width() / shown.width()
    left, right = (
        image.pixelColor(int((rect.left() + share * rect.width()) * scale), int(rect.height() / 2 * scale))
        for share in (0.1, 0.9)
    )
    assert left.blue() > left.red() and right.red() > right.blue()


def test_a_line_that_is_dragged_is_a_threshold(connected) -> None:
    answer(connected, ask(connected))
    shown = widget("huebrush_edit_fit_map")
    assert thresholds() == [50, 55, 65, 95]
    y = shown.height() - 8
    begin = QtCore.QPoint(round(shown.threshold_x(2)), y)
    drag(shown, begin, begin + QtCore.QPoint(round(0.1 * (shown.width() - 16)), 0))
    third = thresholds()[2]
    assert 73 <= third <= 77 and thresholds()[:2] == [50, 55]
    assert remembered().edits[0].thresholds == (50, 55, third, 95)
    drag(shown, QtCore.QPoint(begin.x(), 20), QtCore.QPoint(10, 20))
    assert thresholds()[2] == third, "the picture has no lines to take"


def test_other_words_take_the_picture_away_and_the_same_bring_it_back(connected) -> None:
    answer(connected, ask(connected))
    type_text("huebrush_edit_control", "hat")
    assert not widget("huebrush_edit_fit_map").isVisible()
    type_text("huebrush_edit_control", "brown hair")
    assert widget("huebrush_edit_fit_map").isVisible()
    pick("huebrush_edit_where", "Everywhere")
    assert not widget("huebrush_edit_fit_map").isVisible() and not widget("huebrush_edit_fit_show").isEnabled()


def test_a_new_question_takes_the_place_of_the_last(connected) -> None:
    first = ask(connected)
    type_text("huebrush_edit_control", "hat")
    click("huebrush_edit_fit_show")
    assert connected.receive(Cancel).job == first.job
    second = connected.receive(Locate)
    assert second.text == "hat"
    connected.send(Located(first.job, (ImageHeader("fit", 4, 4, "GRAY"),)), [PLACES])
    answer(connected, second)


def test_what_the_backend_cannot_find_is_said(connected) -> None:
    asked = ask(connected)
    connected.send(Failed(asked.job, "bad_input", "This model does not tell places apart.", "Choose another."))
    assert connected.receive(Acknowledge).job == asked.job
    wait_for(banner, "the banner")
    assert widget("huebrush_banner").problem.message == "This model does not tell places apart."
    assert not widget("huebrush_edit_fit_map").isVisible()
