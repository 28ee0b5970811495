"""The guide layer that shows the borders without a line: it comes, follows the result, and goes by one button."""

from __future__ import annotations

import pytest
from docker_jobs import colorize
from hands import Key, click, delete_now, pick, press, show_page, spin, wait_for, widget
from huebrush.base.qt import QtWidgets
from huebrush.base.tasks import BREATHE
from huebrush.docker import HuebrushDocker
from huebrush.results.gap_guide import redraw_gap_closures
from huebrush.session import session
from huebrush.widgets.panel import Panel
from huebrush_protocol.messages import Submit
from krita import Krita
from region_results import BORDER, CLEAN, REPORT, finish

pytestmark = pytest.mark.usefixtures("regions_as_new")


def test_borders_without_a_line_come_as_a_guide_layer(able_backend, document):
    """One layer on top, in one go; the same button takes it away."""
    pick("huebrush_result", "Flats")
    finish(able_backend, colorize(able_backend).job)
    show_page("check")
    click("huebrush_gap_closures")
    wait_for(lambda: document.rootNode().childNodes()[-1].name() == "Borders without a line (guide)", "the layer")
    layer = document.rootNode().childNodes()[-1]
    assert bytes(layer.pixelData(5, 4, 1, 1).data())[3] > 200 and layer.colorLabel() == 7
    gap, border = (bytes(layer.pixelData(*place, 1, 1).data())[:3] for place in ((5, 4), (22, 4)))
    assert gap[2] > gap[0] and border[0] > border[2]  # BGRA: a gap is pink, a border between colours blue
    wait_for(lambda: widget("huebrush_gap_closures").text() == "Remove these borders", "the button's other side")
    click("huebrush_gap_closures")
    assert document.rootNode().childNodes()[-1].name() == "Line art"


def test_the_guide_follows_the_result_and_leaves_the_artists_layer_active(able_backend, document):
    """A border that is taken back leaves it, one whose box it lay in stays, and undo brings it back."""
    active = document.rootNode().childNodes()[0]
    document.setActiveNode(active)
    pick("huebrush_result", "Flats")
    within = [[20.0, 18.0], [38.0, 2.0]]  # a long border, in whose box the gap at 30, 3 lies
    report = {**REPORT, "gap_closures": [[24.0, 3.0, 28.0, 3.0]], "color_borders": [within]}
    finish(able_backend, colorize(able_backend).job, {**report, "places_to_check": [BORDER]})
    show_page("check")
    click("huebrush_gap_closures")
    wait_for(lambda: widget("huebrush_gap_closures").text() == "Remove these borders", "the layer")
    assert document.activeNode() == active
    layer = document.rootNode().childNodes()[-1]

    def alpha(x: int, y: int) -> int:
        return bytes(layer.pixelData(x, y, 1, 1).data())[3]

    assert alpha(26, 3) > 200 and alpha(29, 10) > 200
    press("huebrush_place_list", Key.Key_Down)
    Krita.instance().action("huebrush_apply_suggestion").trigger()
    finish(able_backend, able_backend.receive(Submit).job, {**report, "color_borders": []})
    wait_for(lambda: alpha(29, 10) == 0, "the guide without the border")
    assert alpha(26, 3) > 200
    groups_shown = [node for node in document.rootNode().childNodes() if node.name().startswith(("Picture ", "Flats "))]
    groups_shown[-1].remove()  # as undo does
    widget("huebrush_panel").refresh()
    wait_for(lambda: alpha(29, 10) > 200, "the guide with the border")
    finish(able_backend, colorize(able_backend).job, {**CLEAN, "gap_closures": [], "color_borders": []})
    wait_for(lambda: alpha(26, 3) == 0, "an empty guide")
    click("huebrush_gap_closures")
    assert document.rootNode().childNodes()[-1].name() == "Line art"
    assert not widget("huebrush_gap_closures").isVisible()


