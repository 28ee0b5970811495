"""The text brush in the docker: where an edit acts, what is painted for it, and what the backend gets."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from hands import Key, banner, click, labels, pick, press, spin, type_number, type_text, wait_for, widget
from huebrush import brush_layer
from huebrush.brush_colors import BRUSH_COLORS, free_color
from huebrush.color_codes import parse_color
from huebrush.edited_layer import layer_to_edit
from huebrush.pixels import Pixels, Rect
from huebrush.qt import QtCore, QtGui, QtWidgets, to_bytes
from huebrush.recipe import newest_settings, recipes
from huebrush.session import session
from huebrush.settings import DocumentSettings
from huebrush.stroke_masks import Mask, pack, split_strokes, unpack, write_strokes
from huebrush.text_edits import TextEditSettings, protocol_edits
from huebrush_protocol.messages import (
    CAPABILITIES,
    Accepted,
    Acknowledge,
    Cancel,
    ImageHeader,
    ModelInfo,
    Models,
    Result,
    Submit,
)
from krita import Document, Krita
from scripted_backend import ScriptedBackend

ABLE = ModelInfo("demo", "Demo", "demo", "free", available=True, vocabulary=("blue", "hair"))
FIRST, SECOND = BRUSH_COLORS[:2]


@pytest.fixture(autouse=True)
def folded_out(document) -> Iterator[None]:
    """The section is folded out, and in again afterwards."""
    spin()
    click("huebrush_edits")
    yield
    if widget("huebrush_edits").isChecked():
        widget("huebrush_edits").click()
    Krita.instance().show_document(None)
    spin()


@pytest.fixture
def connected(document, backend: ScriptedBackend) -> Iterator[ScriptedBackend]:
    """A backend that can edit places of a page."""
    link = session().link
    link.stop()
    link.endpoint_path = str(backend.endpoint)
    link.ensure()
    backend.greet(capabilities=CAPABILITIES)
    wait_for(lambda: link.is_ready, "the connection")
    backend.send(Models((ABLE,)))
    wait_for(lambda: "Demo" in labels("huebrush_model"), "the models")
    yield backend
    link.stop()
    link.endpoint_path = ""


def kept(document: Document) -> tuple[TextEditSettings, ...]:
    """The edits that the plugin remembers."""
    settings = session().store.load(document)
    return settings.edits if settings is not None else ()


def edited(document: Document) -> Any:
    """The layer that edits would change now."""
    found = layer_to_edit(document)
    assert found is not None
    return found


def painted(document: Document, *strokes: tuple[str, int, int, int, int]) -> Any:
    """The text brush's layer, made by the docker, with rectangles of these colours at x, y, width, height."""
    layer = brush_layer.find_brush(document)
    assert layer is not None
    for code, x, y, width, height in strokes:
        color = parse_color(code)
        assert color is not None
        pixels = bytes((*reversed(color), 255)) * (width * height)
        layer.setPixelData(QtCore.QByteArray(pixels), x, y, width, height)
    return layer


def answer(backend: ScriptedBackend, overlaps: tuple[tuple[int, int], ...] = ()) -> dict[str, Any]:
    """Take the job and answer with one layer; return the job's parts."""
    message = backend.receive(Submit)
    images: dict[str, list[tuple[ImageHeader, bytes]]] = {}
    for image in backend.images:
        images.setdefault(image.header.role, []).append((image.header, bytes(image.data)))
    backend.send(Accepted(message.job))
    recipe = {"recipe_version": 1, "overlaps": [list(pair) for pair in overlaps]}
    backend.send(Result(message.job, recipe, (ImageHeader("layer", 40, 30, "BGRA", name="Colour"),)), [b"\1" * 4800])
    return {"edits": message.parameters.edits, "images": images, "result": message.parameters.regions.result}


def settled(backend: ScriptedBackend) -> None:
    """Wait for the layers of the job, and for the thanks."""
    key = session().jobs.latest
    document = Krita.instance().activeDocument()
    assert document is not None
    uid = document.rootNode().uniqueId().toString()
    wait_for(lambda: (job := key(uid)) is not None and job.stage.value == "done", "the layers")
    backend.receive(Acknowledge)
    spin()


def names(document: Document) -> list[str]:
    """What the layers are called, topmost first."""
    return [node.name() for node in reversed(document.rootNode().childNodes())]


def brushed(target: str) -> None:
    """Begin an edit with its brush, as the shortcut does."""
    Krita.instance().action("huebrush_new_brush_edit").trigger()
    spin()
    type_text("huebrush_edit_target", target)


def run(steps: Any) -> Any:
    """Do all the steps and return their result."""
    try:
        while True:
            next(steps)
    except StopIteration as end:
        return end.value


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
    assert [edit.color for edit in kept(document)] == [FIRST, SECOND]


