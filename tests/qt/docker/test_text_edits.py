"""The changes by text in the docker: writing, completing, ordering and switching them, and what the backend gets."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator

import pytest
from docker_jobs import cancel, colorize, connected_with, remembered
from hands import (
    Key,
    QTest,
    click,
    drag_row,
    labels,
    new_document,
    pick,
    press,
    show_document,
    show_page,
    spin,
    tab_order,
    type_number,
    type_text,
    widget,
)
from huebrush import api
from huebrush.base.qt import QtCore, QtGui, QtWidgets
from huebrush.jobs.to_protocol import protocol_edits
from huebrush.session import session
from huebrush.settings.store import DocumentSettings, SettingsStore
from huebrush.settings.text_edits import TextEditSettings
from huebrush_protocol.messages import ModelInfo, Submit
from huebrush_protocol.parameter_ranges import MAX_EDITS, MAX_TEXT_LENGTH, RANGES
from huebrush_protocol.parameters import TextEdit
from scripted_backend import ScriptedBackend

WORDS = ("blonde", "blue", "brown", "hair", "hat", "pale blue", "royal blue")
ABLE = ModelInfo("demo", "Demo", "demo", "free", available=True, vocabulary=WORDS)
OTHER = ModelInfo("other", "Other", "v1", "free", available=True)
UNABLE = ModelInfo("base", "Baseline", "base", "free", available=True, controls=())
ALT = QtCore.Qt.KeyboardModifier.AltModifier
pytestmark = pytest.mark.usefixtures("edits_shown")


@pytest.fixture
def connected(document, backend: ScriptedBackend) -> Iterator[ScriptedBackend]:
    """A backend with a model whose words are known, one whose are not, and one that has no edits."""
    with connected_with(backend, ABLE, UNABLE, OTHER):
        yield backend


def kept() -> tuple[TextEditSettings, ...]:
    """What the plugin remembers for the active document."""
    return remembered().edits


def write(*targets: str) -> None:
    """Add a change for each of these targets."""
    for target in targets:
        click("huebrush_edit_add")
        type_text("huebrush_edit_target", target)


def sent_edits(backend: ScriptedBackend) -> tuple[TextEdit, ...]:
    """Press Colorize, take the job, and cancel it; return its edits."""
    edits = colorize(backend).parameters.edits
    cancel(backend)
    return edits


def targets() -> list[str]:
    return [edit.target for edit in kept()]


def test_its_page_is_chosen_by_keyboard_and_remembered():
    assert SettingsStore(session().store.folder).plugin.page == "edit"
    assert widget("huebrush_edit_add").isVisible()
    press("huebrush_page_colorize", Key.Key_Space)
    assert not widget("huebrush_edit_add").isVisible()
    assert SettingsStore(session().store.folder).plugin.page == "colorize"
    press("huebrush_page_edit", Key.Key_Space)


def test_every_part_of_a_change_is_remembered_and_sent(connected):
    """And the page's button says how many are on."""
    assert widget("huebrush_page_edit").text() == "Edit"
    show_page("edit")
    assert not widget("huebrush_edits_list").isVisible() and not widget("huebrush_edit_target").isVisible()
    press("huebrush_edit_add", Key.Key_Space)
    assert QtWidgets.QApplication.focusWidget() is widget("huebrush_edit_anchor"), "one can type at once"
    assert not widget("huebrush_edit_enhanced").isVisible(), "the finer points are folded in"
    type_text("huebrush_edit_anchor", "the girl's brown hair")
    type_text("huebrush_edit_target", "the girl's blue hair ")
    pick("huebrush_edit_where", "Where words fit")
    type_text("huebrush_edit_control", "hair")
    type_number("huebrush_edit_strength_number", 12)
    press("huebrush_edit_details", Key.Key_Space)
    press("huebrush_edit_enhanced", Key.Key_Space)
    type_number("huebrush_edit_threshold_1", 60)
    assert [widget(f"huebrush_edit_threshold_{number}").value() for number in (1, 2, 3, 4)] == [60, 60, 65, 95]
    type_number("huebrush_edit_threshold_3", 40)
    assert kept()[0].thresholds == (40, 40, 40, 95), "always ascending"
    type_number("huebrush_edit_threshold_2", 45)
    write("green eyes")
    assert widget("huebrush_page_edit").text() == "Edit (2)"
    assert labels("huebrush_edits_list") == ["the girl's brown hair → the girl's blue hair, in hair", "→ green eyes"]
    wanted = TextEdit("the girl's blue hair", "the girl's brown hair", "hair", 12.0, True, (0.4, 0.45, 0.45, 0.95))
    assert sent_edits(connected) == (wanted, TextEdit("green eyes"))
    press("huebrush_edits_list", Key.Key_Up)
    assert widget("huebrush_edit_control").text() == "hair" and widget("huebrush_edit_enhanced").isChecked()
    assert widget("huebrush_edit_details").text() == "Details (changed)"
    click("huebrush_edit_details_reset")
    assert (kept()[0].enhanced, kept()[0].thresholds, kept()[0].strength) == (False, (50, 55, 65, 95), 12.0)
    assert widget("huebrush_edit_details").text() == "Details"
    press("huebrush_edit_details", Key.Key_Space)


