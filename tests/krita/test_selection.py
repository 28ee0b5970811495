"""Colorize with a selection in a real Krita: only there, and everything outside as it was, to the byte."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from docker_steps import colorize, layer_pixels, open_again, save, wait_for_result

SETUP = """
from krita import Selection
from huebrush.documents.find import find_node, walk
from huebrush_protocol.regions import RegionFix
d = hands.document()
panel = hands.widget('huebrush_panel')
def select(x, y, width, height, feather=0):
    made = Selection()
    made.select(x, y, width, height, 255)
    if feather:
        made.feather(feather)
    d.setSelection(made)
    panel.refresh()
def selected():
    found = d.selection()
    return None if found is None else bytes(found.pixelData(0, 0, d.width(), d.height()).data())
def fill(name, red, green, blue):
    layer = hands.layer_named(name)
    count = d.width() * d.height()
    layer.setPixelData(hands.QtCore.QByteArray(bytes((blue, green, red, 255)) * count), 0, 0, d.width(), d.height())
    d.refreshProjection(); d.waitForDone()
def group():
    return find_node(d, hands.job()['group'])
"""
STATE = "[hands.layers(), hands.pixel_hash(), [n.visible() for n, _ in walk(d.rootNode())]]"
PLACE = (40, 40, 60, 60)
"""What is selected: x, y, width and height."""


@pytest.fixture(autouse=True)
def _as_new(request):
    """The next test finds the switch as a new Krita has it."""
    yield
    given = request.node.funcargs
    krita = given.get("painting_krita") or given.get("brushing_krita") or given["recording_krita"][0]
    krita.run(
        "hands.document().setSelection(None); switch = hands.widget('huebrush_in_selection')\n"
        "if not switch.isChecked(): switch.click()"
    )


def begin(krita, page, feather: float = 0, **options: object) -> None:
    """Open a small page with something selected."""
    page(krita, edge=160, **options)
    krita.run(f"{SETUP}\nselect(*{PLACE}, {feather})")


def mask(krita, folder: Path) -> np.ndarray:
    """What is selected, (H,W) uint8."""
    file = folder / "selected"
    krita.run(f"open({str(file)!r}, 'wb').write(selected())")
    width, height = krita.value("[d.width(), d.height()]")
    return np.fromfile(file, np.uint8).reshape(height, width)


def shown(krita, folder: Path) -> np.ndarray:
    """The page as it is composed, (H,W,4) uint8 RGBA."""
    krita.run("d.refreshProjection(); d.waitForDone()")
    return layer_pixels(krita, folder, "d.rootNode()")


def layers(krita, folder: Path) -> dict[str, np.ndarray]:
    """The layers of the job's result by name, each as it is composed."""
    names = krita.value("[n.name() for n in group().childNodes()]")
    return {name: layer_pixels(krita, folder, f"group().childNodes()[{n}]") for n, name in enumerate(names)}


@pytest.mark.parametrize("feather", [0, 9])
def test_only_the_selection_is_coloured(painting_krita, page, tmp_path, feather):
    """Over an earlier result, which stays; softly where the selection is; one undo step; the selection stays."""
    krita = painting_krita
    page(krita, edge=160)
    krita.run(SETUP)
    colorize(krita)
    earlier = krita.value("hands.job()['group']")
    krita.run("fill('Reference', 20, 160, 60)")
    krita.run(f"hands.layer_named('Reference').setVisible(False); select(*{PLACE}, {feather}); d.waitForDone()")
    assert krita.value("hands.widget('huebrush_in_selection').isVisible()")
    shares, before = mask(krita, tmp_path), shown(krita, tmp_path)
    assert shares.max() == 255 and ((shares > 0) & (shares < 255)).any() == bool(feather)
    state = krita.value(STATE)
    colorize(krita)
    made = layers(krita, tmp_path)
    assert list(made) == ["Colour", "Shade"]
    assert np.array_equal(made["Colour"][..., 3], shares)
    assert (made["Colour"][shares > 0][:, :3] == (20, 160, 60)).all() and not made["Colour"][shares == 0].any()
    assert np.array_equal(made["Shade"][80:, :, 3], np.rint(shares[80:] / 255 * 40).astype(np.uint8))
    assert not made["Shade"][:80].any()
    after = shown(krita, tmp_path)
    assert np.array_equal(after[shares == 0], before[shares == 0])
    assert not np.array_equal(after[shares == 255], before[shares == 255])
    assert krita.value(f"find_node(d, {earlier!r}).visible()"), "the earlier result is what lies around"
    assert np.array_equal(mask(krita, tmp_path), shares)
    krita.run("hands.press('edit_undo')")
    assert krita.settled(STATE, state) == state
    assert np.array_equal(mask(krita, tmp_path), shares)


@pytest.mark.parametrize(
    ("arrangement", "inside"),
    [
        ("select(*{place}); app.action('invert_selection').trigger(); hands.spin(0.5)", False),
        ("select(*{place}); app.action('convert_selection_to_shape').trigger(); hands.spin(0.5)", True),
    ],
    ids=["inverted", "of-shapes"],
)
def test_any_selection_counts(painting_krita, page, tmp_path, arrangement, inside):
    krita = painting_krita
    begin(krita, page)
    krita.run(arrangement.format(place=PLACE))
    shares = mask(krita, tmp_path)
    assert (shares[50, 70] == 255) == inside and (shares[5, 5] == 255) != inside
    colorize(krita)
    assert np.array_equal(layers(krita, tmp_path)["Colour"][..., 3], shares)