def test_each_edit_gets_the_mask_of_its_own_colour(document, connected):
    """Cut to what is painted; one that is painted nowhere is left out, and so is one that is off."""
    brushed("blue hair")
    brushed("red hat")
    brushed("green eyes")
    brushed("pink bow")
    press("huebrush_edits_list", Key.Key_Space)
    colors = [edit.color for edit in kept(document)]
    painted(document, (colors[0], 3, 4, 6, 5), (colors[1], 20, 10, 2, 3), (colors[3], 30, 1, 2, 2))
    click("huebrush_colorize")
    got = answer(connected)
    assert [(edit.target, edit.region) for edit in got["edits"]] == [("blue hair", 0), ("red hat", 1)]
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
    assert first is not None and first.name().startswith("Huebrush")
    brushed("#c81e28")
    edit = kept(document)[0]
    painted(document, (edit.color, 3, 4, 6, 5))
    assert widget("huebrush_edits_target").text() == f"Changes “{first.name()}”"
    click("huebrush_edits_apply")
    got = answer(connected)
    (before, data), *_ = got["images"]["before"]
    assert (before.width, before.height, before.order) == (40, 30, "BGRA") and len(data) == 4800
    assert got["edits"][0].target == "#c81e28" and got["edits"][0].region == 0
    settled(connected)
    order = names(document)
    assert order[0] == "Line art" and order[1] == "Huebrush – #c81e28" and order[2] == first.name()
    assert not first.visible() and "Text brush" not in order
    record = newest_settings(document)["edits"][0]
    assert unpack(record["painted"]) == Mask(Rect(3, 4, 6, 5), b"\xff" * 30)
    assert kept(document)[0].painted == ""
    assert edited(document).name() == "Huebrush – #c81e28", "the next edit goes on from there"


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
    from krita import Selection

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
    from krita import Selection

    selection = Selection()
    selection.select(0, 0, 30, 20, 255)
    document.setSelection(selection)
    brushed("blue hair")
    painted(document, (kept(document)[0].color, 3, 4, 6, 5))
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
    assert banner() == ("no_place", "")
    brushed("blue hair")
    click("huebrush_edits_apply")
    wait_for(lambda: banner() == ("nothing_painted", ""), "what is missing")


def test_a_colour_without_a_place_waits(document, connected):
    click("huebrush_edit_add")
    type_text("huebrush_edit_target", "#c81e28")
    row = widget("huebrush_edits_list").item(0)
    assert row.font().italic() and "place" in row.toolTip()
    click("huebrush_colorize")
    assert connected.receive(Submit).parameters.edits == ()
    click("huebrush_cancel")
    connected.receive(Cancel)


def test_the_brush_layer_stays_when_it_shall(document, connected):
    brushed("blue hair")
    painted(document, (kept(document)[0].color, 3, 4, 6, 5))
    press("huebrush_edits_keep_brush", Key.Key_Space)
    assert session().store.plugin.keep_brush
    click("huebrush_colorize")
    answer(connected)
    settled(connected)
    assert "Text brush" in names(document)
    press("huebrush_edits_keep_brush", Key.Key_Space)


def test_a_backend_that_cannot_greys_it_out_and_says_so(document, backend):
    link = session().link
    link.stop()
    link.endpoint_path = str(backend.endpoint)
    link.ensure()
    backend.greet(capabilities=("regions",))
    wait_for(lambda: link.is_ready, "the connection")
    click("huebrush_edit_add")
    box = widget("huebrush_edit_where")
    flags = [bool(box.model().index(row, 0).flags() & QtCore.Qt.ItemFlag.ItemIsEnabled) for row in range(4)]
    assert flags == [True, True, False, False]
    assert "update it" in box.itemData(2, QtCore.Qt.ItemDataRole.ToolTipRole)
    link.stop()
    link.endpoint_path = ""


def test_edits_are_switched_moved_and_removed_by_shortcuts(document):
    brushed("one")
    brushed("two")

    def trigger(name: str) -> None:
        Krita.instance().action(f"huebrush_{name}").trigger()
        spin()

    def shown() -> list[tuple[str, bool]]:
        return [(edit.target, edit.enabled) for edit in kept(document)]

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
    assert brush_layer.find_brush(document) is None
    layer = brush_layer.make_brush(document)
    layer.setName("my strokes")
    assert brush_layer.find_brush(document) == layer
    assert "my strokes" not in [entry.name for entry in brush_layer.pickable_layers(document)]
    other = document.createNode("Textpinsel", "paintlayer")  # as a German Krita called it
    document.rootNode().addChildNode(other, None)
    assert brush_layer.find_brush(document) == layer
    layer.remove()
    assert brush_layer.find_brush(document) == other


