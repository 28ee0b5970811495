"""The docker's list of places to check: shown on the canvas, put right, and as they were after undo."""

from __future__ import annotations

import pytest
from docker_jobs import colorize
from hands import Key, click, labels, pick, press, show_page, spin, wait_for, widget
from huebrush.base.qt import QtCore, QtWidgets
from huebrush.documents.canvas import CanvasView, canvas_view
from huebrush.results.seen_places import NOTE, read_seen
from huebrush_protocol.messages import Progress, Submit
from huebrush_protocol.regions import RegionFix
from krita import Krita, Node
from region_results import BORDER, CLEAN, DYE, GAP, REPORT, UNSURE, chosen, finish, groups
from scripted_backend import ScriptedBackend

pytestmark = pytest.mark.usefixtures("regions_as_new")


def test_places_are_listed_shown_and_corrected(able_backend, document):
    """What shows most comes first; choosing one moves the canvas; a fix makes a result in the former's place."""
    pick("huebrush_result", "Flats")
    assert not widget("huebrush_places_to_check").isVisible()
    finish(able_backend, colorize(able_backend).job)
    assert widget("huebrush_places_to_check").text() == "2 places to check"
    press("huebrush_places_to_check", Key.Key_Space)
    assert labels("huebrush_place_list") == ["Gap in a line", "Colour unsure (16 px)"]
    press("huebrush_place_list", Key.Key_Down)
    view = canvas_view()
    assert view is not None
    place, middle = view.position(6, 12), view.area.viewport().rect().center()
    assert abs(place.x() - middle.x()) < 3 and abs(place.y() - middle.y()) < 3
    marker = view.area.viewport().findChild(QtWidgets.QWidget, "huebrush_marker")
    assert marker.geometry().contains(place.toPoint()) and marker.isVisible()
    assert [widget(f"huebrush_fix_{index}").text() for index in (0, 1)] == [
        "Suggested: Close the gap",
        "Make it one region",
    ]
    assert widget("huebrush_place_detail").text() == "Open gap"
    click("huebrush_fix_1")
    again = able_backend.receive(Submit)
    assert again.parameters.regions.fixes == (RegionFix("merge", 5.0, 5.0, 9.0, 5.0),)
    assert not widget("huebrush_fix_all").isEnabled()
    finish(able_backend, again.job, {**REPORT, "places_to_check": [UNSURE]})
    assert [shown for _, shown in groups(document)] == [False, True]
    assert (
        widget("huebrush_places_to_check").text() == "1 place to check"
        and widget("huebrush_fixes").text() == "1 correction made"
    )
    assert chosen().fixes == again.parameters.regions.fixes

    action = Krita.instance().action
    action("huebrush_next_place").trigger()
    assert widget("huebrush_place_list").currentRow() == 0
    action("huebrush_apply_suggestion").trigger()
    third = able_backend.receive(Submit)
    assert [fix.kind for fix in third.parameters.regions.fixes] == ["merge", "color"]
    finish(able_backend, third.job, CLEAN)
    assert widget("huebrush_places_to_check").text() == "Page clean" and not widget("huebrush_place_list").isVisible()

    click("huebrush_fixes_clear")
    fourth = able_backend.receive(Submit)
    assert fourth.parameters.regions.fixes == () and fourth.parameters.seed == again.parameters.seed
    finish(able_backend, fourth.job)
    assert not widget("huebrush_fixes").isVisible() and chosen().fixes == ()


def test_all_suggestions_at_once(able_backend):
    """What improves the page, in one run."""
    pick("huebrush_result", "Flats")
    finish(able_backend, colorize(able_backend).job)
    show_page("check")
    assert widget("huebrush_fix_all").text() == "All suggestions (2)"
    click("huebrush_fix_all")
    submit = able_backend.receive(Submit)
    assert [fix.kind for fix in submit.parameters.regions.fixes] == ["close", "color"]
    finish(able_backend, submit.job, CLEAN)


def test_alike_places_are_one_entry_whose_spots_can_be_stepped_through(able_backend):
    """The title says how many; its correction is made at all of them; the canvas goes from one to the next."""
    more = {**DYE, "more": [[30.0, 4.0, 0.0, 0.0], [34.0, 20.0, 0.0, 0.0]]}
    spots = [[18.0, 10.0, 4.0, 4.0, 20.0, 12.0], [28.0, 2.0, 4.0, 4.0, 30.0, 4.0], [32.0, 18.0, 4.0, 4.0, 34.0, 20.0]]
    pick("huebrush_result", "Flats")
    finish(
        able_backend,
        colorize(able_backend).job,
        {**REPORT, "places_to_check": [{**UNSURE, "spots": spots, "fixes": [more]}, GAP]},
    )
    show_page("check")
    assert labels("huebrush_place_list") == ["Gap in a line", "Colour unsure (3 places, 16 px)"]
    press("huebrush_place_list", Key.Key_Down)
    assert not widget("huebrush_spots").isVisible(), "one spot needs no stepping"
    press("huebrush_place_list", Key.Key_Down)
    assert widget("huebrush_spot_words").text() == "Place 1 of 3 that are alike"
    view = canvas_view()
    assert view is not None
    for steps, (x, y), number in ((1, (30, 4), 2), (1, (34, 20), 3), (1, (20, 12), 1), (-1, (34, 20), 3)):
        click("huebrush_spot_next" if steps > 0 else "huebrush_spot_previous")
        marker = view.area.viewport().findChildren(QtWidgets.QWidget, "huebrush_marker")[-1]
        assert marker.geometry().contains(view.position(x, y).toPoint())
        assert widget("huebrush_spot_words").text() == f"Place {number} of 3 that are alike"
    spin()
    assert widget("huebrush_fix_0").text() == "Suggested: Take #b03a2e (3 places)"
    assert widget("huebrush_fix_all").text() == "All suggestions (4)"
    click("huebrush_fix_0")
    submit = able_backend.receive(Submit)
    assert [(fix.x, fix.y) for fix in submit.parameters.regions.fixes] == [(20.0, 12.0), (30.0, 4.0), (34.0, 20.0)]
    finish(able_backend, submit.job, CLEAN)


