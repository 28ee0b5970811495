"""Going on from a picture of the page: chosen in the docker, by an action, or on the page History."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from docker_jobs import cancel, colorize, connected_with, forget_regions, remembered
from hands import Key, banner, click, pick, press, show_page, spin, type_number, wait_for, widget
from huebrush.capture.overpaint import with_overpaint
from huebrush.documents.find import root_node, walk
from huebrush.results.recipes import Record
from huebrush.session import session
from huebrush.settings.presets import Preset
from huebrush.settings.sources import ReferenceSource
from huebrush.settings.store import DocumentSettings, SettingsStore, first_settings
from huebrush_protocol.frames import Image
from huebrush_protocol.messages import ImageHeader, ModelInfo
from huebrush_protocol.parameters import Parameters
from krita import Document, Krita, Node


@pytest.fixture(autouse=True)
def start_as_new(document: Document) -> Iterator[None]:
    """Begin with nothing to go on from, and leave nothing."""
    spin()
    yield
    if banner() is not None:
        click("huebrush_banner_dismiss")
    forget_regions()


def layer_named(document: Document, name: str) -> Node:
    """The layer or group of this name, wherever it lies."""
    return next(node for node, _ in walk(root_node(document)) if node.name() == name)


def source(document: Document, name: str) -> ReferenceSource:
    """A layer of the document as it is chosen."""
    return ReferenceSource("layer", layer_named(document, name).uniqueId().toString(), name)


def make_result(document: Document, settings: DocumentSettings | None = None) -> str:
    """Make the group "Scene" a result of these settings, and return its id."""
    group = layer_named(document, "Scene").uniqueId().toString()
    values = asdict(settings or DocumentSettings())
    session().recipes.store(document, Record("job-1", group, "2026-11-30T12:00:00+00:00", {}, values, {}))
    return group


def go_on_by_action(document: Document, name: str) -> None:
    """Choose a layer in Krita, and press the shortcut."""
    document.setActiveNode(layer_named(document, name))
    Krita.instance().action("huebrush_go_on").trigger()
    spin()


def test_nothing_is_chosen_at_first(demo_backend):
    """No slider is seen, and a job has no such picture and the protocol's own change."""
    assert widget("huebrush_initial").currentText() == "(anew)"
    assert not widget("huebrush_change").isVisible()
    submit = colorize(demo_backend)
    assert [image.role for image in submit.images] == ["line_art", "reference"]
    assert submit.parameters.change == Parameters.change


@pytest.mark.parametrize(("name", "is_hidden"), [("Sky", False), ("Sky", True), ("Scene", False), ("Scene", True)])
def test_a_layer_goes_with_the_job_and_is_kept(demo_backend, document, tmp_path: Path, name: str, is_hidden: bool):
    """A layer or a group, seen or hidden: in the page's size, with the chosen change; both are in the stored file."""
    document.setFileName(str(tmp_path / "page.kra"))
    if is_hidden:
        layer_named(document, name).setVisible(False)
    pick("huebrush_initial", name)
    assert widget("huebrush_change").isVisible()
    type_number("huebrush_change_number", 25)
    submit = colorize(demo_backend)
    image = submit.images[-1]
    assert (image.role, image.width, image.height, image.x, image.y, image.name) == ("initial", 40, 30, 0, 0, name)
    assert submit.parameters.change == 0.25
    cancel(demo_backend)
    stored = SettingsStore(session().store.folder).load(document)
    assert stored is not None and (stored.initial, stored.change) == ((source(document, name),), 25)
    assert first_settings(document, (), stored).initial == ()
    pick("huebrush_initial", "(anew)")
    assert not widget("huebrush_change").isVisible()
    assert colorize(demo_backend).parameters.change == Parameters.change


def test_a_preset_leaves_the_start_as_it_is(document):
    chosen = DocumentSettings(initial=(source(document, "Sky"),), change=70)
    preset = Preset.of("Mine", chosen)
    assert preset.settings.initial == ()
    assert preset.applied_to(replace(chosen, change=30)) == replace(chosen, change=30)


def without_model() -> None:
    """No model paints."""
    pick("huebrush_model", "No model: hints or palette")


def with_colored() -> None:
    """A coloured picture gives the colours."""
    pick("huebrush_colored", "Background")


def check() -> None:
    """The artist's own flats are checked."""
    pick("huebrush_result", "Check my flats")


@pytest.mark.parametrize(
    ("choose", "reason"), [(without_model, "Only a model"), (with_colored, "coloured picture"), (check, "check of")]
)
def test_it_is_grey_with_the_reason_where_no_model_paints(
    demo_backend, document, choose: Callable[[], None], reason: str
):
    """What was chosen stays; another way to choose it says that it does not count."""
    tip = widget("huebrush_initial").toolTip()
    pick("huebrush_initial", "Sky")
    choose()
    for name in ("huebrush_initial", "huebrush_change_slider"):
        assert not widget(name).isEnabled() and reason in widget(name).toolTip(), name
    go_on_by_action(document, "Background")
    assert banner() == ("initial_off", "")
    assert remembered().initial == (source(document, "Background"),)
    forget_regions()
    assert widget("huebrush_initial").isEnabled() and widget("huebrush_initial").toolTip() == tip


