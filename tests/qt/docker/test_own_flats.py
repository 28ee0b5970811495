"""The docker's check of flats that the artist has painted: a report alone, and a layer that mends them."""

from __future__ import annotations

import pytest
from docker_jobs import cancel, colorize, greet
from hands import Key, banner, click, labels, pick, press, show_page, spin, wait_for, widget
from huebrush.base.qt import QtCore
from huebrush.documents.find import node_id
from huebrush.session import session
from huebrush.settings.sources import ReferenceSource
from huebrush.settings.store import SettingsStore
from huebrush_protocol.messages import CAPABILITIES, Acknowledge, ImageHeader, Result, Submit
from huebrush_protocol.regions import RegionFix
from krita import Document, Node
from scripted_backend import ScriptedBackend

FILL = {
    "kind": "color",
    "x": 20.0,
    "y": 12.0,
    "x2": 0.0,
    "y2": 0.0,
    "color": "#b03a2e",
    "text": "fill with #b03a2e",
    "suggested": True,
}
HOLE = {
    "kind": "unpainted",
    "risk": 0.95,
    "text": "1 px left unpainted within #b03a2e",
    "x": 20.0,
    "y": 12.0,
    "width": 1.0,
    "height": 1.0,
    "area": 1,
    "color": "#b03a2e",
    "fixes": [FILL],
}
FIX = RegionFix("color", 20.0, 12.0, 0.0, 0.0, "#b03a2e")
REPORT = {"regions": 3, "gap": 6.0, "palette": [], "near_duplicates": [], "gap_closures": [], "clean": False}
pytestmark = pytest.mark.usefixtures("regions_as_new")
CHECK_ROW = 5
"""Where the check stands among the results."""


def names(document: Document) -> list[tuple[str, bool]]:
    """The topmost layers, bottom to top, and whether each can be seen."""
    return [(node.name(), node.visible()) for node in document.rootNode().childNodes()]


def layer(document: Document, name: str) -> Node:
    """The layer at the top of the tree with this name."""
    return next(node for node in document.rootNode().childNodes() if node.name() == name)


def choose(flats: str = "Background") -> None:
    """Choose the check, of this layer."""
    pick("huebrush_result", "Check my flats")
    pick("huebrush_flats", flats)


def report(backend: ScriptedBackend, job: str, *places: object) -> None:
    """Send a report alone."""
    backend.send(Result(job, {"model": "none"}, (), {**REPORT, "places_to_check": list(places), "clean": not places}))
    assert backend.receive(Acknowledge).job == job
    spin()


def repairs(backend: ScriptedBackend, job: str, *places: object) -> None:
    """Send a report and a pixel that mends the flats."""
    header = ImageHeader("layer", 1, 1, "BGRA", x=20, y=12, name="Repairs", kind="flats")
    answer = Result(job, {"model": "none"}, (header,), {**REPORT, "places_to_check": list(places), "clean": not places})
    backend.send(answer, [bytes((46, 58, 176, 255))])
    assert backend.receive(Acknowledge).job == job
    spin()


def test_check_asks_for_the_flats_alone(able_backend, document, tmp_path):
    """No model, no reference and no hints are sent, and none can be chosen; the layer is kept with the document."""
    document.setFileName(str(tmp_path / "page.kra"))
    assert not widget("huebrush_flats").isVisible()
    assert widget("huebrush_colorize").text().replace("&", "") == "Colorize"
    pick("huebrush_result", "Check my flats")
    assert widget("huebrush_colorize").text().replace("&", "") == "Check"
    for name in ("huebrush_references", "huebrush_model", "huebrush_seed_number", "huebrush_reference_strength"):
        assert not widget(name).isEnabled(), name
    assert not widget("huebrush_shading").isVisible()
    click("huebrush_colorize")
    assert banner() == ("no_flats", "")
    pick("huebrush_flats", "Background")
    submit = colorize(able_backend)
    assert (submit.model, submit.parameters.regions.result) == ("none", "check")
    assert [image.role for image in submit.images] == ["line_art", "flats"]
    assert (submit.images[1].width, submit.images[1].height, submit.images[1].x) == (40, 30, 0)
    stored = SettingsStore(session().store.folder).load(document)
    assert stored is not None
    source = ReferenceSource("layer", node_id(layer(document, "Background")), "Background")
    assert (stored.regions.result, stored.regions.flats) == ("check", (source,))
    cancel(able_backend)
    pick("huebrush_result", "Picture")
    assert not widget("huebrush_flats").isVisible() and widget("huebrush_references").isEnabled()
    assert widget("huebrush_colorize").text().replace("&", "") == "Colorize"


def test_report_alone_writes_nothing(able_backend, document):
    """The places are listed; the layers are what they were, and no recipe is kept."""
    choose()
    before, kept = names(document), document.annotationTypes()
    submit = colorize(able_backend)
    report(able_backend, submit.job, HOLE)
    assert names(document) == before and document.annotationTypes() == kept
    assert widget("huebrush_places_to_check").text() == "1 place to check"
    press("huebrush_places_to_check", Key.Key_Space)
    assert labels("huebrush_place_list") == ["No colour (1 px)"]
    report(able_backend, colorize(able_backend).job)
    assert widget("huebrush_places_to_check").text() == "Page clean" and names(document) == before