def test_strength_by_slider_goes_as_far_as_the_protocol_allows(document):
    write("blue")
    slider = widget("huebrush_edit_strength_slider")
    press("huebrush_edit_strength_slider", Key.Key_End)
    assert kept()[0].strength == RANGES["edits.strength"][1]
    press("huebrush_edit_strength_slider", Key.Key_Home, Key.Key_Right)
    assert kept()[0].strength == 0.5 and widget("huebrush_edit_strength_number").value() == 0.5
    type_number("huebrush_edit_strength_number", 8)
    assert slider.value() == 80


def test_one_without_a_goal_and_one_switched_off_are_kept_and_not_sent(connected):
    write("blue hair", "green eyes")
    press("huebrush_edit_add", Key.Key_Space)
    type_text("huebrush_edit_anchor", "red hat")
    row = widget("huebrush_edits_list").item(2)
    assert row.text() == "red hat → ?" and row.font().italic() and "does nothing yet" in row.toolTip()
    press("huebrush_edits_list", Key.Key_Home, Key.Key_Space)
    assert not kept()[0].enabled and widget("huebrush_page_edit").text() == "Edit (1)"
    assert sent_edits(connected) == (TextEdit("green eyes"),)
    assert len(kept()) == 3
    press("huebrush_edits_list", Key.Key_Space)
    assert [edit.target for edit in sent_edits(connected)] == ["blue hair", "green eyes"]


def test_order_by_dragging_by_keys_and_by_buttons(connected):
    write("one", "two", "three")
    drag_row("huebrush_edits_list", 2, 0)
    assert targets() == ["three", "one", "two"]
    assert widget("huebrush_edit_target").text() == "three", "the one that was dragged stays chosen"
    drag_row("huebrush_edits_list", 0, 1)
    assert targets() == ["one", "three", "two"]
    shown = widget("huebrush_edits_list")
    shown.setFocus()
    QTest.keyClick(shown, Key.Key_Down, ALT)
    assert targets() == ["one", "two", "three"]
    QTest.keyClick(shown, Key.Key_Down, ALT)
    assert targets() == ["one", "two", "three"], "there is nothing below"
    QTest.keyClick(shown, Key.Key_Up, ALT)
    assert targets() == ["one", "three", "two"] and shown.currentRow() == 1
    click("huebrush_edit_up")
    assert targets() == ["three", "one", "two"] and not widget("huebrush_edit_up").isEnabled()
    press("huebrush_edit_down", Key.Key_Space)
    assert targets() == ["one", "three", "two"]
    assert [edit.target for edit in sent_edits(connected)] == ["one", "three", "two"]


def test_a_click_on_a_row_chooses_it_and_on_its_tick_switches_it(document):
    write("one", "two")
    shown = widget("huebrush_edits_list")
    first = shown.visualItemRect(shown.item(0))
    left, none = QtCore.Qt.MouseButton.LeftButton, QtCore.Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(shown.viewport(), left, none, first.center())
    assert widget("huebrush_edit_target").text() == "one" and kept()[0].enabled
    option = QtWidgets.QStyleOptionViewItem()
    option.rect = first
    option.features |= QtWidgets.QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
    tick = shown.style().subElementRect(QtWidgets.QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, shown)
    QTest.mouseClick(shown.viewport(), left, none, tick.center())
    assert [edit.enabled for edit in kept()] == [False, True]


def test_removing_by_button_and_by_delete(document):
    write("one", "two", "three")
    click("huebrush_edit_remove")
    assert targets() == ["one", "two"] and widget("huebrush_edit_target").text() == "two"
    press("huebrush_edits_list", Key.Key_Delete, Key.Key_Delete)
    assert kept() == () and not widget("huebrush_edit_target").isVisible()
    assert not widget("huebrush_edit_remove").isEnabled()


