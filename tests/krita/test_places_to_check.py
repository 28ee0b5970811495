"""The docker's results and its list of places in a real Krita: the canvas goes there, and one click puts them right."""

from __future__ import annotations

import pytest
from docker_steps import MARKER, colorize, sent_job, top_layers

STATE = "[hands.pixel_hash(), hands.pixel_hash('Line art'), [n.visible() for n, _ in walk(d.rootNode())]]"
SETUP = (
    "from huebrush.documents.canvas import canvas_view; "
    "from huebrush.documents.find import walk; d = hands.document(); "
    "canvas = app.activeWindow().activeView().canvas()"
)
TARGET = (400, 150)
"""Where a red square of 20 pixels lies."""
RED = (220, 20, 30)


def flats(krita, result: str = "Flats") -> None:
    """Choose flats and colorize."""
    krita.run(f"hands.pick('huebrush_result', {result!r})")
    colorize(krita)


def sees(krita, x: float, y: float) -> list[int]:
    """The colour that the canvas shows where it has this point of the page; `x`, `y` in pixels."""
    krita.run(f"v = canvas_view(); at = v.position({x}, {y}).toPoint(); shot = v.area.viewport().grab().toImage()")
    return krita.value("list(shot.pixelColor(at).getRgb()[:3])")


@pytest.mark.parametrize(("angle", "mirror"), [(0.0, False), (0.0, True), (30.0, False), (-75.0, True)])
def test_canvas_goes_to_a_place(recording_krita, page, angle, mirror):
    """However it is zoomed, turned or mirrored: the place is in the middle, and points are where they should be."""
    krita, _ = recording_krita
    page(krita, edge=1500)
    krita.run(SETUP)
    x, y = TARGET
    paint = list(bytes((*reversed(RED), 255)) * 400)
    krita.run(
        "n = d.createNode('Target', 'paintlayer'); "
        f"n.setPixelData(hands.QtCore.QByteArray(bytes({paint})), {x}, {y}, 20, 20); "
        "d.rootNode().addChildNode(n, None); d.refreshProjection(); d.waitForDone()"
    )
    krita.run(f"canvas.setZoomLevel(0.2); canvas.setRotation({angle}); canvas.setMirror({mirror}); hands.spin(0.5)")
    krita.run(f"canvas_view().show({x}, {y}, 20, 20); hands.spin(1.0)")
    place = krita.value(f"(lambda p: [p.x(), p.y()])(canvas_view().position({x} + 10, {y} + 10))")
    middle = krita.value("(lambda s: [s.width() / 2, s.height() / 2])(canvas_view().area.viewport().size())")
    assert max(abs(a - b) for a, b in zip(place, middle, strict=True)) <= 2
    for dx, dy, inside in (
        (10, 10, True),
        (2, 2, True),
        (17, 3, True),
        (3, 17, True),
        (-4, 10, False),
        (10, 24, False),
    ):
        color = sees(krita, x + dx, y + dy)
        assert (max(abs(a - b) for a, b in zip(color, RED, strict=True)) < 40) == inside, (dx, dy, color)
    krita.run("canvas.resetRotation(); canvas.setMirror(False); hands.spin(0.3)")


