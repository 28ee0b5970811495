"""The brush on references in the docker: this gives the colours, that does not; and what a job has of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from brush_steps import layer_over
from docker_jobs import DEMO, cancel, colorize, connected_with, remembered
from hands import Key, QTest, banner, click, layer_named, new_document, show_document, spin, wait_for, widget
from huebrush.base.qt import QtCore, QtGui, QtWidgets, image_bytes
from huebrush.capture.patches import patch_pixels
from huebrush.documents.find import document_key
from huebrush.documents.own_layers import REFERENCE_BRUSH_NOTE, find_reference_strokes, pickable_layers
from huebrush.settings.sources import ReferenceSource
from huebrush.strokes.reference_strokes import NOTE, REFERENCE_PARTS, has_strokes
from huebrush_protocol.messages import CAPABILITIES
from krita import Document, Krita
from scripted_backend import ScriptedBackend

LEFT = QtCore.Qt.MouseButton.LeftButton
WINDOW = "huebrush_strokes_window"


@pytest.fixture(autouse=True)
def shown(document) -> Iterator[None]:
    """The docker shows the document, whose first guess at a reference is the layer of that name."""
    widget("huebrush_panel").refresh()
    spin()
    yield
    show_document(None)
    spin()
    assert window() is None, "a window is left without its document"


def page(document: Document) -> list[tuple[str, bool, str]]:
    """What Krita would save of the page's layers: their names, whether they are shown, and the active one."""
    active = document.activeNode()
    own = active.name() if active is not None else ""
    return [(found.name(), found.visible(), own) for found in document.rootNode().childNodes()]


def window() -> Any:
    """The window of the reference, None while there is none."""
    own: Any = Krita.instance().activeWindow().qwindow()
    found = [shown for shown in own.findChildren(QtWidgets.QDialog, WINDOW) if shown.isVisible()]
    return found[0] if found else None


def begin(button: str) -> Any:
    """Press a button or trigger an action that shows the reference; return the window's canvas."""
    if button.startswith("huebrush_marks"):
        click(button)
    else:
        Krita.instance().action(button).trigger()
    return wait_for(window, "the reference's window").canvas


def is_painted(canvas: Any) -> bool:
    """Whether any stroke counts."""
    return any(image_bytes(canvas.strokes.picture)[3::4])


