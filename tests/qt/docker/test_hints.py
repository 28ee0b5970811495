"""Hints by one button: a layer of their own, a brush that fits, and back again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from brush_steps import names, painted
from docker_jobs import cancel, colorize
from hands import banner, click, labels, layer_named, pick, show_document, spin, widget
from huebrush.base.colors import parse_color
from huebrush.base.qt import QtCore
from huebrush.documents.krita_colors import set_foreground
from huebrush.documents.own_layers import own_layer_ids, pickable_layers
from huebrush.extension import ACTIONS
from krita import Krita
from region_results import chosen

pytestmark = pytest.mark.usefixtures("regions_as_new")
LAYER = "Colour hints"


def view() -> Any:
    """The artist's view."""
    return Krita.instance().activeWindow().activeView()


def in_hand() -> tuple[Any, ...]:
    """Brush, size, opacity, flow, blending mode and colour."""
    shown = view()
    values = (shown.brushSize(), shown.paintingOpacity(), shown.paintingFlow(), shown.currentBlendingMode())
    return (shown.currentBrushPreset().name(), *values, tuple(shown.foregroundColor().components()))


@pytest.fixture
def flats(able_backend, document) -> Iterator[Any]:
    """Flats are chosen, and the artist is on the lines with a soft brush and a colour of their own."""
    pick("huebrush_result", "Flats")
    click("huebrush_palette")
    document.setActiveNode(layer_named(document, "Line art"))
    set_foreground("#123456")
    view().activateResource(type(view().currentBrushPreset())("Own brush"))
    for name, value in (("setBrushSize", 12.0), ("setPaintingOpacity", 0.5), ("setPaintingFlow", 0.6)):
        getattr(view(), name)(value)
    view().setCurrentBlendingMode("multiply")
    yield document
    if widget("huebrush_paint_hints").text() == "Done":
        click("huebrush_paint_hints")


def test_one_button_makes_the_layer_and_takes_the_brush(able_backend, flats):
    """The job has the strokes at once; a second press gives everything back, and the hints stay."""
    before = in_hand()
    click("huebrush_paint_hints")
    assert names(flats)[0] == LAYER and flats.activeNode().name() == LAYER
    assert in_hand()[:5] == ("b) Basic-5 Size", 4.0, 1.0, 1.0, "normal")
    assert widget("huebrush_paint_hints").text() == "Done"
    assert "Two colours in one shape part it." in widget("huebrush_hints_note").text()
    stroke(flats, "#c81e28")
    submit = colorize(able_backend)
    assert [image.role for image in submit.images] == ["line_art", "reference", "hints"]
    assert submit.images[2].name == LAYER
    cancel(able_backend)
    click("huebrush_paint_hints")
    assert in_hand() == before and flats.activeNode().name() == "Line art"
    assert names(flats)[0] == LAYER and chosen().hints[0].name == LAYER
    click("huebrush_paint_hints")
    assert names(flats).count(LAYER) == 1, "the same layer again"


def stroke(document: Any, color: str) -> None:
    """Paint on the layer of hints."""
    layer = layer_named(document, LAYER)
    layer.setPixelData(QtCore.QByteArray(bytes((*reversed(parse_color(color) or ()), 255)) * 16), 2, 2, 4, 4)


def test_a_swatch_gives_the_colour_of_the_strokes(flats):
    """One click, while hints are painted; at the end the artist's own colour is back."""
    pick("huebrush_palette_source", "From a list")
    widget("huebrush_palette_codes").setText("#c81e28, #1f77b4")
    spin()
    click("huebrush_paint_hints")
    swatches = widget("huebrush_swatches")
    swatches.taken.emit(1)
    blue, green, red = (round(255 * share) for share in view().foregroundColor().components()[:3])
    assert (red, green, blue) == parse_color("#1f77b4")
    click("huebrush_paint_hints")
    assert [round(255 * share) for share in view().foregroundColor().components()[:3]] == [0x56, 0x34, 0x12]


