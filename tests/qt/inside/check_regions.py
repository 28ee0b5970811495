"""The docker's choice of a result, its palette, gaps and hints, and the list of places to check."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docker_jobs import called, cancel, colorize, forget_regions, greet, remembered
from hands import Key, banner, choose_file, click, labels, pick, press, spin, type_number, wait_for, widget
from huebrush.canvas_view import canvas_view
from huebrush.capture import ReferenceSource
from huebrush.qt import QtCore, QtWidgets
from huebrush.region_settings import RegionSettings
from huebrush.session import session
from huebrush.settings import DocumentSettings, SettingsStore
from huebrush_protocol.messages import CAPABILITIES, Acknowledge, ImageHeader, Progress, Result, Submit
from huebrush_protocol.regions import RegionFix, RegionParameters
from krita import Krita, Node
from scripted_backend import ScriptedBackend

CLOSE = {"kind": "close", "x": 5.0, "y": 5.0, "x2": 9.0, "y2": 5.0, "color": "", "text": "Close the gap"}
MERGE = {**CLOSE, "kind": "merge", "text": "Merge"}
DYE = {"kind": "color", "x": 20.0, "y": 12.0, "x2": 0.0, "y2": 0.0, "color": "#b03a2e", "text": "Take #b03a2e"}
UNSURE = {
    "kind": "unsure",
    "risk": 0.4,
    "text": "Unsure",
    "x": 18.0,
    "y": 10.0,
    "width": 4.0,
    "height": 4.0,
    "area": 16,
    "color": "#4062a8",
    "fixes": [DYE],
}
GAP = {**UNSURE, "kind": "open_gap", "risk": 0.9, "text": "Open gap", "x": 4.0, "color": "", "fixes": [CLOSE, MERGE]}
REPORT = {
    "regions": 3,
    "gap": 6.0,
    "palette": ["#4062a8", "#d9b99b", "#d9b89a"],
    "near_duplicates": [["#d9b99b", "#d9b89a", 0.43]],
    "closures": [[2.0, 3.0, 8.0, 6.0]],
    "clean": False,
    "defects": [UNSURE, GAP],
}
CLEAN = {**REPORT, "defects": [], "clean": True}


@pytest.fixture
def connected(document, backend: ScriptedBackend) -> Iterator[ScriptedBackend]:
    """A backend that can do all of this version."""
    with called(backend):
        greet(backend, CAPABILITIES)
        yield backend


@pytest.fixture(autouse=True)
def as_new(document) -> Iterator[None]:
    """A new document gets the last one's choices: put them back."""
    spin()
    yield
    forget_regions()


def chosen() -> RegionSettings:
    """What the plugin remembers for the active document."""
    return remembered().regions


def finish(backend: ScriptedBackend, job: str, report: dict[str, Any] = REPORT) -> None:
    """Send flats with this report and wait until they are written."""
    header = ImageHeader("layer", 8, 6, "BGRA", x=3, y=2, name="Flats", kind="flats")
    backend.send(Result(job, {"model": "demo"}, (header,), report), [bytes((10, 20, 30, 255)) * 48])
    assert backend.receive(Acknowledge).job == job
    spin()


def groups(document) -> list[tuple[str, bool]]:
    """The results among the layers, bottom to top: name and whether it can be seen."""
    return [
        (node.name(), node.visible()) for node in document.rootNode().childNodes() if node.name().startswith("Huebrush")
    ]


def rows(name: str) -> list[bool]:
    """Which entries of a combo box can be chosen."""
    items = widget(name).model()
    return [bool(items.item(row).flags() & QtCore.Qt.ItemFlag.ItemIsEnabled) for row in range(items.rowCount())]


def test_picture_asks_for_nothing_more(connected):
    """With a picture, neither extras nor palette are seen, and the job has the protocol's defaults."""
    for name in ("huebrush_shading", "huebrush_keep_picture", "huebrush_palette"):
        assert not widget(name).isVisible(), name
    assert colorize(connected).parameters.regions == RegionParameters()
    click("huebrush_cancel")


