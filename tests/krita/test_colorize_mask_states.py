"""Results as Krita's Colorize Mask where the document or the editor is in another state: in Krita 5.2 and later;
skipped, saying why, in an older one.

The page has two boxes, and all around them is the third region; the test backend deals out three colours in turn.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from docker_steps import WHEN_QUEUED, save
from scripted_regions import COLORS
from test_colorize_mask import skip_where_masks_cannot_be_made
from test_kinds_of_documents import RECOVER, TEMPLATE

LEAVES_TRACES = True
"""Krita forgets its palettes and more of its resources when it copies a document."""
PATIENCE = 300.0
QUARTER = 1.5707963267948966
WIDTH, HEIGHT = 128, 80
AROUND, LEFT, RIGHT = (64, 6), (30, 40), (96, 30)
"""A point of each region, in the order in which their colours are dealt."""
PREPARE = (
    WHEN_QUEUED
    + """
from huebrush import api
from huebrush.documents.find import find_node, node_id, walk
from huebrush.results import writeback
from huebrush.settings.flats import RegionSettings
real_fill = writeback.fill

def draw(node, boxes):
    "Draw boxes of black lines, two pixels wide, each given as x, y, width and height."
    black = lambda w, h: hands.QtCore.QByteArray(bytes((0, 0, 0, 255)) * (w * h))
    for x, y, w, h in boxes:
        for at in ((x, y, w, 2), (x, y + h - 2, w, 2), (x, y, 2, h), (x + w - 2, y, 2, h)):
            node.setPixelData(black(*at[2:]), *at)

def empty(node):
    page = hands.document()
    size = (page.width(), page.height())
    node.setPixelData(hands.QtCore.QByteArray(bytes(4 * size[0] * size[1])), 0, 0, *size)

def settle():
    "Let Krita compose the page, and the docker see the layers."
    page = hands.document()
    page.refreshProjection(); page.waitForDone(); hands.spin(0.3); hands.widget('huebrush_panel').refresh()

def start(page, lines=None):
    "Ask for a mask."
    regions = RegionSettings(result='colorize_mask')
    found = [node for node, _ in walk(page.rootNode()) if node.name() == 'Reference']
    return api.colorize(page, lines, references=found, regions=regions)

def when_filling(act):
    "Call `act` once, when the mask is there and Krita is about to fill it."
    def fill(*words):
        writeback.fill = real_fill
        act()
        yield 50
        return (yield from real_fill(*words))
    writeback.fill = fill

def names(page):
    return [node.name() for node in page.rootNode().childNodes()]

def colors(page, *points):
    "What the mask's layer shows at these places, as #rrggbb."
    page.waitForDone()
    group = next(node for node, _ in walk(page.rootNode()) if node.name().startswith('Colorize Mask '))
    layer = group.childNodes()[-1]
    assert [mask.type() for mask in layer.childNodes()] == ['colorizemask'], 'there is no mask'
    found = [bytes(layer.projectionPixelData(x, y, 1, 1).data()) for x, y in points]
    return ['#%02x%02x%02x' % (r, g, b) if a > 250 else 'empty' for b, g, r, a in found]

def shapes(boxes):
    "Give the page in front these lines, on a layer without paper."
    lines = hands.layer_named('Line art'); empty(lines); draw(lines, boxes); settle()
