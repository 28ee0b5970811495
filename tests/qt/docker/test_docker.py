"""The docker's widgets: what they show and what they do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docker_jobs import called, greet, remembered, save_picture
from hands import (
    Key,
    QTest,
    banner,
    choose_file,
    click,
    delete_now,
    labels,
    new_document,
    pick,
    press,
    show_document,
    spin,
    tab_order,
    type_number,
    wait_for,
    widget,
)
from huebrush.backend.state import BackendState
from huebrush.base.qt import QtCore, QtGui, QtWidgets
from huebrush.docker import HuebrushDocker
from huebrush.documents.find import document_key
from huebrush.jobs.effective_job import EffectiveJob, JobRequest, PageState
from huebrush.jobs.job import Job
from huebrush.session import session
from huebrush.settings.sources import ReferenceSource
from huebrush.settings.store import SettingsStore
from huebrush_protocol.regions import RegionFix
from krita import Krita


def entries(menu):
    """What a menu offers."""
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def icon_color(row: int) -> str:
    """The color in the middle of a reference's icon."""
    image = widget("huebrush_references").item(row).icon().pixmap(28, 28).toImage()
    return image.pixelColor(image.width() // 2, image.height() // 2).name()


def test_layers_are_listed_and_guessed(document):
    """Groups and layers, topmost first; line art and reference are recognized by their names."""
    spin()
    assert [entry.strip() for entry in labels("huebrush_line_art")] == [
        "(choose a layer)",
        "Line art",
        "Reference",
        "Background",
        "Scene",
        "Sky",
    ]
    assert widget("huebrush_line_art").currentText() == "Line art"
    assert labels("huebrush_references") == ["Reference"]


def test_changes_are_remembered(document):
    """Every control writes into the document's settings, and shows them when the document comes back."""
    spin()
    pick("huebrush_line_art", "Sky")
    type_number("huebrush_reference_strength_number", 70)
    press("huebrush_sketch_strength_slider", Key.Key_PageUp)
    type_number("huebrush_seed_number", 4_000_000_000)
    pick("huebrush_quality", "Fine")
    changed = remembered()
    assert (changed.reference_strength, changed.sketch_strength) == (70, 110)
    assert (changed.seed, changed.steps) == (4_000_000_000, 40)
    show_document(None)
    spin()
    assert not widget("huebrush_line_art").isEnabled()
    show_document(document)
    spin()
    assert widget("huebrush_line_art").currentText().strip() == "Sky"
    assert widget("huebrush_seed_number").value() == 4_000_000_000
    assert widget("huebrush_steps_number").value() == 40
    assert widget("huebrush_sketch_strength_slider").value() == 110


def test_settings_survive_in_a_file(document, tmp_path):
    """Another Krita finds them by the document's path."""
    spin()
    document.setFileName(str(tmp_path / "page.kra"))
    type_number("huebrush_steps_number", 33)
    assert SettingsStore(session().store.folder).load(document) == remembered()
    assert remembered().steps == 33


def test_a_picture_that_is_opened_again_has_its_line_art_guessed_again(document, tmp_path):
    """Its layers are new, with new ids; what else was chosen stays, and corrections go with the lines."""
    document.setFileName(str(tmp_path / "scan.png"))
    spin()
    type_number("huebrush_steps_number", 33)
    widget("huebrush_panel")._form.regions.set_fixes((RegionFix("merge", 1, 1, 2, 2),))
    type_number("huebrush_steps_number", 34)
    assert remembered().regions.fixes
    document.close()
    again: Any = new_document(40, 30, "Scan")
    again.setFileName(str(tmp_path / "scan.png"))
    again.rootNode().addChildNode(again.createNode("Background", "paintlayer"), None)
    show_document(again)
    spin()
    assert widget("huebrush_line_art").currentText() == "Background"
    assert widget("huebrush_steps_number").value() == 34
    assert widget("huebrush_panel")._form.settings.regions.fixes == ()
    again.close()


def test_custom_steps(document):
    """A number of steps of one's own shows as Custom."""
    spin()
    type_number("huebrush_steps_number", 21)
    assert widget("huebrush_quality").currentText() == "Custom"


def test_wheel_passes_over_unfocused_controls(document):
    """The wheel is left to the docker, which scrolls; it does not change what the pointer merely passes over."""
    spin()
    slider, box = widget("huebrush_reference_strength_slider"), widget("huebrush_line_art")
    before = slider.value(), box.currentIndex()
    for target in (slider, box):
        target.clearFocus()
        event = QtGui.QWheelEvent(
            QtCore.QPointF(5, 5),
            QtCore.QPointF(target.mapToGlobal(QtCore.QPoint(5, 5))),
            QtCore.QPoint(),
            QtCore.QPoint(0, -120),
            QtCore.Qt.MouseButton.NoButton,
            QtCore.Qt.KeyboardModifier.NoModifier,
            QtCore.Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QtWidgets.QApplication.sendEvent(target, event)
    assert (slider.value(), box.currentIndex()) == before


def test_references_are_added_moved_weighed_and_removed(document, tmp_path):
    """From the menu and from a file; order, weight, the button and the Delete key."""
    spin()
    other = new_document(8, 8, "Other page")
    references = widget("huebrush_reference_list")
    references.fill_menu()
    menu = widget("huebrush_add_reference_menu")
    assert entries(menu) == ["Reference", "Background", "Scene", "    Sky", "Other page", "From a file…"]
    next(action for action in menu.actions() if action.text() == "Other page").trigger()
    references.add_file(save_picture(tmp_path / "colors.png", "#3060c0"))
    assert labels("huebrush_references") == ["Reference", "Other page", "colors.png"]
    type_number("huebrush_weight_number", 250)
    click("huebrush_reference_up")
    assert [(source.name, source.weight) for source in remembered().references] == [
        ("Reference", 1.0),
        ("colors.png", 2.5),
        ("Other page", 1.0),
    ]
    click("huebrush_reference_remove")
    press("huebrush_references", Key.Key_Delete)
    assert len(remembered().references) == 1
    other.close()


def test_file_dialog_adds_pictures(document, tmp_path):
    """What is chosen in the dialog comes into the list; the dialog holds nothing up."""
    spin()
    path = save_picture(tmp_path / "chosen.png", "#808000")
    widget("huebrush_reference_list").choose_file()
    choose_file(path)
    assert "chosen.png" in labels("huebrush_references")


def test_file_shows_its_picture(document, tmp_path):
    """A thumbnail comes by itself, follows the file when it changes, and becomes a warning when it is no picture."""
    spin()
    references = widget("huebrush_reference_list")
    path = save_picture(tmp_path / "colors.png", "#3060c0")
    references.add_file(path)
    row = widget("huebrush_references").count() - 1
    assert icon_color(row) != "#3060c0"
    wait_for(lambda: icon_color(row) == "#3060c0", "the thumbnail")
    sources = references.sources
    save_picture(tmp_path / "colors.png", "#20a040", 700)
    references.set_sources(sources)
    assert icon_color(row) == "#3060c0", "what was known is shown meanwhile"
    wait_for(lambda: icon_color(row) == "#20a040", "the new thumbnail")
    Path(path).write_bytes(b"no picture")
    references.set_sources(sources)
    warning = QtWidgets.QApplication.style().standardIcon(QtWidgets.QStyle.StandardPixmap.SP_MessageBoxWarning)
    wanted = warning.pixmap(28, 28).toImage()
    icons = widget("huebrush_references")
    wait_for(lambda: icons.item(row).icon().pixmap(28, 28).toImage() == wanted, "the warning")


def test_layer_shows_its_picture(document):
    """A layer's thumbnail is there at once."""
    spin()
    assert icon_color(0) == "#ff0000"


def test_tab_reaches_every_control(document, tmp_path):
    """First what each result needs, then the big button, then the rest as it is seen; with two references, some of
    their buttons are for the chosen one."""
    spin()
    first = ["huebrush_line_art", "huebrush_references", "huebrush_reference_add"]
    strip = ["huebrush_colorize", "huebrush_another", "huebrush_backend_light"]
    settings = [
        "huebrush_marks_take",
        "huebrush_marks_leave",
        "huebrush_result",
        "huebrush_colored",
        "huebrush_initial",
        "huebrush_reference_strength_slider",
        "huebrush_reference_strength_number",
        "huebrush_model",
        "huebrush_shop_open",
    ]
    one = [*first, *strip, "huebrush_reference_remove", *settings]
    assert tab_order("huebrush_line_art")[: len(one)] == one
    widget("huebrush_reference_list").add_file(save_picture(tmp_path / "colors.png", "#3060c0"))
    weight = ["huebrush_reference_remove", "huebrush_reference_up", "huebrush_weight_slider", "huebrush_weight_number"]
    two = [*first, *strip, *weight, *settings]
    assert tab_order("huebrush_line_art")[: len(two)] == two


@pytest.mark.parametrize("page", ["colorize", "edit", "check", "advanced"])
def test_tab_goes_from_each_page_to_the_strip_and_round(document, page):
    """In six stops at most from the line art to the big button, with a message too; after the last control of the other
    pages."""
    spin()
    Krita.instance().action("huebrush_place").trigger()
    spin()
    strip = ["huebrush_banner_dismiss", "huebrush_colorize", "huebrush_another", "huebrush_backend_light"]
    for name in (page, "colorize", page):  # a page that was left and is shown again has the same order
        click(f"huebrush_page_{name}")
        order = [stop for stop in tab_order(f"huebrush_page_{name}") if stop]
        start = order.index(strip[0])
        assert order[start : start + len(strip)] == strip, order
        if name == "colorize":
            assert order.index("huebrush_colorize") - order.index("huebrush_line_art") <= 6
        else:
            later = [stop for stop in order[start + len(strip) :] if not stop.startswith("huebrush_page_")]
            assert later == [], "what is on the page comes before the strip"
    click("huebrush_banner_dismiss")
    click("huebrush_page_colorize")


def test_actions_reach_the_docker(document):
    """Each action that shortcuts can be assigned to does its work."""
    spin()
    action = Krita.instance().action
    assert action("huebrush_colorize").text() == "Huebrush: Colorize"
    action("huebrush_place").trigger()
    assert banner() == ("result_gone", "")
    action("huebrush_show").trigger()


def test_banner_follows_the_theme_and_can_be_dismissed(document):
    """Its background is a tint of the window's color, also when that changes; the button takes it away."""
    spin()
    Krita.instance().action("huebrush_place").trigger()
    spin()

    def background() -> int:
        return widget("huebrush_banner").grab().toImage().pixelColor(4, 12).lightness()

    before = QtWidgets.QApplication.palette()
    assert background() > 150
    dark = QtGui.QPalette(before)
    dark.setColor(QtGui.QPalette.ColorRole.Window, QtGui.QColor("#202020"))
    QtWidgets.QApplication.setPalette(dark)
    spin()
    assert background() < 100
    QtWidgets.QApplication.setPalette(before)
    spin()
    assert background() > 150
    click("huebrush_banner_dismiss")
    assert banner() is None


@pytest.mark.parametrize("height", [96, 180, 435, 900])
def test_the_strip_is_seen_in_docker_of_any_height(document, height):
    """The button, what is wrong and its remedy, without scrolling; the whole message where there is room."""
    docker = HuebrushDocker()
    panel = docker.findChild(QtWidgets.QWidget, "huebrush_panel")
    docker.resize(300, height + docker.height() - panel.height())
    docker.show()
    panel.resize(300, height)
    show_document(None)
    spin()
    docker.findChild(QtWidgets.QPushButton, "huebrush_colorize").click()
    panel.resize(300, height)
    spin()
    assert panel.minimumSizeHint().height() <= 96
    for name in ("huebrush_colorize", "huebrush_another", "huebrush_backend_light", "huebrush_banner_text"):
        shown = docker.findChild(QtWidgets.QWidget, name)
        inside = QtCore.QRect(shown.mapTo(panel, QtCore.QPoint(0, 0)), shown.size())
        assert shown.isVisible() and panel.rect().contains(inside), name
    assert docker.findChild(QtWidgets.QLabel, "huebrush_banner_advice").isVisible() is (height > 260)
    delete_now(docker)


def test_the_first_page_tells_the_first_steps_and_opens_the_example(document):
    """While there is no document, or nothing to take colours from; the example has both."""
    spin()
    assert not widget("huebrush_first_steps").isVisible()
    click("huebrush_reference_remove")
    assert widget("huebrush_first_steps").isVisible() and widget("huebrush_line_art").isVisible()
    show_document(None)
    spin()
    assert widget("huebrush_first_steps").isVisible() and not widget("huebrush_line_art").isVisible()
    click("huebrush_try_example")
    spin()
    opened = Krita.instance().activeDocument()
    assert opened is not None and opened != document and not opened.fileName()
    assert widget("huebrush_line_art").currentText() == "Line art" and labels("huebrush_references") == ["Reference"]
    assert not widget("huebrush_first_steps").isVisible()
    opened.close()


def test_ctrl_return_colorizes_from_any_page(document):
    show_document(None)
    spin()
    press("huebrush_page_check", Key.Key_Space)
    QTest.keyClick(widget("huebrush_page_check"), Key.Key_Return, QtCore.Qt.KeyboardModifier.ControlModifier)
    assert banner() == ("no_document", "")


def test_a_message_goes_when_its_cause_has_gone(document):
    """No document, and settings that cannot work: the artist has mended it, and needs no cross to press."""
    show_document(None)
    spin()
    click("huebrush_colorize")
    assert banner() == ("no_document", "")
    show_document(document)
    spin()
    assert banner() is None
    click("huebrush_reference_remove")
    click("huebrush_colorize")
    assert banner() == ("no_reference", "")
    references = widget("huebrush_reference_list")
    references.fill_menu()
    entry = widget("huebrush_add_reference_menu").actions()
    next(action for action in entry if action.text() == "Reference").trigger()
    assert banner() is None


def test_the_second_half_of_a_double_click_cancels_nothing(document, backend):
    """The button to cancel comes where the pointer has just pressed."""
    spin()
    with called(backend):
        greet(backend)
        click("huebrush_colorize")
        QTest.mouseDClick(widget("huebrush_cancel"), QtCore.Qt.MouseButton.LeftButton)
        assert widget("huebrush_panel").job().is_active
        click("huebrush_cancel")
        assert not widget("huebrush_panel").job().is_active


def test_a_closed_window_is_told_nothing_more(document):
    """Jobs, models and the backend live on; what they tell would reach widgets that are gone."""
    delete_now(HuebrushDocker())
    settings = replace(remembered(), references=(ReferenceSource("layer", "colors", "Colours"),))
    request, page = JobRequest(document_key(document), settings), PageState(has_line_art=True, can_make_masks=True)
    job = Job(request, page, EffectiveJob.decide(request, page, BackendState()))
    session().jobs.stage_changed.emit(job)
    session().jobs.changed.emit(job)
    session().models.fetched.emit("demo")
    session().models.changed.emit()
    session().link.state_changed.emit()
    click("huebrush_banner_dismiss")