def test_every_choice_reaches_the_backend_and_is_kept(connected, document, tmp_path):
    """One job with all of it, in the protocol's words; the settings come back from the file."""
    document.setFileName(str(tmp_path / "page.kra"))
    pick("huebrush_result", "Flats, a layer per colour")
    press("huebrush_shading", Key.Key_Space)
    press("huebrush_keep_picture", Key.Key_Space)
    click("huebrush_palette")
    pick("huebrush_palette_source", "From a list")
    widget("huebrush_palette_codes").setText("#1F77B4, ffd8b1;x #1f77b4 #12")
    assert widget("huebrush_swatches").colors == ("#1f77b4", "#ffd8b1")
    press("huebrush_locked", Key.Key_Space)
    press("huebrush_hard_edges", Key.Key_Space)
    press("huebrush_gap_automatic", Key.Key_Space)
    type_number("huebrush_gap", 12)
    assert widget("huebrush_gap_size").text() == "1.02 mm"
    sky = next(node for node in document.rootNode().childNodes()[0].childNodes())
    pick("huebrush_hints", "Sky")
    submit = colorize(connected)
    assert submit.parameters.regions == RegionParameters(
        result="flats_by_color",
        shading=True,
        keep_picture=True,
        gap=12.0,
        dots_per_inch=300.0,
        palette=("#1f77b4", "#ffd8b1"),
        locked=False,
        hard_edges=True,
    )
    assert [image.role for image in submit.images] == ["line_art", "reference", "hints"]
    assert (submit.images[2].width, submit.images[2].height, submit.images[2].x) == (40, 30, 0)
    stored = SettingsStore(session().store.folder).load(document)
    assert stored is not None
    assert stored.regions.hints == (ReferenceSource("layer", sky.uniqueId().toString(), "Sky"),)
    assert (stored.regions.result, stored.regions.gap, stored.regions.locked) == ("flats_by_color", 12, False)
    click("huebrush_cancel")


def test_colours_from_the_references(connected):
    """The number is asked for, and reaches the backend only then."""
    pick("huebrush_result", "Flats")
    click("huebrush_palette")
    assert not widget("huebrush_palette_size").isVisible()
    pick("huebrush_palette_source", "From the references")
    type_number("huebrush_palette_size", 9)
    assert colorize(connected).parameters.regions.palette_size == 9
    cancel(connected)
    pick("huebrush_palette_source", "As the model sees them")
    assert colorize(connected).parameters.regions.palette_size == 0
    click("huebrush_cancel")


def test_palettes_of_krita_and_of_files(connected, tmp_path):
    """Both fill the list; a file that is none says so and leaves the list alone."""
    pick("huebrush_result", "Flats")
    click("huebrush_palette")
    pick("huebrush_palette_source", "From a list")
    menu = widget("huebrush_palette_from").menu()
    menu.aboutToShow.emit()
    entries = {action.text(): action for action in menu.actions()}
    entries["Two && more"].trigger()
    assert chosen().palette == "#ff6600 Orange, #ffffff of"
    assert chosen().colors == ("#ff6600", "#ffffff")
    entries["Empty"].trigger()
    assert widget("huebrush_palette_complaint").text() == "“Empty” has no colours that can be used."
    good, bad = tmp_path / "good.gpl", tmp_path / "bad.gpl"
    good.write_text("GIMP Palette\nName: Skin\nColumns: 2\n#\n255 216 177\tSkin\n 31 119 180\n")
    bad.write_text("no palette")
    for path in (good, bad):
        entries["From a file…"].trigger()
        choose_file(str(path))
    assert chosen().palette == "#ffd8b1 Skin, #1f77b4"
    sent = colorize(connected).parameters.regions
    assert (sent.palette, sent.palette_names) == (("#ffd8b1", "#1f77b4"), ("Skin", ""))
    click("huebrush_cancel")
    assert widget("huebrush_palette_complaint").text().startswith("“bad.gpl” cannot be read: it is not a palette")


