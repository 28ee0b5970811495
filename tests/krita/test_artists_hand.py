"""The artist's hand comes first: a result waits for the end of a stroke, and whatever they do while it is written, undo
takes back their own steps or the whole result, never a step of the plugin's own."""

from __future__ import annotations

import itertools

import pytest
from example import REFERENCE

ONLY_LINES = (
    "hands.layer_named('Background').remove(); hands.layer_named('Reference').remove(); d.refreshProjection(); "
    "hands.spin(0.3); hands.click('huebrush_reference_remove'); "
    f"hands.widget('huebrush_reference_list').add_file({str(REFERENCE)!r})"
)
EVERY = 3
"""Of so many steps one is tried where Krita inserts by itself; below the lowest layer each is."""
PAINTING = (
    "d = hands.document(); d.setActiveNode(hands.layer_named('Reference'))\n"
    "hands.layer_named('Line art').setVisible(False); "
    "app.action('KritaShape/KisToolBrush').trigger(); canvas_hands.set_foreground(255, 0, 0); "
    "canvas_hands.look_at(0, 0, 128, 128); d.refreshProjection(); hands.spin(0.3)\n"
    "def red(x, y):\n"
    "    b, g, r, a = bytes(hands.layer_named('Reference').pixelData(x, y, 1, 1).data()); return r > 200 and g < 60\n"
)
STIR = """
import os
from huebrush.base.tasks import SlicedTask
from huebrush.documents.find import document_key, node_id, root_node
from huebrush.results.writeback import insert_group
from huebrush_protocol.frames import Image
from huebrush_protocol.messages import ImageHeader

d = hands.document()
lines = node_id(hands.layer_named('Line art'))
start = hands.pixel_hash()

def stirred(steps, number, action):
    "Do `steps`, and `action` before the one with this number."
    global count
    count = 0
    while True:
        if count == number:
            action()
            yield 1  # what the action leads to comes before the next step, as it does after a key
        count += 1
        try:
            wait = next(steps)
        except StopIteration as stop:
            return stop.value
        yield wait

def begin(number, action):
    "Add a layer as the artist does, and write a result during which `action` happens."
    global end
    end = None
    extra = d.createNode('Extra', 'paintlayer')
    root_node(d).addChildNode(extra, None)
    d.waitForDone()
    header = ImageHeader('layer', 8, 8, 'BGRA', name='Flats')
    images = [Image(header, memoryview(bytes([9, 9, 9, 255] * 64)))] * 2
    steps = insert_group(document_key(d), lines, 'Huebrush result', images)
    task = SlicedTask(stirred(steps, number, action), lambda placed: finish('done'), finish_badly, d)

def finish(how):
    global end
    end = [how, count]

def finish_badly(error):
    finish(getattr(getattr(error, 'problem', None), 'code', repr(error)))

def names():
    return [node.name() for node in root_node(d).childNodes()]

def act(name):
    return lambda: app.action(name).trigger()

def save():
    d.saveAs(file)

def switch():
    hands.next_window()
"""


@pytest.mark.parametrize("steps", [0, 12], ids=["no-job", "job-ends-in-the-stroke"])
def test_stroke_is_whole(painting_krita, page, steps):
    """A result that arrives in the middle of a stroke is there when the stroke has ended, and not before."""
    krita = painting_krita
    page(krita, edge=128)
    krita.run(PAINTING)
    if steps:
        krita.run(f"hands.type_number('huebrush_steps_number', {steps}); hands.click('huebrush_colorize')")
        krita.wait_for("(hands.job() or {}).get('step', 0) >= 2", "two steps")
    krita.run("canvas_hands.press((20, 20)); canvas_hands.draw([(x, 20) for x in range(22, 60, 2)])")
    if steps:
        krita.wait_for("hands.job()['stage'] == 'writing'", "the result")
        krita.run("hands.spin(2)")
        assert krita.value("hands.job()['stage']") == "writing"
        assert not any(entry["name"].startswith("Huebrush") for entry in krita.value("hands.layers()"))
    krita.run("canvas_hands.draw([(x, 20) for x in range(60, 102, 2)] + [(100, y) for y in range(20, 102, 2)])")
    krita.run("canvas_hands.release((100, 100)); hands.spin(0.5)")
    if steps:
        assert krita.wait_for_end() == "done"
        assert krita.value("d.activeNode().name()") == "Reference"
    krita.run("d.waitForDone()")
    assert krita.value("[red(40, 20), red(80, 20), red(100, 90)]") == [True, True, True]
    if steps:
        krita.run("hands.press('edit_undo')")
        assert not any(entry["name"].startswith("Huebrush") for entry in krita.value("hands.layers()"))
        assert krita.value("red(80, 20)")
        krita.run("hands.press('edit_undo')")
    else:
        krita.run("hands.press('edit_undo')")
    assert not krita.value("red(40, 20) or red(80, 20) or red(100, 90)"), "the stroke was more than one step"


@pytest.mark.parametrize(
    ("lowest", "action"),
    [
        *itertools.product((False, True), ("act('edit_undo')", "act('edit_redo')", "save")),
        (False, "switch"),
    ],
)
def test_whatever_the_artist_does_at_any_moment(painting_krita, page, tmp_path, lowest, action):
    """At each step of writing. Undo takes one step: the artist's last, or all of the result, once it is there."""
    krita = painting_krita
    page(krita, edge=32)
    krita.run(f"d = hands.document(); {ONLY_LINES if lowest else 'pass'}")
    krita.run(STIR)
    krita.run(f"file = {str(tmp_path / 'page.kra')!r}; other = None")
    if action == "switch":
        krita.run("other = hands.show(app.createDocument(16, 16, 'O', 'RGBA', 'U8', '', 72.0))")
        krita.run("hands.next_window()")
        krita.wait_for("hands.document() == d", "the page in front")
    before = krita.value("names()")
    number = count = 0
    while number <= count:
        krita.run(f"begin({number}, {action})")
        ended, steps = krita.wait_for("end", "the end of writing")
        krita.run("if hands.document() != d: hands.next_window()")
        krita.wait_for("hands.document() == d", "the page in front")
        krita.run("d.waitForDone()")
        count, now = max(count, steps), krita.value("names()")
        has_result, has_extra = "Huebrush result" in now, "Extra" in now
        assert set(now) <= {*before, "Extra", "Huebrush result"} and len(now) == len(before) + has_result + has_extra
        if action == "switch":
            assert has_extra and (ended, has_result) in (("done", True), ("lowest_layer", False)), (number, ended, now)
        elif action == "act('edit_undo')":
            assert ended == "done" and (has_result or has_extra), (number, now)
        else:
            assert ended == "done" and has_result and has_extra, (number, now)
        assert krita.value("all(node.visible() for node in root_node(d).childNodes())")
        for _ in range(has_result + has_extra):
            krita.run("hands.press('edit_undo')")
        assert krita.settled("names()", before) == before, (number, "undo went another way")
        number += 1 if lowest else EVERY
    assert count > 8 and krita.value("hands.pixel_hash() == start")
