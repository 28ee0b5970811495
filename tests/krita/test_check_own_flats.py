"""The artist's own flats looked over by the real engine: a forgotten pixel is found, shown, and mended beside them."""

from __future__ import annotations

import cv2
import numpy as np
from docker_steps import MARKER, colorize
from example import line_coverage

PATIENCE = 400.0
COLOR = (60, 120, 200)
"""What the whole page is painted with, RGB."""
STATE = (
    "[hands.pixel_hash(), hands.pixel_hash('Line art'), hands.pixel_hash('My flats'), "
    "[[n.name(), n.visible()] for n, _ in walk(d.rootNode())]]"
)


def far_from_lines() -> tuple[int, int, int, int]:
    """The pixel of the example's page that is farthest from its lines, x and y, and the page's width and height."""
    paper = line_coverage() == 0
    paper[[0, -1]] = paper[:, [0, -1]] = False  # the page's edge counts as a line
    distance = cv2.distanceTransform(paper.astype(np.uint8), cv2.DIST_L2, 5)
    y, x = np.unravel_index(int(distance.argmax()), distance.shape)
    return int(x), int(y), distance.shape[1], distance.shape[0]


def test_a_forgotten_pixel_is_found_shown_and_mended(real_krita, page, picture):
    """The check writes nothing; the fix is one layer and one undo step, and the flats stay as they are to the byte."""
    krita, (x, y, width, height) = real_krita, far_from_lines()
    page(krita)
    krita.run(
        "from huebrush.documents.canvas import canvas_view; "
        "from huebrush.documents.find import walk; d = hands.document()"
    )
    krita.run(
        "n = d.createNode('My flats', 'paintlayer'); "
        f"pixels = bytearray(bytes({[*COLOR[::-1], 255]}) * {width * height}); "
        f"at = {(y * width + x) * 4}; pixels[at:at + 4] = bytes(4); "
        f"n.setPixelData(hands.QtCore.QByteArray(bytes(pixels)), 0, 0, {width}, {height}); "
        "d.rootNode().addChildNode(n, hands.layer_named('Reference')); d.refreshProjection(); d.waitForDone(); "
        "hands.widget('huebrush_panel').refresh()"
    )
    krita.run("hands.pick('huebrush_result', 'Check my flats'); hands.pick('huebrush_flats', 'My flats')")
    krita.run("hands.spin(0.3); d.setModified(False)")
    before, step = krita.value(STATE), krita.value("app.action('edit_undo').text()")
    colorize(krita, PATIENCE)
    assert krita.value("hands.widget('huebrush_places_to_check').text()") == "1 place to check"
    krita.run("hands.show_page('check'); hands.press('huebrush_next_place'); hands.spin(0.5)")
    assert krita.value("hands.widget('huebrush_place_list').item(0).text()") == "No colour (1 px)"
    assert krita.value(f"{MARKER} is not None and {MARKER}.isVisible()")
    assert krita.value(f"{MARKER}.geometry().contains(canvas_view().position({x + 0.5}, {y + 0.5}).toPoint())")
    picture(krita, "", "docker-check")
    assert krita.value(STATE) == before, "a check changed the page"
    assert krita.value("[d.modified(), app.action('edit_undo').text()]") == [False, step], "a check is an undo step"

    krita.run("hands.click('huebrush_fix_0')")
    krita.wait_for("hands.widget('huebrush_places_to_check').text() == 'Page clean'", "the mended page")
    mended = krita.value(STATE)
    assert mended[1:3] == before[1:3], "the artist's own layers have changed"
    names = [name for name, _ in mended[3]]
    assert names == ["Line art", "Repairs 1", "Repairs", "My flats", *names[4:]]
    krita.run("n = hands.layer_named('Repairs')")
    assert krita.value(f"list(bytes(n.pixelData({x}, {y}, 1, 1).data()))") == [*COLOR[::-1], 255]
    assert krita.value(f"sum(bytes(n.pixelData(0, 0, {width}, {height}).data())[3::4])") == 255, "more than the hole"
    beside = krita.value(f"list(bytes(d.pixelData({x - 1}, {y}, 2, 1).data()))")
    assert beside[:4] == beside[4:], "the hole can still be seen"

    krita.run("hands.press('edit_undo')")
    assert krita.settled(STATE, before) == before
    assert krita.settled("hands.widget('huebrush_places_to_check').text()", "1 place to check") == "1 place to check"
    krita.run("hands.press('edit_redo')")
    assert krita.settled(STATE, mended) == mended
    krita.run("hands.show_page('colorize'); hands.pick('huebrush_result', 'Picture')")


def test_a_stroke_over_face_eyes_and_hair_is_one_place_and_mended(real_krita, page, picture):
    """Wherever the stroke goes is shown; its correction leaves nothing of it, nor of the artist's layers changed."""
    krita, (_, _, width, height) = real_krita, far_from_lines()
    page(krita)
    krita.run("from huebrush.documents.find import walk; d = hands.document()")
    top, bottom, left, right = (round(share * height) for share in (0.38, 0.43, 0.36, 0.71))
    stroke = bytes((16, 16, 208, 255)).hex()
    krita.run(
        "n = d.createNode('My flats', 'paintlayer'); "
        f"pixels = bytearray(bytes({[*COLOR[::-1], 255]}) * {width * height}); "
        f"row = bytes.fromhex('{stroke}') * {right - left}"
    )
    krita.run(
        f"for y in range({top}, {bottom}):\n    at = (y * {width} + {left}) * 4\n    pixels[at:at + len(row)] = row\n"
    )
    krita.run(
        f"n.setPixelData(hands.QtCore.QByteArray(bytes(pixels)), 0, 0, {width}, {height}); "
        "d.rootNode().addChildNode(n, hands.layer_named('Reference')); d.refreshProjection(); d.waitForDone(); "
        "hands.widget('huebrush_panel').refresh()"
    )
    krita.run("hands.pick('huebrush_result', 'Check my flats'); hands.pick('huebrush_flats', 'My flats')")
    colorize(krita, PATIENCE)
    krita.run("hands.show_page('check'); hands.press('huebrush_next_place'); hands.spin(0.5)")
    listed = "hands.widget('huebrush_place_list')"
    titles = krita.value(f"[{listed}.item(row).text() for row in range({listed}.count())]")
    assert titles[0].startswith("Paint across lines ("), titles
    picture(krita, "", "docker-check-across")
    before = krita.value("hands.pixel_hash('My flats')")
    krita.run("hands.click('huebrush_fix_0')")
    across = f"[{listed}.item(row).text() for row in range({listed}.count()) if 'across' in {listed}.item(row).text()]"
    krita.wait_for(f"not {across}", "the mended page")
    assert krita.value("hands.pixel_hash('My flats')") == before
    assert "Repairs" in krita.value("[n.name() for n, _ in walk(d.rootNode())]")
    krita.run("hands.show_page('colorize'); hands.pick('huebrush_result', 'Picture')")