def test_without_a_model(connected):
    """No reference is needed, the picture is greyed out, and something to take colours from is asked for."""
    pick("huebrush_model", "No model: hints or palette")
    assert rows("huebrush_result") == [False, True, True, True, False, True]
    assert not widget("huebrush_references").isEnabled()
    click("huebrush_colorize")
    assert banner() == ("picture_without_model", "")
    pick("huebrush_result", "Flats")
    assert not widget("huebrush_shading").isVisible()
    click("huebrush_colorize")
    assert banner() == ("no_colors", "")
    click("huebrush_palette")
    pick("huebrush_palette_source", "From a list")
    widget("huebrush_palette_codes").setText("#1f77b4")
    submit = colorize(connected)
    assert submit.model == "none" and [image.role for image in submit.images] == ["line_art"]
    assert submit.parameters.regions.palette == ("#1f77b4",)
    finish(connected, submit.job)


def test_what_cannot_be_had_says_why(document, backend):
    """Colorize Masks need a Krita that makes them; an older backend makes no regions at all."""
    with called(backend):
        greet(backend)
        assert rows("huebrush_result") == [True, False, False, False, False, False]
        tips = [widget("huebrush_result").itemData(row, QtCore.Qt.ItemDataRole.ToolTipRole) for row in (1, 4)]
        assert tips == ["This backend makes no flats: update it"] * 2


def test_mask_is_offered_where_krita_makes_them(connected, document):
    """What counts is what the document can do, not Krita's version."""
    assert rows("huebrush_result")[4] is False
    assert "5.2" in widget("huebrush_result").itemData(4, QtCore.Qt.ItemDataRole.ToolTipRole)
    document.createColorizeMask = lambda name: None
    widget("huebrush_panel").refresh()
    assert rows("huebrush_result") == [True] * 6


def test_places_are_listed_shown_and_corrected(connected, document):
    """Riskiest first; choosing one moves the canvas; a fix runs the job again and takes the result's place."""
    pick("huebrush_result", "Flats")
    assert not widget("huebrush_radar").isVisible()
    finish(connected, colorize(connected).job)
    assert widget("huebrush_radar").text() == "2 places to check"
    press("huebrush_radar", Key.Key_Space)
    assert labels("huebrush_defects") == ["Opening in a line", "Colour unsure (16 px)"]
    press("huebrush_defects", Key.Key_Down)
    view = canvas_view()
    assert view is not None
    place, middle = view.position(6, 12), view.area.viewport().rect().center()
    assert abs(place.x() - middle.x()) < 3 and abs(place.y() - middle.y()) < 3
    marker = view.area.viewport().findChild(QtWidgets.QWidget, "huebrush_marker")
    assert marker.geometry().contains(place.toPoint()) and marker.isVisible()
    assert [widget(f"huebrush_fix_{index}").text() for index in (0, 1)] == ["Close the opening", "Make it one region"]
    assert widget("huebrush_defect_detail").text() == "Open gap"
    click("huebrush_fix_1")
    again = connected.receive(Submit)
    assert again.parameters.regions.fixes == (RegionFix("merge", 5.0, 5.0, 9.0, 5.0),)
    assert not widget("huebrush_fix_all").isEnabled()
    finish(connected, again.job, {**REPORT, "defects": [UNSURE]})
    assert [shown for _, shown in groups(document)] == [False, True]
    assert (
        widget("huebrush_radar").text() == "1 place to check" and widget("huebrush_fixes").text() == "1 correction made"
    )
    assert chosen().fixes == again.parameters.regions.fixes

    actions = Krita.instance().activeWindow().actions
    actions["huebrush_next_place"].trigger()
    assert widget("huebrush_defects").currentRow() == 0
    actions["huebrush_apply_suggestion"].trigger()
    third = connected.receive(Submit)
    assert [fix.kind for fix in third.parameters.regions.fixes] == ["merge", "color"]
    finish(connected, third.job, CLEAN)
    assert widget("huebrush_radar").text() == "Page clean" and not widget("huebrush_defects").isVisible()

    click("huebrush_fixes_clear")
    fourth = connected.receive(Submit)
    assert fourth.parameters.regions.fixes == () and fourth.parameters.seed == again.parameters.seed
    finish(connected, fourth.job)
    assert not widget("huebrush_fixes").isVisible() and chosen().fixes == ()


