"""The brush on the reference in a real Krita, with the built-in model."""

from __future__ import annotations

import numpy as np
from docker_steps import MODEL_PATIENCE, colorize, layer_pixels, sent_job, wait_for_result

REFERENCE_HAIR = (
    ([(340, 220), (460, 190), (600, 220)], 190),
    ([(320, 290), (630, 290)], 80),
    ([(293, 280), (293, 590)], 70),
    ([(660, 280), (655, 590)], 70),
    ([(600, 470), (600, 476)], 60),
    ([(345, 485), (351, 485)], 40),
)
"""Strokes over the hair of the reference, each with its width."""
BAG = (slice(930, 990), slice(260, 400))
PAGE_HAIR = (slice(150, 200), slice(440, 560))
GROUP = "hands.job()['group']"
STATE = (
    "{'layers': [n.name() for n in d.rootNode().childNodes()], "
    "'shown': [n.visible() for n in d.rootNode().childNodes()], 'active': d.activeNode().name(), "
    "'color': canvas_hands.foreground(), 'page': hands.pixel_hash(), 'undo': app.action('edit_undo').text()}"
)
"""What the artist knows of the page."""


def colorized(krita, folder, button: str = "huebrush_colorize") -> np.ndarray:
    """Press a button that makes a result, and return that."""
    krita.run(f"hands.click({button!r})")
    wait_for_result(krita, MODEL_PATIENCE)
    krita.run("hands.spin(0.3); d.waitForDone()")
    return layer_pixels(krita, folder, f"find_node(d, {krita.value(GROUP)!r})")


def greenness(picture: np.ndarray, place: tuple[slice, slice] = PAGE_HAIR) -> float:
    """How much greener than grey a place of the page is."""
    red, green, blue = np.median(picture[place][..., :3].reshape(-1, 3), axis=0)
    return float(green - (red + blue) / 2)


def begin(krita, page) -> None:
    """A fresh page, and settings that are quick and always the same."""
    page(krita)
    krita.run(
        "from huebrush.documents.find import find_node; "
        "from huebrush.results.recipes import recipes; d = hands.document()"
    )
    krita.run("hands.type_number('huebrush_steps_number', 12); hands.type_number('huebrush_seed_number', 8)")


def show_reference(krita, button: str) -> None:
    """Press a button that shows the reference, and wait for its window."""
    krita.run(f"hands.click({button!r})")
    krita.wait_for("reference_hands.window() is not None", "the reference's window")


def saved_layers(krita, folder) -> list[list]:
    """The layers of the page, and whether they are shown, as a file has them that is saved now."""
    file = str(folder / "saved.kra")
    krita.run(f"d.setBatchmode(True); d.saveAs({file!r}); d.waitForDone(); kept = app.openDocument({file!r})")
    krita.run("layers = [[n.name(), n.visible()] for n in kept.rootNode().childNodes()]; kept.close()")
    return krita.value("layers")


def test_the_colour_of_this_and_not_of_that(real_krita, page, picture, tmp_path):
    """A reference's pale green hair is left out: the page, with the same seed, has another."""
    krita = real_krita
    begin(krita, page)
    whole = colorized(krita, tmp_path)
    krita.run("d.setActiveNode(hands.layer_named('Line art')); canvas_hands.set_foreground(1, 2, 3); hands.spin(0.3)")
    before = krita.value(STATE)

    # Strokes over the reference's pale green hair keep that from the page, of which nothing is hidden meanwhile.
    show_reference(krita, "huebrush_marks_leave")
    for points, width in REFERENCE_HAIR:
        krita.run(f"reference_hands.stroke({points!r}, {width})")
    picture(krita, "dialog", "reference-brush")
    assert krita.value(STATE) == before
    without = colorized(krita, tmp_path)
    assert krita.value("reference_hands.window() is None")
    picture(krita, "window", "reference-brush-applied")
    assert set(before["layers"]) <= set(krita.value(STATE)["layers"])
    assert krita.value("[i['role'] for i in list(recipes(d).values())[-1]['inputs']]") == [
        "line_art",
        "reference",
        "reference_left_out",
    ]
    assert greenness(whole) > 20 and greenness(without) < greenness(whole) / 2, (greenness(whole), greenness(without))
    krita.run("hands.click('huebrush_marks_whole'); d.waitForDone()")
    assert not krita.value("hands.widget('huebrush_marks_whole').isVisible()")


def test_the_page_is_the_artists_own_while_its_reference_is_shown(recording_krita, page, tmp_path):
    """Saved, exported and copied at any moment, also in the middle of a stroke: its layers are as they were, none is
    hidden or added, and Ctrl+Z takes back the artist's own last step. The strokes are in the file."""
    krita, folder = recording_krita
    begin(krita, page)
    krita.run("hands.layer_named('Background').setVisible(False); d.setActiveNode(hands.layer_named('Line art'))")
    krita.run("hands.spin(0.3); canvas_hands.look_at(0, 0, d.width(), d.height())")
    krita.run("app.action('KritaShape/KisToolBrush').trigger(); plain = hands.pixel_hash('Line art')")
    krita.run("canvas_hands.stroke([(100, 100), (300, 300)], 20)")
    before = krita.value(STATE)
    layers = krita.value("[[n.name(), n.visible()] for n in d.rootNode().childNodes()]")
    assert ["Background", False] in layers and ["Line art", True] in layers
    show_reference(krita, "huebrush_marks_take")
    assert krita.value(STATE) == before and saved_layers(krita, tmp_path) == layers
    krita.run("reference_hands.press_key('R'); reference_hands.begin((200, 300))")
    assert saved_layers(krita, tmp_path) == layers
    krita.run("reference_hands.end((600, 700))")
    assert krita.value(STATE) == before and saved_layers(krita, tmp_path) == layers
    krita.run("copied = d.clone(); names = [[n.name(), n.visible()] for n in copied.rootNode().childNodes()]")
    krita.run("copied.close()")
    assert krita.value("names") == layers
    krita.run("hands.press('edit_undo')")
    assert krita.settled("hands.pixel_hash('Line art') == plain", True), "Ctrl+Z is not the artist's own step"
    krita.run("reference_hands.press_key('Escape')")
    assert krita.value("reference_hands.window() is None")
    file = str(tmp_path / "saved.kra")
    krita.run(f"d.saveAs({file!r}); hands.close_all(); hands.open_file({file!r}); d = hands.document()")
    colorize(krita)
    (part,) = [image for image in sent_job(folder)["images"] if image["role"] == "reference_part"]
    place = [part["x"], part["y"], part["x"] + part["width"], part["y"] + part["height"]]
    assert np.abs(np.subtract(place, [200, 300, 600, 700])).max() <= 6, place