def drag(canvas: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From one point of the reference to another, each as shares of its width and height."""
    none = QtCore.Qt.KeyboardModifier.NoModifier
    QTest.mousePress(canvas, LEFT, none, canvas.position(*start).toPoint())
    QTest.mouseRelease(canvas, LEFT, none, canvas.position(*end).toPoint())
    spin()


def paint(canvas: Any, color: str, x: int, y: int, width: int, height: int) -> None:
    """A rectangle of strokes over the reference of 30 × 20 pixels."""
    keys = {"take": Key.Key_T, "leave": Key.Key_N, "erase": Key.Key_E}
    for key in (keys[color], Key.Key_R):
        QTest.keyClick(canvas, key)
    drag(canvas, (x / 30, y / 20), ((x + width) / 30, (y + height) / 20))


def near(header: Any, *place: int) -> bool:
    """True where a mask lies at this place, to the pixel."""
    found = (header.x, header.y, header.width, header.height)
    return all(abs(one - other) <= 1 for one, other in zip(found, place, strict=True))


def test_this_and_not_that_go_with_the_job_as_masks_over_their_reference(document, demo_backend):
    """The page is not touched: neither while its reference is shown, nor by the strokes."""
    document.setActiveNode(layer_named(document, "Line art"))
    before = page(document)
    canvas = begin("huebrush_marks_take")
    assert page(document) == before
    paint(canvas, "take", 4, 3, 20, 12)
    click("huebrush_marks_leave")
    assert window().canvas is canvas, "the window is used again"
    paint(canvas, "leave", 8, 6, 4, 4)
    assert page(document) == before and document.activeNode().name() == "Line art"
    assert NOTE in document.annotationTypes(), "the strokes are kept before the window is closed"
    submit = colorize(demo_backend)
    assert window() is None and page(document) == before
    headers = {header.role: header for header in submit.images}
    part, left_out = headers["reference_part"], headers["reference_left_out"]
    assert near(part, 4, 3, 20, 12) and (part.reference, part.order) == (0, "GRAY")
    assert near(left_out, 8, 6, 4, 4)
    data = next(bytes(image.data) for image in demo_backend.images if image.header.role == "reference_part")
    assert set(data) == {0, 255} and data.count(0) == left_out.width * left_out.height, "what is left out is in no part"
    cancel(demo_backend)

    click("huebrush_marks_whole")
    assert not widget("huebrush_marks_whole").isVisible() and NOTE not in document.annotationTypes()
    submit = colorize(demo_backend)
    assert [header.role for header in submit.images] == ["line_art", "reference"]
    cancel(demo_backend)


def test_strokes_are_undone_redone_erased_and_given_up(document):
    canvas = begin("huebrush_marks_take")
    source = (
        remembered().references[0] if remembered().references else widget("huebrush_panel")._form.settings.references[0]
    )
    ways = QtCore.Qt.KeyboardModifier
    paint(canvas, "take", 4, 3, 20, 12)
    painted = canvas.strokes.picture.copy()
    for held, kept in ((ways.ControlModifier, False), (ways.ControlModifier | ways.ShiftModifier, True)):
        QTest.keyClick(canvas, Key.Key_Z, held)
        assert has_strokes(document, source) is kept and is_painted(canvas) is kept
    assert canvas.strokes.picture == painted
    paint(canvas, "erase", 0, 0, 30, 20)
    assert not has_strokes(document, source), "nothing is kept where nothing is painted"
    QTest.keyClick(canvas, Key.Key_B)
    QTest.mousePress(canvas, LEFT, QtCore.Qt.KeyboardModifier.NoModifier, canvas.position(0.5, 0.5).toPoint())
    QTest.keyClick(canvas, Key.Key_Escape)
    assert window() is not None and not is_painted(canvas), "the first Escape gives up the stroke"
    QTest.mouseRelease(canvas, LEFT, QtCore.Qt.KeyboardModifier.NoModifier, canvas.position(0.9, 0.5).toPoint())
    assert not is_painted(canvas)
    QTest.keyClick(canvas, Key.Key_Escape)
    assert window() is None and not widget("huebrush_marks_back").isVisible()


@pytest.mark.parametrize("tool", [Key.Key_B, Key.Key_R, Key.Key_L])
def test_strokes_are_painted_by_keyboard(document, tool):
    """Enter begins and ends a stroke at a cross that the arrow keys move; Ctrl moves the reference instead."""
    canvas = begin("huebrush_marks_take")
    QTest.keyClick(canvas, tool)
    corner, ways = canvas.position(0, 0), QtCore.Qt.KeyboardModifier
    QTest.keyClick(canvas, Key.Key_Right, ways.ControlModifier)
    assert canvas.position(0, 0).x() < corner.x()
    QTest.keyClick(canvas, Key.Key_0)
    assert canvas.position(0, 0) == corner
    QTest.keyClick(canvas, Key.Key_Return)
    for key in (Key.Key_Right, Key.Key_Down):
        QTest.keyClick(canvas, key, ways.ShiftModifier)
    assert not is_painted(canvas), "a stroke counts when it has ended"
    QTest.keyClick(canvas, Key.Key_Return)
    assert is_painted(canvas) and window() is not None
    QTest.keyClick(canvas, Key.Key_Escape)


def test_the_wheel_zooms_about_the_pointer_and_plus_about_the_middle(document):
    canvas = begin("huebrush_marks_take")
    width = canvas.position(1, 0).x() - canvas.position(0, 0).x()
    QTest.keyClick(canvas, Key.Key_Plus)
    assert canvas.position(1, 0).x() - canvas.position(0, 0).x() == pytest.approx(1.25 * width)
    place, none = canvas.position(0.25, 0.75), QtCore.QPoint(0, 0)
    wheel = QtGui.QWheelEvent(
        place,
        QtCore.QPointF(canvas.mapToGlobal(place.toPoint())),
        none,
        QtCore.QPoint(0, 120),
        QtCore.Qt.MouseButton.NoButton,
        QtCore.Qt.KeyboardModifier.NoModifier,
        QtCore.Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    canvas.wheelEvent(wheel)
    moved = canvas.position(0.25, 0.75) - place
    assert abs(moved.x()) < 1e-6 and abs(moved.y()) < 1e-6
    assert canvas.position(1, 0).x() - canvas.position(0, 0).x() == pytest.approx(1.25**2 * width)
    click("huebrush_marks_back")
    assert window() is None


def test_the_masks_are_those_of_the_right_reference(document, demo_backend):
    """By its number in the job."""
    panel = widget("huebrush_panel")
    ground = ReferenceSource("layer", layer_named(document, "Background").uniqueId().toString(), "Background")
    (reference,) = remembered().references or panel._form.settings.references
    panel._form.references.set_sources((ground, reference))
    widget("huebrush_references").setCurrentRow(1)
    spin()
    canvas = begin("huebrush_not_that")
    submit = colorize(demo_backend)
    assert [header.role for header in submit.images] == ["line_art", "reference", "reference"]
    cancel(demo_backend)
    canvas = begin("huebrush_not_that")
    paint(canvas, "leave", 0, 0, 4, 4)
    submit = colorize(demo_backend)
    assert [(header.role, header.reference) for header in submit.images[3:]] == [("reference_left_out", 1)]
    cancel(demo_backend)


@pytest.mark.parametrize("kind", ["file", "document"])
def test_files_and_documents_are_painted_over_too(document, demo_backend, tmp_path, kind):
    """At the place in their own picture, whatever the size of the page; a large one is kept smaller."""
    other = new_document(80, 20, "Other page")
    if kind == "file":
        picture = QtGui.QImage(3200, 1600, QtGui.QImage.Format.Format_RGB32)
        picture.fill(QtGui.QColor("#3060c0"))
        picture.save(str(tmp_path / "colors.png"))
        source, size = ReferenceSource("file", str(tmp_path / "colors.png"), "colors.png"), (3200, 1600)
    else:
        layer = other.createNode("Painting", "paintlayer")
        layer.setPixelData(QtCore.QByteArray(bytes((1, 2, 3, 255)) * 1600), 0, 0, 80, 20)
        other.rootNode().addChildNode(layer, None)
        source, size = ReferenceSource("document", document_key(other), "Other page"), (80, 20)
    widget("huebrush_panel")._form.references.set_sources((source,))
    canvas = begin("huebrush_marks_take")
    QTest.keyClick(canvas, Key.Key_R)
    drag(canvas, (0.25, 0.5), (0.75, 1.0))
    submit = colorize(demo_backend)
    part = next(header for header in submit.images if header.role == "reference_part")
    room = size[0] / 200
    expected = (size[0] / 4, size[1] / 2, size[0] / 2, size[1] / 2)
    found = (part.x, part.y, part.width, part.height)
    assert all(abs(one - other) <= room + 1 for one, other in zip(found, expected, strict=True)), found
    cancel(demo_backend)
    other.close()


def test_back_to_the_page_by_shortcut_or_by_the_text_brush(document):
    begin("huebrush_take_this")
    assert widget("huebrush_marks_back").isVisible()
    Krita.instance().action("huebrush_show_page").trigger()
    assert window() is None
    begin("huebrush_take_this")
    Krita.instance().action("huebrush_new_brush_edit").trigger()
    spin()
    assert window() is None and document.activeNode().name() == "Text brush"
    widget("huebrush_page_edit").click()


def test_what_is_brushed_over_a_reference_can_be_a_patch(document, demo_backend):
    canvas = begin("huebrush_take_this")
    paint(canvas, "take", 4, 5, 12, 6)
    click("huebrush_page_edit")
    click("huebrush_edit_add")
    menu = widget("huebrush_edit_patch").menu()
    menu.aboutToShow.emit()
    action = next(action for action in menu.actions() if action.text() == "What is brushed green of “Reference”")
    action.trigger()
    wait_for(lambda: any(edit.patch for edit in remembered().edits), "the patch")
    patch = patch_pixels(remembered().edits[0].patch)
    assert patch is not None
    width, height, pixels = patch
    assert abs(width - 12) <= 1 and abs(height - 6) <= 1 and pixels == b"\x00\x00\xff\xff" * (width * height)
    widget("huebrush_page_edit").click()
    Krita.instance().action("huebrush_show_page").trigger()


def test_what_cannot_be_painted_over_is_said(document, backend: ScriptedBackend):
    """A file that is gone; and nothing at all with an older backend, whose jobs do not pass strokes over in silence."""
    panel = widget("huebrush_panel")
    (reference,) = panel._form.settings.references
    panel._form.references.set_sources((ReferenceSource("file", "/nowhere.png", "nowhere.png"),))
    Krita.instance().action("huebrush_take_this").trigger()
    wait_for(lambda: (banner() or ("", ""))[0] == "unreadable_file", "the banner")
    click("huebrush_banner_dismiss")
    panel._form.references.set_sources((reference,))
    paint(begin("huebrush_take_this"), "take", 2, 3, 10, 8)
    able = tuple(name for name in CAPABILITIES if name != REFERENCE_PARTS)
    with connected_with(backend, DEMO, capabilities=able):
        assert not widget("huebrush_marks_take").isEnabled()
        click("huebrush_colorize")
        wait_for(lambda: (banner() or ("", ""))[0] == "no_reference_parts", "the banner")
        click("huebrush_banner_dismiss")


def test_a_spoilt_note_means_no_strokes(document, demo_backend):
    (reference,) = widget("huebrush_panel")._form.settings.references
    for content in (b"\xff", b"[]", b'{"a": 3}'):
        document.setAnnotation(REFERENCE_BRUSH_NOTE, "", QtCore.QByteArray(content))
        document.setAnnotation(NOTE, "", QtCore.QByteArray(content))
        assert find_reference_strokes(document, "a") is None and len(pickable_layers(document)) == 5
        assert not has_strokes(document, reference)
    key = f"layer:{reference.key}".encode()
    for entry in (b"[]", b'{"rect": [0, 0, 4, 4], "page": [4, 4], "look": "", "size": [9999999, 1], "strokes": ""}'):
        document.setAnnotation(NOTE, "", QtCore.QByteArray(b'{"' + key + b'": ' + entry + b"}"))
        submit = colorize(demo_backend)
        assert [header.role for header in submit.images] == ["line_art", "reference"]
        cancel(demo_backend)


def test_strokes_and_edits_make_the_docker_no_wider(document):
    """Nothing of it is cut off at its least width."""
    panel = widget("huebrush_panel")
    narrow = panel.minimumSizeHint().width()
    paint(begin("huebrush_take_this"), "take", 2, 3, 10, 8)
    assert widget("huebrush_marks_whole").isVisible() and widget("huebrush_marks_back").isVisible()
    assert panel.minimumSizeHint().width() == narrow
    Krita.instance().action("huebrush_new_brush_edit").trigger()
    spin()
    assert panel.minimumSizeHint().width() == narrow


def hidden_by_the_old_way(document: Document) -> None:
    """A page as it was saved while the reference was shown alone, with strokes on a layer of their own."""
    reference = layer_named(document, "Reference")
    strokes = layer_over(document, reference)
    for node in document.rootNode().childNodes():
        node.setVisible(node in (reference, strokes))


def test_a_page_that_was_saved_hidden_is_brought_back_and_its_strokes_count(document, demo_backend):
    before = page(document)
    hidden_by_the_old_way(document)
    assert page(document)[:-1] != before
    show_document(None)
    show_document(document)
    wait_for(lambda: (banner() or ("", ""))[0] == "page_shown_again", "the banner")
    *own, strokes = page(document)
    assert [entry[:2] for entry in own] == [entry[:2] for entry in before] and not strokes[1]
    click("huebrush_banner_dismiss")
    submit = colorize(demo_backend)
    part = submit.images[2]
    assert (part.role, part.x, part.y, part.width, part.height) == ("reference_part", 2, 3, 10, 8)
    cancel(demo_backend)
    canvas = begin("huebrush_marks_take")
    assert canvas.strokes.picture.pixelColor(3, 4).name() == "#19c23c"
    click("huebrush_marks_whole")
    assert "Reference brush: Reference" not in [entry[0] for entry in page(document)]


def test_a_page_whose_layers_the_artist_has_hidden_is_left_alone(document):
    """With the strokes' layer hidden too, as it was after the brush on references, or with something else shown."""
    hidden_by_the_old_way(document)
    layer_named(document, "Reference brush: Reference").setVisible(False)
    hidden = page(document)
    show_document(None)
    show_document(document)
    spin()
    assert page(document) == hidden and banner() is None
    layer_named(document, "Reference brush: Reference").setVisible(True)
    layer_named(document, "Line art").setVisible(True)
    hidden = page(document)
    show_document(None)
    show_document(document)
    spin()
    assert page(document) == hidden and banner() is None


def test_strokes_are_read_again_by_what_a_note_says(document):
    """What was kept is the same in the next window."""
    paint(begin("huebrush_take_this"), "take", 4, 3, 20, 12)
    painted = window().canvas.strokes.picture.copy()
    click("huebrush_marks_back")
    assert begin("huebrush_take_this").strokes.picture == painted