def test_all_suggestions_at_once(connected):
    """The first of each place, in one run."""
    pick("huebrush_result", "Flats")
    finish(connected, colorize(connected).job)
    click("huebrush_radar")
    assert widget("huebrush_fix_all").text() == "All suggestions (2)"
    click("huebrush_fix_all")
    submit = connected.receive(Submit)
    assert [fix.kind for fix in submit.parameters.regions.fixes] == ["close", "color"]
    finish(connected, submit.job, CLEAN)


def test_progress_looks_through_no_layers(connected, document, monkeypatch):
    """A page may have hundreds, and progress comes many times a second; a new stage is another matter."""
    pick("huebrush_result", "Flats")
    finish(connected, colorize(connected).job)
    click("huebrush_radar")
    assert widget("huebrush_fix_all").isEnabled()
    job, phase = colorize(connected).job, widget("huebrush_phase")
    assert not widget("huebrush_fix_all").isEnabled()
    connected.send(Progress(job, "denoising", 1, 12, 0.1, 100.0))
    wait_for(lambda: phase.text().startswith("Painting 1/12"), "the first step")
    looks, look = [], Node.childNodes
    monkeypatch.setattr(Node, "childNodes", lambda node: looks.append(node.name()) or look(node))
    connected.send(Progress(job, "denoising", 2, 12, 0.2, 90.0))
    wait_for(lambda: phase.text().startswith("Painting 2/12"), "the second step")
    assert looks == []
    finish(connected, job, CLEAN)
    assert looks and widget("huebrush_radar").text() == "Page clean"


def test_undo_brings_the_former_result_and_its_report_back(connected, document):
    """Whoever takes the new group away gets the former one back, with what it said."""
    pick("huebrush_result", "Flats")
    finish(connected, colorize(connected).job)
    click("huebrush_radar")
    click("huebrush_fix_all")
    finish(connected, connected.receive(Submit).job, CLEAN)
    newest = document.rootNode().childNodes()[-2]
    newest.remove()
    widget("huebrush_panel").refresh()
    assert [shown for _, shown in groups(document)] == [True]
    assert widget("huebrush_radar").text() == "2 places to check" and chosen().fixes == ()
    document.rootNode().addChildNode(newest, document.rootNode().childNodes()[-2])
    widget("huebrush_panel").refresh()
    assert [shown for _, shown in groups(document)] == [False, True]
    assert widget("huebrush_radar").text() == "Page clean" and len(chosen().fixes) == 2


def test_closed_gaps_come_as_a_guide_layer(connected, document):
    """One layer on top, in one go; the same button takes it away."""
    pick("huebrush_result", "Flats")
    finish(connected, colorize(connected).job)
    click("huebrush_radar")
    click("huebrush_closures")
    wait_for(lambda: document.rootNode().childNodes()[-1].name() == "Closed gaps (guide)", "the layer")
    layer = document.rootNode().childNodes()[-1]
    assert bytes(layer.pixelData(5, 4, 1, 1).data())[3] > 200 and layer.colorLabel() == 7
    wait_for(lambda: widget("huebrush_closures").text() == "Remove the closed gaps", "the button's other side")
    click("huebrush_closures")
    assert document.rootNode().childNodes()[-1].name() == "Line art"


