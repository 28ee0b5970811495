"""Results renamed on the page History, and among Krita's layers: both say the same, also of one that is gone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hands import Key, press, show_page, spin, wait_for, widget
from huebrush.base.qt import QtWidgets
from huebrush.documents.find import node_id
from huebrush.results.recipes import Record
from huebrush.session import session
from huebrush_protocol.frames import Image
from huebrush_protocol.messages import ImageHeader
from krita import Document, Node

PIXELS = memoryview(bytes((90, 60, 30, 255)) * 1200)


def layer(document: Document, name: str) -> Node:
    """The topmost layer of this name."""
    return next(node for node in document.rootNode().childNodes() if node.name() == name)


def names() -> list[str]:
    """The names in the list."""
    model = widget("huebrush_history").model()
    return [str(model.index(row, 0).data()).split("\n")[0] for row in range(model.rowCount())]


def name_field() -> QtWidgets.QLineEdit:
    """The field that a name is typed into, called so; those of before are deleted later."""
    fields = widget("huebrush_history").findChildren(QtWidgets.QLineEdit)
    (shown,) = [field for field in fields if field.isVisible()]
    for field in fields:
        field.setObjectName("name_field" if field is shown else "")
    return shown


def begin_to_rename(row: int) -> QtWidgets.QLineEdit:
    """Press F2 on a row."""
    rows = widget("huebrush_history")
    rows.setFocus()
    rows.setCurrentIndex(rows.model().index(row, 0))
    press("huebrush_history", Key.Key_F2)
    return name_field()


def rename(row: int, name: str, end: Key = Key.Key_Return) -> None:
    """Press F2 on a row, and type."""
    begin_to_rename(row).setText(name)
    press("name_field", end)
    spin()


@pytest.fixture
def result(document: Document) -> Iterator[Document]:
    """A result that is among the layers and in files."""
    record = Record("job-1", node_id(layer(document, "Scene")), "2026-11-30T12:00:00+00:00", {}, {"model": "demo"}, {})
    session().recipes.store(document, record)
    images = [Image(ImageHeader("layer", 40, 30, "BGRA", kind="picture"), PIXELS)]
    files = session().keeper.files
    files.keep(files.folder_of(document), record, "Scene", (40, 30), images)
    show_page("history")
    wait_for(lambda: names() == ["Scene"], "the result")
    yield document
    for kept in files.of(document).values():
        files.forget(kept)
    show_page("colorize")


def kept_name(document: Document) -> str:
    """The name in the files."""
    return session().keeper.files.of(document)["job-1"].name


def test_a_new_name_is_the_layers_and_the_files_too(result):
    group = layer(result, "Scene")
    rename(0, "  Evening, blue coat ")
    assert (group.name(), kept_name(result), names()) == ("Evening, blue coat",) * 2 + (["Evening, blue coat"],)
    assert session().keeper.files.of(result)["job-1"].has_layers


@pytest.mark.parametrize(("name", "end"), [("", Key.Key_Return), ("Scene", Key.Key_Return), ("Other", Key.Key_Escape)])
def test_no_name_the_same_and_one_given_up_change_nothing(result, name: str, end: Key):
    rename(0, name, end)
    assert (kept_name(result), names()) == ("Scene", ["Scene"])
    assert layer(result, "Scene").name() == "Scene"


def test_a_name_given_among_kritas_layers_is_kept_when_the_layer_is_gone(result):
    group = layer(result, "Scene")
    group.setName("Night")
    widget("huebrush_panel").history.refresh()
    assert names() == ["Night"] and kept_name(result) == "Night"
    group.remove()
    session().recipes.reconcile(result)
    wait_for(lambda: names() == ["Night"], "the result that is gone")
    rename(0, "Late night")
    wait_for(lambda: names() == ["Late night"], "the new name")
    assert kept_name(result) == "Late night"
    assert not session().keeper.is_busy, "Enter has put the result back, too"
    assert all(node.name() != "Late night" for node in result.rootNode().childNodes())


def test_what_is_typed_stays_while_the_list_is_renewed(result):
    field = begin_to_rename(0)
    field.setText("Half")
    widget("huebrush_panel").history.refresh()
    assert field.text() == "Half" and widget("huebrush_history").is_editing
    press("name_field", Key.Key_Return)
    wait_for(lambda: names() == ["Half"], "the new name")


def test_a_new_result_is_read_once(result, monkeypatch: pytest.MonkeyPatch):
    """Though its record, its end and its files are told of one after another."""
    looks: list[object] = []
    files = session().keeper.files
    read = files.of
    monkeypatch.setattr(files, "of", lambda document: looks.append(document) or read(document))
    session().recipes.looked.emit(result)
    session().keeper.kept.emit("")
    session().recipes.looked.emit(result)
    spin()
    assert len(looks) == 1