def test_it_is_grey_with_the_models_that_cannot(backend, document):
    """The reason names the model; what was chosen stays, and counts again with another model."""
    able = ModelInfo("demo", "Demo", "demo", "free", available=True)
    unable = ModelInfo("base", "Baseline", "base", "free", available=True, controls=())
    with connected_with(backend, able, unable, capabilities=("initial",)):
        pick("huebrush_initial", "Sky")
        pick("huebrush_model", "Baseline")
        for name in ("huebrush_initial", "huebrush_change_slider"):
            assert not widget(name).isEnabled() and "“Baseline” cannot" in widget(name).toolTip(), name
        assert [image.role for image in colorize(backend).images] == ["line_art", "reference"]
        cancel(backend)
        pick("huebrush_model", "Demo")
        assert widget("huebrush_initial").isEnabled() and remembered().initial == (source(document, "Sky"),)
        assert colorize(backend).images[-1].role == "initial"
        cancel(backend)


@pytest.mark.parametrize(
    ("active", "chosen"), [("Background", "Background"), ("Scene", "Scene"), ("Sky", "Sky")], ids=str
)
def test_the_action_chooses_the_active_layer(document, active: str, chosen: str):
    show_page("advanced")
    go_on_by_action(document, active)
    assert remembered().initial == (source(document, chosen),)
    assert widget("huebrush_page_colorize").isChecked() and widget("huebrush_change").isVisible()


def test_the_action_chooses_the_result_around_the_active_layer(document):
    make_result(document)
    go_on_by_action(document, "Sky")
    assert remembered().initial == (source(document, "Scene"),)


def test_the_lines_are_no_picture_to_go_on_from(document):
    """They are not offered, and the action says so."""
    box = widget("huebrush_initial")
    box.showPopup()
    assert "Line art" not in [box.itemText(row).strip() for row in range(box.count())]
    box.hidePopup()
    go_on_by_action(document, "Line art")
    assert banner() == ("initial_is_line_art", "") and remembered().initial == ()


def test_a_mask_stands_for_its_layer(document):
    sky = layer_named(document, "Sky")
    mask = document.createNode("Mask", "transparencymask")
    sky.addChildNode(mask, None)
    document.setActiveNode(mask)
    Krita.instance().action("huebrush_go_on").trigger()
    spin()
    assert remembered().initial == (source(document, "Sky"),)


@pytest.mark.parametrize("way", ["button", "key"])
def test_the_history_goes_on_from_a_result(document, way: str):
    """It is shown, chosen, and the page with the settings comes to the front."""
    group = make_result(document)
    layer_named(document, "Scene").setVisible(False)
    show_page("history")
    rows = widget("huebrush_history")
    rows.setCurrentIndex(rows.model().index(0, 0))
    if way == "button":
        click("huebrush_history_go_on")
    else:
        press("huebrush_history", Key.Key_G)
    assert remembered().initial == (ReferenceSource("layer", group, "Scene"),)
    assert layer_named(document, "Scene").visible() and widget("huebrush_page_colorize").isChecked()


def test_settings_of_a_result_bring_back_what_it_started_from(document):
    chosen = DocumentSettings(initial=(source(document, "Background"),), change=65)
    make_result(document, chosen)
    show_page("history")
    rows = widget("huebrush_history")
    rows.setCurrentIndex(rows.model().index(0, 0))
    click("huebrush_history_settings")
    assert (remembered().initial, remembered().change) == (chosen.initial, 65)
    assert widget("huebrush_initial").currentText() == "Background"


def test_what_was_painted_over_a_result_lies_below_its_own_lines():
    """Lines that were drawn from a picture are the result's topmost layer; otherwise it lies on top of all."""
    colour, lines, over = (
        Image(ImageHeader("layer", 1, 1, "BGRA", kind=kind), memoryview(bytes(4)))
        for kind in ("picture", "lines", "overpaint")
    )
    assert list(with_overpaint([colour, lines], over)) == [colour, over, lines]
    assert list(with_overpaint([colour], over)) == [colour, over]
    assert list(with_overpaint([colour, lines], None)) == [colour, lines]


def test_a_layer_that_is_gone_is_told(demo_backend, document):
    pick("huebrush_initial", "Sky")
    layer_named(document, "Sky").remove()
    click("huebrush_colorize")
    wait_for(lambda: banner() == ("initial_deleted", ""), "the refusal")
