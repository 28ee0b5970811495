"""Hints by one button in a real Krita: from the press to flats that have the strokes' colours."""

from __future__ import annotations

import numpy as np
import pytest
from docker_steps import MODEL_PATIENCE, colorize, layer_pixels, open_again, save, top_layers

LAYER = "Colour hints"
SETUP = """
from huebrush.documents.find import find_node
d, view = hands.document(), app.activeWindow().activeView()
def tools():
    buttons = app.activeWindow().qwindow().findChildren(hands.QtWidgets.QToolButton)
    return [b.objectName() for b in buttons if b.isChecked() and b.metaObject().className() == 'KoToolBoxButton']
def in_hand():
    brush = [view.currentBrushPreset().name(), view.brushSize(), view.paintingOpacity(), view.paintingFlow()]
    return [tools(), d.activeNode().name(), *brush, view.currentBlendingMode(), canvas_hands.foreground()]
def take(colour):
    "Click the swatch of this colour."
    swatches = hands.widget('huebrush_swatches')
    hands.bring_up(swatches)
    place = swatches.square(swatches.colors.index(colour)).center()
    hands.QTest.mouseClick(swatches, hands.LEFT, hands.QtCore.Qt.KeyboardModifier.NoModifier, place)
    hands.spin()
"""
STATE = "[[n.name() for n in d.rootNode().childNodes()], hands.pixel_hash()]"
RED, BLUE = (200, 30, 40), (31, 119, 180)


def begin(krita, page, **options) -> None:
    """Flats without a model, of a list of two colours; the artist is on the lines with a soft brush and a tool."""
    page(krita, **options)
    krita.run(SETUP)
    krita.run("hands.pick('huebrush_result', 'Flats'); hands.pick('huebrush_model', 'No model: hints or palette')")
    krita.run("hands.widget('huebrush_palette').setChecked(True); hands.pick('huebrush_palette_source', 'From a list')")
    krita.run("hands.widget('huebrush_palette_codes').setText('#c81e28, #1f77b4')")
    krita.run("d.setActiveNode(hands.layer_named('Line art')); canvas_hands.set_foreground(1, 2, 3)")
    krita.run("view.activateResource(app.resources('preset')['b) Airbrush Soft']); hands.spin(0.2)")
    krita.run("view.setBrushSize(123); view.setPaintingOpacity(0.5); app.action('KritaShape/KisToolLine').trigger()")
    krita.run("hands.spin(0.3); d.waitForDone()")


def paint_hints(krita) -> None:
    """Press the button, and take the pen to the page: Krita needs a moment to make a new layer the active one."""
    krita.run("hands.click('huebrush_paint_hints')")
    assert krita.settled("d.activeNode().name()", LAYER) == LAYER
    assert krita.settled("[n.name() for n in view.selectedNodes()]", [LAYER]) == [LAYER]
    krita.run("hands.spin(0.5); d.waitForDone()")