def test_a_page_left_hidden_by_an_earlier_huebrush_is_brought_back(recording_krita, page, tmp_path):
    """Saved while the reference was shown alone: opened again, the layers are shown, and the strokes count."""
    krita, folder = recording_krita
    begin(krita, page)
    krita.run(
        "import json; from huebrush.documents.find import node_id; root = d.rootNode(); "
        "n = d.createNode('Reference brush: Reference', 'paintlayer'); "
        "n.setPixelData(hands.QtCore.QByteArray(bytes((60, 194, 25, 255)) * 2500), 100, 120, 50, 50); "
        "root.addChildNode(n, None); r = hands.layer_named('Reference'); "
        "[x.setVisible(x in (r, n)) for x in root.childNodes()]; "
        "noted = json.dumps({node_id(r): node_id(n)}).encode(); "
        "d.setAnnotation('huebrush/reference-brush', '', hands.QtCore.QByteArray(noted))"
    )
    file = str(tmp_path / "hidden.kra")
    krita.run(f"d.refreshProjection(); d.waitForDone(); d.saveAs({file!r}); hands.close_all()")
    krita.run(f"hands.docker().hide(); hands.open_file({file!r}); d = hands.document()")
    shown = "{n.name(): n.visible() for n in d.rootNode().childNodes()}"
    expected = {"Background": True, "Reference": True, "Line art": True, "Reference brush: Reference": False}
    assert krita.settled(shown, expected) == expected
    assert krita.wait_for_banner("page_shown_again")
    krita.run("hands.click('huebrush_banner_dismiss')")
    colorize(krita)
    (part,) = [image for image in sent_job(folder)["images"] if image["role"] == "reference_part"]
    assert [part[name] for name in ("x", "y", "width", "height")] == [100, 120, 50, 50]


def test_a_patch_of_the_reference_is_what_a_painted_place_comes_to_look_like(real_krita, page, picture, tmp_path):
    """A selection is filled at once, which one undo in the window takes back; the page's green bag takes its colour."""
    krita = real_krita
    begin(krita, page)
    before = colorized(krita, tmp_path)
    krita.run("canvas_hands.select(262, 640, 60, 110); hands.press('huebrush_take_this')")
    krita.wait_for("reference_hands.window() is not None", "the reference's window")
    painted = "hands.widget('huebrush_marks_whole').isVisible()"
    krita.run("hands.show_page('colorize')")
    krita.wait_for(painted, "the selection to be painted")
    ways = "hands.QtCore.Qt.KeyboardModifier"
    krita.run(f"reference_hands.press_key('Z', {ways}.ControlModifier)")
    krita.wait_for(f"not {painted}", "the step to be taken back")
    krita.run(f"reference_hands.press_key('Z', {ways}.ControlModifier | {ways}.ShiftModifier)")
    krita.wait_for(painted, "the step to be made again")
    krita.run("hands.press('huebrush_show_page'); hands.document().setSelection(None)")
    krita.run("hands.press('huebrush_new_brush_edit')")
    krita.run("hands.choose_in_menu('huebrush_edit_patch', 'What is brushed green of “Reference”')")
    krita.wait_for("hands.widget('huebrush_edit_patch_line').isVisible()", "the patch")
    assert krita.value("hands.widget('huebrush_edits_list').item(0).text()") == "→ like “Reference”, painted"
    assert krita.value("hands.unnamed_controls()") == []
    krita.run("hands.show_page('edit')")
    picture(krita, "", "docker-patch")
    krita.run("canvas_hands.stroke([(260, 960), (400, 960)], 60)")
    after = colorized(krita, tmp_path, "huebrush_edits_apply")
    place = (after != before).any(axis=2)
    assert place[BAG].mean() > 0.8 and not place[:880].any()
    assert greenness(before, BAG) > 30 and greenness(after, BAG) < -30, (greenness(before, BAG), greenness(after, BAG))
    krita.run("hands.click('huebrush_edit_remove'); hands.press('huebrush_reopen_edits')")
    krita.wait_for("hands.widget('huebrush_edits_list').count() == 1", "the edit of the recipe")
    assert krita.value("hands.widget('huebrush_edits_list').item(0).text()") == "→ like “Reference”, painted"
    again = colorized(krita, tmp_path, "huebrush_edits_apply")
    assert np.array_equal(again, after), "the recipe has the patch itself"
    krita.run("hands.show_page('colorize')")
