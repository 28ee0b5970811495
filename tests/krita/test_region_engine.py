"""Flats by the real engine and the built-in model, from the docker to the saved file, with what there is to check."""

from __future__ import annotations

import cv2
import numpy as np
from docker_steps import MODEL_PATIENCE, colorize, layer_pixels, open_again, save, wait_for_result
from example import line_coverage
from PIL import Image

STEPS = 12
STATE = "[hands.pixel_hash(), hands.pixel_hash('Line art'), [n.visible() for n, _ in walk(d.rootNode())]]"
INSIDE = "documents.find_node(d, hands.job()['group']).childNodes()"
INK = 64
"""Coverage of 255 from which a pixel is a line, as in the engine."""


def begin(krita, page) -> None:
    """Open the example as a fresh page."""
    page(krita)
    krita.run(
        "from huebrush.documents import find as documents; "
        "from huebrush.documents.find import walk; d = hands.document()"
    )
    krita.run("from huebrush.documents.canvas import canvas_view")
    krita.run(f"hands.type_number('huebrush_steps_number', {STEPS}); hands.type_number('huebrush_seed_number', 8)")


def composed(krita, folder) -> np.ndarray:
    """The result's group as (H,W,4) uint8 RGBA."""
    return layer_pixels(krita, folder, "documents.find_node(d, hands.job()['group'])")


def test_flats_by_the_model(real_krita, page, picture, tmp_path):
    """A layer a colour with shading: named, labelled, below the lines; places to check; a fix and undo; the file."""
    krita = real_krita
    begin(krita, page)
    before = krita.value(STATE)
    krita.run("hands.pick('huebrush_result', 'Flats, a layer per colour'); hands.toggle('huebrush_shading')")
    krita.run("hands.widget('huebrush_palette').setChecked(True)")
    krita.run("hands.pick('huebrush_palette_source', 'From the references')")
    krita.run("hands.type_number('huebrush_palette_size', 10); hands.widget('huebrush_palette').setChecked(False)")
    colorize(krita, MODEL_PATIENCE)
    looks = krita.value(f"[[n.name(), n.blendingMode(), n.colorLabel(), n.alphaLocked()] for n in {INSIDE}]")
    flat = [look for look in looks if look[1] == "normal"]
    assert len(flat) >= 3 and all(look[2] and look[3] and look[0] for look in flat), looks
    assert {look[1] for look in looks} <= {"normal", "multiply", "screen"} and len(looks) > len(flat)
    assert composed(krita, tmp_path)[..., 3].min() == 255, "unpainted pixels"
    picture(krita, "window", "flats")
    krita.run("hands.show_page('check')")
    count = krita.value("hands.widget('huebrush_place_list').count()")
    assert count, "a page by the built-in model without anything to check"
    first = krita.value(STATE)
    krita.run("hands.press('huebrush_next_place'); hands.spin(0.7)")
    picture(krita, "window", "place")
    picture(krita, "", "docker-places")
    assert krita.value(STATE) == first, "looking at a place changed the page"
    for _ in range(count):
        if krita.value("hands.widget('huebrush_suggestions').isVisible()"):
            break
        krita.run("hands.press('huebrush_next_place'); hands.spin(0.3)")
    krita.run("hands.click('huebrush_fix_0')")
    wait_for_result(krita, MODEL_PATIENCE)
    krita.wait_for("hands.widget('huebrush_fixes').isVisible()", "the corrected result")
    assert krita.value("hands.widget('huebrush_place_list').count()") < count
    assert krita.value(STATE)[1] == before[1]
    krita.run("hands.press('edit_undo')")
    assert krita.settled(STATE, first) == first
    assert krita.value("hands.widget('huebrush_place_list').count()") == count
    krita.run("hands.press('edit_undo')")
    assert krita.settled(STATE, before) == before
    krita.run("hands.press('edit_redo')")
    assert krita.settled(STATE, first) == first
    file = tmp_path / "page.kra"
    save(krita, file)
    open_again(krita, file)
    krita.run("group = next(n for n, _ in walk(d.rootNode()) if n.name().startswith(('Picture ', 'Flats ')))")
    assert (
        krita.value("[[n.name(), n.blendingMode(), n.colorLabel(), n.alphaLocked()] for n in group.childNodes()]")
        == looks
    )
    assert krita.value("hands.widget('huebrush_result').currentText()") == "Flats, a layer per colour"


