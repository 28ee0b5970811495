"""Edits of flats on a layer per colour, by the real engine: what is edited moves to the layer of its new colour."""

from __future__ import annotations

import numpy as np
import pytest
from docker_steps import MODEL_PATIENCE, colorize, layer_pixels, wait_for_result

RED = "#c81e28"
SETUP = """
from huebrush.documents.find import find_node, walk
d = hands.document()
def group():
    return find_node(d, hands.job()['group'])
def looks():
    return [[n.name(), n.type(), n.blendingMode(), n.colorLabel(), n.alphaLocked()] for n in group().childNodes()]
"""
STATE = "[hands.layers(), hands.pixel_hash(), [n.visible() for n, _ in walk(d.rootNode())]]"
SLEEVE = (780, 720)


def stack(krita, folder) -> dict[str, np.ndarray]:
    """The layers of the result's group by name, bottom to top."""
    names = krita.value("[n.name() for n in group().childNodes()]")
    return {name: layer_pixels(krita, folder, f"group().childNodes()[{n}]") for n, name in enumerate(names)}


def edit(krita, target: str, x: int, y: int) -> None:
    """Give the region there another colour, by a dot of the text brush."""
    krita.run("hands.press('huebrush_new_brush_edit')")
    krita.run(f"hands.type_text('huebrush_edit_target', {target!r})")
    krita.run("box = hands.widget('huebrush_edit_whole_regions')\nif not box.isChecked(): box.click()")
    krita.run(f"canvas_hands.dot({x}, {y}, 16); hands.click('huebrush_edits_apply')")
    wait_for_result(krita, MODEL_PATIENCE)
    krita.run("hands.spin(0.3); d.waitForDone()")
    krita.run("hands.click('huebrush_edit_remove')")


@pytest.mark.parametrize("result", ["Flats, a layer per colour", "Flats, a layer per area"])
def test_a_stack_stays_a_stack(real_krita, page, tmp_path, result):
    krita = real_krita
    page(krita)
    krita.run(SETUP)
    krita.run("hands.type_number('huebrush_steps_number', 2); hands.type_number('huebrush_seed_number', 8)")
    krita.run(f"hands.pick('huebrush_result', {result!r})")
    krita.run("switch = hands.widget('huebrush_shading')\nif not switch.isChecked(): switch.click()")
    colorize(krita, MODEL_PATIENCE)
    first, before = stack(krita, tmp_path), layer_pixels(krita, tmp_path, "group()")
    shades = krita.value("[look for look in looks() if look[2] != 'normal']")
    assert shades and krita.value("looks()[-1]") == shades[-1]
    state = krita.value(STATE)
    krita.run("d.setActiveNode(group().childNodes()[0])")
    edit(krita, RED, *SLEEVE)
    second, after = stack(krita, tmp_path), layer_pixels(krita, tmp_path, "group()")
    look = krita.value("looks()")
    assert look[-len(shades) :] == shades, "light and shade lie on top, as they were"
    (red,) = [entry for entry in look if RED in entry[0]]
    assert red[1:3] == ["paintlayer", "normal"] and red[3] and red[4]
    region = second[red[0]][..., 3] == 255
    x, y = SLEEVE
    assert region[y, x] and 1000 < region.sum() < region.size / 2
    assert (second[red[0]][region][:, :3] == (200, 30, 40)).all()
    for name, pixels in second.items():
        if name in first and name != red[0] and next(entry for entry in look if entry[0] == name)[2] == "normal":
            assert not pixels[region].any(), f"{name} still has what is red now"
            assert np.array_equal(pixels[~region], first[name][~region])
    outside = second[red[0]][..., 3] == 0
    assert np.array_equal(after[outside], before[outside]) and not np.array_equal(after[region], before[region])

    krita.run("hands.press('edit_undo')")
    krita.run("layer = hands.layers()[0]\nif layer['name'] == 'Text brush': hands.layer_named('Text brush').remove()")
    assert krita.settled("hands.pixel_hash()", state[1]) == state[1]
    krita.run("hands.show_page('colorize')")


