"""The page changes while a job runs: the result goes along, or is kept and the docker says why."""

from __future__ import annotations

from typing import Any

import pytest

QUARTER = 1.5707963267948966
BOX = """
def box(name):
    "Where a layer of the result is: x, y, width, height."
    bounds = hands.layer_named(name).bounds()
    return [bounds.x(), bounds.y(), bounds.width(), bounds.height()]
"""
TRIGGER = "app.action({name!r}).trigger(); hands.spin(0.8)"
CHANGES: dict[str, tuple[str, list[int] | None]] = {
    "turned-right": (f"d.rotateImage({QUARTER})", [0, 0, 48, 160]),
    "turned-left": (f"d.rotateImage({-QUARTER})", [48, 0, 48, 160]),
    "turned-half": (f"d.rotateImage({2 * QUARTER})", [0, 0, 160, 48]),
    "mirrored-across": ("app.action('mirrorImageHorizontal').trigger(); hands.spin(0.8)", [0, 48, 160, 48]),
    "mirrored-down": ("app.action('mirrorImageVertical').trigger(); hands.spin(0.8)", [0, 0, 160, 48]),
    "enlarged": ("d.resizeImage(-40, -30, 240, 180)", [40, 78, 160, 48]),
    "cropped": ("d.crop(20, 10, 120, 70)", [-20, 38, 160, 48]),
    "scaled": ("d.scaleImage(320, 192, 300, 300, 'Bicubic')", None),
    "sheared": ("d.shearImage(20, 0)", None),
}
"""What is done to a page of 160 × 96 pixels, and where the layer is then that lay on its lower half; None: it does not
follow."""


def begin(krita, page, arrangement: str = "pass") -> None:
    """Show a page that is wider than high, and start a job."""
    page(krita, edge=160)
    krita.run(f"{BOX}\nd = hands.document(); d.crop(0, 0, 160, 96); d.waitForDone(); hands.spin(0.3)")
    krita.run(f"{arrangement}; hands.type_number('huebrush_steps_number', 12); hands.click('huebrush_colorize')")
    krita.wait_for("(hands.job() or {}).get('step', 0) >= 2", "two steps")


def state(krita) -> list[Any]:
    """Layers and code of what the docker says."""
    return krita.value("[[n.name() for n in d.rootNode().childNodes()], (hands.banner() or {}).get('code')]")


@pytest.mark.parametrize("change", list(CHANGES))
def test_result_follows_the_page_or_is_kept(painting_krita, page, change):
    krita = painting_krita
    code, place = CHANGES[change]
    begin(krita, page)
    krita.run(f"{code}; hands.spin(0.3); d.waitForDone(); before = hands.pixel_hash('Line art')")
    stage = krita.wait_for_end()
    names, said = state(krita)
    if place is None:
        assert (stage, said, names) == ("unplaced", "page_changed", ["Background", "Reference", "Line art"])
        assert krita.value("hands.banner()")["remedy"] == "Retry"
        krita.run("hands.click('huebrush_banner_remedy')")
        krita.wait_for("hands.job()['stage'] == 'done'", "the second run")
    else:
        assert stage == "done" and names[2].startswith(("Picture ", "Flats ")), said
        assert krita.value("box('Shade')") == place
    assert krita.value("hands.pixel_hash('Line art') == before")


def test_retry_of_a_scripts_job_keeps_its_settings(painting_krita, page):
    """Not those that the docker shows, nor another seed."""
    krita = painting_krita
    begin(krita, page)
    krita.run("hands.click('huebrush_cancel')")
    krita.wait_for_end()
    krita.run(
        "from huebrush import api; first = api.colorize(d, hands.layer_named('Line art'), "
        "[hands.layer_named('Reference')], steps=13, seed=5, reference_strength=0.5)"
    )
    krita.wait_for("(hands.job() or {}).get('step', 0) >= 2", "two steps")
    krita.run(f"{CHANGES['scaled'][0]}; hands.spin(0.3); d.waitForDone()")
    assert krita.wait_for_end() == "unplaced"
    krita.run("hands.click('huebrush_banner_remedy')")
    krita.wait_for("hands.job()['stage'] == 'done'", "the second run")
    again = "hands.widget('huebrush_panel').job()"
    assert krita.value(f"{again} is not first and {again}.request == first.request")
    assert krita.value(f"[{again}.request.settings.seed, {again}.request.settings.steps]") == [5, 13]


def test_result_that_does_not_follow_can_still_be_placed(painting_krita, page):
    krita = painting_krita
    begin(krita, page)
    krita.run(f"{CHANGES['scaled'][0]}; hands.spin(0.3); d.waitForDone()")
    assert krita.wait_for_end() == "unplaced"
    krita.run("app.action('huebrush_place').trigger()")
    krita.wait_for("hands.job()['stage'] == 'done'", "the result as it is")


def test_lines_in_a_hidden_group_turn_with_the_page(painting_krita, page):
    krita = painting_krita
    group = (
        "g = d.createGroupLayer('Inks'); d.rootNode().addChildNode(g, None); "
        "copy = hands.layer_named('Line art').duplicate(); hands.layer_named('Line art').remove(); "
        "g.addChildNode(copy, None); g.setVisible(False); d.refreshProjection(); d.waitForDone(); "
        "hands.widget('huebrush_panel').refresh(); hands.pick('huebrush_line_art', 'Inks')"
    )
    begin(krita, page, group)
    krita.run(f"{CHANGES['turned-right'][0]}; hands.spin(0.3); d.waitForDone()")
    assert krita.wait_for_end() == "done", krita.value("hands.banner()")
    assert krita.value("box('Shade')") == CHANGES["turned-right"][1]


@pytest.mark.parametrize(
    "change",
    [
        "app.action('flatten_image').trigger()",
        "d.setActiveNode(hands.layer_named('Line art')); hands.spin(0.3); hands.press('merge_layer')",
        "hands.layer_named('Line art').remove()",
    ],
    ids=["flattened", "merged", "deleted"],
)
def test_open_document_is_not_called_closed(painting_krita, page, change):
    """Without its lines the result is kept, and goes on top when the artist asks for it."""
    krita = painting_krita
    begin(krita, page)
    krita.run(f"{change}; hands.spin(1); d.waitForDone()")
    assert krita.wait_for_end() == "unplaced"
    assert state(krita)[1] == "line_art_deleted"
    krita.run("hands.click('huebrush_banner_remedy')")
    krita.wait_for("hands.job()['stage'] == 'done'", "the result on top")
    assert state(krita)[0][-1].startswith(("Picture ", "Flats "))


def test_result_goes_below_the_lines_where_they_are_now(painting_krita, page):
    """The artist has moved the lines into a group meanwhile."""
    krita = painting_krita
    begin(krita, page)
    krita.run(
        "g = d.createGroupLayer('Inks'); d.rootNode().addChildNode(g, None); lines = hands.layer_named('Line art')\n"
        "g.addChildNode(d.createNode('Notes', 'paintlayer'), None); lines.remove(); g.addChildNode(lines, None)"
    )
    assert krita.wait_for_end() == "done", krita.value("hands.banner()")
    names = krita.value("[n.name() for n in g.childNodes()]")
    assert names == ["Notes", "Picture 1 · Reference", "Line art"]
