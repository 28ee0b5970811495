"""Patches in the docker: taken from a selection, a layer, a document or a file, shown, sent, kept and cleared."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from docker_jobs import DEMO, cancel, colorize, connected_with, remembered
from hands import banner, click, labels, layer_named, new_document, result_of, spin, type_text, wait_for, widget
from huebrush.base.colors import parse_color
from huebrush.base.qt import QtCore, QtGui, image_bytes
from huebrush.capture.patches import LONGEST_EDGE, cut_out, pack_patch, patch_pixels, unpack_patch
from huebrush.documents.own_layers import find_text_brush_layer
from huebrush.documents.pixels import Rect
from huebrush.session import session
from huebrush.settings.store import DocumentSettings, read_settings
from huebrush.settings.text_edits import EDIT_PATCHES, TextEditSettings
from huebrush_protocol.messages import CAPABILITIES
from krita import Document, Krita, Selection
from scripted_backend import ScriptedBackend

pytestmark = pytest.mark.usefixtures("edits_shown")
RED = b"\x00\x00\xff\xff"
"""What the layer "Reference" is full of, as Krita keeps it."""


def select(document: Document, x: int, y: int, width: int, height: int) -> None:
    selection = Selection()
    selection.select(x, y, width, height, 255)
    document.setSelection(selection)


def offered() -> list[str]:
    """What the menu of patches lists now, opened."""
    button = widget("huebrush_edit_patch")
    button.menu().aboutToShow.emit()
    return [action.text() for action in button.menu().actions() if action.text()]


def choose(label: str) -> None:
    """Choose an entry of the menu of patches."""
    offered()
    menu = widget("huebrush_edit_patch").menu()
    next(action for action in menu.actions() if action.text() == label).trigger()


def wait_for_patch() -> TextEditSettings:
    """Wait for a patch of the chosen edit and return that."""
    wait_for(lambda: any(edit.patch for edit in remembered().edits), "the patch")
    return next(edit for edit in remembered().edits if edit.patch)


def test_what_is_selected_becomes_the_patch_of_the_chosen_edit(document, demo_backend):
    """By the shortcut; painted by brush from then on, shown small, and cleared again."""
    click("huebrush_edit_add")
    type_text("huebrush_edit_target", "red hair")
    assert not widget("huebrush_edit_patch_line").isVisible()
    document.setActiveNode(layer_named(document, "Reference"))
    select(document, 25, 4, 10, 6)
    Krita.instance().action("huebrush_take_patch").trigger()
    edit = wait_for_patch()
    assert patch_pixels(edit.patch) == (10, 6, (RED * 5 + bytes(20)) * 6), "the layer ends at 30; beyond is nothing"
    assert (edit.target, edit.where) == ("Reference", "brush") and parse_color(edit.color) is not None
    assert labels("huebrush_edits_list") == ["→ like “Reference”, painted"]
    spin()
    assert widget("huebrush_edit_patch_line").isVisible()
    assert not widget("huebrush_edit_patch_picture").pixmap().isNull()

    layer_color = parse_color(edit.color)
    assert layer_color is not None
    click("huebrush_edit_brush")
    layer = find_text_brush_layer(document)
    assert layer is not None
    layer.setPixelData(QtCore.QByteArray(bytes((*reversed(layer_color), 255)) * 12), 3, 4, 4, 3)
    submit = colorize(demo_backend)
    (sent,) = submit.parameters.edits
    assert (sent.mask, sent.patch, sent.target) == (0, 0, "Reference")
    (image,) = [image for image in demo_backend.images if image.header.role == "edit_patch"]
    assert (image.header.width, image.header.height, image.header.name) == (10, 6, "Reference")
    assert bytes(image.data)[:4] == RED
    cancel(demo_backend)

    click("huebrush_edit_patch_clear")
    assert not widget("huebrush_edit_patch_line").isVisible()
    assert remembered().edits[0].patch == "" and remembered().edits[0].target == ""


def test_the_same_patch_is_sent_once_and_not_for_edits_without_a_place(document, demo_backend):
    session().store.remember(document, DocumentSettings())
    select(document, 0, 0, 5, 5)
    document.setActiveNode(layer_named(document, "Reference"))
    Krita.instance().action("huebrush_take_patch").trigger()
    first = wait_for_patch()
    places = [dataclasses.replace(first, where="selection"), dataclasses.replace(first, where="selection", target="b")]
    nowhere = dataclasses.replace(first, where="everywhere", target="c")
    assert nowhere.lacks_edit_mask and not nowhere.acts
    widget("huebrush_panel")._form.edits.take_edits([*places, nowhere])
    submit = colorize(demo_backend)
    assert [(edit.target, edit.patch) for edit in submit.parameters.edits] == [("Reference", 0), ("b", 0)]
    assert [image.header.role for image in demo_backend.images].count("edit_patch") == 1
    cancel(demo_backend)


def test_layers_documents_and_files_are_offered(document, demo_backend, tmp_path: Path):
    """Of another document what is selected there; its name and the file's are what the edit is called."""
    other = new_document(8, 8, "Sheet & co")
    layer = other.createNode("Lace", "paintlayer")
    layer.setPixelData(QtCore.QByteArray(b"\x01\x02\x03\xff" * 64), 0, 0, 8, 8)
    other.rootNode().addChildNode(layer, None)
    click("huebrush_edit_add")
    document.setActiveNode(layer_named(document, "Line art"))
    assert offered()[0] == "What is selected (nothing now)"
    select(document, 0, 0, 3, 3)
    listed = offered()
    assert listed[0] == "What is selected of “Line art”"
    assert {"Reference", "Background", "Sky", "Sheet && co"} <= set(listed)
    choose("Reference")
    assert patch_pixels(wait_for_patch().patch) == (30, 20, RED * 600)

    other.setSelection(None)
    select(other, 2, 2, 3, 2)
    choose("Sheet && co")
    wait_for(lambda: remembered().edits[0].target == "Sheet & co", "the other document's patch")
    assert patch_pixels(remembered().edits[0].patch) == (3, 2, b"\x01\x02\x03\xff" * 6)
    other.close()

    picture = QtGui.QImage(4, 3, QtGui.QImage.Format.Format_ARGB32)
    picture.fill(QtGui.QColor(10, 20, 30))
    assert picture.save(str(tmp_path / "lace.png"))
    from huebrush.settings.sources import ReferenceSource

    widget("huebrush_edit_patch").chosen.emit(ReferenceSource("file", str(tmp_path / "lace.png"), "lace.png"))
    wait_for(lambda: remembered().edits[0].target == "lace.png", "the file's patch")