def test_the_layer_of_that_colour_takes_it(real_krita, page, tmp_path):
    """Two edits to one colour are on one layer; a layer of which nothing is left goes."""
    krita = real_krita
    page(krita)
    krita.run(SETUP)
    krita.run("hands.pick('huebrush_result', 'Flats, a layer per colour')")
    krita.run("hands.widget('huebrush_palette').setChecked(True)")
    krita.run("hands.pick('huebrush_palette_source', 'From a list')")
    krita.run("hands.widget('huebrush_palette_codes').setText('#2a9d8f')")
    krita.run("hands.type_number('huebrush_steps_number', 2)")
    colorize(krita, MODEL_PATIENCE)
    (only,) = [name for name in stack(krita, tmp_path) if "#2a9d8f" in name]
    edit(krita, RED, *SLEEVE)
    edit(krita, RED, 20, 20)
    names = krita.value("[n.name() for n in group().childNodes()]")
    assert len([name for name in names if RED in name]) == 1 and only in names
    red = next(pixels for name, pixels in stack(krita, tmp_path).items() if RED in name)
    assert (red[SLEEVE[1], SLEEVE[0]] == (200, 30, 40, 255)).all() and (red[20, 20] == (200, 30, 40, 255)).all()
    krita.run("hands.press('huebrush_new_brush_edit'); hands.type_text('huebrush_edit_target', '#1e46c8')")
    krita.run("box = hands.widget('huebrush_edit_whole_regions')\nif box.isChecked(): box.click()")
    krita.run("canvas_hands.stroke([(20, y) for y in range(0, d.height(), 40)], 10)")
    krita.run("from krita import Selection\nhands.pick('huebrush_edit_where', 'Selection')")
    krita.run("canvas_hands.select(0, 0, d.width(), d.height()); hands.click('huebrush_edits_apply')")
    wait_for_result(krita, MODEL_PATIENCE)
    colors = krita.value("[look[0][-7:] for look in looks() if look[2] == 'normal']")
    assert colors == ["#1e46c8"]
    krita.run("d.setSelection(None); hands.click('huebrush_edit_remove'); hands.show_page('colorize')")
    krita.run("hands.pick('huebrush_palette_source', 'None')")
    krita.run("hands.widget('huebrush_palette').setChecked(False)")


def test_a_limited_stack_is_edited_within_its_selection(real_krita, page, tmp_path):
    """The region goes on outside; the edit does not, and its edge is as soft as the selection's."""
    krita = real_krita
    page(krita)
    krita.run(f"{SETUP}\nfrom krita import Selection; chosen = Selection()")
    x, y = SLEEVE
    krita.run(f"chosen.select({x - 60}, {y - 60}, 80, 120, 255); chosen.feather(6); d.setSelection(chosen)")
    krita.run("hands.pick('huebrush_result', 'Flats, a layer per colour')")
    krita.run("hands.type_number('huebrush_steps_number', 2)")
    colorize(krita, MODEL_PATIENCE)
    before, file = layer_pixels(krita, tmp_path, "group()"), tmp_path / "selected"
    krita.run(
        f"data = d.selection().pixelData(0, 0, d.width(), d.height()).data(); open({str(file)!r}, 'wb').write(data)"
    )
    shares = np.fromfile(file, np.uint8).reshape(before.shape[:2])
    krita.run("d.setSelection(None)")
    edit(krita, RED, x - 20, y)
    after, layers = layer_pixels(krita, tmp_path, "group()"), stack(krita, tmp_path)
    red = next(pixels for name, pixels in layers.items() if RED in name)
    assert (red[y, x - 20] == (200, 30, 40, 255)).all()
    assert not after[shares == 0].any() and (red[..., 3] <= shares).all()
    assert len(np.unique(red[..., 3])) > 4, "the edge is hard"
    krita.run("hands.show_page('colorize')")