def test_settings_of_flats_use_the_last_picture_and_another_paints_anew(real_krita, page):
    """With a seed that nobody chose: palette, gap, kind of result and shading keep the seed and paint no picture."""
    krita = real_krita
    begin(krita, page)
    krita.run("hands.type_number('huebrush_steps_number', 3); hands.type_number('huebrush_seed_number', 0)")
    krita.run("from huebrush.session import session; phases = []")
    krita.run("told = lambda received: phases.append(getattr(received.message, 'phase', ''))")
    krita.run("session().link.received.connect(told); hands.pick('huebrush_result', 'Flats')")
    krita.run("hands.widget('huebrush_palette').setChecked(True)")
    krita.run("hands.pick('huebrush_palette_source', 'From the references')")
    seed = "hands.widget('huebrush_seed_number').seed"
    colorize(krita, MODEL_PATIENCE)
    first = krita.value(seed)
    assert first and "denoising" in krita.value("phases")
    for change in (
        "hands.type_number('huebrush_palette_size', 6)",
        "hands.widget('huebrush_gap_automatic').setChecked(False)",
        "hands.pick('huebrush_result', 'Flats, a layer per colour')",
        "hands.toggle('huebrush_shading')",
        "hands.pick('huebrush_result', 'Picture')",
    ):
        krita.run(f"{change}; phases.clear()")
        colorize(krita, MODEL_PATIENCE)
        assert "finishing" in krita.value("phases") and "denoising" not in krita.value("phases"), change
        assert krita.value(seed) == krita.value("hands.job()['seed']") == first, change
    krita.run("phases.clear(); hands.click('huebrush_another')")
    wait_for_result(krita, MODEL_PATIENCE)
    assert "denoising" in krita.value("phases") and krita.value(seed) == krita.value("hands.job()['seed']") != first
    krita.run("session().link.received.disconnect(told); hands.widget('huebrush_gap_automatic').setChecked(True)")
    krita.run("hands.widget('huebrush_palette').setChecked(False)")


def test_a_german_krita_gets_german_layers(real_krita, page):
    """The group, the layers with the backend's words for their colours, light, shadow and picture."""
    krita = real_krita
    begin(krita, page)
    krita.run(
        "hands.type_number('huebrush_steps_number', 3); hands.pick('huebrush_result', 'Flats, a layer per colour')"
    )
    krita.run("hands.toggle('huebrush_shading'); hands.toggle('huebrush_keep_picture')")
    krita.run("from huebrush.base.strings import catalogue; before = hands.QtCore.QLocale()")
    krita.run("hands.QtCore.QLocale.setDefault(hands.QtCore.QLocale('de_DE'))")
    try:
        colorize(krita, MODEL_PATIENCE)
        names = krita.value(f"[n.name() for n in {INSIDE}]")
        assert krita.value("documents.find_node(d, hands.job()['group']).name()").startswith("Farbflächen je Farbe 1 ·")
    finally:
        krita.run("hands.QtCore.QLocale.setDefault(before)")
    krita.run("made_up = [k for k in catalogue('en') if k.startswith(('color.', 'layer.'))]")
    english = set(krita.value("[catalogue('en')[k] for k in made_up]")) - set(
        krita.value("[catalogue('de')[k] for k in made_up]")
    )
    assert len(names) > 5 and len(english) > 30
    assert [name for name in names if english & {name, name.split(" ")[0], " ".join(name.split(" ")[:2])}] == [], names
    krita.run("hands.toggle('huebrush_shading'); hands.toggle('huebrush_keep_picture')")