def test_twenty_places_are_listed_and_the_others_behind_more(able_backend):
    """Those of which most can be seen come first."""
    many = [{**UNSURE, "area": number, "visible": float(number)} for number in range(1, 31)]
    pick("huebrush_result", "Flats")
    finish(able_backend, colorize(able_backend).job, {**REPORT, "places_to_check": many})
    show_page("check")
    assert widget("huebrush_places_to_check").text() == "30 places to check"
    assert labels("huebrush_place_list") == [f"Colour unsure ({area} px)" for area in range(30, 10, -1)]
    assert widget("huebrush_more_places").text() == "10 more"
    press("huebrush_place_list", Key.Key_Down)
    click("huebrush_more_places")
    assert len(labels("huebrush_place_list")) == 30 and widget("huebrush_place_list").currentRow() == 0
    assert not widget("huebrush_more_places").isVisible()
    finish(able_backend, colorize(able_backend).job, CLEAN)


def test_a_border_between_colours_is_taken_back_alone_never_with_all_suggestions(able_backend):
    """What parts two colours rightly on most pages must not go with one click for everything."""
    pick("huebrush_result", "Flats")
    finish(able_backend, colorize(able_backend).job, {**REPORT, "places_to_check": [UNSURE, BORDER]})
    show_page("check")
    assert labels("huebrush_place_list") == ["Colour unsure (16 px)", "Border without a line"]
    assert widget("huebrush_fix_all").text() == "All suggestions (1)"
    press("huebrush_place_list", Key.Key_Down)
    press("huebrush_place_list", Key.Key_Down)
    Krita.instance().action("huebrush_apply_suggestion").trigger()
    submit = able_backend.receive(Submit)
    assert submit.parameters.regions.fixes == (RegionFix("merge", 5.0, 5.0, 9.0, 5.0),)
    assert submit.parameters.regions.color_borders is True
    finish(able_backend, submit.job, {**REPORT, "places_to_check": [BORDER]})
    assert not widget("huebrush_fix_all").isVisible()
    finish(able_backend, colorize(able_backend).job, CLEAN)


def test_open_shapes_are_left_whole_when_the_artist_says_so(able_backend):
    pick("huebrush_result", "Flats")
    widget("huebrush_palette").setChecked(True)
    click("huebrush_color_borders")
    job = colorize(able_backend)
    assert job.parameters.regions.color_borders is False and chosen().color_borders is False
    finish(able_backend, job.job, CLEAN)
    click("huebrush_color_borders")
    assert chosen().color_borders is True


def test_progress_looks_through_no_layers(able_backend, document, monkeypatch):
    """A page may have hundreds, and progress comes many times a second; a new stage is another matter."""
    pick("huebrush_result", "Flats")
    finish(able_backend, colorize(able_backend).job)
    show_page("check")
    assert widget("huebrush_fix_all").isEnabled()
    job, phase = colorize(able_backend).job, widget("huebrush_phase")
    assert not widget("huebrush_fix_all").isEnabled()
    able_backend.send(Progress(job, "denoising", 1, 12, 0.1, 100.0))
    wait_for(lambda: phase.text().startswith("Painting 1/12"), "the first step")
    looks, look = [], Node.childNodes
    monkeypatch.setattr(Node, "childNodes", lambda node: looks.append(node.name()) or look(node))
    able_backend.send(Progress(job, "denoising", 2, 12, 0.2, 90.0))
    wait_for(lambda: phase.text().startswith("Painting 2/12"), "the second step")
    assert looks == []
    finish(able_backend, job, CLEAN)
    assert looks and widget("huebrush_places_to_check").text() == "Page clean"