def test_the_last_word_is_completed_from_what_the_model_knows(connected):
    """With entries of two words too; going through the proposals keeps what stands before."""
    write("")
    field, proposals = widget("huebrush_edit_target"), widget("huebrush_edit_target").completer().popup()

    def shown() -> list[str]:
        model = proposals.model()
        return [model.index(row, 0).data() for row in range(model.rowCount())] if proposals.isVisible() else []

    type_text("huebrush_edit_target", "b")
    assert shown() == ["blonde", "blue", "brown"]
    QTest.keyClick(proposals, Key.Key_Down)
    QTest.keyClick(proposals, Key.Key_Down)
    QTest.keyClick(proposals, Key.Key_Return)
    assert field.text() == "blue" and kept()[0].target == "blue" and not shown()
    QTest.keyClicks(field, " ")
    assert not shown(), "nothing is proposed before a word is begun"
    QTest.keyClicks(field, "HA")
    assert shown() == ["hair", "hat"]
    QTest.keyClick(proposals, Key.Key_Down)
    QTest.keyClick(proposals, Key.Key_Down)
    QTest.keyClick(proposals, Key.Key_Up)
    QTest.keyClick(proposals, Key.Key_Return)
    assert kept()[0].target == "blue hair"
    pick("huebrush_edit_where", "Where words fit")
    type_text("huebrush_edit_control", "long ro")
    control = widget("huebrush_edit_control").completer().popup()
    QTest.keyClick(control, Key.Key_Down)
    QTest.keyClick(control, Key.Key_Return)
    assert kept()[0].control == "long royal blue"
    pick("huebrush_model", "Other")
    type_text("huebrush_edit_target", "b")
    assert not shown(), "this model does not say which words it knows"
    assert kept()[0].target == "b"


def test_a_model_without_edits_says_so_and_gets_none(connected):
    write("blue hair")
    pick("huebrush_model", "Baseline")
    assert widget("huebrush_page_edit").text() == "Edit (1)"
    for name in ("edit_target", "edit_strength_number", "edit_add", "edit_remove", "edits_list"):
        assert not widget(f"huebrush_{name}").isEnabled(), name
        assert "“Baseline” cannot do this" in widget(f"huebrush_{name}").toolTip(), name
    assert "“Baseline” cannot do this" in widget("huebrush_page_edit").toolTip()
    assert sent_edits(connected) == ()
    pick("huebrush_model", "Demo")
    assert widget("huebrush_edit_target").toolTip() == "What it should be, such as “blue hair”"
    assert sent_edits(connected) == (TextEdit("blue hair"),)


def test_limits_are_the_protocols(document):
    write("blue hair")
    assert widget("huebrush_edit_target").maxLength() == MAX_TEXT_LENGTH
    for _ in range(MAX_EDITS - 1):
        click("huebrush_edit_add")
    assert len(kept()) == MAX_EDITS and not widget("huebrush_edit_add").isEnabled()


def test_they_belong_to_the_document_and_survive_in_a_file(document, tmp_path):
    document.setFileName(str(tmp_path / "page.kra"))
    write("blue hair")
    wanted = (
        TextEditSettings("brown hair", "blue hair", "hair", 5.5, False, True, (10, 20, 30, 40)),
        TextEditSettings(),
    )
    settings = session().store.load(document)
    assert settings is not None
    session().store.remember(document, dataclasses.replace(settings, edits=wanted))
    anew = SettingsStore(session().store.folder).load(document)
    assert anew is not None and anew.edits == wanted
    other = new_document(8, 8, "Other page")
    show_document(other)
    spin()
    assert kept() == () and widget("huebrush_page_edit").text() == "Edit", "a new page begins without"
    show_document(document)
    spin()
    assert (
        widget("huebrush_edit_anchor").text() == "brown hair" and widget("huebrush_edit_strength_number").value() == 5.5
    )
    assert labels("huebrush_edits_list") == ["brown hair → blue hair, in hair", "→ ?"]
    assert widget("huebrush_edits_list").item(0).checkState() == QtCore.Qt.CheckState.Unchecked
    other.close()
    (file,) = [
        path
        for path in (session().store.folder / "documents").glob("*.json")
        if "brown hair" in path.read_text("utf-8")
    ]
    values = json.loads(file.read_text("utf-8"))
    for damage, found in (
        ("none", ()),
        (
            ["blue", 3, {"target": "x", "strength": "much", "thresholds": ["a", 7]}],
            (TextEditSettings(target="x", thresholds=(7,)),),
        ),
    ):
        file.write_text(json.dumps({**values, "edits": damage}), "utf-8")
        loaded = SettingsStore(session().store.folder).load(document)
        assert isinstance(loaded, DocumentSettings) and loaded.edits == found


def test_what_cannot_be_sent_as_it_is_becomes_what_can():
    """Such as a damaged file or a script may hold."""
    odd = TextEditSettings(target=" x ", anchor=" ", strength=99.0, thresholds=(90, 10, 50, 30))
    assert protocol_edits([odd]) == (TextEdit("x", strength=15.0, thresholds=(0.1, 0.3, 0.5, 0.9)),)
    assert protocol_edits([TextEditSettings(target="x", thresholds=(7,))]) == (TextEdit("x"),)
    assert protocol_edits([TextEditSettings(target=" ")]) == ()


