"""Whatever the artist does while a result is written, at each step of it: undo takes back their own steps or the whole
result, never a step of the plugin's own. (test_closed_documents.py closes the document at each step.)"""

from __future__ import annotations

from typing import Any

import pytest

ONLY_LINES = (
    "hands.layer_named('Background').remove(); hands.layer_named('Reference').remove(); d.refreshProjection(); "
    "hands.spin(0.3)"
)
ACTS = {
    "undo": "AnyMoment(any_moment.trigger('edit_undo'))",
    "redo": "AnyMoment(any_moment.trigger('edit_redo'))",
    "save": "AnyMoment(any_moment.save_as(file))",
    "switch": "AnyMoment(hands.next_window)",
    "flatten": "AnyMoment(any_moment.trigger('flatten_image'))",
    "drag": "AnyMoment(any_moment.drag_extra_down, d.waitForDone)",  # else Krita waits 4 s for another drop
    "transform": "AnyMoment(any_moment.trigger('KisToolTransform'), any_moment.trigger('KritaShape/KisToolBrush'))",
    "key": "AnyMoment(key.press, any_moment.trigger('KritaShape/KisToolBrush'))",
    "stroke": "AnyMoment(any_moment.begin_stroke)",
}


def check(act: str, before: list[str], report: dict[str, Any]) -> None:
    """Compare a run with what it has to be. While Krita composes the page, it ignores an act."""
    ended, layers, undone = report["ended"], report["layers"], report["undone"]
    allowed = {"switch": ("done", "lowest_layer"), "flatten": ("done", "line_art_deleted")}
    assert ended in allowed.get(act, ("done",)), ended
    assert report["is_visible"]
    if act == "flatten" and len(layers) == 1:
        steps = (ended == "done") + 2
    else:
        assert {*before} <= {*layers} <= {*before, "Extra", "Huebrush result"} and len({*layers}) == len(layers)
        assert "Extra" in layers or act == "undo"
        assert ("Huebrush result" in layers) == (ended == "done") or act == "undo"
        steps = len(layers) - len(before) + (act == "stroke")
        if act == "drag":  # a drop in the same place is a step too, none where Krita's list is behind
            assert len(undone) == steps + 1 or (layers[-1] == "Extra" and len(undone) == steps)
            steps = len(undone)
        elif act == "stroke" and len(undone) == steps - 1:  # the pen came down while Krita composed the page
            steps -= 1
    assert len(undone) == steps and undone[-1] == before, "undo went another way"


@pytest.mark.parametrize("place", ["between", "lowest"])
@pytest.mark.parametrize("act", list(ACTS))
def test_undo_goes_the_artists_way(painting_krita, page, tmp_path, act, place):
    krita = painting_krita
    page(krita, edge=32)
    krita.run("from huebrush_driver import any_moment; from huebrush_driver.any_moment import AnyMoment, trigger")
    krita.run(f"d = hands.document(); {ONLY_LINES if place == 'lowest' else 'pass'}")
    krita.run("trigger('KritaShape/KisToolBrush')(); canvas_hands.look_at(0, 0, 32, 32)")
    krita.run("key = any_moment.TransformKey()")
    if act == "switch":
        krita.run("hands.show(app.createDocument(16, 16, 'O', 'RGBA', 'U8', '', 72.0)); hands.next_window()")
        krita.wait_for("hands.document() == d", "the page in front")
    before = krita.value("[node.name() for node in d.rootNode().childNodes()]")
    krita.run(f"file = {str(tmp_path / 'page.kra')!r}; start = hands.pixel_hash(); moments = {ACTS[act]}")
    assert krita.wait_for("moments.ended", "all moments", 600) == "done"
    reports = krita.value("moments.reports")
    assert len(reports) >= 6
    for report in reports:
        check(act, before, report)
    krita.run("key.rest()")
    if act == "key":
        found = krita.value("key.found")  # while Krita composes the page, it ignores a key
        assert len(found) > len(reports) / 2, "the key came through too seldom"
        assert all(names == ["Extra"] for names in found), "it took another layer than the artist's"
    elif act == "stroke":
        drawn = [len(report["undone"]) > len(report["layers"]) - len(before) for report in reports]
        assert any(drawn), "no stroke came through"
    assert krita.value("hands.pixel_hash() == start")


ACT_BETWEEN = """
from huebrush.documents import insert_below_lowest as below
from huebrush.base.qt import QtCore, QtGui, QtWidgets
acted, spot, threads = [], QtWidgets.QWidget(), below._Insertion._let_threads_finish
def finish_and_act(insertion):
    "Send a close event, so that it comes before Krita tells its list of the layer."
    if len(acted) < 3 and not insertion._is_undone:
        acted.append(insertion)
        QtCore.QCoreApplication.postEvent(spot, QtGui.QCloseEvent())
    threads(insertion)
below._Insertion._let_threads_finish = finish_and_act
"""


def test_a_layer_that_was_undone_is_not_taken_from_the_list(painting_krita, page):
    """An act between the insertion and Krita's message undoes the insertion; Krita aborted when its row was taken."""
    krita = painting_krita
    page(krita, edge=32)
    krita.run(f"d = hands.document(); {ONLY_LINES}; before = [node.name() for node in d.rootNode().childNodes()]")
    krita.run(ACT_BETWEEN)
    krita.run("hands.pick('huebrush_result', 'Flats')")
    try:
        krita.run("from huebrush import api; job = api.colorize(d, references=[hands.layer_named('Line art')])")
        assert krita.wait_for_end() == "done"
        assert krita.value("len(acted)") == 3
    finally:
        krita.run("below._Insertion._let_threads_finish = threads")
    assert krita.value("len(d.rootNode().childNodes())") == 2
    krita.run("hands.press('edit_undo'); hands.spin(0.3)")
    assert krita.value("[node.name() for node in d.rootNode().childNodes()] == before")
