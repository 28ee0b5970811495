"""The text brush in the docker: where an edit acts, its layer, its colours and its shortcuts."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from brush_steps import brushed, names
from docker_jobs import called, greet, remembered
from hands import click, labels, spin, widget
from huebrush.base.colors import parse_color
from huebrush.base.qt import QtCore, QtGui, QtWidgets
from huebrush.documents.own_layers import find_text_brush_layer, pickable_layers
from huebrush.jobs.to_protocol import protocol_edits
from huebrush.settings.store import DocumentSettings
from huebrush.settings.text_edits import TextEditSettings
from huebrush.strokes.brush_colors import BRUSH_COLORS
from huebrush.strokes.text_brush_layer import make_text_brush_layer
from krita import Krita

pytestmark = pytest.mark.usefixtures("edits_shown")
FIRST, SECOND = BRUSH_COLORS[:2]


def test_the_shortcut_makes_an_edit_a_layer_and_takes_the_colour(document):
    brushed("blue hair")
    assert names(document)[0] == "Text brush" and document.activeNode().name() == "Text brush"
    assert document.activeNode().opacity() < 255, "lines show through"
    window = Krita.instance().activeWindow()
    blue, green, red, _ = window.activeView().foregroundColor().components()
    assert tuple(round(255 * share) for share in (red, green, blue)) == parse_color(FIRST)
    assert labels("huebrush_edits_list") == ["→ blue hair, painted"]
    assert not widget("huebrush_edits_list").item(0).icon().isNull(), "the row shows the colour"
    brushed("green eyes")
    assert names(document).count("Text brush") == 1
    assert [edit.color for edit in remembered().edits] == [FIRST, SECOND]


def test_edits_are_switched_moved_and_removed_by_shortcuts(document):
    brushed("one")
    brushed("two")

    def trigger(name: str) -> None:
        Krita.instance().action(f"huebrush_{name}").trigger()
        spin()

    def shown() -> list[tuple[str, bool]]:
        return [(edit.target, edit.enabled) for edit in remembered().edits]

    trigger("toggle_edit")
    assert shown() == [("one", True), ("two", False)]
    trigger("move_edit_up")
    assert shown() == [("two", False), ("one", True)]
    trigger("move_edit_down")
    trigger("delete_edit")
    assert shown() == [("one", True)]
    widget("huebrush_edits_list").setCurrentRow(0)
    document.setActiveNode(document.rootNode().childNodes()[0])
    trigger("brush_edit")
    assert document.activeNode().name() == "Text brush"


def test_the_brush_layer_is_known_by_its_note_or_its_name(document):
    assert find_text_brush_layer(document) is None
    layer = make_text_brush_layer(document)
    layer.setName("my strokes")
    assert find_text_brush_layer(document) == layer
    assert "my strokes" not in [entry.name for entry in pickable_layers(document)]
    other = document.createNode("Textpinsel", "paintlayer")  # as a German Krita called it
    document.rootNode().addChildNode(other, None)
    assert find_text_brush_layer(document) == layer
    layer.remove()
    assert find_text_brush_layer(document) == other


def test_a_colour_is_chosen_by_the_button(document, monkeypatch):
    """Krita's user answers the dialog; here it answers itself, because a modal window takes the focus for good."""
    asked = []

    def answer_at_once(dialog: Any) -> None:
        asked.append(dialog.currentColor().name())
        dialog.colorSelected.emit(QtGui.QColor("#123456"))
        dialog.deleteLater()

    monkeypatch.setattr(QtWidgets.QColorDialog, "open", answer_at_once)
    click("huebrush_edit_add")
    click("huebrush_edit_color")
    assert widget("huebrush_edit_target").text() == "#123456"
    click("huebrush_edit_color")
    assert asked[1] == "#123456", "it begins with the colour there is"


def test_a_backend_that_cannot_greys_it_out_and_says_so(document, backend):
    with called(backend):
        greet(backend, capabilities=("regions",))
        click("huebrush_edit_add")
        box = widget("huebrush_edit_where")
        flags = [bool(box.model().index(row, 0).flags() & QtCore.Qt.ItemFlag.ItemIsEnabled) for row in range(4)]
        assert flags == [True, True, False, False]
        assert "update it" in box.itemData(2, QtCore.Qt.ItemDataRole.ToolTipRole)


def test_whole_regions_are_grey_where_the_backend_takes_strokes_as_they_are(document, backend):
    with called(backend):
        greet(backend, capabilities=("regions", "text_brush"))
        brushed("blue hair")
        switch = widget("huebrush_edit_whole_regions")
        assert switch.isVisible() and not switch.isEnabled() and "update it" in switch.toolTip()
        assert widget("huebrush_edit_feather").isEnabled()
    assert switch.isEnabled() and "one stroke is enough" in switch.toolTip()


def test_settings_written_before_there_was_a_brush_act_as_they_did():
    plain, worded = TextEditSettings(target="blue"), TextEditSettings(target="blue", control="hair")
    assert (plain.scope, worded.scope) == ("everywhere", "automatic")
    assert [edit.control for edit in protocol_edits((plain, worded))] == [None, "hair"]
    everywhere = dataclasses.replace(worded, where="everywhere")
    assert protocol_edits((everywhere,))[0].control is None
    assert DocumentSettings().edits == ()
