"""The docker's list of where colours came from: the spot in the reference, and another colour for a part."""

from __future__ import annotations

from typing import Any

import pytest
from docker_jobs import cancel, colorize
from hands import Key, banner, click, labels, pick, press, show_page, spin, tab_order, wait_for, widget
from huebrush.base.qt import QtWidgets
from huebrush.documents.canvas import canvas_view
from huebrush.results.color_sources import parts_now
from huebrush.results.flats_report import read_flats_report
from huebrush.settings.flats import RegionSettings, with_color_at
from huebrush_protocol.messages import Submit
from huebrush_protocol.regions import RegionFix
from region_results import CLEAN, chosen, finish

pytestmark = pytest.mark.usefixtures("regions_as_new")


def spot(color: str, x: float, y: float) -> dict[str, Any]:
    return {"color": color, "reference": 0, "reference_color": color, "x": x, "y": y}


BLUE, RED, GREEN, SKIN = "#4062a8", "#b03a2e", "#3f8f4f", "#d9b99b"
COAT = {
    **spot(BLUE, 0.25, 0.5),
    "share": 0.42,
    "regions": 2,
    "points": [[20.0, 12.0], [5.0, 6.0]],
    "alternatives": [spot(RED, 0.5, 0.1), spot(GREEN, 0.75, 0.9)],
}
FACE = {
    **spot(SKIN, 0.5, 0.2),
    "share": 0.004,
    "regions": 1,
    "points": [[30.0, 3.0]],
    "alternatives": [spot(BLUE, 0, 0)],
}
SOURCES = {**CLEAN, "sources": [FACE, COAT], "more_sources": 3}
WITHOUT_COAT = {**CLEAN, "sources": [FACE], "more_sources": 3}
"""As a backend sends it when the coat's regions have a colour of the artist's."""
RED_COAT = (RegionFix("color", 20.0, 12.0, color=RED), RegionFix("color", 5.0, 6.0, color=RED))


def opened(backend) -> Submit:
    """Make flats with these sources and fold the section out; return the job."""
    pick("huebrush_result", "Flats")
    job = colorize(backend)
    finish(backend, job.job, SOURCES)
    press("huebrush_color_sources", Key.Key_Space)
    spin()
    return job


def button(name: str) -> str:
    """A button's words for screen readers."""
    return widget(name).accessibleName()