def test_the_guide_catches_up_with_a_result_that_came_while_it_was_redrawn(able_backend, document, monkeypatch):
    """The change for the second result waits until the third is there."""
    pick("huebrush_result", "Flats")
    report = {**REPORT, "color_borders": []}
    finish(able_backend, colorize(able_backend).job, {**report, "gap_closures": [[4.0, 3.0, 8.0, 3.0]]})
    show_page("check")
    click("huebrush_gap_closures")
    wait_for(lambda: widget("huebrush_gap_closures").text() == "Remove these borders", "the layer")
    layer = document.rootNode().childNodes()[-1]
    begun, may_go_on = [], []

    def slow(*arguments):
        begun.append(arguments)
        while not may_go_on:
            yield BREATHE
        yield from redraw_gap_closures(*arguments)

    monkeypatch.setattr("huebrush.results.gap_guides.redraw_gap_closures", slow)
    finish(able_backend, colorize(able_backend).job, {**report, "gap_closures": [[14.0, 3.0, 18.0, 3.0]]})
    wait_for(lambda: bool(begun), "the change for the second result")
    finish(able_backend, colorize(able_backend).job, {**report, "gap_closures": [[24.0, 3.0, 28.0, 3.0]]})
    assert len(begun) == 1
    may_go_on.append(True)

    def shown() -> list[bool]:
        return [bytes(layer.pixelData(x, 3, 1, 1).data())[3] > 200 for x in (6, 16, 26)]

    wait_for(lambda: shown() == [False, False, True], "the third result's border alone")
    click("huebrush_gap_closures")


def test_two_windows_draw_the_guide_once(able_backend, document, monkeypatch):
    """Each of Krita's windows has a docker that follows the result; both know of the layer."""
    other = HuebrushDocker()
    pick("huebrush_result", "Flats")
    report = {**REPORT, "color_borders": []}
    finish(able_backend, colorize(able_backend).job, {**report, "gap_closures": [[4.0, 3.0, 8.0, 3.0]]})
    show_page("check")
    click("huebrush_gap_closures")
    wait_for(lambda: widget("huebrush_gap_closures").text() == "Remove these borders", "the layer")
    drawn = []

    def counting(*arguments):
        drawn.append(arguments)
        yield from redraw_gap_closures(*arguments)

    monkeypatch.setattr("huebrush.results.gap_guides.redraw_gap_closures", counting)
    finish(able_backend, colorize(able_backend).job, {**report, "gap_closures": [[24.0, 3.0, 28.0, 3.0]]})
    layer = document.rootNode().childNodes()[-1]
    wait_for(lambda: bytes(layer.pixelData(26, 3, 1, 1).data())[3] > 200, "the new result's border")
    panel = other.findChild(Panel)
    for _ in range(3):
        panel.refresh()
        widget("huebrush_panel").refresh()
        spin()
    assert len(drawn) == 1
    button = other.findChild(QtWidgets.QAbstractButton, "huebrush_gap_closures")
    assert button.text() == "Remove these borders"
    click("huebrush_gap_closures")
    assert button.text() != "Remove these borders", "the other window's docker follows at once"
    delete_now(other)


def test_a_guide_from_before_the_document_was_opened_is_found_again(able_backend, document):
    """Its former borders go, and the button takes it away instead of adding another."""
    pick("huebrush_result", "Flats")
    report = {**REPORT, "color_borders": []}
    finish(able_backend, colorize(able_backend).job, {**report, "gap_closures": [[4.0, 3.0, 8.0, 3.0]]})
    show_page("check")
    click("huebrush_gap_closures")
    wait_for(lambda: widget("huebrush_gap_closures").text() == "Remove these borders", "the layer")
    session().gap_guides._shown.clear()  # as in a new Krita
    layer = document.rootNode().childNodes()[-1]
    finish(able_backend, colorize(able_backend).job, {**report, "gap_closures": [[24.0, 3.0, 28.0, 3.0]]})

    def shown() -> list[bool]:
        return [bytes(layer.pixelData(x, 3, 1, 1).data())[3] > 200 for x in (6, 26)]

    wait_for(lambda: shown() == [False, True], "the new result's border alone")
    assert widget("huebrush_gap_closures").text() == "Remove these borders"
    click("huebrush_gap_closures")
    assert document.rootNode().childNodes()[-1].name() == "Line art"
