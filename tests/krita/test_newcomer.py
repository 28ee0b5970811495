"""Somebody who sees the docker for the first time gets flats on layers from two closed files, in few actions."""

from __future__ import annotations

from pathlib import Path

from docker_steps import MODEL_PATIENCE, layer_pixels, wait_for_result
from example import LINE_ART, REFERENCE
from krita_program import KritaProgram
from PIL import Image

MOST_ACTIONS = 15
"""Clicks, drags and keys from Krita's start page to flats; a path that is typed into a file dialog counts as one."""
HANDS = """
from huebrush.session import session
def in_sight(target):
    "True where an artist sees all of the widget, without scrolling."
    return target.isVisible() and target.visibleRegion().boundingRect().size() == target.size()
def click_at_sight(name):
    target = hands.widget(name)
    assert in_sight(target), name + " cannot be seen"
    assert target.isEnabled(), name + " is greyed out"
    hands.QTest.mouseClick(target, hands.LEFT)
    hands.spin(0.3)
def file_dialog():
    windows = hands.QtWidgets.QApplication.topLevelWidgets()
    return next((it for it in windows if isinstance(it, hands.QtWidgets.QFileDialog) and it.isVisible()), None)
def answer(path):
    field = file_dialog().findChild(hands.QtWidgets.QLineEdit, 'fileNameEdit')
    field.setFocus()
    field.selectAll()
    hands.QTest.keyClicks(field, path)
    hands.spin(0.3)
    hands.QTest.keyClick(field, hands.QtCore.Qt.Key.Key_Return)
def choose_in_list(name, label):
    "Click an entry of a list that is open."
    box = hands.widget(name)
    row = next(row for row in range(box.count()) if box.itemText(row) == label)
    view = box.view()
    place = view.visualRect(box.model().index(row, 0)).center()
    hands.spin(0.8)  # Qt takes no click that comes as soon as the second one of a double click
    hands.QTest.mouseClick(view.viewport(), hands.LEFT, hands.QtCore.Qt.KeyboardModifier.NoModifier, place)
    hands.spin(0.3)
"""
LAPTOP = "hands.close_all(); app.activeWindow().qwindow().setGeometry(0, 0, 1366, 740); hands.spin(0.5)"
"""In Krita: no document, in a window as large as a small screen."""


class Newcomer:
    """Counts what is done to Krita with mouse and keyboard."""

    def __init__(self, krita: KritaProgram) -> None:
        self._krita, self.actions = krita, 0
        krita.run(HANDS)

    def click(self, name: str) -> None:
        """Click a control of the docker that is in sight."""
        self.actions += 1
        self._krita.run(f"click_at_sight({name!r})")

    def open_by_key(self) -> None:
        """Press Krita's Ctrl+O."""
        self.actions += 1
        self._krita.run("hands.QtCore.QTimer.singleShot(0, lambda: app.action('file_open').trigger())")

    def answer(self, file: Path) -> None:
        """Type the path of `file` into the file dialog that is open."""
        self.actions += 1
        self._krita.wait_for("file_dialog() is not None", "the file dialog")
        self._krita.run(f"answer({str(file)!r})")

    def choose_in_menu(self, button: str, label: str) -> None:
        """Click a button in sight, and the entry of its menu."""
        self.actions += 2
        self._krita.run(f"assert in_sight(hands.widget({button!r})); hands.choose_in_menu({button!r}, {label!r})")

    def choose_in_list(self, name: str, label: str) -> None:
        """Click a list in sight, and its entry."""
        self.click(name)
        self.actions += 1
        self._krita.run(f"choose_in_list({name!r}, {label!r})")


def test_flats_from_two_closed_files(real_krita, tmp_path):
    """A drawing on white paper, opened by Krita's own dialog on a small screen, and a picture that is not open."""
    krita = real_krita
    drawing, colors = tmp_path / "drawing.png", tmp_path / "colors.png"
    lines = Image.open(LINE_ART).convert("RGBA")
    Image.alpha_composite(Image.new("RGBA", lines.size, "white"), lines).convert("RGB").save(drawing)
    Image.open(REFERENCE).save(colors)
    krita.run(LAPTOP)
    newcomer = Newcomer(krita)
    newcomer.open_by_key()
    newcomer.answer(drawing)
    krita.wait_for("hands.document() is not None and (hands.banner() or {}).get('remedy')", "what the strip says")
    krita.wait_for("session().store.plugin.was_shown", "a usable height")
    newcomer.click("huebrush_banner_remedy")
    newcomer.choose_in_menu("huebrush_reference_add", "From a file…")
    newcomer.answer(colors)
    krita.wait_for("hands.widget('huebrush_references').count() == 1", "the reference")
    newcomer.choose_in_list("huebrush_result", "Flats, a layer per colour")
    newcomer.click("huebrush_colorize")
    wait_for_result(krita, MODEL_PATIENCE)
    assert newcomer.actions <= MOST_ACTIONS

    krita.run(
        "from huebrush.documents.find import find_node; group = find_node(hands.document(), hands.job()['group'])"
    )
    made = krita.value("len(group.childNodes())")
    assert made >= 4 and krita.value("hands.document().rootNode().childNodes()[-1].name()") == "Background"
    flats = layer_pixels(krita, tmp_path, "group")
    assert (flats[..., 3] > 0).mean() > 0.5
    shown = layer_pixels(krita, tmp_path, "hands.document().rootNode()")
    assert (shown[..., :3].max(axis=2) - shown[..., :3].min(axis=2) > 40).mean() > 0.3, "the colours are seen"
    krita.run("hands.start_afresh()")