def test_from_places_to_a_clean_page(recording_krita, page):
    """The list zooms and marks; a fix runs the job again and takes the result's place in one undo step."""
    krita, folder = recording_krita
    page(krita)
    krita.run(SETUP)
    before = krita.value(STATE)
    flats(krita, "Flats, a layer per colour")
    first = krita.value(STATE)
    assert krita.value("hands.widget('huebrush_places_to_check').text()") == "3 places to check"
    krita.run("hands.click('huebrush_places_to_check'); hands.widget('huebrush_place_list').setFocus()")
    krita.run("canvas.setZoomLevel(0.1); hands.spin(0.3); level = canvas.zoomLevel(); modified = d.modified()")
    krita.run(
        "hands.QTest.keyClick(hands.widget('huebrush_place_list'), hands.QtCore.Qt.Key.Key_Down); hands.spin(0.5)"
    )
    assert krita.value("canvas.zoomLevel() > level")
    assert krita.value(f"{MARKER} is not None and {MARKER}.isVisible()")
    assert krita.value("hands.pixel_hash()") == first[0], "looking at a place changed the page"
    krita.run("hands.click('huebrush_fix_0')")
    krita.wait_for("hands.widget('huebrush_places_to_check').text() == '1 place to check'", "the corrected result")
    assert sent_job(folder)["parameters"]["regions"]["fixes"][0]["kind"] == "close"
    assert sum(name.startswith(("Picture ", "Flats ")) for name in top_layers(krita)) == 2
    krita.run("hands.press('huebrush_next_place'); hands.press('huebrush_apply_suggestion')")
    krita.wait_for("hands.widget('huebrush_places_to_check').text() == 'Page clean'", "the clean page")
    third = krita.value(STATE)
    assert third[0] != first[0] and third[1] == before[1]

    krita.run("hands.press('edit_undo'); hands.press('edit_undo')")
    assert krita.settled(STATE, first) == first
    assert krita.settled("hands.widget('huebrush_places_to_check').text()", "3 places to check") == "3 places to check"
    krita.run("hands.press('edit_undo')")
    assert krita.settled(STATE, before) == before
    krita.run("hands.press('edit_redo'); hands.press('edit_redo'); hands.press('edit_redo')")
    assert krita.settled(STATE, third) == third
    assert krita.value("hands.widget('huebrush_places_to_check').text()") == "Page clean"


def test_alike_places_are_stepped_through_on_the_canvas(recording_krita, page, picture):
    """One entry for several places; the canvas goes from spot to spot, and the page stays as it is."""
    krita, _ = recording_krita
    page(krita)
    krita.run(SETUP)
    flats(krita)
    before = krita.value("hands.pixel_hash()")
    krita.run("hands.show_page('check'); hands.spin(0.3)")
    rows = krita.value("[hands.widget('huebrush_place_list').item(row).text() for row in range(3)]")
    (row,) = [number for number, title in enumerate(rows) if title.startswith("Two colours in one region (2 places")]
    krita.run(f"hands.widget('huebrush_place_list').setCurrentRow({row}); hands.spin(0.5)")
    assert krita.value("hands.widget('huebrush_spot_words').text()") == "Place 1 of 2 that are alike"
    first = krita.value(f"(lambda g: [g.x(), g.y()])({MARKER}.geometry())")
    krita.run("hands.click('huebrush_spot_next'); hands.spin(0.5)")
    assert krita.value("hands.widget('huebrush_spot_words').text()") == "Place 2 of 2 that are alike"
    seen = (
        f"{MARKER}.geometry().contains(canvas_view().position(d.width() * 0.5 + 10, d.height() * 0.25 + 10).toPoint())"
    )
    assert krita.value(seen), (first, "the ring is not at the second spot")
    picture(krita, "", "docker-alike-places")
    assert krita.value("hands.pixel_hash()") == before, "looking at places changed the page"
    assert krita.value("hands.widget('huebrush_fix_all').text()") == "All suggestions (2)"
    krita.run("hands.show_page('colorize')")


def test_places_are_there_again_after_reopening(recording_krita, page, tmp_path):
    """A .kra keeps them, and a correction is made as on the day itself."""
    krita, folder = recording_krita
    page(krita)
    krita.run(SETUP)
    flats(krita)
    places = "[hands.widget('huebrush_place_list').item(row).text() for row in range(3)]"
    krita.run("hands.show_page('check')")
    before, group = krita.value(places), krita.value("hands.job()['group']")
    path = str(tmp_path / "page.kra")
    krita.run(f"d.setBatchmode(True); d.saveAs({path!r}); d.waitForDone(); hands.close_all()")
    krita.run("hands.widget('huebrush_panel').refresh()")
    assert not krita.value("hands.widget('huebrush_place_list').isVisible()")
    krita.run(f"hands.open_file({path!r}); d = hands.document(); hands.widget('huebrush_panel').refresh()")
    assert krita.value("hands.widget('huebrush_place_list').isVisible()"), "the places are gone"
    assert krita.value("hands.widget('huebrush_places_to_check').text()") == "3 places to check"
    assert krita.value(places) == before
    krita.run("hands.widget('huebrush_place_list').setCurrentRow(0); hands.spin(0.3); hands.click('huebrush_fix_0')")
    assert krita.wait_for_end() == "done"
    assert sent_job(folder)["parameters"]["regions"]["fixes"]
    assert krita.value("hands.job()['group']") != group
    krita.run("hands.press('edit_undo'); hands.show_page('colorize')")


