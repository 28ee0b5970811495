"""References as artists bring them: nested layers, results out of the way, dropped and pasted pictures, equal names."""

from __future__ import annotations

from pathlib import Path

import pytest
from docker_jobs import cancel, colorize, remembered, save_picture
from hands import banner, labels, new_document, pick, show_document, spin, wait_for, widget
from huebrush.base.qt import QtCore, QtGui, QtWidgets
from huebrush.results.recipes import Record
from huebrush.session import session
from huebrush.widgets.references.dropped import FOLDER


def entries(name: str = "huebrush_add_reference_menu") -> list[str]:
    return [action.text() for action in widget(name).actions() if not action.isSeparator() and not action.menu()]


def drop(data: QtCore.QMimeData) -> bool:
    """Drag `data` onto the list of references and let it go; return whether it is taken."""
    target = widget("huebrush_reference_list")
    point, actions = QtCore.QPoint(5, 5), QtCore.Qt.DropAction.CopyAction
    button, no_key = QtCore.Qt.MouseButton.LeftButton, QtCore.Qt.KeyboardModifier.NoModifier
    enter = QtGui.QDragEnterEvent(point, actions, data, button, no_key)
    enter.ignore()
    QtWidgets.QApplication.sendEvent(target, enter)
    if enter.isAccepted():
        let_go = QtGui.QDropEvent(QtCore.QPointF(point), actions, data, button, no_key)
        QtWidgets.QApplication.sendEvent(target, let_go)
    spin()
    return enter.isAccepted()


def test_results_lie_in_a_menu_of_their_own(document):
    """Other layers keep their nesting; the picker of lines has results last."""
    root = document.rootNode()
    group = document.createGroupLayer("Picture 1 · girl.png")
    root.addChildNode(group, None)
    group.addChildNode(document.createNode("Colour", "paintlayer"), None)
    session().recipes.store(document, Record.of("a-job", group.uniqueId().toString(), {}, {}))
    spin()
    widget("huebrush_panel").refresh()
    references = widget("huebrush_reference_list")
    references.fill_menu()
    assert entries() == ["Reference", "Background", "Scene", "    Sky", "From a file…"]
    assert entries("huebrush_add_result_menu") == ["Picture 1 · girl.png", "    Colour"]
    picker = widget("huebrush_line_art")
    shown = [picker.itemText(row) for row in range(picker.count())]
    assert shown[-3:] == ["", "Picture 1 · girl.png", "    Colour"] and "Picture 1 · girl.png" not in shown[:-3]


def test_files_are_dropped(document, tmp_path):
    """Pictures count; anything else is left alone."""
    spin()
    paths = [save_picture(tmp_path / name, "#3060c0") for name in ("one.png", "two.PNG")]
    data = QtCore.QMimeData()
    data.setUrls([QtCore.QUrl.fromLocalFile(path) for path in (*paths, str(tmp_path / "notes.txt"))])
    assert drop(data)
    assert labels("huebrush_references") == ["Reference", "one.png", "two.PNG"]
    text = QtCore.QMimeData()
    text.setText("no picture")
    assert not drop(text)
    assert len(remembered().references) == 3


def test_pictures_are_pasted(document):
    """A picture without a file gets one that is there tomorrow, and the same picture the same one."""
    spin()
    picture = QtGui.QImage(12, 8, QtGui.QImage.Format.Format_RGB32)
    picture.fill(QtGui.QColor("#c04020"))
    for _ in range(2):
        data = QtCore.QMimeData()
        data.setImageData(picture)
        assert drop(data)
    (pasted,) = [source for source in remembered().references if source.kind == "file"]
    assert Path(pasted.key).parent == session().store.folder / FOLDER
    assert QtGui.QImage(pasted.key).pixelColor(3, 3).name() == "#c04020"
    QtWidgets.QApplication.clipboard().setImage(picture.scaled(5, 5))
    widget("huebrush_reference_list").paste()
    assert len(remembered().references) == 3


def test_a_picture_that_cannot_be_kept_is_an_error(document, monkeypatch):
    def refuse(*_words: object) -> None:
        raise OSError("the disk is full")

    spin()
    monkeypatch.setattr(Path, "write_bytes", refuse)
    data = QtCore.QMimeData()
    data.setImageData(QtGui.QImage(3, 3, QtGui.QImage.Format.Format_RGB32))
    assert drop(data)
    assert banner() == ("reference_not_saved", "")