def test_fix_mends_on_a_layer_of_its_own(able_backend, document):
    """Below the lines, the flats untouched; another fix takes its place; undo brings the first report back."""
    choose()
    before = names(document)
    pixels = bytes(layer(document, "Background").pixelData(0, 0, 40, 30).data())
    report(able_backend, colorize(able_backend).job, HOLE)
    show_page("check")
    press("huebrush_place_list", Key.Key_Down)
    click("huebrush_fix_0")
    again = able_backend.receive(Submit)
    assert again.model == "none" and again.parameters.regions.fixes == (FIX,)
    repairs(able_backend, again.job, {**HOLE, "fixes": [{**FILL, "x": 3.0}]})
    assert names(document) == [*before[:-1], ("Repairs 1", True), before[-1]]
    (mended,) = layer(document, "Repairs 1").childNodes()
    assert mended.name() == "Repairs" and bytes(mended.pixelData(20, 12, 1, 1).data()) == bytes((46, 58, 176, 255))
    assert bytes(layer(document, "Background").pixelData(0, 0, 40, 30).data()) == pixels
    assert widget("huebrush_fixes").text() == "1 correction made"

    click("huebrush_fix_all")
    third = able_backend.receive(Submit)
    assert [fix.x for fix in third.parameters.regions.fixes] == [20.0, 3.0]
    repairs(able_backend, third.job)
    groups = [shown for name, shown in names(document) if name.startswith("Repairs ")]
    assert groups == [False, True] and widget("huebrush_places_to_check").text() == "Page clean"

    for name in ("1 place to check", "1 place to check"):
        [node for node in document.rootNode().childNodes() if node.name().startswith("Repairs ")][-1].remove()
        widget("huebrush_panel").refresh()
        assert widget("huebrush_places_to_check").text() == name
    assert names(document) == before and not widget("huebrush_fixes").isVisible()


def test_taking_back_hides_the_repairs(able_backend, document):
    """The check without its fixes has no layers: the former ones are hidden, and it is the first report again."""
    choose()
    report(able_backend, colorize(able_backend).job, HOLE)
    show_page("check")
    click("huebrush_fix_all")
    repairs(able_backend, able_backend.receive(Submit).job)
    click("huebrush_fixes_clear")
    back = able_backend.receive(Submit)
    assert back.parameters.regions.fixes == ()
    report(able_backend, back.job, HOLE)
    assert [shown for name, shown in names(document) if name.startswith("Repairs ")] == [False]
    assert widget("huebrush_places_to_check").text() == "1 place to check" and not widget("huebrush_fixes").isVisible()


def test_another_check_has_the_flats_as_they_are(able_backend, document):
    """It sends no fixes and leaves the repairs; the next fix takes the place of those."""
    choose()
    report(able_backend, colorize(able_backend).job, HOLE)
    show_page("check")
    click("huebrush_fix_all")
    repairs(able_backend, able_backend.receive(Submit).job)
    anew = colorize(able_backend)
    assert anew.parameters.regions.fixes == ()
    report(able_backend, anew.job, HOLE)
    assert [shown for name, shown in names(document) if name.startswith("Repairs ")] == [True]
    click("huebrush_fix_all")
    repairs(able_backend, able_backend.receive(Submit).job)
    assert [shown for name, shown in names(document) if name.startswith("Repairs ")] == [False, True]


def test_fixes_of_a_check_are_none_of_results(able_backend, document):
    """What mends the artist's flats is not done to the next result, nor that one's corrections to the flats."""
    widget("huebrush_panel")._form.regions.set_fixes((RegionFix("merge", 1, 1, 2, 2),))
    choose()
    submit = colorize(able_backend)
    assert submit.parameters.regions.fixes == ()
    report(able_backend, submit.job, HOLE)
    show_page("check")
    click("huebrush_fix_all")
    again = able_backend.receive(Submit)
    assert again.parameters.regions.fixes == (FIX,)
    repairs(able_backend, again.job)
    pick("huebrush_result", "Flats")
    submit = colorize(able_backend)
    assert submit.model == "demo" and [fix.kind for fix in submit.parameters.regions.fixes] == ["merge"]
    click("huebrush_cancel")


def test_flats_that_are_gone(able_backend, document):
    """The job says so, and where to choose others."""
    choose()
    layer(document, "Background").remove()
    click("huebrush_colorize")
    wait_for(lambda: banner() == ("flats_deleted", ""), "the reason")


def test_older_backend_checks_nothing(document, called_backend):
    """It makes regions, but knows of no check: that is greyed out and says why."""
    greet(called_backend, tuple(name for name in CAPABILITIES if name != "result:check"))
    box = widget("huebrush_result")
    enabled = [bool(box.model().item(row).flags() & QtCore.Qt.ItemFlag.ItemIsEnabled) for row in (1, CHECK_ROW)]
    assert enabled == [True, False]
    tip = box.itemData(CHECK_ROW, QtCore.Qt.ItemDataRole.ToolTipRole)
    assert tip == "This backend cannot check flats; update it with “python3 install.py”"