@pytest.mark.parametrize(
    ("arrangement", "is_said"),
    [
        ("select(400, 30, 50, 50)", False),
        ("select(0, 0, 160, 160)", True),
        ("hands.click('huebrush_in_selection')", True),
        ("d.setSelection(Selection()); panel.refresh()", False),
    ],
    ids=["beside-the-page", "all", "switched-off", "empty"],
)
def test_the_whole_page_is_coloured(painting_krita, page, tmp_path, arrangement, is_said):
    """What the docker says is what is done."""
    krita = painting_krita
    begin(krita, page)
    krita.run(arrangement)
    assert krita.value("hands.widget('huebrush_in_selection').isVisible()") == is_said
    colorize(krita)
    assert (layers(krita, tmp_path)["Colour"][..., 3] == 255).all()


def test_the_selection_at_the_press_counts_and_goes_along_with_the_page(painting_krita, page, tmp_path):
    """Another selection during the job changes nothing; the page is turned, and the result with it."""
    krita = painting_krita
    begin(krita, page, 5)
    shares = mask(krita, tmp_path)
    krita.run("hands.type_number('huebrush_steps_number', 12); hands.click('huebrush_colorize'); select(0, 0, 20, 20)")
    krita.wait_for("(hands.job() or {}).get('step', 0) >= 2", "two steps")
    krita.run("d.rotateImage(1.5707963267948966); hands.spin(0.3); d.waitForDone(); chosen = selected()")
    wait_for_result(krita)
    assert np.array_equal(layers(krita, tmp_path)["Colour"][..., 3], np.rot90(shares, -1))
    assert krita.value("selected() == chosen")


@pytest.mark.parametrize("result", ["flats", "flats_by_color", "flats_by_area"])
def test_corrections_stay_in_the_selection(recording_krita, page, tmp_path, result):
    """Each layer is clipped, and so is what a fix makes anew, whatever is selected by then, also after reopening."""
    krita, _ = recording_krita
    begin(krita, page, 4)
    shares, before = mask(krita, tmp_path), shown(krita, tmp_path)
    krita.run(
        "from huebrush import api; from huebrush.settings.flats import RegionSettings; "
        "job = api.colorize(d, references=[hands.layer_named('Reference')], in_selection=True, "
        f"regions=RegionSettings(result={result!r}, shading=True, keep_picture=True))"
    )
    wait_for_result(krita)

    def check() -> np.ndarray:
        made = layers(krita, tmp_path)
        assert all((pixels[..., 3] <= shares).all() for pixels in made.values())
        assert all(not pixels[shares == 0].any() for pixels in made.values())
        after = shown(krita, tmp_path)
        assert np.array_equal(after[shares == 0], before[shares == 0])
        return after[shares == 255]

    first = check()
    assert len(layers(krita, tmp_path)) >= 4
    krita.run("select(0, 0, 30, 30); panel.places_to_check.fix((RegionFix('color', 70.0, 55.0, color='#ff0000'),))")
    wait_for_result(krita)
    second = check()
    assert not np.array_equal(first, second)
    count = "sum(n.visible() for n in d.rootNode().childNodes() if n.type() == 'grouplayer')"
    assert krita.value(count) == 1
    file = tmp_path / "page.kra"
    save(krita, file)
    open_again(krita, file)
    krita.run("panel.refresh(); panel.places_to_check.make_again(())")
    wait_for_result(krita)
    assert np.array_equal(check(), first)
    assert krita.value(count) == 1


def test_places_elsewhere_are_not_listed(recording_krita, page):
    """The list has the places within the selection only."""
    krita, _ = recording_krita
    begin(krita, page)
    count = "hands.widget('huebrush_place_list').count()"
    krita.run("hands.pick('huebrush_result', 'Flats'); hands.click('huebrush_in_selection')")
    colorize(krita)
    everywhere = krita.value(count)
    krita.run("hands.click('huebrush_in_selection'); select(0, 0, 6, 6)")
    colorize(krita)
    assert krita.value(count) < everywhere


def test_edits_of_a_limited_result_stay_in_it(brushing_krita, page, tmp_path):
    """Also where a stroke means whole regions; what has not changed keeps its bytes, soft edges and all."""
    krita = brushing_krita
    begin(krita, page, 6)
    shares = mask(krita, tmp_path)
    colorize(krita)
    first = layer_pixels(krita, tmp_path, "group()")
    krita.run("d.setSelection(None); hands.press('huebrush_new_brush_edit')")
    krita.run("hands.type_text('huebrush_edit_target', '#c81e28'); canvas_hands.stroke([(10, 55), (90, 55)], 12)")
    krita.run("hands.click('huebrush_edits_apply')")
    wait_for_result(krita)
    krita.run("hands.spin(0.3); d.waitForDone()")
    second = layer_pixels(krita, tmp_path, "group()")
    assert (second[55, 60] == (200, 30, 40, 255)).all()
    changed = (first != second).any(axis=2)
    assert changed.any() and not changed[shares == 0].any()
    assert np.array_equal(second[~changed], first[~changed]) and (second[..., 3] <= shares).all()
    krita.run("hands.show_page('colorize')")