def test_scripts_may_ask_for_edits_too(connected, document):
    red = next(node for node in document.rootNode().childNodes() if node.name() == "Reference")
    api.colorize(document, references=[red], edits=[TextEditSettings("red", "blue"), TextEditSettings()])
    assert connected.receive(Submit).parameters.edits == (TextEdit("blue", "red"),)


def test_every_control_has_a_name_and_is_reached_by_tab(document):
    write("one", "two")
    click("huebrush_edit_details")
    body = widget("huebrush_edits_list").parentWidget()
    kinds = (
        QtWidgets.QAbstractButton,
        QtWidgets.QLineEdit,
        QtWidgets.QAbstractSpinBox,
        QtWidgets.QSlider,
        QtWidgets.QListWidget,
    )
    controls = [
        child for kind in kinds for child in body.findChildren(kind) if child.objectName().startswith("huebrush_")
    ]
    assert [child.objectName() for child in controls if not child.accessibleName()] == []
    reached = tab_order("huebrush_presets")[1:]
    expected = [
        "huebrush_edits_list",
        "huebrush_edit_add",
        "huebrush_edit_remove",
        "huebrush_edit_up",
        "huebrush_edit_anchor",
        "huebrush_edit_target",
        "huebrush_edit_color",
        "huebrush_edit_patch",
        "huebrush_edit_where",
        "huebrush_edit_control",
        "huebrush_edit_strength_slider",
        "huebrush_edit_strength_number",
        "huebrush_edit_details",
        "huebrush_edit_enhanced",
        *(f"huebrush_edit_threshold_{number}" for number in (1, 2, 3, 4)),
        "huebrush_edit_details_reset",
    ]
    assert reached[: len(expected)] == expected
    click("huebrush_edit_details")


def test_the_boxes_of_rows_that_are_off_can_be_seen_in_dark_themes_too(document):
    """Qt would outline them in a shade of the window, and the list is hardly darker than that."""
    write("one")
    press("huebrush_edits_list", Key.Key_Space)
    shown = widget("huebrush_edits_list")

    def contrast() -> int:
        shown.clearFocus()
        shown.clearSelection()
        spin()
        image = shown.viewport().grab().toImage()
        row = shown.visualItemRect(shown.item(0))
        lights = [image.pixelColor(x, row.center().y()).lightness() for x in range(row.left(), row.left() + 16)]
        return max(lights) - min(lights)

    before = QtWidgets.QApplication.palette()
    assert contrast() > 40
    dark = QtGui.QPalette(before)
    for role, color in (("Window", "#464646"), ("Base", "#333333"), ("Text", "#d0d0d0"), ("WindowText", "#d0d0d0")):
        dark.setColor(getattr(QtGui.QPalette.ColorRole, role), QtGui.QColor(color))
    QtWidgets.QApplication.setPalette(dark)
    spin()
    assert contrast() > 40
    QtWidgets.QApplication.setPalette(before)
    spin()
    assert contrast() > 40


def test_a_thing_is_said_once(edits_shown, backend):
    """A new edit acts where the words under From fit; other words for the place are possible, and shown as usual."""
    click("huebrush_edit_add")
    assert widget("huebrush_edit_where").currentText() == "Where words fit"
    control = widget("huebrush_edit_control")
    assert control.placeholderText() == "everywhere"
    type_text("huebrush_edit_anchor", "pale green hair")
    type_text("huebrush_edit_target", "blue hair")
    assert control.placeholderText() == "pale green hair"
    (edit,) = protocol_edits(remembered().edits)
    assert (edit.anchor, edit.target, edit.control) == ("pale green hair", "blue hair", "pale green hair")
    type_text("huebrush_edit_control", "hair")
    assert protocol_edits(remembered().edits)[0].control == "hair"
    pick("huebrush_edit_where", "Everywhere")
    assert protocol_edits(remembered().edits)[0].control is None


@pytest.mark.parametrize(("result", "is_whole"), [("Flats", True), ("Picture", False)])
def test_strokes_stand_for_regions_where_there_are_some(document, edits_shown, backend, result, is_whole):
    """At first: what the artist chooses stays."""
    with connected_with(backend, ABLE, capabilities=("regions", "text_brush", "whole_regions")):
        show_page("colorize")
        pick("huebrush_result", result)
        show_page("edit")
        click("huebrush_edit_add")
        pick("huebrush_edit_where", "Text brush")
        assert widget("huebrush_edit_whole_regions").isChecked() is is_whole
        widget("huebrush_edit_whole_regions").click()
        pick("huebrush_edit_where", "Everywhere")
        pick("huebrush_edit_where", "Text brush")
        assert widget("huebrush_edit_whole_regions").isChecked() is not is_whole
        show_page("colorize")
        pick("huebrush_result", "Picture")