def test_closed_gaps_on_a_layer(recording_krita, page):
    """A locked guide layer on top, in one undo step, and gone again with the same button."""
    krita, _ = recording_krita
    page(krita)
    krita.run(SETUP)
    flats(krita)
    before = krita.value("hands.pixel_hash()")
    krita.run("hands.show_page('check'); hands.click('huebrush_gap_closures')")
    krita.wait_for("hands.layers()[0]['name'] == 'Borders without a line (guide)'", "the layer")
    assert krita.settled("hands.pixel_hash() != " + repr(before), True)
    krita.run("hands.press('edit_undo')")
    assert krita.settled("hands.pixel_hash()", before) == before
    krita.run("hands.press('edit_redo'); hands.click('huebrush_gap_closures')")
    assert krita.settled("hands.layers()[0]['name']", "Line art") == "Line art"


def test_palette_of_kritas(recording_krita, page, picture):
    """Each of Krita's palettes can be taken, in sRGB; the swatches show it."""
    krita, folder = recording_krita
    page(krita)
    krita.run("hands.pick('huebrush_result', 'Flats'); hands.widget('huebrush_palette').setChecked(True)")
    krita.run("hands.pick('huebrush_palette_source', 'From a list')")
    krita.run("from huebrush.palettes import krita as krita_palettes; names = krita_palettes.names()")
    assert krita.value("len(names)") > 5
    counts = krita.value("{name: len({code for code, _ in krita_palettes.colors(name)}) for name in names}")
    assert sum(count > 1 for count in counts.values()) > len(counts) / 2
    name = max((count, name) for name, count in counts.items() if count <= 40)[1]
    krita.run(f"hands.choose_in_menu('huebrush_palette_from', {name!r})")
    assert krita.settled("len(hands.widget('huebrush_swatches').colors)", counts[name]) == counts[name]
    krita.run("hands.widget('huebrush_gap_automatic').setChecked(False)")
    picture(krita, "", "docker-palette")
    colorize(krita)
    sent = sent_job(folder)["parameters"]["regions"]
    assert len(sent["palette"]) == counts[name] and sent["dots_per_inch"] == 300.0
    krita.run("hands.widget('huebrush_palette').setChecked(False)")


def test_hints_without_a_model(recording_krita, page):
    """Strokes on a layer of the page's own colours and size reach the backend; no reference is sent."""
    krita, folder = recording_krita
    page(krita, depth="U16")
    krita.run(f"{SETUP}; n = d.createNode('Strokes', 'paintlayer')")
    krita.run("n.setPixelData(hands.QtCore.QByteArray(bytes((0, 0, 255, 127, 255, 255, 255, 255)) * 16), 30, 40, 4, 4)")
    krita.run("d.rootNode().addChildNode(n, None); d.refreshProjection(); hands.widget('huebrush_panel').refresh()")
    krita.run("hands.pick('huebrush_result', 'Flats'); hands.pick('huebrush_model', 'No model: hints or palette')")
    krita.run("hands.widget('huebrush_palette').setChecked(True); hands.pick('huebrush_hints', 'Strokes')")
    colorize(krita)
    sent = sent_job(folder)
    assert sent["model"] == "none" and [image["role"] for image in sent["images"]] == ["line_art", "hints"]
    pixels, width = (folder / "hints.pixels").read_bytes(), sent["images"][1]["width"]
    at = (41 * width + 31) * 4
    assert all(abs(a - b) <= 1 for a, b in zip(pixels[at : at + 4], (0, 128, 255, 255), strict=True))
    krita.run("hands.pick('huebrush_model', 'Built-in (small)'); hands.widget('huebrush_palette').setChecked(False)")
    krita.run("hands.pick('huebrush_result', 'Picture')")