@pytest.mark.parametrize(
    ("one", "two", "shown"), [("a/girl.png", "b/girl.png", True), ("a/girl.png", "a/boy.png", False)]
)
def test_files_of_one_name_are_told_apart(document, tmp_path, one, two, shown):
    spin()
    for name in (one, two):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        widget("huebrush_reference_list").add_file(save_picture(tmp_path / name, "#3060c0"))
    expected = ["girl.png (a)", "girl.png (b)"] if shown else ["girl.png", "boy.png"]
    assert labels("huebrush_references")[1:] == expected


@pytest.fixture
def no_pages():
    """No page was coloured so far."""
    session().jobs.pages.close()


def pages() -> list[str]:
    """The pages that the menu offers, none where there is no such menu."""
    references = widget("huebrush_reference_list")
    references.fill_menu()
    offered = [action for action in widget("huebrush_add_reference_menu").actions() if action.text() == "Same as"]
    return entries("huebrush_same_as_menu") if offered else []


def same_as(name: str) -> None:
    """Take over what a page has."""
    assert name in pages()
    next(action for action in widget("huebrush_same_as_menu").actions() if action.text() == name).trigger()


def test_another_page_takes_over_references_and_palette(document, tmp_path, regions_as_new, no_pages):
    """Files as they are, layers as pictures, in their order and with their weights; an empty page offers nothing."""
    spin()
    assert pages() == []
    references = widget("huebrush_reference_list")
    references.add_file(save_picture(tmp_path / "girl.png", "#3060c0"))
    widget("huebrush_weight_number").setValue(250)
    pick("huebrush_result", "Flats")
    widget("huebrush_palette").setChecked(True)
    pick("huebrush_palette_source", "From a list")
    widget("huebrush_palette_codes").setText("#1f77b4 sea")
    first = remembered()
    other = new_document(20, 10, "Next")
    lines = other.createNode("Line art", "paintlayer")
    other.rootNode().addChildNode(lines, None)
    show_document(other)
    spin()
    try:
        widget("huebrush_palette_codes").setText("")
        assert labels("huebrush_references") == [] and pages() == ["Page · Reference + 1"]
        same_as("Page · Reference + 1")
        wait_for(lambda: labels("huebrush_references") == ["Reference", "girl.png"], "the references")
        now = remembered()
        assert [source.kind for source in now.references] == ["file", "file"]
        assert [source.weight for source in now.references] == [source.weight for source in first.references]
        assert now.references[1] == first.references[1]
        assert QtGui.QImage(now.references[0].key).pixelColor(3, 3).name() == "#ff0000"
        assert Path(now.references[0].key).parent == session().store.folder / FOLDER
        assert now.regions.palette == "#1f77b4 sea" and now.regions.palette_source == "colors"
        assert now.line_art == lines.uniqueId().toString()
    finally:
        other.close()
        show_document(document)
        spin()


def test_a_closed_page_still_has_its_references(document, able_backend, no_pages):
    """Those that it was coloured with, also layers that went with it; what cannot be found is said."""
    spin()
    submit = colorize(able_backend)
    cancel(able_backend)
    assert [image.role for image in submit.images].count("reference") == 1
    closed = remembered().references
    known = session().jobs.pages.pages
    wait_for(lambda: known() and known()[-1].settings.references == closed and known()[-1].pictures, "the page")
    document.close()
    other = new_document(20, 10, "Next")
    other.rootNode().addChildNode(other.createNode("Line art", "paintlayer"), None)
    show_document(other)
    spin()
    try:
        assert pages() == ["Page · Reference"]
        same_as("Page · Reference")
        wait_for(lambda: labels("huebrush_references") == ["Reference"], "the reference")
        (source,) = remembered().references
        assert source.kind == "file" and QtGui.QImage(source.key).pixelColor(3, 3).name() == "#ff0000"
        Path(known()[-1].pictures[0]).unlink()
        same_as("Page · Reference")
        wait_for(lambda: banner() is not None, "the message")
        assert (banner() or "")[0] == "references_gone" and labels("huebrush_references") == ["Reference"]
    finally:
        other.close()
        show_document(None)
        spin()
