"""The brush on the reference in a real Krita, with the built-in model."""

from __future__ import annotations

import numpy as np
from docker_steps import wait_for_result

MODEL_PATIENCE = 400.0
"""Seconds that the real model may take, on two busy cores, before it counts as stuck."""
REFERENCE_HAIR = (
    ([(340, 220), (460, 190), (600, 220)], 190),
    ([(320, 290), (630, 290)], 80),
    ([(293, 280), (293, 590)], 70),
    ([(660, 280), (655, 590)], 70),
    ([(600, 470), (600, 476)], 60),
    ([(345, 485), (351, 485)], 40),
)
"""Strokes over the hair of the reference, each with its width."""
PAGE_HAIR = (slice(150, 200), slice(440, 560))
STROKES = "Reference brush: Reference"
SHOWN = "[n.name() for n in d.rootNode().childNodes() if n.visible()]"


def pixels(krita, folder, layer: str) -> np.ndarray:
    """The layer or group with this id as it is composed, (H,W,4) uint8 RGBA."""
    file = folder / "layer.pixels"
    krita.run(
        f"n = find_node(d, {layer!r}); d.waitForDone(); "
        f"open({str(file)!r}, 'wb').write(bytes(n.projectionPixelData(0, 0, d.width(), d.height()).data()))"
    )
    width, height = krita.value("[d.width(), d.height()]")
    return np.fromfile(file, np.uint8).reshape(height, width, 4)[..., [2, 1, 0, 3]]


def colorized(krita, folder, button: str = "huebrush_colorize") -> np.ndarray:
    """Press a button that makes a result, and return that."""
    krita.run(f"hands.click({button!r})")
    wait_for_result(krita, MODEL_PATIENCE)
    krita.run("hands.spin(0.3); d.waitForDone()")
    return pixels(krita, folder, krita.value("hands.job()['group']"))


def greenness(picture: np.ndarray) -> float:
    """How much greener than grey the page's hair is."""
    red, green, blue = np.median(picture[PAGE_HAIR][..., :3].reshape(-1, 3), axis=0)
    return float(green - (red + blue) / 2)


def test_the_colour_of_this_and_not_of_that(real_krita, page, picture, tmp_path):
    """A reference's pale green hair is left out: the page, with the same seed, has another."""
    krita = real_krita
    page(krita)
    krita.run("from huebrush.documents import find_node; from huebrush.recipe import recipes; d = hands.document()")
    krita.run("hands.type_number('huebrush_steps_number', 12); hands.type_number('huebrush_seed_number', 8)")
    krita.run("hands.toggle('huebrush_seed_lock')")
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
    krita.run("hands.toggle('huebrush_seed_lock')")


def test_what_is_selected_is_filled_and_becomes_a_patch(real_krita, page, picture):
    """By Krita's own action, which one undo takes back."""
    krita = real_krita
    page(krita)
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
    krita.run("hands.scroll_to('huebrush_edits')")
    picture(krita, "", "docker-patch")
    krita.run("hands.widget('huebrush_edits').setChecked(False)")
