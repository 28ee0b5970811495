"""The docker's choice of a result, its palette, gaps and hints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from docker_jobs import called, cancel, colorize, greet
from hands import Key, banner, choose_file, click, pick, press, type_number, widget
from huebrush.base.qt import QtCore, QtGui
from huebrush.session import session
from huebrush.settings.flats import RegionSettings
from huebrush.settings.sources import ReferenceSource
from huebrush.settings.store import DocumentSettings, SettingsStore, first_settings
from huebrush_protocol.messages import Acknowledge, ImageHeader, Result
from huebrush_protocol.regions import RegionFix, RegionParameters
from region_results import CLEAN, chosen, finish, groups

pytestmark = pytest.mark.usefixtures("regions_as_new")


def rows(name: str) -> list[bool]:
    """Which entries of a combo box can be chosen."""
    items = widget(name).model()
    return [bool(items.item(row).flags() & QtCore.Qt.ItemFlag.ItemIsEnabled) for row in range(items.rowCount())]


def test_picture_asks_for_nothing_more(able_backend):
    """With a picture, neither extras nor palette are seen, and the job has the protocol's defaults."""
    for name in ("huebrush_shading", "huebrush_keep_picture", "huebrush_palette"):
        assert not widget(name).isVisible(), name
    assert colorize(able_backend).parameters.regions == RegionParameters()
    click("huebrush_cancel")


def test_every_choice_reaches_the_backend_and_is_kept(able_backend, document, tmp_path):
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
    press("huebrush_paint_paper", Key.Key_Space)
    press("huebrush_gap_automatic", Key.Key_Space)
    type_number("huebrush_gap", 12)
    assert widget("huebrush_gap_size").text() == "1.02 mm"
    sky = next(node for node in document.rootNode().childNodes()[0].childNodes())
    pick("huebrush_hints", "Sky")
    submit = colorize(able_backend)
    assert submit.parameters.regions == RegionParameters(
        result="flats_by_color",
        shading=True,
        keep_picture=True,
        gap=12.0,
        dots_per_inch=300.0,
        palette=("#1f77b4", "#ffd8b1"),
        locked=False,
        hard_edges=True,
        paint_paper=True,
    )
    assert [image.role for image in submit.images] == ["line_art", "reference", "hints"]
    assert (submit.images[2].width, submit.images[2].height, submit.images[2].x) == (40, 30, 0)
    stored = SettingsStore(session().store.folder).load(document)
    assert stored is not None
    assert stored.regions.hints == (ReferenceSource("layer", sky.uniqueId().toString(), "Sky"),)
    assert (stored.regions.result, stored.regions.gap, stored.regions.locked) == ("flats_by_color", 12, False)
    click("huebrush_cancel")


def test_colours_from_the_references(able_backend):
    """The number is asked for, and reaches the backend only then."""
    pick("huebrush_result", "Flats")
    click("huebrush_palette")
    assert not widget("huebrush_palette_size").isVisible()
    pick("huebrush_palette_source", "From the references")
    type_number("huebrush_palette_size", 9)
    assert colorize(able_backend).parameters.regions.palette_size == 9
    cancel(able_backend)
    pick("huebrush_palette_source", "None")
    assert colorize(able_backend).parameters.regions.palette_size == 0
    click("huebrush_cancel")


def test_palettes_of_krita_and_of_files(able_backend, tmp_path):
    """Both fill the list; a file that is none says so and leaves the list alone."""
    pick("huebrush_result", "Flats")
    click("huebrush_palette")
    pick("huebrush_palette_source", "From a list")
    menu = widget("huebrush_palette_from").menu()
    menu.aboutToShow.emit()
    entries = {action.text(): action for action in menu.actions()}
    entries["Two && more"].trigger()
    assert chosen().palette == '#ff6600 "Orange, warm", #ffffff "3 of #ffffff"'
    assert widget("huebrush_palette_origin").text() == "From “Two & more”. Changes stay in this document."
    assert chosen().colors == ("#ff6600", "#ffffff")
    entries["Empty"].trigger()
    assert widget("huebrush_palette_complaint").text() == "“Empty” has no colours that Huebrush can use."
    good, bad = tmp_path / "good.gpl", tmp_path / "bad.gpl"
    good.write_text("GIMP Palette\nName: Skin\nColumns: 2\n#\n255 216 177\tSkin\n 31 119 180\n")
    bad.write_text("no palette")
    for path in (good, bad):
        entries["From a file…"].trigger()
        choose_file(str(path))
    assert chosen().palette == "#ffd8b1 Skin, #1f77b4"
    sent = colorize(able_backend).parameters.regions
    assert (sent.palette, sent.palette_names) == (("#ffd8b1", "#1f77b4"), ("Skin", ""))
    click("huebrush_cancel")
    assert widget("huebrush_palette_complaint").text().startswith("“bad.gpl” cannot be read: it is not a .gpl palette")