def test_near_duplicates_are_marked(connected):
    """The swatches are the result's colours; two that hardly differ are named."""
    pick("huebrush_result", "Flats")
    finish(connected, colorize(connected).job)
    click("huebrush_palette")
    swatches = widget("huebrush_swatches")
    assert swatches.colors == ("#4062a8", "#d9b99b", "#d9b89a")
    assert [swatches.describe(index) for index in (0, 1)] == [
        "#4062a8",
        "#d9b99b – hardly differs from #d9b89a (ΔE 0.4)",
    ]
    assert widget("huebrush_doubles").text() == "#d9b99b and #d9b89a hardly differ (ΔE 0.4)."
    press("huebrush_swatches", Key.Key_Right)
    assert swatches.accessibleDescription().startswith("#d9b99b")
    picture = swatches.grab().toImage()
    assert picture.pixelColor(8, 8).name() == "#4062a8"


def test_other_lines_have_no_fixes(connected, document):
    """Corrections are places on the lines they were made for."""
    widget("huebrush_panel")._form.regions.set_fixes((RegionFix("merge", 1, 1, 2, 2),))
    pick("huebrush_line_art", "Background")
    assert chosen().fixes == ()
    pick("huebrush_line_art", "Line art")


def test_settings_survive_a_damaged_file(document, tmp_path):
    """What is no fix, no hint and no choice is left out; the rest stays."""
    store = SettingsStore(tmp_path)
    document.setFileName(str(tmp_path / "page.kra"))
    fix = RegionFix("color", 1.0, 2.0, 0.0, 0.0, "#102030")
    store.remember(document, DocumentSettings(regions=RegionSettings("flats", gap=9, fixes=(fix,))))
    (file,) = (tmp_path / "documents").iterdir()
    values = json.loads(file.read_text())
    values["regions"]["fixes"] += [
        None,
        {"kind": "burn"},
        {"kind": "color", "x": 1, "y": 1, "x2": 0, "y2": 0, "color": 7},
    ]
    values["regions"]["gap"] = "wide"
    file.write_text(json.dumps(values))
    read = SettingsStore(tmp_path).load(document)
    assert read is not None
    assert read.regions == RegionSettings("flats", fixes=(fix,))


def test_unreadable_palette_files(tmp_path):
    """Each says what it is not, and the readable kinds give their colours."""
    from huebrush.palette_files import UnreadablePalette, read_palette
    from palettes import write_ase, write_kpl

    assert read_palette(write_kpl(tmp_path / "one.kpl")) == (("#ff8000", "Orange"), ("#808080", "Grey"))
    assert read_palette(write_ase(tmp_path / "two.ase")) == (("#ff8000", "x"), ("#404040", "x"))
    (tmp_path / "three.hex").write_text("ff8000\n404040\n")
    assert read_palette(tmp_path / "three.hex") == (("#ff8000", ""), ("#404040", ""))
    for name in ("no.gpl", "no.kpl", "no.ase", "missing.gpl"):
        path = Path(tmp_path / name)
        if name.startswith("no"):
            path.write_bytes(b"\x00nothing")
        with pytest.raises(UnreadablePalette):
            read_palette(path)


def test_layer_of_one_colour_may_come_as_its_coverage(connected, document):
    """A byte a pixel is enough then; the layer has the colour, is labelled and has its shape locked."""
    pick("huebrush_result", "Flats, a layer per colour")
    job = colorize(connected).job
    header = ImageHeader("layer", 4, 2, "GRAY", x=3, y=2, name="Sea", kind="color", color="#1030ff", stride=5)
    connected.send(Result(job, {"model": "demo"}, (header,), CLEAN), [bytes((0, 64, 255, 255, 9)) * 2])
    assert connected.receive(Acknowledge).job == job
    (layer,) = document.rootNode().childNodes()[-2].childNodes()
    assert bytes(layer.pixelData(4, 3, 2, 1).data()) == bytes((255, 48, 16, 64, 255, 48, 16, 255))
    assert layer.pixelData(3, 2, 1, 1).data()[3] in (0, b"\0")
    assert (layer.name(), layer.colorLabel(), layer.alphaLocked()) == ("Sea", 1, True)
