"""Files opened again: their lines and references are chosen as they were, though their layers have other ids."""

from __future__ import annotations

from pathlib import Path

import pytest
from example import LINE_ART, REFERENCE

MAKE = f"""
hands.close_all()
def save_and_close(page, path):
    page.setBatchmode(True)
    page.saveAs(path)
    page.waitForDone()
    hands.spin(0.5)
    hands.close_all()
def chosen():
    lines, listed = hands.widget('huebrush_line_art'), hands.widget('huebrush_references')
    return [lines.currentText().strip(), [listed.item(row).text() for row in range(listed.count())]]
def add(page, name, path):
    hands.add_picture(page, name, path, edge=128)
LINES, PAINT = {str(LINE_ART)!r}, {str(REFERENCE)!r}
"""
PAGE = """
d = app.createDocument(128, 128, 'Page', 'RGBA', 'U8', '', 300.0)
add(d, 'Girl', PAINT); add(d, 'Boy', PAINT); add(d, 'Rough', LINES); add(d, 'Lines', LINES)
hands.show(d); d.waitForDone(); hands.widget('huebrush_panel').refresh()
"""


@pytest.mark.parametrize("kind", ["ora", "psd"])
def test_layers_are_found_by_name(lonely_krita, tmp_path: Path, kind):
    """In place of a guess, also where the file was saved under its name only after they had been chosen."""
    krita, path = lonely_krita, str(tmp_path / f"page.{kind}")
    krita.run(f"{MAKE}{PAGE}")
    krita.run(
        "while hands.widget('huebrush_references').count():\n"
        "    hands.widget('huebrush_references').setCurrentRow(0); hands.click('huebrush_reference_remove')\n"
        "hands.pick('huebrush_line_art', 'Rough'); hands.choose_in_menu('huebrush_reference_add', 'Boy')\n"
        "hands.spin(0.3)"
    )
    before = krita.value("chosen()")
    assert before[0] == "Rough" and len(before[1]) == 1 and "Boy" in before[1][0]
    krita.run("ids = {node.name(): node.uniqueId().toString() for node in d.rootNode().childNodes()}")
    krita.run(
        f"d.setBatchmode(True); d.saveAs({path!r}); d.waitForDone(); hands.widget('huebrush_panel').refresh(); "
        "hands.close_all(); hands.widget('huebrush_panel').refresh()"
    )
    krita.run(f"hands.open_file({path!r}); d = hands.document(); hands.widget('huebrush_panel').refresh()")
    now = krita.value("{node.name(): node.uniqueId().toString() for node in d.rootNode().childNodes()}")
    assert now["Rough"] != krita.value("ids")["Rough"], "the ids are the same: this shows nothing"
    assert krita.value("chosen()") == before
    krita.run("from huebrush.session import session")
    assert krita.value("[it.key for it in session().store.load(d).references]") == [now["Boy"]]


def test_png_has_its_references(lonely_krita, tmp_path: Path):
    """A file, and another document that is open again too."""
    krita, page, other = lonely_krita, str(tmp_path / "page.png"), str(tmp_path / "sheet.kra")
    krita.run(f"{MAKE}{PAGE}save_and_close(d, {other!r})")
    krita.run(
        "d = app.createDocument(128, 128, 'Page', 'RGBA', 'U8', '', 300.0); add(d, 'Lines', LINES); hands.show(d); "
        f"d.refreshProjection(); d.waitForDone(); save_and_close(d, {page!r})"
    )

    def open_both() -> None:
        krita.run(f"hands.open_file({other!r}); hands.open_file({page!r}); d = hands.document()")
        krita.run("hands.widget('huebrush_panel').refresh()")

    open_both()
    krita.run("hands.widget('huebrush_reference_list').add_file(PAINT)")
    krita.run("hands.choose_in_menu('huebrush_reference_add', 'sheet.kra'); hands.spin(0.3)")
    before = krita.value("chosen()")
    assert len(before[1]) == 2 and before[0]
    krita.run("hands.close_all(); hands.widget('huebrush_panel').refresh()")
    open_both()
    assert krita.value("chosen()") == before
    krita.run(
        "from huebrush.session import session; from huebrush.documents.find import find_document\n"
        "kept = session().store.load(d).references"
    )
    assert krita.value("[find_document(it.key) is not None for it in kept if it.kind == 'document']") == [True]
