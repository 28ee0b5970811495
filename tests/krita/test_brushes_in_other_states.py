"""The text brush and the brush on references where the document or the editor is in another state: in a copy of the
page, on a page that is turned meanwhile, with a mask active, in isolation, and in the middle of a stroke."""

from __future__ import annotations

import numpy as np
import pytest
from docker_steps import MODEL_PATIENCE, WHEN_QUEUED, colorize, layer_pixels, sent_job, top_layers, wait_for_result

LEAVES_TRACES = True
"""Krita forgets its palettes and more of its resources when it copies a document."""
RED = "#c81e28"
STROKE = "[(24, 24), (60, 24)]"
QUARTER = 1.5707963267948966
READY = f"""{WHEN_QUEUED}from huebrush.documents.find import find_node
d = hands.document()
def leave_isolation():
    action = app.action('isolate_active_layer')
    action.trigger() if action.isChecked() else None
"""
STATES = {
    "mask-active": (
        "d.setActiveNode(find_node(d, first)); hands.spin(0.3); hands.press('add_new_transparency_mask'); "
        "mine = hands.document().activeNode().type()"
    ),
    "isolated": (
        "d.setActiveNode(find_node(d, first)); hands.spin(0.3); app.action('isolate_active_layer').trigger(); "
        "hands.spin(0.3)"
    ),
}


@pytest.fixture
def brushed(brushing_krita, page):
    """A page of 96 pixels that has been coloured, with an edit in red whose stroke is painted, and nothing applied."""
    krita = brushing_krita
    page(krita, edge=96)
    krita.run(READY)
    colorize(krita, MODEL_PATIENCE)  # the first one waits for the engine
    krita.run("first = hands.job()['group']; canvas_hands.look_at(0, 0, 96, 96)")
    yield krita
    krita.run("hands.show_page('colorize')")


def paint(krita) -> None:
    """Paint a red stroke with the text brush."""
    krita.run("hands.press('huebrush_new_brush_edit')")
    krita.run(f"hands.type_text('huebrush_edit_target', {RED!r}); canvas_hands.stroke({STROKE}, 12)")


def apply(krita, folder) -> np.ndarray:
    """Apply the edits; return where the new layer is red, (H,W) bool."""
    krita.run("hands.click('huebrush_edits_apply')")
    wait_for_result(krita)
    krita.run("hands.spin(0.3); hands.document().waitForDone()")
    group = krita.value("hands.job()['group']")
    layer = layer_pixels(krita, folder, f"find_node(hands.document(), {group!r})")
    return (layer == (200, 30, 40, 255)).all(axis=2)


@pytest.mark.parametrize("state", list(STATES))
def test_text_brush_leaves_the_state(brushed, tmp_path, state):
    """With a mask of the edited layer active, and with only that layer shown: the edit is where it was painted."""
    krita = brushed
    krita.run(STATES[state])
    paint(krita)
    red = apply(krita, tmp_path)
    assert red[24, 30:54].all() and not red[60:].any()
    assert "Text brush" not in top_layers(krita)
    if state == "isolated":
        krita.run("leave_isolation()")
    names = top_layers(krita)
    krita.run("hands.press('edit_undo')")
    expected = ["Text brush", *(name for name in names if RED not in name)]
    assert krita.settled("[x['name'] for x in hands.layers() if x['depth'] == 0]", expected) == expected


def test_edit_of_the_text_brush_turns_with_the_page(brushed, tmp_path):
    krita = brushed
    paint(krita)
    krita.run(f"when_queued(lambda: d.rotateImage({QUARTER}))")
    red = apply(krita, tmp_path)
    assert red[30:54, 95 - 24].all() and not red[:, :36].any(), "the stroke is on the right now, and goes down"


def test_text_brush_stroke_in_progress_when_the_edit_arrives(brushed, tmp_path):
    """The second stroke goes on until its end and is not lost: undo brings both back."""
    krita = brushed
    paint(krita)
    krita.run("when_queued(lambda: canvas_hands.press_at_once((24, 70)))")
    krita.run("hands.click('huebrush_edits_apply')")
    krita.wait_for("hands.job()['stage'] == 'writing'", "the result")
    krita.run("hands.spin(1); canvas_hands.draw([(x, 70) for x in range(26, 60, 2)])")
    assert krita.value("hands.job()['stage']") == "writing"
    krita.run("canvas_hands.release((60, 70))")
    wait_for_result(krita)
    krita.run("hands.spin(0.5); d.waitForDone(); group = hands.job()['group']")
    layer = layer_pixels(krita, tmp_path, "find_node(d, group)")
    red = (layer == (200, 30, 40, 255)).all(axis=2)
    assert red[24, 30:54].all() and not red[60:].any()
    krita.run("hands.press('edit_undo'); hands.spin(0.5); d.waitForDone(); hands.spin(0.5)")
    assert "Text brush" in top_layers(krita)
    strokes = layer_pixels(krita, tmp_path, "hands.layer_named('Text brush')")
    assert strokes[24, 30:54, 3].all() and strokes[70, 30:54, 3].all(), "a stroke is lost"


def test_text_brush_in_a_copy_of_the_page(brushed, tmp_path):
    """The copy has the strokes and the result too: applied there, the original keeps both."""
    krita = brushed
    paint(krita)
    before = top_layers(krita)
    krita.run("app.action('create_copy').trigger(); hands.spin(1); copy = hands.document()")
    assert krita.value("copy != d") and top_layers(krita) == before
    krita.run("hands.widget('huebrush_panel').refresh()")
    red = apply(krita, tmp_path)
    assert red[24, 30:54].all() and not red[60:].any()
    assert "Text brush" not in top_layers(krita)
    krita.run("hands.next_window()")
    krita.wait_for("hands.document() == d", "the original in front")
    assert top_layers(krita) == before


@pytest.mark.parametrize("state", ["turned", "mask-active", "isolated", "copy"])
def test_brush_on_a_reference_is_sent_where_it_was_painted(recording_krita, page, state):
    """The strokes go along with the page, which is shown as it was."""
    krita, folder = recording_krita
    page(krita, edge=96)
    krita.run(f"{READY}\nr = hands.layer_named('Reference'); d.setActiveNode(r); hands.spin(0.3)")
    krita.run("shown = lambda: [n.visible() for n in hands.document().rootNode().childNodes()][:3]; before = shown()")
    if state == "mask-active":
        krita.run("hands.press('add_new_transparency_mask')")
    krita.run("hands.click('huebrush_marks_take')")
    krita.wait_for("reference_hands.window() is not None", "the reference's window")
    if state == "isolated":
        krita.run("app.action('isolate_active_layer').trigger(); hands.spin(0.3)")
    krita.run(f"reference_hands.stroke({STROKE}, 12)")
    if state == "copy":
        krita.run("app.action('create_copy').trigger(); hands.spin(1); hands.widget('huebrush_panel').refresh()")
        assert krita.value("hands.document() != d")
    if state == "turned":
        krita.run(f"d.rotateImage({QUARTER}); d.waitForDone(); hands.spin(0.3)")
    colorize(krita)
    images = {image["role"]: image for image in sent_job(folder)["images"]}
    part = images["reference_part"]
    place = [part["x"], part["y"], part["x"] + part["width"], part["y"] + part["height"]]
    expected = [65, 18, 78, 66] if state == "turned" else [18, 18, 66, 31]
    assert np.abs(np.subtract(place, expected)).max() <= 3, place
    if state in ("turned", "mask-active"):
        assert krita.value("shown() == before")
    if state == "isolated":
        assert krita.value("shown() == before")
        krita.run("leave_isolation()")