def test_without_a_model(able_backend, document):
    """No reference is needed and the picture is greyed out; nothing to take colours from gives different ones."""
    pick("huebrush_model", "No model: hints or palette")
    assert rows("huebrush_result") == [False, True, True, True, False, True]
    assert not widget("huebrush_references").isEnabled()
    click("huebrush_colorize")
    assert banner() == ("picture_without_model", "")
    pick("huebrush_result", "Flats")
    assert not widget("huebrush_shading").isVisible()
    click("huebrush_palette")
    assert widget("huebrush_palette_source").currentText() == "Different colours"
    assert colorize(able_backend).parameters.regions.palette == ()
    cancel(able_backend)
    pick("huebrush_palette_source", "From a list")
    click("huebrush_colorize")
    assert banner() == ("no_colors", "")
    widget("huebrush_palette_codes").setText("#1f77b4")
    submit = colorize(able_backend)
    assert submit.model == "none" and [image.role for image in submit.images] == ["line_art"]
    assert submit.parameters.regions.palette == ("#1f77b4",)
    finish(able_backend, submit.job)
    assert groups(document)[-1][0] == "Flats 1"


def test_a_coloured_layer_takes_the_models_place(able_backend, document):
    """The picker beside the references: flats without a model; a picture cannot be had; what needs a model is grey."""
    assert widget("huebrush_colored").currentText() == "(none)"
    pick("huebrush_colored", "Sky")
    assert rows("huebrush_result") == [False, True, True, True, False, True]
    assert not any(widget(name).isEnabled() for name in ("huebrush_references", "huebrush_model", "huebrush_steps"))
    click("huebrush_colorize")
    assert banner() == ("picture_of_colored", "")
    pick("huebrush_result", "Flats")
    press("huebrush_shading", Key.Key_Space)
    click("huebrush_palette")
    source = widget("huebrush_palette_source")
    assert (source.currentText(), widget("huebrush_color_borders").isEnabled()) == ("As in the coloured picture", True)
    pick("huebrush_palette_source", "A few of the coloured picture")
    type_number("huebrush_palette_size", 9)
    submit = colorize(able_backend)
    assert submit.model == "none" and [image.role for image in submit.images] == ["line_art", "colored"]
    colored = submit.images[1]
    assert (colored.width, colored.height, colored.x, colored.y, colored.name) == (40, 30, 0, 0, "Sky")
    assert submit.parameters.regions == RegionParameters(
        result="flats", shading=True, palette_size=9, dots_per_inch=300.0
    )
    cancel(able_backend)
    pick("huebrush_colored", "(none)")
    assert widget("huebrush_model").isEnabled() and widget("huebrush_references").isEnabled()
    assert source.itemText(0) == "None"
    assert colorize(able_backend).model == "demo"
    click("huebrush_cancel")


def test_a_coloured_file_is_sent_in_its_own_size(able_backend, document, tmp_path):
    """It is chosen like a reference, kept with the document's settings, and forgotten for another document."""
    document.setFileName(str(tmp_path / "page.kra"))
    path = tmp_path / "painted.png"
    image = QtGui.QImage(20, 15, QtGui.QImage.Format.Format_ARGB32)
    image.fill(QtGui.QColor(200, 30, 40))
    assert image.save(str(path))
    pick("huebrush_result", "Flats")
    box = widget("huebrush_colored")
    box.activated.emit(box.findText("From a file…"))
    choose_file(str(path))
    submit = colorize(able_backend)
    assert [(image.role, image.width, image.height) for image in submit.images][1:] == [("colored", 20, 15)]
    stored = SettingsStore(session().store.folder).load(document)
    assert stored is not None and stored.colored == (ReferenceSource("file", str(path), "painted.png"),)
    assert first_settings(document, (), stored).colored == ()
    cancel(able_backend)
    pick("huebrush_colored", "(none)")
    assert colorize(able_backend).model == "demo"
    click("huebrush_cancel")


@pytest.mark.parametrize(
    ("unit", "number", "size", "sent"), [("line widths", 8, "", (8.0, "lines")), ("mm", 3, "35 px", (3.0, "mm"))]
)
def test_a_gap_can_be_in_line_widths_or_millimetres(able_backend, unit, number, size, sent):
    """The unit reaches the backend with the number; beside millimetres stands how many pixels they are."""
    pick("huebrush_result", "Flats")
    click("huebrush_palette")
    press("huebrush_gap_automatic", Key.Key_Space)
    pick("huebrush_gap_unit", unit)
    type_number("huebrush_gap", number)
    assert widget("huebrush_gap_size").text() == size
    regions = colorize(able_backend).parameters.regions
    assert (regions.gap, regions.gap_unit) == sent
    click("huebrush_cancel")