"""
)
BOXES = [(12, 12, 44, 50), (76, 18, 40, 40)]
ADD = "d.setActiveNode(hands.layer_named('Reference')); hands.spin(0.3); "
EDITOR = {
    "transparency-mask": (f"{ADD}hands.press('add_new_transparency_mask')", ""),
    "transform-mask": (f"{ADD}hands.press('add_new_transform_mask')", ""),
    "selection-mask": (f"{ADD}canvas_hands.select(5, 5, 40, 40); hands.press('add_new_selection_mask')", ""),
    "mask-of-the-line-art": (
        "d.setActiveNode(hands.layer_named('Line art')); hands.spin(0.3); hands.press('add_new_transparency_mask')",
        "",
    ),
    "isolated": (
        f"{ADD}app.action('isolate_active_layer').trigger(); hands.spin(0.5)",
        "app.action('isolate_active_layer').trigger(); hands.spin(0.5)",
    ),
    "quick-mask": (
        f"{ADD}canvas_hands.select(5, 5, 40, 40); app.action('show-global-selection-mask').trigger(); hands.spin(0.5)",
        "app.action('show-global-selection-mask').trigger(); hands.spin(0.3)",
    ),
    "transform": (
        f"{ADD}app.action('KisToolTransform').trigger(); hands.spin(0.5)",
        "app.action('KritaShape/KisToolBrush').trigger(); hands.spin(0.5)",
    ),
}
"""States of the editor: how to bring each about, and how to leave it."""
CHANGES: dict[str, tuple[str, Any]] = {
    "turned": (f"d.rotateImage({QUARTER})", lambda x, y: (HEIGHT - 1 - y, x)),
    "mirrored": ("app.action('mirrorImageHorizontal').trigger()", lambda x, y: (WIDTH - 1 - x, y)),
    "cropped": ("d.crop(8, 4, 112, 70)", lambda x, y: (x - 8, y - 4)),
    "enlarged": ("d.resizeImage(-20, -10, 168, 110)", lambda x, y: (x + 20, y + 10)),
}


@pytest.fixture
def boxes(recording_krita, page):
    """A Krita that makes Colorize Masks, with the page, called `d` in it."""
    krita, _ = recording_krita
    page(krita, edge=WIDTH)
    skip_where_masks_cannot_be_made(krita)
    krita.run(f"{PREPARE}\nd = hands.document(); d.crop(0, 0, {WIDTH}, {HEIGHT}); d.waitForDone(); hands.spin(0.3)")
    krita.run(f"shapes({BOXES}); plain = names(d)")
    yield krita
    krita.run("writeback.fill = real_fill")


def check_colors(krita, page: str = "d", move=lambda x, y: (x, y)) -> None:
    """Each region has its colour, at the place where it is after `move`."""
    points = [move(*point) for point in (AROUND, LEFT, RIGHT)]
    expected = [*COLORS[:3]]
    call = f"colors({page}, {', '.join(map(str, points))})"
    assert krita.settled(call, expected) == expected


def make(krita, page: str = "d", lines: str = "None") -> None:
    """Ask for a mask and wait for it."""
    krita.run(f"job = start({page}, {lines})")
    assert krita.wait_for_end(PATIENCE) == "done", krita.value("hands.banner()")
    krita.run("hands.spin(0.3); hands.document().waitForDone()")


def check_undo(krita, page: str = "d", plain: str = "plain") -> None:
    """The result is one step, and comes back with its colours."""
    with_result = krita.value(f"names({page})")
    krita.run("hands.press('edit_undo')")
    assert krita.settled(f"names({page}) == {plain}", True)
    krita.run("hands.press('edit_redo')")
    assert krita.settled(f"names({page})", with_result) == with_result


@pytest.mark.parametrize("state", list(EDITOR))
def test_state_of_the_editor_stays(boxes, state):
    """Active node, tool and isolation are what they were, and the mask is filled."""
    krita = boxes
    enter, leave = EDITOR[state]
    krita.run(f"{enter}; d.waitForDone(); plain = names(d)")
    now = "[d.activeNode().name(), d.activeNode().type(), app.action('isolate_active_layer').isChecked()]"
    before = krita.value(now)
    make(krita)
    assert krita.settled(now, before) == before
    krita.run(leave or "pass")
    check_colors(krita)
    if state != "transform":  # leaving it is a step of its own
        check_undo(krita)
        check_colors(krita)


@pytest.mark.parametrize("moment", ["when_queued", "when_filling"])
@pytest.mark.parametrize("change", list(CHANGES))
def test_mask_follows_the_page(boxes, change, moment):
    """Its strokes and its lines, when the page changes while the backend works or while Krita fills the mask."""
    krita = boxes
    code, move = CHANGES[change]
    krita.run(f"{moment}(lambda: ({code}, d.waitForDone()))")
    make(krita)
    check_colors(krita, move=move)
    check_undo(krita)
    check_colors(krita, move=move)


def test_mask_for_a_scaled_page_is_made_anew(boxes):
    krita = boxes
    scale = f"d.scaleImage({2 * WIDTH}, {2 * HEIGHT}, 300, 300, 'Bicubic')"
    krita.run("hands.pick('huebrush_result', 'Colorize Mask')")
    krita.run(f"when_queued(lambda: ({scale}, d.waitForDone())); hands.click('huebrush_colorize')")
    assert krita.wait_for_end(PATIENCE) == "unplaced"
    assert krita.value("hands.banner()['code']") == "page_changed" and krita.value("names(d) == plain")
    krita.run("hands.click('huebrush_banner_remedy')")
    krita.wait_for("hands.job()['stage'] == 'done'", "the second run", PATIENCE)
    check_colors(krita, move=lambda x, y: (2 * x, 2 * y))


def test_mask_for_a_scaled_page_can_be_placed_as_it_is(boxes):
    """Strokes and lines are both those of the page as it was."""
    krita = boxes
    scale = f"d.scaleImage({2 * WIDTH}, {2 * HEIGHT}, 300, 300, 'Bicubic')"
    krita.run(f"when_queued(lambda: ({scale}, d.waitForDone())); job = start(d)")
    assert krita.wait_for_end(PATIENCE) == "unplaced"
    krita.run("app.action('huebrush_place').trigger()")
    krita.wait_for("hands.job()['stage'] == 'done'", "the result as it is", PATIENCE)
    check_colors(krita)


@pytest.mark.parametrize("moment", ["when_queued", "when_filling"])
@pytest.mark.parametrize(
    "change",
    ["app.action('flatten_image').trigger()", "hands.layer_named('Line art').remove()"],
    ids=["flattened", "deleted"],
)
def test_mask_can_be_placed_without_the_layer_of_its_lines(boxes, change, moment):
    krita = boxes
    krita.run(f"{moment}(lambda: ({change}, d.waitForDone())); job = start(d)")
    assert krita.wait_for_end(PATIENCE) == "unplaced"
    assert krita.value("hands.banner()['code']") == "line_art_deleted"
    krita.run("plain = names(d); hands.click('huebrush_banner_remedy')")
    krita.wait_for("hands.job()['stage'] == 'done'", "the result on top", PATIENCE)
    assert krita.value("names(d)[:-1] == plain and names(d)[-1].startswith('Colorize Mask ')")
    check_colors(krita)
    check_undo(krita)


@pytest.mark.parametrize("moment", ["when_queued", "when_filling"])
def test_mask_of_a_closed_document_goes_into_another(boxes, moment):
    krita = boxes
    krita.run("other = hands.show(app.createDocument(160, 100, 'Other', 'RGBA', 'U8', '', 72.0)); hands.next_window()")
    krita.wait_for("hands.document() == d", "the page in front")
    krita.run(f"hands.widget('huebrush_panel').refresh(); {moment}(lambda: (d.setModified(False), d.close()))")
    krita.run("job = start(d)")
    krita.wait_for("job.stage.value == 'unplaced'", "the end", PATIENCE)
    assert krita.value("job.outcome.code") == "document_closed"
    krita.wait_for("hands.document() == other", "the other document in front")
    krita.run("plain = names(other); session().jobs.place_result(job, api.document_key(other))")
    krita.wait_for("job.stage.value == 'done'", "the result in the other document", PATIENCE)
    check_colors(krita, "other")
    check_undo(krita, "other")


@pytest.mark.parametrize("state", ["inks.setVisible(False)", "inks.setPassThroughMode(True)", "pass"])
def test_mask_follows_the_shown_frame_of_animated_lines(boxes, state):
    """In a hidden group, in one that lets its layers through, and in an ordinary one."""
    krita = boxes
    krita.run(
        "inks = d.createGroupLayer('Inks'); d.rootNode().addChildNode(inks, None)\n"
        "lines = hands.layer_named('Line art').duplicate(); hands.layer_named('Line art').remove()\n"
        "inks.addChildNode(lines, None); lines.setName('Line art'); d.setActiveNode(lines); hands.spin(0.3)\n"
        "lines.enableAnimation(); d.setFullClipRangeEndTime(24); d.setCurrentTime(10); d.waitForDone()\n"
        "hands.spin(0.5); d.setActiveNode(lines); hands.spin(0.5); app.action('add_blank_frame').trigger()\n"
        "hands.spin(0.5); d.waitForDone(); empty(lines); draw(lines, [(12, 16, 104, 50)]); "
        f"{state}; settle(); plain = names(d)"
    )
    make(krita, lines="inks")
    assert krita.value("d.currentTime()") == 10
    expected = [COLORS[0], COLORS[1], COLORS[1]]  # one box instead of two
    call = f"colors(d, {AROUND}, {LEFT}, {RIGHT})"
    assert krita.settled(call, expected) == expected
    check_undo(krita)


def test_mask_goes_into_the_copy(boxes):
    krita = boxes
    krita.run("app.action('create_copy').trigger(); hands.spin(1); copy = hands.document(); settle()")
    assert krita.value("copy != d and copy.rootNode().uniqueId() == d.rootNode().uniqueId()")
    make(krita, "copy")
    assert krita.value("names(d) == plain")
    check_colors(krita, "copy")
    check_undo(krita, "copy")


def test_mask_in_one_of_two_documents_from_a_template(boxes):
    """Their layers have the same ids, and neither has a file."""
    krita = boxes
    krita.run(f"{TEMPLATE}\nhands.close_all(); made = []")
    for _ in range(2):
        krita.run("from_template('Texture Templates', 'Texture 256x256 8bit')")
        krita.wait_for(
            "hands.document() and hands.document().activeNode() and hands.document() not in made", "the page"
        )
        krita.run(
            "d = hands.document(); made.append(d)\n"
            "for name in ('Reference', 'Line art'):\n"
            "    node = d.createNode(name, 'paintlayer'); d.rootNode().addChildNode(node, None)\n"
            "draw(hands.layer_named('Reference'), [(0, 0, 90, 90)])\n"
            f"shapes({BOXES})"
        )
    plain = krita.value("[names(one) for one in made]")
    krita.run("plain = names(d)")
    make(krita, lines="hands.layer_named('Line art')")
    first, second = krita.value("[names(one) for one in made]")
    assert first == plain[0] and len(second) == len(plain[1]) + 1
    check_colors(krita)
    check_undo(krita)
    krita.run("made.clear()")


def test_mask_in_a_recovered_autosave(boxes, tmp_path: Path):
    """The mask of the file is there as it was, and the recovered document takes a new one."""
    krita = boxes
    make(krita)
    file = tmp_path / "page.kra"
    save(krita, file)
    shutil.copy(file, tmp_path / "as saved.kra")
    krita.run("d.rootNode().addChildNode(d.createNode('Later', 'paintlayer'), None); hands.spin(0.3)")
    save(krita, tmp_path / "unsaved work.kra")
    krita.run("hands.close_all()")
    (tmp_path / "as saved.kra").replace(file)
    for name in (f"{file.name}-autosave.kra", f".{file.name}-autosave.kra"):  # visible or not, as Krita is set
        shutil.copy(tmp_path / "unsaved work.kra", tmp_path / name)
    krita.run(f"{RECOVER}\nasked = []; hands.QtCore.QTimer.singleShot(100, recover); app.setBatchmode(False)")
    krita.run(f"hands.open_file({str(file)!r}); d = hands.document(); settle()")
    assert krita.value("asked"), "Krita has not asked what to open"
    assert krita.value("names(d)[-1]") == "Later"
    check_colors(krita)
    krita.run("next(n for n in d.rootNode().childNodes() if n.name().startswith('Colorize Mask ')).remove()")
    krita.run("settle(); plain = names(d)")
    make(krita)
    check_colors(krita)
    check_undo(krita)
