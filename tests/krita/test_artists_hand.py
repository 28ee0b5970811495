"""The artist's hand comes first: a result waits for the end of a stroke."""

from __future__ import annotations

import pytest

PAINTING = (
    "d = hands.document(); d.setActiveNode(hands.layer_named('Reference'))\n"
    "hands.layer_named('Line art').setVisible(False); "
    "app.action('KritaShape/KisToolBrush').trigger(); canvas_hands.set_foreground(255, 0, 0); "
    "canvas_hands.look_at(0, 0, 128, 128); d.refreshProjection(); hands.spin(0.3)\n"
    "def red(x, y):\n"
    "    b, g, r, a = bytes(hands.layer_named('Reference').pixelData(x, y, 1, 1).data()); return r > 200 and g < 60\n"
)


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
        assert not any(entry["name"].startswith(("Picture ", "Flats ")) for entry in krita.value("hands.layers()"))
    krita.run("canvas_hands.draw([(x, 20) for x in range(60, 102, 2)] + [(100, y) for y in range(20, 102, 2)])")
    krita.run("canvas_hands.release((100, 100)); hands.spin(0.5)")
    if steps:
        assert krita.wait_for_end() == "done"
        assert krita.value("d.activeNode().name()") == "Reference"
    krita.run("d.waitForDone()")
    assert krita.value("[red(40, 20), red(80, 20), red(100, 90)]") == [True, True, True]
    if steps:
        krita.run("hands.press('edit_undo')")
        assert not any(entry["name"].startswith(("Picture ", "Flats ")) for entry in krita.value("hands.layers()"))
        assert krita.value("red(80, 20)")
        krita.run("hands.press('edit_undo')")
    else:
        krita.run("hands.press('edit_undo')")
    assert not krita.value("red(40, 20) or red(80, 20) or red(100, 90)"), "the stroke was more than one step"


def test_a_script_that_waits_gets_its_result(painting_krita, page):
    """It waits in an event loop within Krita's own, which is not taken for a dialog that the artist is to answer."""
    krita = painting_krita
    page(krita, edge=64)
    krita.run(
        "from huebrush import api; d = hands.document(); "
        "job = api.colorize(d, references=[hands.layer_named('Reference')], steps=2); stage = api.wait(job, 60).value"
    )
    assert krita.value("stage") == "done"
    assert krita.value("job.group in api.recipes(d)")


def test_a_result_below_the_lowest_layer_comes_when_the_script_has_ended(painting_krita, page):
    """Two jobs, one after the other: while any part of the script runs, Krita's Layers docker learns of nothing."""
    krita = painting_krita
    page(krita, edge=64)
    krita.run(
        "from huebrush import api; d = hands.document()\n"
        "for name in ('Background', 'Reference'):\n"
        "    hands.layer_named(name).remove()\n"
        "hands.spin(0.3); lines = hands.layer_named('Line art'); stages = []\n"
        "for _ in range(2):\n"
        "    job = api.colorize(d, lines, [lines], steps=2); stages.append(api.wait(job, 60).value)"
    )
    assert krita.value("stages") == ["unplaced", "unplaced"]
    krita.wait_for("job.stage.value == 'done' and len(api.recipes(d)) == 2", "both results")
    assert krita.value("[node.name() for node in d.rootNode().childNodes()][2:]") == ["Line art"]