def test_hints_without_a_model_give_their_very_colours(real_krita, page, tmp_path):
    """Two strokes on a layer, no reference: the regions have the strokes' colours to the bit, in a CMYK page too."""
    krita = real_krita
    page(krita, model="CMYKA", depth="U8")
    krita.run(
        "from huebrush.documents import find as documents; "
        "from huebrush.documents.find import walk; d = hands.document()"
    )
    krita.run(
        "n = d.createNode('Strokes', 'paintlayer'); n.setColorSpace('RGBA', 'U8', 'sRGB-elle-V2-srgbtrc.icc'); "
        "paint = lambda x, y, c: n.setPixelData(hands.QtCore.QByteArray(bytes((*c, 255)) * 900), x, y, 30, 30); "
        "paint(20, 20, (50, 200, 10)); paint(560, 500, (30, 90, 240)); "
        "d.rootNode().addChildNode(n, None); n.setVisible(False); d.refreshProjection(); "
        "hands.widget('huebrush_panel').refresh()"
    )
    krita.run("hands.pick('huebrush_result', 'Flats'); hands.pick('huebrush_model', 'No model: hints or palette')")
    krita.run("hands.widget('huebrush_palette').setChecked(True); hands.pick('huebrush_hints', 'Strokes')")
    colorize(krita, MODEL_PATIENCE)
    painted = composed(krita, tmp_path)
    assert painted[30, 30].tolist() == [10, 200, 50, 255] and painted[510, 570].tolist() == [240, 90, 30, 255]
    free = line_coverage() < INK
    known = np.array([[10, 200, 50, 255], [240, 90, 30, 255], [0, 0, 0, 0]])
    core = free.copy()
    for shift in (1, -1):
        for axis in (0, 1):
            core &= np.roll(free, shift, axis)
    match = (painted[core][:, None] == known[None]).all(2).any(1)
    assert match.mean() > 0.999, "colours that nobody has painted"
    krita.run("hands.widget('huebrush_palette').setChecked(False)")


def test_chalk_lines_show_their_colours_after_one_click(real_krita, page, tmp_path):
    """Light lines on black paper: the docker offers Screen, in which the paper vanishes and the lines stay light."""
    krita = real_krita
    page(krita)
    coverage = line_coverage().astype(np.uint8)
    chalk = tmp_path / "chalk.png"
    Image.fromarray(np.dstack([coverage] * 3)).save(chalk)
    krita.run(f"hands.add_picture(hands.document(), 'Chalk', {str(chalk)!r}); hands.pick('huebrush_line_art', 'Chalk')")
    krita.run("hands.pick('huebrush_result', 'Flats'); hands.pick('huebrush_model', 'No model: hints or palette')")
    krita.run("hands.widget('huebrush_palette').setChecked(True)")
    krita.run("hands.pick('huebrush_palette_source', 'From a list')")
    krita.run("hands.widget('huebrush_palette_codes').setText('#c81e28 #2a9d8f #e9c46a')")
    colorize(krita, MODEL_PATIENCE)
    assert krita.wait_for_banner("opaque_light_lines")["remedy"] == "Set to Screen"
    krita.run("hands.click('huebrush_banner_remedy'); hands.spin(0.5)")
    shown = layer_pixels(krita, tmp_path, "page.rootNode()")[..., :3].astype(int)
    assert (shown[coverage > 250] > 250).all()
    paper = cv2.dilate(coverage, np.ones((5, 5), np.uint8)) == 0
    palette = np.array([[200, 30, 40], [42, 157, 143], [233, 196, 106]])
    match = np.abs(shown[paper][:, None] - palette).max(axis=2).min(axis=1) <= 1
    assert match.mean() > 0.999
    krita.run("hands.widget('huebrush_palette').setChecked(False)")