def test_the_gap_makes_the_docker_no_wider(able_backend):
    """A narrow docker would cut off its left side."""
    pick("huebrush_result", "Flats")
    panel = widget("huebrush_panel")
    folded = panel.minimumSizeHint().width()
    click("huebrush_palette")
    press("huebrush_gap_automatic", Key.Key_Space)
    for unit, number in (("px", 88), ("line widths", 88), ("mm", 8)):
        pick("huebrush_gap_unit", unit)
        type_number("huebrush_gap", number)
        assert panel.minimumSizeHint().width() <= folded, unit
    press("huebrush_gap_automatic", Key.Key_Space)


def test_a_gap_is_measured_in_the_language_of_krita(able_backend):
    """A German reads a comma in a number."""
    pick("huebrush_result", "Flats")
    click("huebrush_palette")
    before = QtCore.QLocale()
    QtCore.QLocale.setDefault(QtCore.QLocale(QtCore.QLocale.Language.German))
    press("huebrush_gap_automatic", Key.Key_Space)
    type_number("huebrush_gap", 12)
    QtCore.QLocale.setDefault(before)
    assert widget("huebrush_gap_size").text() == "1,02 mm"


def test_what_cannot_be_had_says_why(document, backend):
    """Colorize Masks need a Krita that makes them; an older backend makes no regions at all."""
    with called(backend):
        greet(backend)
        assert rows("huebrush_result") == [True, False, False, False, False, False]
        tips = [widget("huebrush_result").itemData(row, QtCore.Qt.ItemDataRole.ToolTipRole) for row in (1, 4)]
        assert tips == ["This backend cannot make flats; update it with “python3 install.py”"] * 2


def test_mask_is_offered_where_krita_makes_them(able_backend, document):
    """What counts is what the document can do, not Krita's version."""
    assert rows("huebrush_result")[4] is False
    assert "5.2" in widget("huebrush_result").itemData(4, QtCore.Qt.ItemDataRole.ToolTipRole)
    document.createColorizeMask = lambda name: None
    widget("huebrush_panel").refresh()
    assert rows("huebrush_result") == [True] * 6


def test_near_duplicates_are_marked(able_backend):
    """The swatches are the result's colours; two that hardly differ are named."""
    pick("huebrush_result", "Flats")
    finish(able_backend, colorize(able_backend).job)
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
    from huebrush.palettes.files import read_palette
    from huebrush_protocol.palettes.swatches import PaletteError
    from palettes import write_ase, write_kpl

    assert read_palette(write_kpl(tmp_path / "one.kpl")) == (("#ff8000", "Orange"), ("#808080", "Grey"))
    assert read_palette(write_ase(tmp_path / "two.ase")) == (("#ff8000", "x"), ("#404040", "x"), ("#8a7a6b", "x"))
    (tmp_path / "three.hex").write_text("ff8000\n404040\n")
    assert read_palette(tmp_path / "three.hex") == (("#ff8000", ""), ("#404040", ""))
    for name in ("no.gpl", "no.kpl", "no.ase", "missing.gpl"):
        path = Path(tmp_path / name)
        if name.startswith("no"):
            path.write_bytes(b"\x00nothing")
        with pytest.raises(PaletteError):
            read_palette(path)


def test_layer_of_one_colour_may_come_as_its_coverage(able_backend, document):
    """A byte a pixel is enough then; the layer has the colour, is labelled and has its shape locked."""
    pick("huebrush_result", "Flats, a layer per colour")
    job = colorize(able_backend).job
    header = ImageHeader("layer", 4, 2, "GRAY", x=3, y=2, name="Sea", kind="color", color="#1030ff", stride=5)
    able_backend.send(Result(job, {"model": "demo"}, (header,), CLEAN), [bytes((0, 64, 255, 255, 9)) * 2])
    assert able_backend.receive(Acknowledge).job == job
    (layer,) = document.rootNode().childNodes()[-2].childNodes()
    assert bytes(layer.pixelData(4, 3, 2, 1).data()) == bytes((255, 48, 16, 64, 255, 48, 16, 255))
    assert layer.pixelData(3, 2, 1, 1).data()[3] in (0, b"\0")
    assert (layer.name(), layer.colorLabel(), layer.alphaLocked()) == ("Sea", 1, True)


def test_the_number_of_layers_is_asked_for_where_it_has_an_effect(able_backend):
    """With a layer for each colour and no locked palette; it reaches the backend, which has 24 by default."""
    pick("huebrush_result", "Flats")
    click("huebrush_palette")
    assert not widget("huebrush_most_layers").isVisible()
    pick("huebrush_result", "Flats, a layer per colour")
    assert widget("huebrush_most_layers").isVisible() and widget("huebrush_most_layers").value() == 24
    type_number("huebrush_most_layers", 40)
    assert colorize(able_backend).parameters.regions.most_layers == 40
    cancel(able_backend)
    pick("huebrush_palette_source", "From the references")
    assert not widget("huebrush_most_layers").isVisible()
    press("huebrush_locked", Key.Key_Space)
    assert widget("huebrush_most_layers").isVisible()
    press("huebrush_locked", Key.Key_Space)
    pick("huebrush_palette_source", "None")
    type_number("huebrush_most_layers", 24)