def test_undo_brings_the_former_result_and_its_report_back(able_backend, document):
    """Whoever takes the new group away gets the former one back, with what it said."""
    pick("huebrush_result", "Flats")
    finish(able_backend, colorize(able_backend).job)
    show_page("check")
    click("huebrush_fix_all")
    finish(able_backend, able_backend.receive(Submit).job, CLEAN)
    newest = document.rootNode().childNodes()[-2]
    newest.remove()
    widget("huebrush_panel").refresh()
    assert [shown for _, shown in groups(document)] == [True]
    assert widget("huebrush_places_to_check").text() == "2 places to check" and chosen().fixes == ()
    document.rootNode().addChildNode(newest, document.rootNode().childNodes()[-2])
    widget("huebrush_panel").refresh()
    assert [shown for _, shown in groups(document)] == [False, True]
    assert widget("huebrush_places_to_check").text() == "Page clean" and len(chosen().fixes) == 2


def test_other_lines_have_no_fixes(able_backend, document):
    """Corrections are places on the lines they were made for."""
    widget("huebrush_panel")._form.regions.set_fixes((RegionFix("merge", 1, 1, 2, 2),))
    pick("huebrush_line_art", "Background")
    assert chosen().fixes == ()
    pick("huebrush_line_art", "Line art")


def places_of(able_backend: ScriptedBackend) -> CanvasView:
    """Flats with two places to check, whose page of the docker is shown; return the canvas."""
    pick("huebrush_result", "Flats")
    finish(able_backend, colorize(able_backend).job)
    show_page("check")
    view = canvas_view()
    assert view is not None
    return view


def test_the_canvas_goes_back_where_it_was_before_the_first_place(able_backend):
    """By the button, by Escape, by the action, and when another page is chosen; not when the artist has moved it."""
    view = places_of(able_backend)
    view.canvas.setZoomLevel(0.5)
    before = view.state()
    ways = (
        lambda: click("huebrush_places_back"),
        lambda: press("huebrush_place_list", Key.Key_Escape),
        lambda: Krita.instance().action("huebrush_places_back").trigger(),
        lambda: show_page("colorize"),
    )
    for way in ways:
        show_page("check")
        assert not widget("huebrush_places_back").isVisible()
        for _ in range(2):
            press("huebrush_place_list", Key.Key_N)
            assert not view.state().is_like(before) and widget("huebrush_places_back").isVisible()
        way()
        spin()
        assert view.state().is_like(before)
        markers = view.area.viewport().findChildren(QtWidgets.QWidget, "huebrush_marker")
        assert not any(marker.isVisible() for marker in markers)
    show_page("check")
    press("huebrush_place_list", Key.Key_N)
    view.canvas.setZoomLevel(0.25)
    moved = view.state()
    show_page("colorize")
    assert view.state().is_like(moved), "the artist's own view is taken away"
    show_page("check")
    assert not widget("huebrush_places_back").isVisible()
    finish(able_backend, colorize(able_backend).job, CLEAN)


def test_places_are_walked_through_and_marked_as_seen_by_keyboard(able_backend, document):
    """N and P step, Space and Delete mark; what was seen is passed over, counted, and kept with the document."""
    view = places_of(able_backend)
    before = view.state()
    titles = labels("huebrush_place_list")
    head, rows = widget("huebrush_places_to_check"), widget("huebrush_place_list")
    for key, row in ((Key.Key_N, 0), (Key.Key_N, 1), (Key.Key_N, 0), (Key.Key_P, 1), (Key.Key_Up, 0)):
        press("huebrush_place_list", key)
        assert rows.currentRow() == row
    press("huebrush_place_list", Key.Key_Space)
    assert labels("huebrush_place_list") == [f"✓ {titles[0]}", titles[1]] and rows.currentRow() == 0
    assert head.text() == "1 place to check, 1 seen" and widget("huebrush_page_check").text() == "Check (1)"
    for _ in range(2):
        press("huebrush_place_list", Key.Key_N)
        assert rows.currentRow() == 1, "the place that was seen is passed over"
    press("huebrush_place_list", Key.Key_Up)
    press("huebrush_place_list", Key.Key_Space)
    assert head.text() == "2 places to check"
    press("huebrush_place_list", Key.Key_Delete)
    assert rows.currentRow() == 1 and head.text() == "1 place to check, 1 seen"
    view.canvas.setZoomLevel(0.3)
    press("huebrush_place_list", Key.Key_Return)
    assert abs(view.position(20, 12).x() - view.area.viewport().rect().center().x()) < 3, "Enter shows it again"
    Krita.instance().action("huebrush_place_seen").trigger()
    assert head.text() == "All places seen" and labels("huebrush_place_list") == [f"✓ {title}" for title in titles]
    assert view.state().is_like(before), "there is nothing left to look at"
    assert len(read_seen(document)) == 2
    finish(able_backend, colorize(able_backend).job, {**REPORT, "places_to_check": [GAP]})
    assert head.text() == "All places seen", "what was seen is known again in the next result"
    for spoilt in (b"\xff", b"{}", b'[["gap", 1], 3, ["gap", 1, 2, 3, "x"]]'):
        document.setAnnotation(NOTE, "", QtCore.QByteArray(spoilt))
        widget("huebrush_panel").refresh()
        assert head.text() == "1 place to check" and read_seen(document) == frozenset()
    finish(able_backend, colorize(able_backend).job, CLEAN)
