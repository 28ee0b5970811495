"""The brush on references in the docker: this gives the colours, that does not; and what a job has of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from docker_jobs import DEMO, cancel, colorize, connected_with, remembered
from hands import banner, click, layer_named, show_document, show_page, spin, wait_for, widget
from huebrush.base.colors import parse_color
from huebrush.base.qt import QtCore
from huebrush.capture.patches import patch_pixels
from huebrush.documents.own_layers import REFERENCE_BRUSH_NOTE, find_reference_strokes, pickable_layers
from huebrush.settings.sources import ReferenceSource
from huebrush.strokes.reference_strokes import LEAVE, REFERENCE_PARTS, TAKE
from huebrush_protocol.messages import CAPABILITIES
from krita import Document, Krita
from scripted_backend import ScriptedBackend


@pytest.fixture(autouse=True)
def shown(document) -> Iterator[None]:
    """The docker shows the document, whose first guess at a reference is the layer of that name."""
    widget("huebrush_panel").refresh()
    spin()
    yield
    show_document(None)
    spin()


def seen(document: Document) -> set[str]:
    """The layers of the root that are shown."""
    return {found.name() for found in document.rootNode().childNodes() if found.visible()}


def paint(document: Document, code: str, x: int, y: int, width: int, height: int) -> None:
    """A rectangle of strokes over the reference."""
    strokes, color = (
        find_reference_strokes(document, layer_named(document, "Reference").uniqueId().toString()),
        parse_color(code),
    )
    assert strokes is not None and color is not None
    strokes.setPixelData(QtCore.QByteArray(bytes((*reversed(color), 255)) * (width * height)), x, y, width, height)


def test_this_and_not_that_go_with_the_job_as_masks_over_their_reference(document, demo_backend):
    """And the page is there again as soon as the artist goes on, without the strokes."""
    before = seen(document)
    own = layer_named(document, "Line art")
    document.setActiveNode(own)
    click("huebrush_marks_take")
    assert seen(document) == {"Reference", "Reference brush: Reference"}
    assert document.activeNode().name() == "Reference brush: Reference"
    assert "Reference brush: Reference" not in [entry.name for entry in pickable_layers(document)]
    paint(document, TAKE, 2, 3, 10, 8)
    click("huebrush_marks_leave")
    paint(document, LEAVE, 5, 5, 2, 2)
    submit = colorize(demo_backend)
    assert seen(document) == before and document.activeNode() == own
    headers = {header.role: header for header in submit.images}
    part, left_out = headers["reference_part"], headers["reference_left_out"]
    assert (part.x, part.y, part.width, part.height, part.reference, part.order) == (2, 3, 10, 8, 0, "GRAY")
    assert (left_out.x, left_out.y, left_out.width, left_out.height) == (5, 5, 2, 2)
    data = next(bytes(image.data) for image in demo_backend.images if image.header.role == "reference_part")
    assert data.count(255) == 76 and data.count(0) == 4, "what is left out is not in the part"
    cancel(demo_backend)

    click("huebrush_marks_whole")
    assert not widget("huebrush_marks_whole").isVisible()
    submit = colorize(demo_backend)
    assert [header.role for header in submit.images] == ["line_art", "reference"]
    cancel(demo_backend)


def test_the_masks_are_those_of_the_right_reference(document, demo_backend):
    """By its number in the job; strokes without paint mean all of it."""
    panel = widget("huebrush_panel")
    ground = ReferenceSource("layer", layer_named(document, "Background").uniqueId().toString(), "Background")
    (reference,) = remembered().references or panel._form.settings.references
    panel._form.references.set_sources((ground, reference))
    widget("huebrush_references").setCurrentRow(1)
    spin()
    Krita.instance().action("huebrush_not_that").trigger()
    submit = colorize(demo_backend)
    assert [header.role for header in submit.images] == ["line_art", "reference", "reference"]
    cancel(demo_backend)
    paint(document, LEAVE, 0, 0, 4, 4)
    submit = colorize(demo_backend)
    assert [(header.role, header.reference) for header in submit.images[3:]] == [("reference_left_out", 1)]
    cancel(demo_backend)


def test_back_to_the_page_by_shortcut_or_by_the_text_brush(document):
    before = seen(document)
    Krita.instance().action("huebrush_take_this").trigger()
    assert seen(document) != before
    Krita.instance().action("huebrush_show_page").trigger()
    assert seen(document) == before
    Krita.instance().action("huebrush_take_this").trigger()
    assert len(seen(document)) == 2
    Krita.instance().action("huebrush_new_brush_edit").trigger()
    spin()
    assert seen(document) == before | {"Text brush"} and document.activeNode().name() == "Text brush"
    widget("huebrush_page_edit").click()


def test_what_is_brushed_over_a_reference_can_be_a_patch(document, demo_backend):
    Krita.instance().action("huebrush_take_this").trigger()
    paint(document, TAKE, 4, 5, 6, 3)
    click("huebrush_page_edit")
    click("huebrush_edit_add")
    menu = widget("huebrush_edit_patch").menu()
    menu.aboutToShow.emit()
    action = next(action for action in menu.actions() if action.text() == "What is brushed green of “Reference”")
    action.trigger()
    wait_for(lambda: any(edit.patch for edit in remembered().edits), "the patch")
    assert patch_pixels(remembered().edits[0].patch) == (6, 3, b"\x00\x00\xff\xff" * 18)
    widget("huebrush_page_edit").click()
    Krita.instance().action("huebrush_show_page").trigger()


def test_what_cannot_be_painted_over_is_said(document, backend: ScriptedBackend):
    """A file; and nothing at all with an older backend, whose jobs do not pass strokes over in silence."""
    panel = widget("huebrush_panel")
    (reference,) = panel._form.settings.references
    panel._form.references.set_sources((ReferenceSource("file", "/nowhere.png", "nowhere.png"),))
    Krita.instance().action("huebrush_take_this").trigger()
    wait_for(lambda: (banner() or ("", ""))[0] == "brush_needs_layer", "the banner")
    click("huebrush_banner_dismiss")
    panel._form.references.set_sources((reference,))
    Krita.instance().action("huebrush_take_this").trigger()
    paint(document, TAKE, 2, 3, 10, 8)
    able = tuple(name for name in CAPABILITIES if name != REFERENCE_PARTS)
    with connected_with(backend, DEMO, capabilities=able):
        assert not widget("huebrush_marks_take").isEnabled()
        click("huebrush_colorize")
        wait_for(lambda: (banner() or ("", ""))[0] == "no_reference_parts", "the banner")
        click("huebrush_banner_dismiss")


def test_a_spoilt_note_means_no_strokes(document):
    for content in (b"\xff", b"[]", b'{"a": 3}'):
        document.setAnnotation(REFERENCE_BRUSH_NOTE, "", QtCore.QByteArray(content))
        assert find_reference_strokes(document, "a") is None and len(pickable_layers(document)) == 5


def test_strokes_and_edits_make_the_docker_no_wider(document):
    """Nothing of it is cut off at its least width."""
    panel = widget("huebrush_panel")
    narrow = panel.minimumSizeHint().width()
    Krita.instance().action("huebrush_take_this").trigger()
    Krita.instance().action("huebrush_new_brush_edit").trigger()
    spin()
    assert panel.minimumSizeHint().width() == narrow
    show_page("colorize")
    assert widget("huebrush_marks_whole").isVisible() and panel.minimumSizeHint().width() == narrow
