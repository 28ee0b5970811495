"""Export for Photoshop: asked for on the page History or by an action, and written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hands import banner, choose_file, click, show_page, spin, widget
from huebrush.base.qt import QtWidgets
from huebrush.documents.find import document_key
from huebrush.documents.photoshop_file import LONGEST_SIDE
from huebrush.results.recipes import Record
from huebrush.session import session
from krita import Document, Krita


def ask() -> None:
    Krita.instance().action("huebrush_photoshop").trigger()
    spin()


def test_a_press_on_the_page_history_asks_where_and_writes_the_page(
    document: Document, demo_backend, tmp_path: Path
) -> None:
    group = next(node for node in document.rootNode().childNodes() if node.name() == "Scene")
    record = Record("job-1", group.uniqueId().toString(), "2026-11-30T12:00:00+00:00", {}, {}, {})
    session().recipes.store(document, record)
    show_page("history")
    click("huebrush_history_photoshop")
    folder = tmp_path / "exported"
    folder.mkdir()
    choose_file(str(folder / "page.psd"))
    assert [(entry.name, entry.read_bytes()) for entry in folder.iterdir()] == [("page.psd", b"8BPS")]
    assert banner() is None


def test_the_action_proposes_a_name_like_that_of_the_document(
    document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(document), "fileName", lambda _self: str(tmp_path / "page 7.kra"))
    ask()
    dialogs = widget("huebrush_panel").findChildren(QtWidgets.QFileDialog, "huebrush_photoshop_file")
    (dialog,) = [found for found in dialogs if found.isVisible()]
    assert [Path(name).name for name in dialog.selectedFiles()] == ["page 7.psd"]
    assert Path(dialog.directory().absolutePath()) == tmp_path
    dialog.reject()
    spin()


@pytest.mark.parametrize("fault", ["refused", "full", "no folder"])
def test_what_cannot_be_written_is_said_and_the_old_file_stays(
    document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    def export(_self: Document, path: str, _settings: object) -> bool:
        Path(path).write_bytes(b"8B")
        if fault == "full":
            raise OSError(28, "No space left on device")
        return False

    monkeypatch.setattr(type(document), "exportImage", export)
    target = tmp_path / "none" / "page.psd" if fault == "no folder" else tmp_path / "page.psd"
    (tmp_path / "page.psd").write_bytes(b"mine")
    widget("huebrush_panel").history.photoshop.export(document_key(document), target)
    spin()
    assert banner() == ("psd_not_written", "")
    assert [(entry.name, entry.read_bytes()) for entry in tmp_path.iterdir()] == [("page.psd", b"mine")]
    click("huebrush_banner_dismiss")


def test_a_page_too_large_for_a_psd_is_not_begun(
    document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(document), "width", lambda _self: LONGEST_SIDE + 1)
    widget("huebrush_panel").history.photoshop.export(document_key(document), tmp_path / "page.psd")
    spin()
    monkeypatch.undo()
    assert banner() == ("psd_too_large", "")
    assert "30000" in widget("huebrush_banner").problem.message
    assert not list(tmp_path.iterdir())
    click("huebrush_banner_dismiss")


def test_a_document_that_is_closed_by_now_is_not_written(document: Document, tmp_path: Path) -> None:
    widget("huebrush_panel").history.photoshop.export("gone", tmp_path / "page.psd")
    assert not list(tmp_path.iterdir()) and banner() is None
