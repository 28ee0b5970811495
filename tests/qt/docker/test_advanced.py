"""The page of advanced settings: what it sets, what of it can be used, and what the backend gets."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from docker_jobs import cancel, colorize, connected_with, remembered
from hands import (
    Key,
    banner,
    choose_file,
    click,
    pick,
    press,
    show_page,
    spin,
    tab_order,
    type_number,
    wait_for,
    widget,
)
from huebrush import api
from huebrush.base.qt import QtCore, QtGui, QtWidgets
from huebrush.jobs.to_protocol import job_parameters
from huebrush.session import session
from huebrush.settings.advanced import AdvancedSettings
from huebrush.settings.sources import ReferenceSource
from huebrush.settings.store import DocumentSettings, SettingsStore
from huebrush.widgets.advanced.block_strengths import BlockNumber
from huebrush_protocol.messages import ModelInfo, Models, Submit
from huebrush_protocol.parameter_ranges import MAX_BLOCKS
from huebrush_protocol.parameters import Enhancement, GuidanceWindow, Injection, LevelStrengths, Parameters
from huebrush_protocol.regions import RegionParameters
from krita import Selection
from scripted_backend import ScriptedBackend

ALL = ModelInfo("all", "Does all", "v2", "free", True, enhancements=("background", "foreground", "style"), blocks=4)
SOME = ModelInfo(
    "demo",
    "Demo",
    "demo",
    "free",
    available=True,
    enhancements=("background",),
    reference_guidance=2.5,
    sketch_guidance=1.5,
)
LITTLE = ModelInfo("base", "Baseline", "base", "free", available=True, controls=(), samplers=("dpm", "ddim"))


@pytest.fixture(autouse=True)
def nothing_set(document) -> Iterator[None]:
    """The page is not shown before and after, and nothing is set in it, as a new Krita has it."""
    spin()
    yield
    if widget("huebrush_advanced_reset").isEnabled():
        click("huebrush_advanced_reset")
    show_page("colorize")


@pytest.fixture
def connected(document, backend: ScriptedBackend) -> Iterator[ScriptedBackend]:
    """A backend with a model that does all, one that does some, and one that has none of the controls."""
    with connected_with(backend, SOME, LITTLE, ALL):
        yield backend


def chosen() -> AdvancedSettings:
    """What the plugin remembers for the active document."""
    return remembered().advanced


def test_it_is_made_when_it_is_first_shown_by_keyboard_and_the_page_is_remembered():
    panel = widget("huebrush_panel")
    assert not widget("huebrush_page_advanced").isChecked()
    press("huebrush_page_advanced", Key.Key_Space)
    assert widget("huebrush_sampler").isVisible()
    assert SettingsStore(session().store.folder).plugin.page == "advanced"
    assert panel.minimumSizeHint().width() <= 300
    press("huebrush_page_colorize", Key.Key_Space)
    assert not widget("huebrush_sampler").isVisible()
    assert SettingsStore(session().store.folder).plugin.page == "colorize"


def test_every_control_is_remembered_and_sent(connected, tmp_path):
    """Each control is changed as an artist does, and each arrives at the backend as its parameter."""
    click("huebrush_page_advanced")
    pick("huebrush_model", "Does all")
    press("huebrush_guidance_automatic", Key.Key_Space)
    type_number("huebrush_reference_guidance", 7)
    type_number("huebrush_sketch_guidance", 2)
    pick("huebrush_sampler", "k_euler_a")
    pick("huebrush_noise_schedule", "karras")
    pick("huebrush_sketch_mode", "Extract lines from a coloured picture or scan")
    pick("huebrush_panels", "As one drawing")
    switches = ("fast", "remove_ruling", "injection", "background", "foreground", "style", "clear_background")
    for switch in (*switches, "cut_out", "pause", "keep_to_lines"):
        press(f"huebrush_{switch}", Key.Key_Space)
    press("huebrush_blocks_apart", Key.Key_Space)
    for block, strength in ((1, 25), (4, 75)):
        type_number(f"huebrush_block_{block}", strength)
    press("huebrush_blocks_apart", Key.Key_Space)  # or the levels could not be changed
    numbers = {
        "pause_start": 35,
        "pause_end": 45,
        "reference_padding": 150,
        "window_start": 10,
        "window_end": 90,
        "level_encoder": 80,
        "level_middle": 70,
        "level_low": 60,
        "injection_reference": 40,
        "injection_sketch": 150,
        "injection_start": 20,
        "foreground_strength": 95,
        "background_strength": 85,
        "merge": 30,
        "background_factor": 120,
        "sketch_threshold": 6,
        "reference_threshold": 55,
    }
    for name, number in numbers.items():
        type_number(f"huebrush_{name}_number", number)
    press("huebrush_blocks_apart", Key.Key_Space)
    submitted = colorize(connected).parameters
    assert submitted == Parameters(
        seed=submitted.seed,
        reference_guidance=7.0,
        sketch_guidance=2.0,
        sampler="k_euler_a",
        noise_schedule="karras",
        sketch_mode="extract",
        remove_ruling=True,
        panels="off",
        reference_levels=LevelStrengths(0.8, 0.7, 0.6),
        block_strengths=(0.25, 1.0, 1.0, 0.75),
        guidance_window=GuidanceWindow(0.1, 0.9, 0.35, 0.45),
        reference_padding=1.5,
        injection=Injection(0.4, 1.5, 0.2),
        enhancement=Enhancement(True, True, True, 0.06, 0.55, 0.95, 0.85, 0.3, 1.2, True, True),
        fast=True,
        keep_to_lines=False,
    )
    kept = chosen()
    changed = [name for name in kept.__dataclass_fields__ if getattr(kept, name) != getattr(AdvancedSettings(), name)]
    pictures = {"background_picture", "line_art_mask", "reference_mask"}
    assert set(changed) == set(kept.__dataclass_fields__) - pictures


def guidance_shown() -> tuple[float, float]:
    return widget("huebrush_reference_guidance").value(), widget("huebrush_sketch_guidance").value()


def test_guidance_begins_at_what_suits_the_model(connected):
    click("huebrush_page_advanced")
    pick("huebrush_model", "Demo")
    assert guidance_shown() == (2.5, 1.5)
    assert not widget("huebrush_sketch_guidance").isEnabled()
    pick("huebrush_model", "Does all")
    assert guidance_shown() == (ModelInfo.reference_guidance, ModelInfo.sketch_guidance)
    submitted = colorize(connected).parameters
    assert (submitted.reference_guidance, submitted.sketch_guidance) == (None, None)
    assert chosen() == AdvancedSettings()
    cancel(connected)
    pick("huebrush_model", "Demo")
    press("huebrush_guidance_automatic", Key.Key_Space)
    submitted = colorize(connected).parameters
    assert (submitted.reference_guidance, submitted.sketch_guidance) == (2.5, 1.5)
    pick("huebrush_model", "Does all")
    assert guidance_shown() == (2.5, 1.5), "now it is the artist's"
    click("huebrush_advanced_reset")


def test_defaults_ask_for_nothing_special(connected):
    submitted = colorize(connected)
    assert submitted.parameters == Parameters(seed=submitted.parameters.seed)
    assert [image.role for image in submitted.images] == ["line_art", "reference"]


def test_selection_layer_and_file_become_masks_and_background(connected, document, tmp_path):
    """The selection is sent as it is when Colorize is pressed, a byte a pixel and as large as the page."""
    picture = QtGui.QImage(6, 5, QtGui.QImage.Format.Format_RGB32)
    picture.fill(QtGui.QColor("#102030"))
    assert picture.save(str(tmp_path / "sky.png"))
    click("huebrush_page_advanced")
    pick("huebrush_model", "Does all")
    press("huebrush_background", Key.Key_Space)
    pick("huebrush_line_art_mask", "Current selection")
    pick("huebrush_reference_mask", "Sky")
    box = widget("huebrush_background_picture")
    box.setCurrentIndex(box.count() - 1)
    box.activated.emit(box.count() - 1)
    choose_file(str(tmp_path / "sky.png"))
    assert box.currentText() == "sky.png"
    click("huebrush_colorize")
    wait_for(lambda: banner() == ("no_selection", ""), "the banner")
    selection = Selection()
    selection.select(5, 6, 10, 8, 200)
    document.setSelection(selection)
    submitted = colorize(connected)
    roles = [image.header.role for image in connected.images]
    assert roles == ["line_art", "reference", "background", "line_art_mask", "reference_mask"]
    background, lines, sky = connected.images[2:]
    assert (background.header.width, background.header.height) == (6, 5)
    assert bytes(background.data[:4]) == bytes((0x30, 0x20, 0x10, 0xFF))
    assert (lines.header.width, lines.header.height, lines.header.order) == (40, 30, "GRAY")
    rows = [bytes(lines.data[row * 40 : row * 40 + 40]) for row in range(30)]
    inside = bytes(5) + bytes([200]) * 10 + bytes(25)
    assert rows == [bytes(40)] * 6 + [inside] * 8 + [bytes(40)] * 16
    assert (sky.header.width, sky.header.height, sky.header.order, sky.header.name) == (40, 30, "BGRA", "Sky")
    assert submitted.parameters.enhancement == Enhancement(background=True)
    assert chosen().line_art_mask == (ReferenceSource("selection", "", "Current selection"),)


def test_pictures_that_nothing_asks_for_are_not_read(connected, document):
    """A mask stays chosen while the switches that use it are off."""
    click("huebrush_page_advanced")
    pick("huebrush_model", "Does all")
    press("huebrush_background", Key.Key_Space)
    pick("huebrush_line_art_mask", "Sky")
    press("huebrush_background", Key.Key_Space)
    assert not widget("huebrush_line_art_mask").isEnabled()
    assert [image.role for image in colorize(connected).images] == ["line_art", "reference"]


def test_scripts_may_ask_for_finer_settings_too(connected, document):
    red = next(node for node in document.rootNode().childNodes() if node.name() == "Reference")
    api.colorize(document, references=[red], model="all", advanced=AdvancedSettings(sampler="ddim", style=True))
    submitted = connected.receive(Submit).parameters
    assert (submitted.sampler, submitted.enhancement.style) == ("ddim", True)


def test_what_the_model_cannot_do_is_greyed_out_with_the_reason(connected):
    click("huebrush_page_advanced")
    pick("huebrush_model", "Does all")
    assert all(widget(f"huebrush_{name}").isEnabled() for name in ("background", "foreground", "style"))
    press("huebrush_foreground", Key.Key_Space)
    pick("huebrush_model", "Demo")
    assert widget("huebrush_background").isEnabled()
    for name in ("foreground", "style"):
        assert not widget(f"huebrush_{name}").isEnabled()
        assert "“Demo” cannot do this" in widget(f"huebrush_{name}").toolTip()
    assert not widget("huebrush_line_art_mask").isEnabled()
    assert not colorize(connected).parameters.enhancement.foreground


def test_a_model_without_the_controls_says_so_and_gets_none_of_them(connected):
    """What was set comes back with a model that can."""
    click("huebrush_page_advanced")
    pick("huebrush_model", "Does all")
    press("huebrush_guidance_automatic", Key.Key_Space)
    type_number("huebrush_sketch_guidance", 3)
    type_number("huebrush_window_start_number", 20)
    type_number("huebrush_level_low_number", 40)
    for switch in ("pause", "injection", "blocks_apart"):
        press(f"huebrush_{switch}", Key.Key_Space)
    sampler = widget("huebrush_sampler")
    assert sampler.model().item(sampler.findData("k_euler")).isEnabled()
    pick("huebrush_model", "Baseline")
    for name in ("sketch_guidance", "window_start", "window_end", "pause", "level_low", "blocks_apart", "injection"):
        assert not widget(f"huebrush_{name}").isEnabled(), name
        shown = widget(
            f"huebrush_{name}_number" if name in ("window_start", "window_end", "level_low") else f"huebrush_{name}"
        )
        assert "“Baseline” cannot do this" in shown.toolTip(), name
    for name in ("pause_start", "injection_start"):
        assert not widget(f"huebrush_{name}").isEnabled(), name
    assert not widget("huebrush_block_strengths").isVisible()
    assert widget("huebrush_reference_padding").isEnabled() and widget("huebrush_fast").isEnabled()
    for name, possible in (("dpm", True), ("ddim", True), ("pndm", False), ("k_euler", False)):
        assert sampler.model().item(sampler.findData(name)).isEnabled() == possible, name
    tip = sampler.itemData(sampler.findData("k_euler"), QtCore.Qt.ItemDataRole.ToolTipRole)
    assert "“Baseline” cannot do this" in tip
    submitted = colorize(connected).parameters
    assert submitted == Parameters(
        seed=submitted.seed, reference_guidance=ModelInfo.reference_guidance, sketch_guidance=1.0
    )
    cancel(connected)
    pick("huebrush_model", "Does all")
    assert widget("huebrush_pause").isChecked() and widget("huebrush_injection").isEnabled()
    assert widget("huebrush_pause").toolTip() == "Do not look at the reference in a part of the work"


def test_weights_of_references_are_grey_where_the_model_ignores_them(connected, document):
    widget("huebrush_reference_list").add_file("/nowhere/colors.png")
    pick("huebrush_model", "Does all")
    assert widget("huebrush_weight_number").isEnabled()
    pick("huebrush_model", "Baseline")
    assert not widget("huebrush_weight_number").isEnabled()
    assert "“Baseline” cannot do this" in widget("huebrush_weight_number").toolTip()
    pick("huebrush_model", "Does all")
    assert widget("huebrush_weight_number").isEnabled()
    assert "cannot" not in widget("huebrush_weight_number").toolTip()


def test_blocks_are_as_many_as_the_model_has(connected):
    """They take the place of the levels; a model that does not tell how many has none, and says so."""
    click("huebrush_page_advanced")
    pick("huebrush_model", "Does all")
    assert not widget("huebrush_block_strengths").isVisible() and widget("huebrush_level_low").isEnabled()
    press("huebrush_blocks_apart", Key.Key_Space)
    assert [widget(f"huebrush_block_{block}").value() for block in range(1, 5)] == [100] * 4
    assert not any(widget(f"huebrush_level_{level}").isEnabled() for level in ("encoder", "middle", "low"))
    order = tab_order("huebrush_page_advanced")
    start = order.index("huebrush_blocks_apart")
    blocks = [f"huebrush_block_{block}" for block in (1, 2, 3, 4)]
    assert order[start + 1 :][:5] == [*blocks, "huebrush_reference_padding_slider"]
    press("huebrush_block_2", Key.Key_Down)
    assert widget("huebrush_block_2").value() == 95
    connected.send(Models((replace(ALL, blocks=2), SOME)))
    panel = widget("huebrush_panel")
    wait_for(lambda: panel.findChild(QtWidgets.QWidget, "huebrush_block_3") is None, "fewer blocks")
    assert colorize(connected).parameters.block_strengths == (1.0, 0.95)
    cancel(connected)
    pick("huebrush_model", "Demo")
    assert not widget("huebrush_blocks_apart").isEnabled() and not widget("huebrush_block_strengths").isVisible()
    assert "“Demo” does not tell how many blocks" in widget("huebrush_blocks_apart").toolTip()
    assert widget("huebrush_level_low").isEnabled()
    submitted = colorize(connected).parameters
    assert submitted.block_strengths == ()
    cancel(connected)
    connected.send(Models((replace(ALL, blocks=10**9), SOME)))
    pick("huebrush_model", "Does all")
    assert len(panel.findChildren(BlockNumber)) <= MAX_BLOCKS, "whatever a backend says"


def test_blocks_wait_for_the_backend_and_for_a_pause_either_end_may_come_first(document):
    session().link.models = ()  # as before the first backend's answer
    session().link.state_changed.emit()
    click("huebrush_page_advanced")
    assert not widget("huebrush_blocks_apart").isEnabled()
    assert "Start the backend first" in widget("huebrush_blocks_apart").toolTip()
    assert widget("huebrush_injection").isEnabled()
    odd = AdvancedSettings(window_start=90, window_end=10, pause=True, pause_start=70, pause_end=30)
    settings, regions = DocumentSettings(), RegionParameters()
    assert job_parameters(settings, odd, regions).guidance_window == GuidanceWindow(0.1, 0.9, 0.3, 0.7)
    assert job_parameters(settings, replace(odd, pause=False), regions).guidance_window == GuidanceWindow(0.1, 0.9)


def test_reset_puts_everything_back(document):
    click("huebrush_page_advanced")
    type_number("huebrush_reference_padding_number", 130)
    press("huebrush_pause", Key.Key_Space)
    assert chosen() == AdvancedSettings(reference_padding=130, pause=True)
    click("huebrush_advanced_reset")
    assert widget("huebrush_reference_padding_number").value() == 100 and not widget("huebrush_pause").isChecked()
    type_number("huebrush_level_low_number", 40)
    pick("huebrush_sampler", "ddim")
    assert chosen() == AdvancedSettings(level_low=40, sampler="ddim")
    click("huebrush_advanced_reset")
    assert chosen() == AdvancedSettings()
    assert widget("huebrush_sampler").currentText() == "dpm"
    assert widget("huebrush_level_low_number").value() == 100


def test_settings_survive_in_a_file_and_old_files_still_load(document, tmp_path):
    document.setFileName(str(tmp_path / "page.kra"))
    click("huebrush_page_advanced")
    press("huebrush_injection", Key.Key_Space)
    type_number("huebrush_injection_start_number", 25)
    wanted = AdvancedSettings(
        injection=True,
        injection_start=25,
        blocks_apart=True,
        block_strengths=(10, 20, 30),
        line_art_mask=(ReferenceSource("selection", "", "Current selection"),),
    )
    settings = session().store.load(document)
    assert settings is not None
    session().store.remember(document, dataclasses.replace(settings, advanced=wanted))
    anew = SettingsStore(session().store.folder).load(document)
    assert anew is not None and anew.advanced == wanted
    (file,) = [
        path
        for path in (session().store.folder / "documents").glob("*.json")
        if json.loads(path.read_text("utf-8"))["advanced"]["injection_start"] == 25
    ]
    old = {key: value for key, value in json.loads(file.read_text("utf-8")).items() if key != "advanced"}
    file.write_text(json.dumps(old), "utf-8")
    loaded = SettingsStore(session().store.folder).load(document)
    assert loaded is not None and loaded.advanced == AdvancedSettings() and loaded.line_art == settings.line_art
    file.write_text(
        json.dumps({**old, "advanced": {"injection": "yes", "level_low": 30, "block_strengths": ["x", 3]}}), "utf-8"
    )
    damaged = SettingsStore(session().store.folder).load(document)
    assert isinstance(damaged, DocumentSettings) and damaged.advanced == AdvancedSettings(
        level_low=30, block_strengths=(3,)
    )


def test_without_a_model_what_is_about_the_page_can_be_set(able_backend, regions_as_new):
    """How lines are read, ruling and comic pages count for flats from a palette too; all else says what it needs."""
    click("huebrush_page_advanced")
    press("huebrush_fast", Key.Key_Space)
    pick("huebrush_result", "Flats")
    pick("huebrush_model", "No model: hints or palette")
    body = widget("huebrush_sampler").parentWidget()
    kinds = (QtWidgets.QAbstractButton, QtWidgets.QComboBox, QtWidgets.QAbstractSpinBox, QtWidgets.QSlider)
    names = {it.objectName() for kind in kinds for it in body.findChildren(kind) if it.isEnabled()}
    about_the_page = {"huebrush_sketch_mode", "huebrush_remove_ruling", "huebrush_panels"}
    assert {name for name in names if name.startswith("huebrush_")} == about_the_page
    assert widget("huebrush_fast").toolTip() == "Only for results that a model paints"
    pick("huebrush_sketch_mode", "Dark lines on light paper")
    press("huebrush_remove_ruling", Key.Key_Space)
    pick("huebrush_panels", "As one drawing")
    click("huebrush_palette")
    pick("huebrush_palette_source", "From a list")
    widget("huebrush_palette_codes").setText("#1f77b4")
    sent = colorize(able_backend).parameters
    assert (sent.sketch_mode, sent.remove_ruling, sent.panels) == ("dark_lines", True, "off")
    assert not sent.fast
    cancel(able_backend)
    pick("huebrush_model", "Built-in (small)")
    assert widget("huebrush_fast").isEnabled() and widget("huebrush_fast").isChecked()


def test_every_control_has_a_name_and_is_reached_by_tab():
    click("huebrush_page_advanced")
    body = widget("huebrush_sampler").parentWidget()
    controls = [
        child
        for kind in (QtWidgets.QAbstractButton, QtWidgets.QComboBox, QtWidgets.QAbstractSpinBox, QtWidgets.QSlider)
        for child in body.findChildren(kind)
        if child.objectName().startswith("huebrush_")
    ]
    assert len(controls) > 30
    assert [child.objectName() for child in controls if not child.accessibleName()] == []
    reached = tab_order("huebrush_page_advanced")
    usable = {child.objectName() for child in controls if child.isEnabled() and child.isVisible()}
    assert usable <= set(reached)
    names = [
        "huebrush_page_advanced",
        "huebrush_presets",
        "huebrush_quality",
        "huebrush_steps_number",
        "huebrush_seed_number",
        "huebrush_sketch_strength_slider",
        "huebrush_sketch_strength_number",
        "huebrush_guidance_automatic",
        "huebrush_window_start_slider",
    ]
    assert reached[: len(names)] == names, "as they are seen"
