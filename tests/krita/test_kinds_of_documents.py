"""Documents that came about in other ways than by *New* and *Open*: from a template, recovered from an autosave."""

from __future__ import annotations

import shutil
from pathlib import Path

from docker_steps import save, top_layers
from example import LINE_ART, REFERENCE

TEMPLATE = """
def from_template(section, name):
    "Make a document of a template in File > New."
    core, widgets = hands.QtCore, hands.QtWidgets
    def choose():
        dialog = widgets.QApplication.activeModalWidget()
        if dialog is None:
            core.QTimer.singleShot(100, choose)
            return
        sections = dialog.findChild(widgets.QTreeWidget, "m_sectionList")
        item = sections.findItems(section, core.Qt.MatchFlag.MatchExactly)[0]
        sections.setCurrentItem(item); item.setSelected(True); hands.spin(0.2)
        pane = dialog.findChild(widgets.QStackedWidget, "m_widgetStack").currentWidget()
        rows = pane.findChild(widgets.QTreeView, "m_documentList")
        start, role = rows.model().index(0, 0), core.Qt.ItemDataRole.DisplayRole
        found = rows.model().match(start, role, name, 1, core.Qt.MatchFlag.MatchStartsWith)[0]
        rows.selectionModel().select(found, core.QItemSelectionModel.SelectionFlag.ClearAndSelect); hands.spin(0.1)
        pane.findChild(widgets.QPushButton, "m_openButton").click()
    core.QTimer.singleShot(100, choose)
    app.action("file_new").trigger()
"""
RECOVER = """
def recover():
    "Answer that the autosaved file is to be opened, as is proposed."
    box = hands.QtWidgets.QApplication.activeModalWidget()
    if box is None:
        hands.QtCore.QTimer.singleShot(100, recover)
    else:
        asked.append(box.metaObject().className())
        next(b for b in box.findChildren(hands.QtWidgets.QPushButton) if b.text().replace("&", "") == "OK").click()
"""


def run(krita, steps: int) -> None:
    """Colorize the document in front with so many steps, which its settings keep."""
    krita.run(f"hands.type_number('huebrush_steps_number', {steps}); hands.click('huebrush_colorize')")
    assert krita.wait_for_end() == "done", krita.value("hands.banner()")
    krita.run("hands.spin(0.3); hands.document().waitForDone()")


def test_two_documents_from_one_template(painting_krita):
    """Their layers have the same ids, and neither has a file: each has settings and a result of its own."""
    krita = painting_krita
    krita.run(f"{TEMPLATE}\nhands.close_all(); made = []")
    for number in range(2):
        krita.run("from_template('Texture Templates', 'Texture 256x256 8bit')")
        krita.wait_for(
            "hands.document() and hands.document().activeNode() and hands.document() not in made", "the page"
        )
        krita.run(f"made.append(hands.document()); hands.add_picture(made[-1], 'Girl', {str(REFERENCE)!r}, edge=256)")
        krita.run(f"hands.add_picture(made[-1], 'Line art', {str(LINE_ART)!r}, 'multiply', 256); hands.spin(0.3)")
        krita.run(f"hands.type_number('huebrush_steps_number', {4 + number})")
    layers = "[[n.name() for n in d.rootNode().childNodes()] for d in made]"
    ids = krita.value("[d.rootNode().childNodes()[0].uniqueId().toString() for d in made]")
    plain = krita.value(layers)
    assert ids[0] == ids[1] and plain[0] == plain[1] and krita.value("[d.fileName() for d in made]") == ["", ""]
    krita.run(
        "while hands.widget('huebrush_references').count():\n"
        "    hands.widget('huebrush_references').setCurrentRow(0); hands.click('huebrush_reference_remove')\n"
        "hands.pick('huebrush_line_art', 'Line art'); hands.choose_in_menu('huebrush_reference_add', 'Girl')"
    )
    run(krita, 3)
    first, second = krita.value(layers)
    assert first == plain[0] and len(second) == len(first) + 1
    assert second[-2].startswith(("Picture ", "Flats ")) and second[-1] == "Line art"
    krita.run("hands.next_window()")
    krita.wait_for("hands.document() == made[0]", "the first page in front")
    krita.run("hands.widget('huebrush_panel').refresh()")
    assert krita.value("hands.widget('huebrush_steps_number').value()") == 4
    krita.run("hands.next_window()")
    krita.wait_for("hands.document() == made[1]", "the second page in front")
    krita.run("hands.widget('huebrush_panel').refresh(); hands.press('edit_undo')")
    assert krita.settled(layers, plain) == plain
    assert krita.value("hands.widget('huebrush_steps_number').value()") == 3


def test_recovered_autosave_is_the_document_it_was(painting_krita, page, tmp_path: Path):
    """It has the path and the settings of its file, whose result is there with its recipe, and takes a new result."""
    krita = painting_krita
    page(krita, edge=96)
    run(krita, 3)
    file = tmp_path / "page.kra"
    save(krita, file)
    krita.run("hands.widget('huebrush_panel').refresh(); d = hands.document()")
    krita.run("hands.type_number('huebrush_steps_number', 4); hands.spin(0.3)")
    shutil.copy(file, tmp_path / "as saved.kra")
    krita.run("d.rootNode().addChildNode(d.createNode('Later', 'paintlayer'), None); hands.spin(0.3)")
    save(krita, tmp_path / "unsaved work.kra")
    krita.run("hands.close_all()")
    (tmp_path / "as saved.kra").replace(file)
    unsaved = tmp_path / "unsaved work.kra"
    for name in (f"{file.name}-autosave.kra", f".{file.name}-autosave.kra"):  # visible or not, as Krita is set
        shutil.copy(unsaved, tmp_path / name)
    krita.run(f"{RECOVER}\nasked = []; hands.QtCore.QTimer.singleShot(100, recover); app.setBatchmode(False)")
    krita.run(f"hands.open_file({str(file)!r}); d = hands.document(); hands.widget('huebrush_panel').refresh()")
    assert krita.value("asked"), "Krita has not asked what to open"
    names = top_layers(krita)
    assert names[0] == "Later" and krita.value("[d.fileName(), d.modified()]") == [str(file), True]
    assert krita.value("hands.widget('huebrush_steps_number').value()") == 4
    krita.run("from huebrush.results.recipes import recipes")
    assert krita.value("len(recipes(d))") == 1
    run(krita, 5)
    krita.run("hands.widget('huebrush_panel').refresh()")
    assert len(top_layers(krita)) == len(names) + 1 and krita.value("len(recipes(d))") == 2
    krita.run("hands.press('edit_undo')")
    assert krita.settled("[x['name'] for x in hands.layers() if x['depth'] == 0]", names) == names