def test_a_row_for_each_part_shows_its_spot_and_its_region(able_backend):
    """Largest first; choosing one shows the close-up and moves the canvas to the largest of its regions."""
    opened(able_backend)
    assert widget("huebrush_color_sources").text() == "Where colours came from"
    assert labels("huebrush_source_list") == ["42 % · 2 regions", "<1 % · 1 region"]
    assert widget("huebrush_more_sources").text() == "3 more colours, each on little of the page"
    assert not widget("huebrush_source_spot").isVisible()
    press("huebrush_source_list", Key.Key_Down)
    wait_for(lambda: widget("huebrush_source_spot").isVisible(), "the reference's picture")
    said = "#4062a8 in “Reference”, 25 % from the left, 50 % from the top"
    assert widget("huebrush_source_detail").text() == said
    assert widget("huebrush_source_spot").accessibleDescription() == said
    shown = widget("huebrush_source_spot").grab().toImage()
    assert shown.pixelColor(shown.width() // 2 + shown.height() // 2, shown.height() // 2).name() == "#ff0000"
    view = canvas_view()
    assert view is not None
    marker = view.area.viewport().findChild(QtWidgets.QWidget, "huebrush_marker")
    assert marker.isVisible() and marker.geometry().contains(view.position(20, 12).toPoint())
    assert button("huebrush_source_0_0") == "Take #b03a2e wherever this colour occurs"
    tip = widget("huebrush_source_0_0").toolTip()
    assert "50 % from the left, 10 % from the top" in tip and "data:image/png;base64," in tip


def test_another_colour_goes_to_all_regions_of_the_part_and_back(able_backend):
    """One job with a fix in each region; the row stays, with its colour of now and the way back; undo by hand too."""
    first = opened(able_backend)
    click("huebrush_source_0_0")
    again = able_backend.receive(Submit)
    assert again.parameters.regions.fixes == RED_COAT
    assert again.parameters.seed == first.parameters.seed
    assert not widget("huebrush_source_0_0").isEnabled()
    finish(able_backend, again.job, WITHOUT_COAT)
    assert labels("huebrush_source_list") == ["42 % · 2 regions", "<1 % · 1 region"]
    assert chosen().fixes == RED_COAT
    assert [button(f"huebrush_source_0_{index}") for index in (0, 1)] == [
        "Back to #4062a8, as it was",
        "Take #3f8f4f wherever this colour occurs",
    ]
    click("huebrush_source_0_1")
    green = able_backend.receive(Submit)
    assert [(fix.x, fix.color) for fix in green.parameters.regions.fixes] == [(20.0, GREEN), (5.0, GREEN)]
    finish(able_backend, green.job, WITHOUT_COAT)
    click("huebrush_source_0_0")
    back = able_backend.receive(Submit)
    assert back.parameters.regions.fixes == ()
    finish(able_backend, back.job, SOURCES)
    assert button("huebrush_source_0_0") == "Take #b03a2e wherever this colour occurs" and chosen().fixes == ()


def test_undo_of_a_swap_shows_the_colour_before(able_backend, document):
    opened(able_backend)
    click("huebrush_source_0_0")
    finish(able_backend, able_backend.receive(Submit).job, WITHOUT_COAT)
    assert button("huebrush_source_0_0").startswith("Back")
    document.rootNode().childNodes()[-2].remove()  # as undo does
    widget("huebrush_panel").refresh()
    assert button("huebrush_source_0_0") == "Take #b03a2e wherever this colour occurs" and chosen().fixes == ()


def test_the_keyboard_does_all_of_it(able_backend):
    """Arrow keys go through the rows, Tab to the chosen row's colours, Space takes one."""
    opened(able_backend)
    assert "huebrush_source_0_0" not in tab_order("huebrush_source_list"), "no row is chosen"
    press("huebrush_source_list", Key.Key_Down)
    order = tab_order("huebrush_source_list")
    assert order[1:3] == ["huebrush_source_0_0", "huebrush_source_0_1"]
    assert "huebrush_source_1_0" not in order
    press("huebrush_source_0_1", Key.Key_Space)
    again = able_backend.receive(Submit)
    assert {fix.color for fix in again.parameters.regions.fixes} == {GREEN}
    finish(able_backend, again.job, WITHOUT_COAT)
    detail = widget("huebrush_source_detail").text()
    assert detail.endswith("#3f8f4f instead of #4062a8."), "the row is still the chosen one"
    assert tab_order("huebrush_source_list")[1:3] == ["huebrush_source_0_0", "huebrush_source_0_1"]


def test_without_sources_there_is_no_list(able_backend):
    """An older backend's report, or colours as the model sees them; and a new one takes the list away."""
    pick("huebrush_result", "Flats")
    finish(able_backend, colorize(able_backend).job, CLEAN)
    show_page("check")
    assert not widget("huebrush_color_sources").isVisible()
    finish(able_backend, colorize(able_backend).job, SOURCES)
    assert widget("huebrush_color_sources").isVisible()
    finish(able_backend, colorize(able_backend).job, {**CLEAN, "sources": [], "more_sources": 0})
    assert not widget("huebrush_color_sources").isVisible()


def test_a_reference_that_is_gone_leaves_the_colours(able_backend, document):
    pick("huebrush_result", "Flats")
    finish(able_backend, colorize(able_backend).job, SOURCES)
    next(node for node in document.rootNode().childNodes() if node.name() == "Reference").remove()
    click("huebrush_color_sources")
    press("huebrush_source_list", Key.Key_Down)
    spin()
    assert not widget("huebrush_source_spot").isVisible()
    assert widget("huebrush_source_detail").text().startswith("#4062a8 in “Reference”")
    click("huebrush_source_0_0")
    assert wait_for(banner, "what is missing") == ("reference_deleted", "")
    assert button("huebrush_source_0_0") == "Take #b03a2e wherever this colour occurs"


def test_it_fits_a_narrow_docker(able_backend):
    """At 300 pixels nothing is wider, and a row's buttons lie inside the list."""
    opened(able_backend)
    press("huebrush_source_list", Key.Key_Down)
    shown = widget("huebrush_color_sources").parentWidget()
    assert shown.minimumSizeHint().width() <= 280
    rows, last = widget("huebrush_source_list"), widget("huebrush_source_0_1")
    wait_for(lambda: 0 < last.mapTo(rows, last.rect().topRight()).x() <= rows.width(), "the button in sight")
    narrower = rows.width() - 40
    rows.setFixedWidth(narrower)
    wait_for(lambda: 0 < last.mapTo(rows, last.rect().topRight()).x() <= narrower, "the button where the row ends")
    rows.setMinimumWidth(60)
    rows.setMaximumWidth(16777215)


def test_colours_from_the_reference_or_as_the_model_sees_them(able_backend):
    """The choice is sent and kept; a coloured picture has no use for it."""
    pick("huebrush_result", "Flats")
    click("huebrush_palette")
    assert widget("huebrush_colors_from").currentText() == "From the reference"
    submit = colorize(able_backend)
    assert submit.parameters.regions.colors_from == "reference"
    cancel(able_backend)
    pick("huebrush_colors_from", "As the model sees them")
    assert chosen().colors_from == "picture"
    submit = colorize(able_backend)
    assert submit.parameters.regions.colors_from == "picture"
    cancel(able_backend)
    pick("huebrush_colored", "Sky")
    assert not widget("huebrush_colors_from").isVisible()
    pick("huebrush_colored", "(none)")
    assert widget("huebrush_colors_from").isVisible()


def test_reports_are_read_with_care():
    """Malformed entries are left out; those of older backends have none."""
    broken = [None, {}, {**COAT, "points": []}, {**COAT, "x": "left"}, {**COAT, "color": "blue"}, {**COAT, "share": -1}]
    broken += [{**COAT, "points": [[float("nan"), 1.0]]}]
    report = read_flats_report({**SOURCES, "sources": [*broken, {**FACE, "alternatives": [7, spot(RED, 2.0, 0.0)]}]})
    assert report is not None and [part.spot.color for part in report.sources] == [SKIN]
    assert [(other.color, other.x) for other in report.sources[0].alternatives] == [(RED, 1.0)]
    old = read_flats_report(CLEAN)
    assert old is not None and (old.sources, old.more_sources) == ((), 0)


def test_swapped_parts_are_found_among_earlier_results():
    """All points must be fixed; of two parts with a region in common, the newer one counts."""
    first, second = read_flats_report(SOURCES), read_flats_report({**CLEAN, "sources": [{**COAT, "points": [[5, 6]]}]})
    assert first is not None and second is not None
    earlier = (second.sources, first.sources)
    assert parts_now((), earlier, RED_COAT[:1]) == ()
    (now,) = parts_now((), earlier, RED_COAT)
    assert now.part == second.sources[0] and now.color == RED and now.is_swapped
    assert now.spot == now.part.alternatives[0] and now.choices == (now.part.spot, now.part.alternatives[1])
    by_hand = tuple(RegionFix("color", fix.x, fix.y, color="#123456") for fix in RED_COAT)
    (other,) = parts_now((), (first.sources,), by_hand)
    assert other.spot is None and len(other.choices) == 3
    assert not parts_now(first.sources, earlier, RED_COAT)[0].is_swapped, "the shown result knows better"


def test_a_colour_takes_the_place_of_the_one_before():
    others = (RegionFix("merge", 20.0, 12.0, 3.0, 3.0), RegionFix("color", 1.0, 1.0, color=RED))
    settings = with_color_at(RegionSettings(fixes=others), [(20.0, 12.0), (5.0, 6.0)], RED)
    assert settings.fixes == (*others, *RED_COAT)
    green = with_color_at(settings, [(20.0, 12.0), (5.0, 6.0)], GREEN)
    assert [fix.color for fix in green.fixes] == ["", RED, GREEN, GREEN]
    assert with_color_at(green, [(20.0, 12.0), (5.0, 6.0)], "").fixes == others
