"""The brush on the reference in a real Krita, with the built-in model."""

from __future__ import annotations

import numpy as np
from docker_steps import MODEL_PATIENCE, layer_pixels, wait_for_result

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
STROKES = "Reference brush: Reference"
SHOWN = "[n.name() for n in d.rootNode().childNodes() if n.visible()]"


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


def test_the_colour_of_this_and_not_of_that(real_krita, page, picture, tmp_path):
    """A reference's pale green hair is left out: the page, with the same seed, has another."""
    krita = real_krita
    begin(krita, page)
    whole = colorized(krita, tmp_path)
    shown = krita.value(SHOWN)

    # Strokes over the reference's pale green hair keep that from the page, which comes back with the result.
    krita.run("d.setActiveNode(hands.layer_named('Line art')); canvas_hands.set_foreground(1, 2, 3)")
    krita.run("hands.click('huebrush_marks_leave')")
    assert krita.value(SHOWN) == ["Reference", STROKES]
    assert krita.value("d.activeNode().name()") == STROKES
    for points, width in REFERENCE_HAIR:
        krita.run(f"canvas_hands.stroke({points!r}, {width})")
    picture(krita, "window", "reference-brush")
    without = colorized(krita, tmp_path)
    picture(krita, "window", "reference-brush-applied")
    assert set(shown) <= set(krita.value(SHOWN)) and STROKES not in krita.value(SHOWN)
    assert krita.value("d.activeNode().name()") == "Line art" and krita.value("canvas_hands.foreground()") == [1, 2, 3]
    assert krita.value("[i['role'] for i in list(recipes(d).values())[-1]['inputs']]") == [
        "line_art",
        "reference",
        "reference_left_out",
    ]
    assert greenness(whole) > 20 and greenness(without) < greenness(whole) / 2, (greenness(whole), greenness(without))
    krita.run("hands.click('huebrush_marks_whole'); d.waitForDone()")
    assert STROKES not in [layer["name"] for layer in krita.value("hands.layers()")]


def test_a_patch_of_the_reference_is_what_a_painted_place_comes_to_look_like(real_krita, page, picture, tmp_path):
    """A selection is filled by Krita's own action, which one undo takes back; the page's green bag takes its colour."""
    krita = real_krita
    begin(krita, page)
    before = colorized(krita, tmp_path)
    width = f"hands.layer_named({STROKES!r}).bounds().width()"
    krita.run("canvas_hands.select(262, 640, 60, 110); hands.press('huebrush_take_this')")
    krita.wait_for(f"{width} == 60", "the filled selection")
    krita.run("hands.press('edit_undo')")
    assert krita.settled(width, 0) == 0
    krita.run("hands.press('edit_redo')")
    assert krita.settled(width, 60) == 60
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
