"""Going on from a picture of the page in a real Krita: what is sent, what becomes of it, and what is carried along."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from docker_steps import MODEL_PATIENCE, colorize, layer_pixels, open_again, save, sent_job, start_backend

READY = """
from huebrush.base.qt import QtCore
from huebrush.documents.find import find_node, node_id
from huebrush.session import session
d = hands.document()
def newest():
    "The newest result's group, on the page as it is now."
    return find_node(d, hands.job()['group'])
def within(group, name):
    return next(node for node in group.childNodes() if node.name() == name)
def names(group):
    "What lies in it, bottom to top."
    return [node.name() for node in group.childNodes()]
def is_kept(group):
    "Its pixels are in a file."
    kept = session().keeper.files.of(d).values()
    return node_id(group) in [each.record.group for each in kept if each.has_layers]
def fill(layer, place, color):
    "Paint a rectangle in sRGB (blue, green, red), in whatever the layer has."
    patch = d.createNode('patch', 'paintlayer')
    patch.setColorSpace('RGBA', 'U8', 'sRGB-elle-V2-srgbtrc.icc')
    patch.setPixelData(QtCore.QByteArray(bytes((*color, 255)) * (place[2] * place[3])), *place)
    patch.setColorSpace(layer.colorModel(), layer.colorDepth(), layer.colorProfile())
    layer.setPixelData(patch.pixelData(*place), *place)
    d.refreshProjection(); d.waitForDone()
def results():
    "How many results are among the layers."
    return len([node for node in d.rootNode().childNodes() if node.name().startswith('Picture')])
"""
PATCH = (10, 20, 30, 12)
"""Where a layer is added over a result: x, y, width and height."""
SETTINGS = "hands.widget('huebrush_panel')._form.settings"


def begin(krita, page, **options: object) -> None:
    """Colour a fresh page, and wait until the result is kept in a file."""
    page(krita, **options)
    start_backend(krita)
    krita.run(READY)
    colorize(krita, MODEL_PATIENCE)
    krita.wait_for("is_kept(newest())", "the result's file")
    krita.run("first = newest()")


def go_on(krita, group: str = "first") -> None:
    """Choose a result under "Start from", colorize, and wait for the new one."""
    krita.run("hands.widget('huebrush_panel').refresh()")
    krita.run(f"hands.pick('huebrush_initial', {group}.name())")
    colorize(krita, MODEL_PATIENCE)
    krita.wait_for("is_kept(newest())", "the result's file")


def difference(after: np.ndarray, before: np.ndarray) -> np.ndarray:
    """What `after` has where it is another colour than `before`, all else transparent, (H,W,4)."""
    return np.where((after != before).any(axis=-1, keepdims=True), after, 0).astype(np.uint8)


@pytest.fixture
def afresh(painting_krita):
    """A Krita with an engine that makes one colour and a shade; afterwards nothing is chosen to start from."""
    yield painting_krita
    painting_krita.run("hands.pick('huebrush_initial', '(anew)')")


@pytest.mark.parametrize("is_hidden", [False, True], ids=["seen", "hidden"])
def test_a_result_that_was_painted_on_goes_with_the_job(recording_krita, page, tmp_path, is_hidden: bool):
    """Its group alone, as it is seen, in the page's size, whether it is switched on or not; and the chosen change."""
    krita, records = recording_krita
    begin(krita, page, edge=96)
    krita.run("fill(within(first, 'Recorded'), (30, 40, 20, 10), (40, 60, 200))")
    shown = layer_pixels(krita, tmp_path, "first")
    krita.run(f"first.setVisible({not is_hidden}); d.refreshProjection(); d.waitForDone()")
    krita.run("hands.widget('huebrush_panel').refresh(); hands.pick('huebrush_initial', first.name())")
    krita.run("hands.type_number('huebrush_change_number', 15)")
    colorize(krita)
    assert krita.value("hands.banner()") is None
    job = sent_job(records)
    krita.run("hands.pick('huebrush_initial', '(anew)')")
    header = next(image for image in job["images"] if image["role"] == "initial")
    assert job["parameters"]["change"] == 0.15
    assert [header[name] for name in ("width", "height", "x", "y")] == [96, 96, 0, 0]
    sent = np.frombuffer((records / "initial.pixels").read_bytes(), np.uint8).reshape(96, 96, 4)
    assert np.array_equal(sent[..., [2, 1, 0, 3]], shown) and shown[45, 35].tolist() == [200, 60, 40, 255]