def test_from_one_press_to_flats_in_the_strokes_colours(real_krita, page, picture, tmp_path):
    """Two strokes with the mouse, each colour by a click on its swatch; then everything is in hand as before."""
    krita = real_krita
    begin(krita, page)
    before, own = krita.value(STATE), krita.value("in_hand()")
    assert own[:3] == [["KritaShape/KisToolLine"], "Line art", "b) Airbrush Soft"]
    paint_hints(krita)
    assert krita.value("in_hand()")[:3] == [["KritaShape/KisToolBrush"], LAYER, "b) Basic-5 Size"]
    assert top_layers(krita)[0] == LAYER
    krita.run("hands.press('edit_undo')")
    assert krita.settled(STATE, before) == before, "one Ctrl+Z takes the layer back"
    krita.run("hands.press('edit_redo'); hands.widget('huebrush_panel').refresh(); hands.spin(0.3)")
    krita.run("d.setActiveNode(hands.layer_named('Colour hints')); hands.spin(0.3)")
    krita.run("hands.layer_named('Reference').setVisible(False); d.refreshProjection(); d.waitForDone()")
    krita.run("take('#c81e28'); canvas_hands.stroke([(400, 560), (440, 600)], 24)")
    krita.run("take('#1f77b4'); canvas_hands.stroke([(500, 160), (560, 180)], 24)")
    assert krita.value("hands.unnamed_controls()") == []
    picture(krita, "window", "hints-painted")
    picture(krita, "", "docker-hints")
    strokes = layer_pixels(krita, tmp_path, f"hands.layer_named('{LAYER}')")
    colorize(krita, MODEL_PATIENCE)
    assert krita.value("hands.widget('huebrush_paint_hints').text()") == "Done", "painting goes on"
    assert krita.settled("d.activeNode().name()", LAYER) == LAYER
    flats = layer_pixels(krita, tmp_path, "find_node(d, hands.job()['group'])")
    for color in (RED, BLUE):
        painted = (strokes == (*color, 255)).all(2)
        assert painted.sum() > 200, "the brush was not opaque"
        hit = (flats[painted] == (*color, 255)).all(1)
        assert hit.mean() > 0.8, color  # the rest is under lines
        assert (flats == (*color, 255)).all(2).sum() > 4 * painted.sum(), "whole regions"
    krita.run("hands.click('huebrush_paint_hints'); hands.spin(0.3)")
    assert krita.value("in_hand()") == own
    assert top_layers(krita)[0] == LAYER, "the hints stay"


@pytest.mark.parametrize(("model", "depth"), [("CMYKA", "U8"), ("RGBA", "F32")])
def test_hints_are_exact_in_any_document(recording_krita, page, model, depth):
    """What is sent has the swatch's very colour, whatever the page's colours are."""
    krita, folder = recording_krita
    begin(krita, page, model=model, depth=depth)
    paint_hints(krita)
    krita.run("take('#1f77b4'); canvas_hands.stroke([(300, 300), (420, 360)], 40)")
    colorize(krita)
    pixels = np.frombuffer((folder / "hints.pixels").read_bytes(), np.uint8).reshape(-1, 4)
    opaque = pixels[pixels[:, 3] == 255]
    assert len(opaque) > 500
    assert (np.abs(opaque[:, 2::-1].astype(int) - BLUE).max(1) <= 1).all()
    krita.run("hands.click('huebrush_paint_hints')")


def test_hidden_and_removed_hints_do_not_count(recording_krita, page, tmp_path):
    """Hidden in the Layers docker, removed by the button or by hand; undo brings them back, and so does a file."""
    krita, folder = recording_krita

    def roles() -> list[str]:
        from docker_steps import sent_job

        colorize(krita)
        return [image["role"] for image in sent_job(folder)["images"]]

    begin(krita, page)
    paint_hints(krita)
    krita.run("take('#c81e28'); canvas_hands.stroke([(300, 300), (420, 360)], 40)")
    krita.run("hands.click('huebrush_paint_hints')")
    assert roles() == ["line_art", "hints"]
    krita.run(f"hands.layer_named('{LAYER}').setVisible(False); hands.widget('huebrush_panel').refresh()")
    assert krita.value("hands.widget('huebrush_hints_note').text()").endswith("they do not count.")
    assert roles() == ["line_art"]
    krita.run(f"hands.layer_named('{LAYER}').setVisible(True); d.refreshProjection(); d.waitForDone()")
    state = krita.value(STATE)
    krita.run("hands.click('huebrush_remove_hints'); d.waitForDone()")
    assert LAYER not in top_layers(krita) and krita.value("hands.widget('huebrush_hints').currentText()") == "(none)"
    krita.run("hands.press('edit_undo')")
    assert krita.settled(STATE, state) == state, "one Ctrl+Z"
    assert roles() == ["line_art", "hints"]
    save(krita, tmp_path / "page.kra")
    open_again(krita, tmp_path / "page.kra")
    assert krita.value("hands.widget('huebrush_hints').currentText()") == LAYER
    box = "(lambda b: [b.itemText(n).strip() for n in range(b.count())])(hands.widget('huebrush_line_art'))"
    assert LAYER not in krita.value(box) and "Line art" in krita.value(box)
    assert krita.value("hands.widget('huebrush_remove_hints').isVisible()")