@pytest.mark.parametrize(("place", "code"), [(None, "nothing_selected"), ((36, 0, 4, 4), "patch_empty")])
def test_where_there_is_nothing_to_take_the_banner_says_what_to_do(document, demo_backend, place, code):
    click("huebrush_edit_add")
    document.setActiveNode(layer_named(document, "Reference"))
    if place is not None:
        select(document, *place)
    Krita.instance().action("huebrush_take_patch").trigger()
    wait_for(lambda: (banner() or ("", ""))[0] == code, "the banner")
    assert not any(edit.patch for edit in remembered().edits)
    click("huebrush_banner_dismiss")


def test_an_older_backend_takes_no_patches_and_says_so(document, backend: ScriptedBackend):
    able = tuple(name for name in CAPABILITIES if name != EDIT_PATCHES)
    with connected_with(backend, DEMO, capabilities=able):
        select(document, 0, 0, 5, 5)
        document.setActiveNode(layer_named(document, "Reference"))
        Krita.instance().action("huebrush_take_patch").trigger()
        wait_for(lambda: (banner() or ("", ""))[0] == "no_patches", "the banner")
        click("huebrush_banner_dismiss")


def test_a_spoilt_patch_stops_the_job_and_is_named(document, demo_backend):
    edit = TextEditSettings(target="lace", patch="no picture", where="selection")
    select(document, 0, 0, 5, 5)
    widget("huebrush_panel")._form.edits.take_edits([edit])
    click("huebrush_colorize")
    wait_for(lambda: (banner() or ("", ""))[0] == "patch_unreadable", "the banner")
    assert demo_backend.is_quiet, "no job was sent"
    click("huebrush_banner_dismiss")


def test_large_pictures_become_small_and_even_colours_stay_to_the_byte():
    """With a mask: what is outside is transparent."""
    width, height = 1013, 700
    color = bytes((37, 151, 203, 255))
    mask = bytearray(width * height)
    for row in range(100, 600):
        mask[row * width + 200 : row * width + 900] = b"\xff" * 700
    image = result_of(cut_out(Rect(5, 7, width, height), color * (width * height), bytes(mask)))
    assert max(image.width(), image.height()) <= LONGEST_EDGE
    pixels = image_bytes(image)
    solid = {pixels[at : at + 4] for at in range(0, len(pixels), 4) if pixels[at + 3] == 255}
    assert solid == {color}
    share = sum(pixels[3::4]) / 255 / (image.width() * image.height())
    assert abs(share - 700 * 500 / (width * height)) < 0.03
    again = unpack_patch(pack_patch(image))
    assert again is not None and image_bytes(again) == pixels


@pytest.mark.parametrize("text", ["", "x", "!!!!", "aGVsbG8=", "A" * 10_000_000])
def test_what_is_no_patch_is_none(text: str):
    assert unpack_patch(text) is None and patch_pixels(text) is None


def test_a_result_remembers_the_patches_of_its_edits():
    image = QtGui.QImage(2, 2, QtGui.QImage.Format.Format_ARGB32)
    image.fill(QtGui.QColor(200, 30, 40))
    edit = TextEditSettings(target="lace", patch=pack_patch(image), where="brush")
    assert read_settings({"edits": [dataclasses.asdict(edit)]}).edits == (edit,)
