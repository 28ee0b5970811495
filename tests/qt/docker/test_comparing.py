"""Two results compared by regions from the page History: what is sent, listed, and mixed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from docker_jobs import cancel, greet
from hands import Key, banner, click, labels, press, show_page, spin, wait_for, widget
from huebrush.documents.find import node_id
from huebrush.results.recipes import Record, read_newest_settings, read_records
from huebrush.session import session
from huebrush.settings.store import read_settings
from huebrush_protocol.messages import CAPABILITIES, Acknowledge, ImageHeader, Result, Submit
from huebrush_protocol.regions import RegionFix
from krita import Document, Node
from scripted_backend import ScriptedBackend

TAKE = {"kind": "take", "x": 20.0, "y": 12.0, "x2": 0.0, "y2": 0.0, "color": "", "text": "take it", "suggested": False}
PLACE = {
    "kind": "differs",
    "risk": 0.9,
    "text": "#b03a2e here, #3a46b0 in the other result",
    "x": 10.0,
    "y": 8.0,
    "width": 12.0,
    "height": 9.0,
    "area": 80,
    "color": "#3a46b0",
    "fixes": [TAKE],
}
REPORT = {"regions": 3, "gap": 6.0, "palette": [], "near_duplicates": [], "gap_closures": [], "compared": True}
pytestmark = pytest.mark.usefixtures("regions_as_new")


def layer(document: Document, name: str) -> Node:
    """The topmost layer whose name begins so."""
    return next(node for node in document.rootNode().childNodes() if node.name().startswith(name))


def make_result(document: Document, name: str, day: int) -> None:
    """Make a layer of the page a result of this day."""
    group = node_id(layer(document, name))
    session().recipes.store(document, Record(f"job-{name}", group, f"2026-11-{day}T12:00:00+00:00", {}, {}, {}))


def choose(row: int) -> None:
    """Choose a row of the history."""
    rows = widget("huebrush_history")
    rows.setCurrentIndex(rows.model().index(row, 0))


def answer(backend: ScriptedBackend, job: str, *places: object, mix: bool = False) -> None:
    """Send a report, and perhaps a mix, blue everywhere."""
    header = ImageHeader("layer", 40, 30, "BGRA", name="Mix", kind="picture")
    images, frames = ((header,), [bytes((176, 70, 58, 255)) * 1200]) if mix else ((), [])
    backend.send(Result(job, {"model": "none"}, images, {**REPORT, "places_to_check": list(places)}), frames)
    assert backend.receive(Acknowledge).job == job
    spin()


@pytest.fixture
def results(able_backend: ScriptedBackend, document: Document) -> Iterator[ScriptedBackend]:
    """Two results that can be seen: "Scene", the newer one, and "Background"."""
    make_result(document, "Background", 29)
    make_result(document, "Scene", 30)
    show_page("history")
    widget("huebrush_panel").history.refresh()
    yield able_backend
    show_page("colorize")


def test_the_shown_result_is_compared_with_the_chosen_one(results, document):
    """Both are read as they are, also hidden; the page Check counts and lists the regions; nothing is written."""
    before = [(node.name(), node.visible()) for node in document.rootNode().childNodes()]
    choose(0)
    press("huebrush_history", Key.Key_C)
    submit = results.receive(Submit)
    assert (submit.model, submit.parameters.regions.result) == ("none", "check")
    sent = [(image.role, image.name) for image in submit.images[1:]]
    assert sent == [("flats", "Background"), ("compared", "Scene")]
    assert widget("huebrush_page_check").isChecked()
    answer(results, submit.job, PLACE, {**PLACE, "x": 2.0})
    assert widget("huebrush_places_to_check").text() == "2 regions differ"
    assert labels("huebrush_place_list") == ["Differs (80 px)"] * 2
    assert [(node.name(), node.visible()) for node in document.rootNode().childNodes()] == before
    assert read_settings({}).regions.result == widget("huebrush_panel")._form.settings.regions.result


def test_the_result_shown_before_is_compared_with_the_one_shown_now(results, document):
    """As after a click on one and then on another: regions of the latter go into the former."""
    for row in (1, 0):
        choose(row)
        press("huebrush_history", Key.Key_Return)
    assert [layer(document, name).visible() for name in ("Background", "Scene")] == [False, True]
    click("huebrush_history_compare")
    submit = results.receive(Submit)
    assert [image.name for image in submit.images[1:]] == ["Background", "Scene"]
    answer(results, submit.job)
    assert widget("huebrush_places_to_check").text() == "No region differs"


def test_a_taken_region_makes_a_mix_that_hides_what_it_was_made_of(results, document):
    """A result of its own, whose record says which regions came from which; undo and taking back show the former."""
    choose(0)
    click("huebrush_history_compare")
    answer(results, results.receive(Submit).job, PLACE, {**PLACE, "x": 2.0, "fixes": [{**TAKE, "x": 3.0}]})
    press("huebrush_place_list", Key.Key_Down)
    click("huebrush_fix_0")
    first = results.receive(Submit)
    assert first.parameters.regions.fixes == (RegionFix("take", 20.0, 12.0),)
    answer(results, first.job, {**PLACE, "x": 2.0, "fixes": [{**TAKE, "x": 3.0}]}, mix=True)
    assert layer(document, "Mix").name() == "Mix 1 · Background + 1"
    assert [layer(document, name).visible() for name in ("Background", "Scene")] == [False, False]
    assert widget("huebrush_places_to_check").text() == "1 region differs"
    press("huebrush_place_list", Key.Key_Down)
    click("huebrush_fix_0")
    second = results.receive(Submit)
    assert [fix.x for fix in second.parameters.regions.fixes] == [20.0, 3.0]
    answer(results, second.job, mix=True)
    record = read_records(document)[-1]
    kept = read_settings(record.settings).regions
    assert [fix.x for fix in kept.fixes] == [20.0, 3.0]
    assert [source.name for source in (*kept.flats, *kept.compared)] == ["Background", "Scene"]
    assert read_newest_settings(document) == {}  # those of "Scene"; a mix is no choice of settings
    mixes = [node for node in document.rootNode().childNodes() if node.name().startswith("Mix")]
    assert [node.visible() for node in mixes] == [False, True]

    mixes[1].remove()
    widget("huebrush_panel").refresh()
    session().recipes.reconcile(document)
    assert mixes[0].visible() and not layer(document, "Background").visible()
    show_page("check")
    click("huebrush_fixes_clear")
    back = results.receive(Submit)
    assert back.parameters.regions.fixes == ()
    answer(results, back.job, PLACE)
    assert layer(document, "Background").visible() and not mixes[0].visible()


def test_the_settings_of_a_mix_are_the_comparison_that_it_came_from(results, document):
    choose(0)
    click("huebrush_history_compare")
    answer(results, results.receive(Submit).job, PLACE)
    press("huebrush_place_list", Key.Key_Down)
    click("huebrush_fix_0")
    answer(results, results.receive(Submit).job, mix=True)
    show_page("history")
    wait_for(lambda: widget("huebrush_history").model().rowCount() == 3, "the mix in the history")
    choose(0)
    click("huebrush_history_settings")
    submit = results.receive(Submit)
    assert [image.name for image in submit.images[1:]] == ["Background", "Scene"]
    assert submit.parameters.regions.fixes == ()
    cancel(results)


def compare_newest():
    """Press Compare on History with the newest result chosen."""
    show_page("history")
    widget("huebrush_panel").history.refresh()
    choose(0)
    click("huebrush_history_compare")


def test_one_result_alone_is_compared_with_nothing(able_backend, document):
    make_result(document, "Scene", 30)
    compare_newest()
    assert banner() == ("compare_with_what", "")
    click("huebrush_banner_dismiss")


def test_an_older_backend_is_told_of(called_backend, document):
    greet(called_backend, tuple(name for name in CAPABILITIES if name != "compared"))
    for number, name in enumerate(("Background", "Scene")):
        make_result(document, name, 29 + number)
    compare_newest()
    assert banner() == ("no_compare", "")
    click("huebrush_banner_dismiss")