@pytest.mark.parametrize(("angle", "mirror"), [(0.0, False), (30.0, True)])
def test_canvas_goes_back_where_it_was_before_the_first_place(recording_krita, page, angle, mirror):
    """Zoom, place, rotation: by the button and when the page is left, after one place or three."""
    krita, _ = recording_krita
    page(krita, edge=1500)
    krita.run(SETUP)
    flats(krita)
    krita.run("hands.show_page('check')")
    krita.run(f"canvas.setZoomLevel(0.7); canvas.setRotation({angle}); canvas.setMirror({mirror}); hands.spin(0.5)")
    krita.run("bars = canvas_view().scroll_bars; [bar.setValue(bar.value() + 40) for bar in bars]; hands.spin(0.3)")
    points = "[[p.x(), p.y()] for p in (canvas_view().position(x, y) for x, y in ((0, 0), (900, 300), (1500, 1500)))]"
    before = krita.value(points)
    for places, way in ((1, "hands.click('huebrush_places_back')"), (3, "hands.show_page('colorize')")):
        krita.run("hands.show_page('check'); hands.widget('huebrush_place_list').setFocus()")
        for _ in range(places):
            krita.run("hands.press('huebrush_next_place'); hands.spin(0.3)")
        assert distance(krita.value(points), before) > 50
        krita.run(f"{way}; hands.spin(0.5)")
        assert distance(krita.value(points), before) <= 2
        assert krita.value(f"{MARKER} is None or not {MARKER}.isVisible()")
    krita.run("canvas.resetRotation(); canvas.setMirror(False); hands.spin(0.3)")


def distance(points: list[list[float]], others: list[list[float]]) -> float:
    """The largest difference between coordinates of points."""
    return max(
        abs(a - b) for point, other in zip(points, others, strict=True) for a, b in zip(point, other, strict=True)
    )


def test_places_are_walked_through_from_the_canvas(recording_krita, page, tmp_path):
    """By actions, which can have keys, with the focus on the canvas; what was seen is so in the saved file."""
    krita, _ = recording_krita
    page(krita)
    krita.run(SETUP)
    flats(krita)
    krita.run("hands.show_page('check'); canvas_view().area.viewport().setFocus()")
    head, row = "hands.widget('huebrush_places_to_check').text()", "hands.widget('huebrush_place_list').currentRow()"
    rows = []
    for name in ("next_place", "next_place", "previous_place", "place_seen"):
        krita.run(f"hands.press('huebrush_{name}')")
        rows.append(krita.value(row))
    assert rows == [0, 1, 0, 1]
    assert krita.value(head) == "2 places to check, 1 seen"
    file = str(tmp_path / "page.kra")
    krita.run(
        f"d.setBatchmode(True); d.saveAs({file!r}); d.waitForDone(); hands.close_all(); hands.open_file({file!r})"
    )
    krita.run("d = hands.document(); hands.widget('huebrush_panel').refresh()")
    assert krita.value(head) == "2 places to check, 1 seen"
    krita.run("hands.show_page('colorize')")


def test_all_suggestions_are_one_undo_step(recording_krita, page):
    """One click makes them, one Ctrl+Z takes them all back, with the list as it was."""
    krita, folder = recording_krita
    page(krita)
    krita.run(SETUP)
    flats(krita)
    head = "hands.widget('huebrush_places_to_check').text()"
    before, words = krita.value(STATE), krita.value(head)
    krita.run("hands.show_page('check'); hands.click('huebrush_fix_all')")
    krita.wait_for(f"{head} != {words!r}", "the corrected result")
    assert len(sent_job(folder)["parameters"]["regions"]["fixes"]) == 2
    done, corrected = krita.value(STATE), krita.value(head)
    krita.run("hands.press('edit_undo')")
    assert krita.settled(STATE, before) == before and krita.settled(head, words) == words
    krita.run("hands.press('edit_redo')")
    assert krita.settled(STATE, done) == done and krita.settled(head, corrected) == corrected
    krita.run("hands.press('edit_undo'); hands.show_page('colorize')")