@pytest.mark.parametrize(("model", "depth"), [("RGBA", "U8"), ("CMYKA", "U8")])
def test_what_was_painted_over_a_result_is_carried(afresh, page, tmp_path, model: str, depth: str):
    """A stroke on the result's layer and a layer above it, exactly, in a layer on top of the new result; one step."""
    krita = afresh
    begin(krita, page, edge=128, model=model, depth=depth)
    before = layer_pixels(krita, tmp_path, "first") if model == "RGBA" else None
    krita.run(
        "d.setActiveNode(within(first, 'Colour')); hands.spin(0.3); app.action('KritaShape/KisToolBrush').trigger()"
    )
    krita.run("canvas_hands.set_foreground(255, 0, 0); canvas_hands.look_at(0, 0, 128, 128)")
    krita.run("canvas_hands.stroke([(30, 90), (90, 100)], 12)")
    krita.run("added = d.createNode('Mine', 'paintlayer'); first.addChildNode(added, None)")
    krita.run(f"fill(added, {PATCH}, (150, 115, 90))")
    go_on(krita)
    assert krita.value("names(newest())") == ["Colour", "Shade", "Overpaint"]
    krita.run("second = newest()")
    over = layer_pixels(krita, tmp_path, "within(second, 'Overpaint')")
    x, y, width, height = PATCH
    assert (over[y : y + height, x : x + width, 3] == 255).all()
    assert over[95, 60, 3] == 255, "the stroke"
    assert 400 < (over[..., 3] > 0).sum() < 2500 and not over[:15].any() and not over[112:].any()
    if before is not None:
        after = layer_pixels(krita, tmp_path, "first")
        assert np.array_equal(over, difference(after, before))
    go_on(krita, "second")
    assert np.array_equal(layer_pixels(krita, tmp_path, "within(newest(), 'Overpaint')"), over)
    assert krita.value("results()") == 3
    krita.run("hands.press('edit_undo')")
    krita.wait_for("results() == 2 and find_node(d, node_id(second)) is not None", "one step back")


@pytest.mark.parametrize("change", ["nothing", "hidden", "dimmed", "mirrored", "renamed"])
def test_what_was_not_painted_is_not_carried(afresh, page, change: str):
    """A result as it was written, hidden, with a dimmed layer, or with renamed ones has no overpaint; nor has one that
    differs wholly."""
    krita = afresh
    begin(krita, page, edge=128)
    acts = {
        "nothing": "pass",
        "hidden": "first.setVisible(False)",
        "dimmed": "within(first, 'Colour').setOpacity(120)",
        "renamed": "[node.setName(node.name() + ' of mine') for node in first.childNodes()]",
        "mirrored": "fill(within(first, 'Colour'), (0, 0, 128, 128), (1, 2, 3))",
    }
    krita.run(f"{acts[change]}; d.refreshProjection(); d.waitForDone()")
    go_on(krita)
    assert krita.value("names(newest())") == ["Colour", "Shade"]


def test_a_layer_in_a_result_is_a_start_too(afresh, page, tmp_path):
    krita = afresh
    begin(krita, page, edge=128)
    krita.run(f"fill(within(first, 'Colour'), {PATCH}, (10, 20, 200))")
    krita.run("d.setActiveNode(within(first, 'Colour')); hands.spin(0.3); hands.widget('huebrush_panel').refresh()")
    go_on(krita, "within(first, 'Colour')")
    over = layer_pixels(krita, tmp_path, "within(newest(), 'Overpaint')")
    x, y, width, height = PATCH
    wanted = np.zeros_like(over)
    wanted[y : y + height, x : x + width] = (200, 20, 10, 255)
    assert np.array_equal(over, wanted)


