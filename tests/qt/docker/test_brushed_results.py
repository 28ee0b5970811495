"""Edits in painted and selected places: what the backend gets, and what becomes of its result and of the strokes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from brush_steps import answer, brushed, edited, names, painted, settled
from docker_jobs import cancel, colorize, connected_with, remembered
from hands import Key, banner, click, pick, press, spin, type_number, type_text, wait_for, widget
from huebrush.documents.own_layers import find_text_brush_layer
from huebrush.documents.pixels import Rect
from huebrush.results.recipes import read_newest_settings, recipes
from huebrush.session import session
from huebrush.settings.store import read_settings
from huebrush.strokes.masks import Mask, unpack_mask
from huebrush.strokes.target_layer import layer_to_edit
from huebrush_protocol.messages import CAPABILITIES, ModelInfo
from krita import Krita, Selection
from scripted_backend import ScriptedBackend

ABLE = ModelInfo("demo", "Demo", "demo", "free", available=True, vocabulary=("blue", "hair"))
pytestmark = pytest.mark.usefixtures("edits_shown")


@pytest.fixture
def connected(document, backend: ScriptedBackend) -> Iterator[ScriptedBackend]:
    """A backend that can edit places of a page."""
    with connected_with(backend, ABLE, capabilities=CAPABILITIES):
        yield backend


def test_each_edit_gets_the_mask_of_its_own_colour(document, connected):
    """Cut to what is painted; one that is painted nowhere is left out, and so is one that is off."""
    brushed("blue hair")
    brushed("red hat")
    brushed("green eyes")
    brushed("pink bow")
    press("huebrush_edits_list", Key.Key_Space)
    colors = [edit.color for edit in remembered().edits]
    painted(document, (colors[0], 3, 4, 6, 5), (colors[1], 20, 10, 2, 3), (colors[3], 30, 1, 2, 2))
    click("huebrush_colorize")
    got = answer(connected)
    assert [(edit.target, edit.mask) for edit in got["edits"]] == [("blue hair", 0), ("red hat", 1)]
    masks = got["images"]["edit_mask"]
    assert [(it.x, it.y, it.width, it.height, it.order) for it, _ in masks] == [
        (3, 4, 6, 5, "GRAY"),
        (20, 10, 2, 3, "GRAY"),
    ]
    assert all(set(data) == {255} for _, data in masks)
    assert "before" not in got["images"], "there was no result to edit yet"
    settled(connected)
    assert "Text brush" not in names(document)


def test_apply_edits_the_newest_result_in_a_layer_above_it(document, connected):
    """It is hidden, not gone; the recipe says what was edited where."""
    click("huebrush_colorize")
    answer(connected)
    settled(connected)
    first = layer_to_edit(document)
    assert first is not None and first.name().startswith(("Picture ", "Flats "))
    brushed("#c81e28")
    edit = remembered().edits[0]
    painted(document, (edit.color, 3, 4, 6, 5))
    assert widget("huebrush_edits_target").text() == f"Changes “{first.name()}”"
    click("huebrush_edits_apply")
    got = answer(connected)
    (before, data), *_ = got["images"]["before"]
    assert (before.width, before.height, before.order) == (40, 30, "BGRA") and len(data) == 4800
    assert got["edits"][0].target == "#c81e28" and got["edits"][0].mask == 0
    settled(connected)
    order = names(document)
    assert order[0] == "Line art" and order[1] == "#c81e28 · edit" and order[2] == first.name()
    assert not first.visible() and "Text brush" not in order
    record = read_settings(read_newest_settings(document)).edits[0]
    assert unpack_mask(record.edit_mask) == Mask(Rect(3, 4, 6, 5), b"\xff" * 30)
    assert remembered().edits[0].edit_mask == ""
    assert edited(document).name() == "#c81e28 · edit", "the next edit goes on from there"


def test_the_chosen_result_is_edited_and_never_the_brush(document, connected):
    for _ in range(2):
        click("huebrush_colorize")
        answer(connected)
        settled(connected)
    older, newer = list(recipes(document))
    assert edited(document).uniqueId().toString() == newer
    nodes = {node.uniqueId().toString(): node for node in document.rootNode().childNodes()}
    nodes[newer].setVisible(False)
    assert edited(document).uniqueId().toString() == older, "what is not seen is not meant"
    document.setActiveNode(nodes[newer].childNodes()[0])
    assert edited(document).name() == nodes[newer].childNodes()[0].name(), "a layer in a result is one"
    brushed("blue")
    assert edited(document).uniqueId().toString() == older


def test_a_selection_is_the_place(document, connected):
    """What is selected when the job begins, its soft edge included."""
    selection = Selection()
    selection.select(5, 6, 7, 8, 200)
    document.setSelection(selection)
    click("huebrush_edit_add")
    type_text("huebrush_edit_target", "blue hair")
    pick("huebrush_edit_where", "Selection")
    type_number("huebrush_edit_feather", 4)
    press("huebrush_edit_whole_regions", Key.Key_Space)
    assert not widget("huebrush_edit_brush").isVisible()
    click("huebrush_edits_apply")
    got = answer(connected)
    (header, data), *_ = got["images"]["edit_mask"]
    assert (header.width, header.height) == (40, 30) and data.count(200) == 56 and data.count(0) == 1200 - 56
    (edit,) = got["edits"]
    assert (edit.feather, edit.whole_regions) == (4.0, True)
    settled(connected)
    document.setSelection(None)


def test_an_overlap_is_told(document, connected):
    selection = Selection()
    selection.select(0, 0, 30, 20, 255)
    document.setSelection(selection)
    brushed("blue hair")
    painted(document, (remembered().edits[0].color, 3, 4, 6, 5))
    click("huebrush_edit_add")
    type_text("huebrush_edit_target", "green hair")
    pick("huebrush_edit_where", "Selection")
    click("huebrush_colorize")
    answer(connected, overlaps=((1, 0),))
    settled(connected)
    assert banner() == ("edits_overlap", "")
    assert widget("huebrush_banner_text").text() == "“green hair” covers part of “blue hair”."
    document.setSelection(None)


def test_nothing_painted_and_nothing_that_has_a_place_are_told(document, connected):
    click("huebrush_colorize")
    answer(connected)
    settled(connected)
    Krita.instance().action("huebrush_apply_edits").trigger()
    spin()
    assert banner() == ("no_edit_mask", "")
    brushed("blue hair")
    click("huebrush_edits_apply")
    wait_for(lambda: banner() == ("nothing_painted", ""), "what is missing")


def test_a_colour_without_a_place_waits(document, connected):
    click("huebrush_edit_add")
    type_text("huebrush_edit_target", "#c81e28")
    row = widget("huebrush_edits_list").item(0)
    assert row.font().italic() and "place" in row.toolTip()
    assert colorize(connected).parameters.edits == ()
    cancel(connected)


def test_the_brush_layer_stays_when_it_shall(document, connected):
    brushed("blue hair")
    painted(document, (remembered().edits[0].color, 3, 4, 6, 5))
    press("huebrush_edits_keep_brush", Key.Key_Space)
    assert session().store.plugin.keep_brush
    click("huebrush_colorize")
    answer(connected)
    settled(connected)
    assert "Text brush" in names(document)
    press("huebrush_edits_keep_brush", Key.Key_Space)


def test_applied_edits_are_taken_up_again(document, connected):
    """With their strokes, the layer that was edited in place of the result, and nothing left of the list before."""
    click("huebrush_colorize")
    answer(connected)
    settled(connected)
    first = edited(document)
    brushed("blue hair")
    painted(document, (remembered().edits[0].color, 3, 4, 6, 5))
    click("huebrush_edits_apply")
    sent = answer(connected)["images"]["edit_mask"]
    settled(connected)
    result = edited(document)
    click("huebrush_edit_remove")
    Krita.instance().action("huebrush_reopen_edits").trigger()
    wait_for(lambda: find_text_brush_layer(document) is not None and remembered().edits, "the strokes")
    assert first.visible() and not result.visible()
    assert [(edit.target, edit.scope, edit.edit_mask) for edit in remembered().edits] == [("blue hair", "brush", "")]
    click("huebrush_edits_reopen")
    wait_for(lambda: banner() == ("brush_strokes_there", ""), "what is in the way")
    click("huebrush_edits_apply")
    again = answer(connected)["images"]["edit_mask"]
    settled(connected)
    assert again == sent
    document.setActiveNode(first)
    Krita.instance().action("huebrush_reopen_edits").trigger()
    wait_for(lambda: banner() == ("no_kept_edits", ""), "what is missing")


def test_undo_of_mending_leaves_what_was_there_before(document, connected):
    """The result is shown again in place of the layer that was edited, and the list has the edits from before."""
    click("huebrush_colorize")
    answer(connected)
    settled(connected)
    first = edited(document)
    brushed("blue hair")
    painted(document, (remembered().edits[0].color, 3, 4, 6, 5))
    click("huebrush_edits_apply")
    answer(connected)
    settled(connected)
    result = edited(document)
    first.setVisible(False)
    click("huebrush_edit_remove")
    brushed("green eyes")
    text_brush = find_text_brush_layer(document)
    assert text_brush is not None
    text_brush.remove()
    listed = remembered().edits
    Krita.instance().action("huebrush_reopen_edits").trigger()
    wait_for(lambda: find_text_brush_layer(document) is not None and remembered().edits != listed, "the strokes")
    mended = remembered().edits
    assert first.visible() and not result.visible()
    strokes = find_text_brush_layer(document)
    assert strokes is not None
    for is_mended in (False, True, False):
        if is_mended:
            document.rootNode().addChildNode(strokes, None)  # as redo does
        else:
            strokes.remove()  # as undo does
        widget("huebrush_panel").refresh()
        assert (result.visible(), first.visible()) == (not is_mended, is_mended)
        assert remembered().edits == (mended if is_mended else listed)


def test_undo_of_mending_keeps_a_list_that_was_changed_since(document, connected):
    click("huebrush_colorize")
    answer(connected)
    settled(connected)
    brushed("blue hair")
    painted(document, (remembered().edits[0].color, 3, 4, 6, 5))
    click("huebrush_edits_apply")
    answer(connected)
    settled(connected)
    click("huebrush_edit_remove")
    Krita.instance().action("huebrush_reopen_edits").trigger()
    wait_for(lambda: find_text_brush_layer(document) is not None and remembered().edits, "the strokes")
    type_text("huebrush_edit_target", "green hair")
    strokes = find_text_brush_layer(document)
    assert strokes is not None
    strokes.remove()
    widget("huebrush_panel").refresh()
    assert [edit.target for edit in remembered().edits] == ["green hair"]
