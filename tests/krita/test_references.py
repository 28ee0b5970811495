"""Where references come from in a real Krita: the menu of layers, the Layers docker, files, and the clipboard."""

from __future__ import annotations

from docker_steps import colorize, start_backend
from PIL import Image

SETUP = """
d, panel, references = hands.document(), hands.widget('huebrush_panel'), hands.widget('huebrush_reference_list')
def add(name, kind, parent):
    made = d.createNode(name, kind)
    parent.addChildNode(made, None)
    if kind == 'paintlayer':
        made.setPixelData(hands.QtCore.QByteArray(bytes((200, 90, 40, 255)) * 400), 3, 3, 20, 20)
    return made
def entries(menu):
    references.fill_menu()
    return [each for each in hands.widget(menu).actions() if each.text()]
def listed():
    shown = hands.widget('huebrush_references')
    return [shown.item(row).text() for row in range(shown.count())]
def drop(paths):
    "Drag files onto the list and let them go."
    data = hands.QtCore.QMimeData()
    data.setUrls([hands.QtCore.QUrl.fromLocalFile(path) for path in paths])
    point, copy = hands.QtCore.QPoint(5, 5), hands.QtCore.Qt.DropAction.CopyAction
    held = hands.LEFT, hands.QtCore.Qt.KeyboardModifier.NoModifier
    enter = hands.QtGui.QDragEnterEvent(point, copy, data, *held)
    hands.QtWidgets.QApplication.sendEvent(references, enter)
    let_go = hands.QtGui.QDropEvent(hands.QtCore.QPointF(point), copy, data, *held)
    hands.QtWidgets.QApplication.sendEvent(references, let_go)
    hands.spin()
"""


def begin(krita, page) -> None:
    """Open a page with a layer in a group, and without references."""
    page(krita, edge=96)
    krita.run(f"{SETUP}\nadd('Sky', 'paintlayer', add('Studies', 'grouplayer', d.rootNode())); panel.refresh()")


def test_own_results_do_not_crowd_the_pickers(painting_krita, page):
    """Layers keep their nesting and have pictures; a result's layers lie in a menu of their own, and last among the
    lines."""
    krita = painting_krita
    begin(krita, page)
    start_backend(krita)
    colorize(krita)
    krita.run("panel.refresh(); menu = entries('huebrush_add_reference_menu')")
    names = krita.value("[each.text() for each in menu]")
    assert {"Reference", "Studies", "    Sky"} <= set(names) and not any("Picture 1" in name for name in names)
    assert krita.value("all(not each.icon().isNull() for each in menu if each.text().strip() in ('Reference', 'Sky'))")
    made = krita.value("[each.text() for each in entries('huebrush_add_result_menu')]")
    assert made[0].startswith("Picture 1 ·") and len(made) > 1 and all(name.startswith("    ") for name in made[1:])
    krita.run("box = hands.widget('huebrush_line_art')")
    lines = krita.value("[box.itemText(row) for row in range(box.count())]")
    assert [name.startswith("Picture 1 ·") for name in lines].index(True) == len(lines) - len(made)
    assert "    Sky" in lines


def test_layers_selected_in_the_layers_docker_are_added_at_once(painting_krita, page):
    krita = painting_krita
    begin(krita, page)
    krita.run("from huebrush.documents.selected_layers import select_too; hands.click('huebrush_reference_remove')")
    krita.run("d.setActiveNode(hands.layer_named('Sky'))")
    selected = "sorted(node.name() for node in app.activeWindow().activeView().selectedNodes())"
    krita.wait_for(f"{selected} == ['Sky']", "the active layer in the list")
    krita.run("select_too(d, [hands.layer_named('Reference')])")
    assert krita.settled(selected, ["Reference", "Sky"]) == ["Reference", "Sky"]
    krita.run("entries('huebrush_add_reference_menu')[0].trigger(); hands.spin()")
    assert sorted(krita.value("listed()")) == ["Reference", "Sky"]


def test_pictures_are_dropped_and_pasted(painting_krita, page, tmp_path):
    """Two files of one name are told apart; what is pasted is there for the next job."""
    krita = painting_krita
    begin(krita, page)
    files = [tmp_path / folder / "girl.png" for folder in ("first", "second")]
    for file in files:
        file.parent.mkdir()
        Image.new("RGB", (24, 24), "#3060c0").save(file)
    krita.run(f"hands.click('huebrush_reference_remove'); drop({[str(file) for file in files]!r})")
    assert krita.value("listed()") == ["girl.png (first)", "girl.png (second)"]
    krita.run(
        "picture = hands.QtGui.QImage(16, 12, hands.QtGui.QImage.Format.Format_RGB32)\n"
        "picture.fill(hands.QtGui.QColor('#c04020')); hands.QtWidgets.QApplication.clipboard().setImage(picture)\n"
        "box = hands.widget('huebrush_references'); app.activeWindow().qwindow().activateWindow(); box.setFocus()\n"
        "hands.QTest.keySequence(box, hands.QtGui.QKeySequence('Ctrl+V')); hands.spin(0.3)"
    )
    assert krita.value("len(listed())") == 3
    krita.run("pasted = references.sources[-1].key")
    assert krita.value("hands.QtGui.QImage(pasted).pixelColor(3, 3).name()") == "#c04020"