def test_the_history_goes_on_from_a_result_that_is_gone(afresh, page):
    """It is put back, chosen, and the page with the settings comes to the front."""
    krita = afresh
    begin(krita, page, edge=128)
    krita.run("hands.press('edit_undo')")
    krita.wait_for("results() == 0", "the result to go")
    krita.run("hands.show_page('history'); rows = hands.widget('huebrush_history')")
    krita.run("rows.setCurrentIndex(rows.model().index(0, 0)); hands.click('huebrush_history_go_on')")
    krita.wait_for(f"results() == 1 and bool({SETTINGS}.initial)", "the result, chosen")
    assert krita.value(f"find_node(d, {SETTINGS}.initial[0].key).name()").startswith("Picture")
    assert krita.value("hands.widget('huebrush_page_colorize').isChecked()")


@pytest.mark.parametrize("ending", [".kra", ".png"])
def test_the_start_is_chosen_again_after_reopening(afresh, page, tmp_path: Path, ending: str):
    """A .kra keeps the layer's id; in a .png that has one layer only, the choice is of a layer that is gone."""
    krita, file = afresh, tmp_path / f"page{ending}"
    begin(krita, page, edge=128)
    krita.run("hands.widget('huebrush_panel').refresh(); hands.pick('huebrush_initial', first.name())")
    krita.run("hands.type_number('huebrush_change_number', 65); name = first.name(); d.setBatchmode(True)")
    save(krita, file)
    krita.run("hands.widget('huebrush_panel').refresh()")
    open_again(krita, file)
    krita.run("hands.widget('huebrush_panel').refresh()")
    assert krita.value(f"[{SETTINGS}.change, {SETTINGS}.initial[0].name == name]") == [65, True]
    if ending == ".kra":
        assert krita.value(f"find_node(d, {SETTINGS}.initial[0].key) is not None")
    else:
        krita.run("hands.click('huebrush_colorize')")
        krita.wait_for("hands.banner() is not None", "the refusal")


def test_a_small_change_stays_nearer_to_the_start(real_krita, page, tmp_path):
    """With the built-in model: at 20 % less differs from the start than at 80 %; a script asks for the second."""
    krita = real_krita
    krita.run("hands.type_number('huebrush_steps_number', 10)")
    begin(krita, page, edge=256)
    krita.run("hands.pick('huebrush_initial', '(anew)'); hands.type_number('huebrush_seed_number', 77)")
    krita.run("fill(within(first, 'Colour'), (60, 60, 90, 90), (40, 160, 60))")
    start = layer_pixels(krita, tmp_path, "first").astype(int)
    krita.run("hands.widget('huebrush_panel').refresh(); hands.pick('huebrush_initial', first.name())")
    krita.run("hands.type_number('huebrush_change_number', 20)")
    colorize(krita, MODEL_PATIENCE)
    near = layer_pixels(krita, tmp_path, "within(newest(), 'Colour')").astype(int)
    assert krita.value("names(newest())") == ["Colour", "Overpaint"]
    krita.run("hands.press('edit_undo')")
    krita.wait_for("results() == 1", "one step back")
    krita.run("from huebrush import api; hands.pick('huebrush_initial', '(anew)')")
    krita.run("same = {'references': [hands.layer_named('Reference')], 'steps': 10, 'seed': 77}")
    krita.run("job = api.colorize(d, **same, initial=first, change=0.8)")
    assert krita.wait_for_end(MODEL_PATIENCE) == "done", krita.value("hands.banner()")
    far = layer_pixels(krita, tmp_path, "within(newest(), 'Colour')").astype(int)
    moved = [np.abs(picture - start)[..., :3] for picture in (near, far)]
    whole, patch = [each.mean() for each in moved], [each[70:140, 70:140].mean() for each in moved]
    assert whole[0] < whole[1] and patch[0] < 0.7 * patch[1], (whole, patch)
    assert krita.value("[api.settings_of(each).change for each in api.results(d)][0]") == 80