def pixels_of(rows: list[list[tuple[str, int]]]) -> Pixels:
    """A picture of these colours and alphas."""
    data = bytearray()
    for row in rows:
        for code, alpha in row:
            red, green, blue = parse_color(code) or (0, 0, 0)
            data += bytes((blue, green, red, alpha))
    return Pixels(Rect(0, 0, len(rows[0]), len(rows)), memoryview(bytes(data)), False, False)


def test_a_pixel_belongs_to_the_nearest_colour_when_it_is_half_opaque():
    near = "#f03090"  # what soft edges and papers make of the first
    rows = [
        [(FIRST, 255), (FIRST, 127), (near, 200), ("", 0)],
        [(SECOND, 128), (FIRST, 128), ("", 0), (SECOND, 30)],
    ]
    first, second, third = run(split_strokes(pixels_of(rows), (FIRST, SECOND, BRUSH_COLORS[2])))
    assert first == Mask(Rect(0, 0, 3, 2), b"\xff\0\xff\0\xff\0")
    assert second == Mask(Rect(0, 1, 1, 1), b"\xff")
    assert third is None


def test_paint_of_an_edit_that_is_gone_is_nobodys():
    rows = [[(SECOND, 255), (FIRST, 255)]]
    (first,) = run(split_strokes(pixels_of(rows), (FIRST,)))
    assert first == Mask(Rect(1, 0, 1, 1), b"\xff")


def test_colours_are_given_to_edits_in_turn():
    used: list[str] = []
    for _ in range(len(BRUSH_COLORS) + 1):
        used.append(free_color(used))
    assert len(set(used[:-1])) == len(BRUSH_COLORS) and used[-1] in used[:-1]


def test_masks_are_kept_and_read_again():
    mask = Mask(Rect(3, 4, 5, 2), bytes(range(10)))
    assert unpack(run(pack(mask))) == mask
    for broken in ("", "1,2;x", "0,0,2,2;", run(pack(mask))[:-6], "0,0,99999999,9;eJwDAAAAAAE="):
        assert unpack(broken) is None


def test_settings_written_before_there_was_a_brush_act_as_they_did():
    plain, worded = TextEditSettings(target="blue"), TextEditSettings(target="blue", control="hair")
    assert (plain.place, worded.place) == ("everywhere", "automatic")
    assert [edit.control for edit in protocol_edits((plain, worded))] == [None, "hair"]
    everywhere = dataclasses.replace(worded, where="everywhere")
    assert protocol_edits((everywhere,))[0].control is None
    assert DocumentSettings().edits == ()


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


def test_applied_edits_are_taken_up_again(document, connected):
    """With their strokes, the layer that was edited in place of the result, and nothing left of the list before."""
    click("huebrush_colorize")
    answer(connected)
    settled(connected)
    first = edited(document)
    brushed("blue hair")
    painted(document, (kept(document)[0].color, 3, 4, 6, 5))
    click("huebrush_edits_apply")
    sent = answer(connected)["images"]["edit_mask"]
    settled(connected)
    result = edited(document)
    click("huebrush_edit_remove")
    Krita.instance().action("huebrush_take_up_edits").trigger()
    wait_for(lambda: brush_layer.find_brush(document) is not None and kept(document), "the strokes")
    assert first.visible() and not result.visible()
    assert [(edit.target, edit.place, edit.painted) for edit in kept(document)] == [("blue hair", "brush", "")]
    click("huebrush_edits_take_up")
    wait_for(lambda: banner() == ("strokes_there", ""), "what is in the way")
    click("huebrush_edits_apply")
    again = answer(connected)["images"]["edit_mask"]
    settled(connected)
    assert again == sent
    document.setActiveNode(first)
    Krita.instance().action("huebrush_take_up_edits").trigger()
    wait_for(lambda: banner() == ("no_kept_edits", ""), "what is missing")


def test_strokes_are_painted_as_they_were_read():
    """Later ones cover earlier ones, also beyond the page's edge."""

    class Layer:
        """What is written, row by row."""

        def __init__(self) -> None:
            self.data = bytearray(6 * 4 * 4)

        def setPixelData(self, data: Any, x: int, y: int, width: int, height: int) -> None:
            self.data[y * width * 4 : (y + height) * width * 4] = to_bytes(data)

    layer, colors = Layer(), [parse_color(code) or (0, 0, 0) for code in (FIRST, SECOND)]
    masks = (Mask(Rect(1, 0, 3, 3), b"\xff" * 9), Mask(Rect(3, 1, 5, 2), b"\xff" * 9 + b"\x7f"))
    run(write_strokes(layer, masks, colors, 6, 4))
    read = run(split_strokes(Pixels(Rect(0, 0, 6, 4), memoryview(layer.data), False, False), (FIRST, SECOND)))
    assert read == [Mask(Rect(1, 0, 3, 3), b"\xff\xff\xff\xff\xff\0\xff\xff\0"), Mask(Rect(3, 1, 3, 2), b"\xff" * 6)]