def test_what_the_artist_took_meanwhile_is_left_to_them(flats):
    """Another layer and another brush stay in hand."""
    click("huebrush_paint_hints")
    flats.setActiveNode(layer_named(flats, "Reference"))
    view().activateResource(type(view().currentBrushPreset())("Other brush"))
    view().setBrushSize(77.0)
    click("huebrush_paint_hints")
    assert flats.activeNode().name() == "Reference" and in_hand()[:2] == ("Other brush", 77.0)


def test_hints_that_are_hidden_do_not_count(able_backend, flats):
    """The docker says so; a layer of the artist's own counts however it is."""
    click("huebrush_paint_hints")
    stroke(flats, "#c81e28")
    layer_named(flats, LAYER).setVisible(False)
    submit = colorize(able_backend)
    assert [image.role for image in submit.images] == ["line_art", "reference"]
    cancel(able_backend)
    click("huebrush_paint_hints")
    assert widget("huebrush_hints_note").text() == "The layer with the hints is hidden: they do not count."
    layer_named(flats, LAYER).setVisible(True)
    assert [image.role for image in colorize(able_backend).images] == ["line_art", "reference", "hints"]
    cancel(able_backend)
    layer_named(flats, "Reference").setVisible(False)
    pick("huebrush_hints", "Reference")
    assert [image.role for image in colorize(able_backend).images][-1] == "hints"
    cancel(able_backend)


def test_hints_go_with_their_layer_and_come_back_with_it(able_backend, flats):
    """Deleted in the docker or in Krita; Krita's undo brings both back."""
    click("huebrush_paint_hints")
    stroke(flats, "#c81e28")
    layer = layer_named(flats, LAYER)
    click("huebrush_remove_hints")
    assert LAYER not in names(flats) and chosen().hints == ()
    assert not widget("huebrush_remove_hints").isVisible() and widget("huebrush_paint_hints").text() == "Paint hints"
    assert flats.activeNode().name() == "Line art" and in_hand()[0] == "Own brush"
    flats.rootNode().addChildNode(layer, None)  # as undo does
    assert [image.role for image in colorize(able_backend).images][-1] == "hints"
    cancel(able_backend)
    layer.remove()
    assert [image.role for image in colorize(able_backend).images] == ["line_art", "reference"]
    cancel(able_backend)


def test_the_layer_does_not_crowd_the_pickers(flats):
    """Nor is it a patch or a page to edit; the choice of hints names it while it is chosen."""
    click("huebrush_paint_hints")
    (uid,) = own_layer_ids(flats)
    assert uid not in [entry.uid for entry in pickable_layers(flats)]
    widget("huebrush_panel").refresh()
    assert LAYER not in labels("huebrush_line_art") and "Line art" in labels("huebrush_line_art")
    click("huebrush_paint_hints")
    widget("huebrush_hints").showPopup()
    assert widget("huebrush_hints").currentText() == LAYER
    widget("huebrush_hints").hidePopup()
    layer_named(flats, LAYER).setName("mine")
    assert own_layer_ids(flats) == {uid}, "known by the note, whatever it is called"


def test_the_shortcut_chooses_flats(able_backend, document):
    """A picture takes no hints. Pressed again, it ends painting; without a document it says so."""
    spin()
    assert any(action.name == "paint_hints" for action in ACTIONS)
    trigger = Krita.instance().action("huebrush_paint_hints").trigger
    trigger()
    spin()
    assert names(document)[0] == LAYER and widget("huebrush_result").currentText() == "Flats"
    assert chosen().hints[0].name == LAYER
    trigger()
    spin()
    assert widget("huebrush_panel").hints._brush.is_painting(document) is False
    show_document(None)
    spin()
    trigger()
    assert banner() == ("no_document", "")
    click("huebrush_banner_dismiss")


def test_another_brush_of_ours_ends_it(flats):
    """The text brush then gives back the artist's own layer, not that of the hints."""
    click("huebrush_paint_hints")
    Krita.instance().action("huebrush_new_brush_edit").trigger()
    spin()
    assert flats.activeNode().name() == "Text brush"
    assert view().currentBrushPreset().name() == "Own brush"
    painted(flats)
    click("huebrush_edit_remove")
    click("huebrush_page_colorize")
    assert widget("huebrush_paint_hints").text() == "Paint hints"
