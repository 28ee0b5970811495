"""The palette as swatches: taken, added, changed, named, put in order, removed, and undone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from docker_jobs import colorize
from hands import Key, QTest, choose_file, click, delete_now, drag, pick, press, spin, widget
from huebrush.base.qt import BINDING, QtCore, QtGui, QtWidgets
from huebrush.documents.krita_colors import foreground, set_foreground
from huebrush.palettes.color_list import parse_palette, write_palette
from huebrush.palettes.files import read_palette
from huebrush.session import session
from huebrush.settings.flats import RegionSettings
from huebrush.settings.store import SettingsStore
from huebrush.widgets.flats.hints_choice import HintsState
from huebrush.widgets.flats.palette_body import PaletteBody
from krita import Krita
from region_results import chosen, finish

pytestmark = pytest.mark.usefixtures("regions_as_new")
RED, SKIN, BLUE = "#c81e28", "#ffd8b1", "#1f77b4"
LEFT, NOTHING = QtCore.Qt.MouseButton.LeftButton, QtCore.Qt.KeyboardModifier.NoModifier
SHIFT, ALT, CTRL = (
    QtCore.Qt.KeyboardModifier.ShiftModifier,
    QtCore.Qt.KeyboardModifier.AltModifier,
    QtCore.Qt.KeyboardModifier.ControlModifier,
)


@pytest.fixture
def swatches(able_backend) -> Iterator[Any]:
    """The swatches of a list of three colours, the first called skin."""
    pick("huebrush_result", "Flats")
    click("huebrush_palette")
    pick("huebrush_palette_source", "From a list")
    widget("huebrush_palette_codes").setText(f"{SKIN} skin, {BLUE}, {RED}")
    spin()
    yield widget("huebrush_swatches")


def press_with(target: Any, key: Any, modifiers: Any) -> None:
    """Press a key together with others."""
    target.window().activateWindow()
    target.setFocus()
    spin()
    QTest.keyClick(target, key, modifiers)
    spin()


def middle(swatches: Any, index: int) -> Any:
    """Where a colour is."""
    return swatches.square(index).center()


def test_a_click_and_enter_take_a_colour(swatches):
    """It becomes Krita's foreground colour, and nothing changes in the palette."""
    before = chosen()
    QTest.mouseClick(swatches, LEFT, NOTHING, middle(swatches, 2))
    assert foreground() == RED
    press("huebrush_swatches", Key.Key_Left, Key.Key_Return)
    assert foreground() == BLUE
    assert chosen() == before


def test_keys_walk_move_and_remove(swatches):
    """Shift or Alt move, Delete removes, Ctrl+Z takes back one change after the other."""
    press("huebrush_swatches", Key.Key_Home, Key.Key_Left)
    assert swatches.current == 2, "round the end"
    press_with(swatches, Key.Key_Left, ALT)
    assert chosen().colors == (SKIN, RED, BLUE) and swatches.current == 1
    press_with(swatches, Key.Key_Home, SHIFT)
    assert chosen().colors == (RED, SKIN, BLUE) and swatches.current == 0
    press("huebrush_swatches", Key.Key_Delete)
    assert chosen().palette == f"{SKIN} skin, {BLUE}"
    for expected in ((RED, SKIN, BLUE), (SKIN, RED, BLUE), (SKIN, BLUE, RED)):
        press_with(swatches, Key.Key_Z, CTRL)
        assert chosen().colors == expected
    assert swatches.describe(0) == f"skin ({SKIN})"


def test_ctrl_z_is_kritas_where_there_is_nothing_to_undo(able_backend, swatches):
    """Other keys of the list are kept from Krita's shortcuts; this one only if it would do something."""
    kind = QtCore.QEvent.Type.ShortcutOverride

    def is_kept(key: Any, modifiers: Any = NOTHING) -> bool:
        event = QtGui.QKeyEvent(kind, key, modifiers)
        event.ignore()
        QtWidgets.QApplication.sendEvent(swatches, event)
        return event.isAccepted()

    assert is_kept(Key.Key_Z, CTRL) and is_kept(Key.Key_Delete) and is_kept(Key.Key_F2)
    assert not is_kept(Key.Key_S, CTRL)
    for _ in range(3):
        press_with(swatches, Key.Key_Z, CTRL)
    click("huebrush_palette_add")
    press_with(swatches, Key.Key_Z, CTRL)
    assert not is_kept(Key.Key_Z, CTRL)


def test_a_name_is_asked_for_beside_the_swatch(swatches, document, tmp_path):
    """Any characters; Escape leaves it; it reaches the job and comes back from the settings' file."""
    document.setFileName(str(tmp_path / "page.kra"))
    press("huebrush_swatches", Key.Key_End, Key.Key_F2)
    field = widget("huebrush_color_name")
    assert field.isVisible() and field.text() == ""
    QTest.keyClicks(field, "2nd coat, facade")
    QTest.keyClick(field, Key.Key_Return)
    spin()
    assert not field.isVisible() and QtWidgets.QApplication.focusWidget() is swatches
    assert swatches.describe(2) == f"2nd coat, facade ({RED})"
    press("huebrush_swatches", Key.Key_F2)
    QTest.keyClicks(field, "other")
    QTest.keyClick(field, Key.Key_Escape)
    spin()
    assert parse_palette(chosen().palette)[2] == (RED, "2nd coat, facade")
    stored = SettingsStore(session().store.folder).load(document)
    assert stored is not None and parse_palette(stored.regions.palette)[2] == (RED, "2nd coat, facade")


def test_names_reach_the_job(able_backend, swatches):
    """Layers are called by them."""
    press("huebrush_swatches", Key.Key_Home, Key.Key_F2)
    QTest.keyClicks(widget("huebrush_color_name"), "Face; neck")
    QTest.keyClick(widget("huebrush_color_name"), Key.Key_Return)
    spin()
    sent = colorize(able_backend).parameters.regions
    assert (sent.palette, sent.palette_names) == ((SKIN, BLUE, RED), ("Face; neck", "", ""))
    click("huebrush_cancel")


def test_german_at_150_percent_fits_into_a_narrow_docker():
    """Palette, hints and switches in 280 pixels: labels of switches break lines, and no button is cut off."""
    before = QtCore.QLocale()
    QtCore.QLocale.setDefault(QtCore.QLocale(QtCore.QLocale.Language.German))
    body = PaletteBody(lambda: [])
    QtCore.QLocale.setDefault(before)
    font = body.font()
    font.setPixelSize(18)  # 12 is usual
    body.setFont(font)
    body.set_settings(RegionSettings("flats", palette_source="colors", palette=f"{SKIN}, {BLUE}", gap_automatic=False))
    body.hints.show_state(HintsState(has_layer=True, is_painting=True))
    body.resize(280, 600)
    body.show()
    spin()
    assert body.minimumSizeHint().width() <= 280
    shown = [it for it in body.findChildren(QtWidgets.QAbstractButton) if it.isVisible()]
    assert len(shown) > 8
    assert [it.text() for it in shown if it.sizeHint().width() > it.width()] == []
    assert [it.text() for it in shown if it.mapTo(body, it.rect().topRight()).x() >= 280] == []
    assert body.findChild(QtWidgets.QCheckBox, "huebrush_paint_paper").text().count("\n") == 1
    delete_now(body)


@pytest.mark.parametrize("name", ["2nd coat", "facade", "a, b; c|d", "C#", "# 1", "深い青", "#1f77b4", 'the "old" one'])
def test_every_name_survives_as_text(name):
    colors = ((SKIN, name), (BLUE, ""), (RED, name))
    cleaned = name.replace('"', "”")
    assert parse_palette(write_palette(colors)) == ((SKIN, cleaned), (BLUE, ""), (RED, cleaned))


def test_dragging_puts_a_colour_elsewhere(swatches):
    drag(swatches, middle(swatches, 2), middle(swatches, 0))
    assert chosen().colors == (RED, SKIN, BLUE) and swatches.current == 0
    drag(swatches, middle(swatches, 0), middle(swatches, 2) + QtCore.QPoint(60, 0))
    assert chosen().colors == (SKIN, BLUE, RED)


def test_a_colour_is_dropped_between_two(swatches):
    """As Krita's colour patches are dragged; what is there already is only shown."""
    drop(swatches, "#00ff00", middle(swatches, 1))
    assert chosen().colors == (SKIN, "#00ff00", BLUE, RED) and swatches.current == 1
    drop(swatches, RED, middle(swatches, 0))
    assert chosen().colors == (SKIN, "#00ff00", BLUE, RED) and swatches.current == 3


def drop(target: Any, color: str, place: Any) -> None:
    """Drop a colour on a widget."""
    mime, actions = QtCore.QMimeData(), QtCore.Qt.DropAction.CopyAction
    mime.setColorData(QtGui.QColor(color))
    for kind in (QtGui.QDragEnterEvent, QtGui.QDragMoveEvent):
        event = kind(place, actions, mime, LEFT, NOTHING)
        QtWidgets.QApplication.sendEvent(target, event)
        assert event.isAccepted()
    at = QtCore.QPointF(place)
    QtWidgets.QApplication.sendEvent(target, QtGui.QDropEvent(at, actions, mime, LEFT, NOTHING))
    spin()


def test_a_double_click_changes_a_colour_under_its_name(swatches):
    QTest.mouseDClick(swatches, LEFT, NOTHING, middle(swatches, 0))
    spin()
    (dialog,) = [found for found in swatches.window().findChildren(QtWidgets.QColorDialog) if found.isVisible()]
    dialog.setCurrentColor(QtGui.QColor("#ffe0c0"))
    dialog.accept()
    spin()
    assert chosen().palette == f"#ffe0c0 skin, {BLUE}, {RED}"


def test_plus_adds_kritas_colour_once(swatches):
    set_foreground("#102030")
    click("huebrush_palette_add")
    click("huebrush_palette_add")
    assert chosen().colors == (SKIN, BLUE, RED, "#102030") and swatches.current == 3
    click("huebrush_palette_remove")
    assert chosen().colors == (SKIN, BLUE, RED)


def test_the_menu_does_what_mouse_and_keys_do(swatches):
    """It opens by key too, and its entries are for the current colour."""
    press("huebrush_swatches", Key.Key_Home)
    reason = QtGui.QContextMenuEvent.Reason.Keyboard
    entries: dict[str, Any] = {}
    for label in ("Move later", "Remove", "Undo"):
        event = QtGui.QContextMenuEvent(reason, QtCore.QPoint(1, 1), swatches.mapToGlobal(QtCore.QPoint(1, 1)))
        QtWidgets.QApplication.sendEvent(swatches, event)
        menu = widget("huebrush_swatch_menu")
        entries = {action.text(): action for action in menu.actions()}
        assert menu.isVisible()
        assert not label.startswith("Move") or not entries["Move earlier"].isEnabled()
        entries[label].trigger()
        menu.close()
        spin()
    assert chosen().colors == (BLUE, SKIN, RED)


def test_colours_are_copied_and_pasted_as_text(swatches):
    press_with(swatches, Key.Key_C, CTRL)
    clipboard = QtWidgets.QApplication.clipboard()
    assert clipboard.text() == f"{SKIN} skin, {BLUE}, {RED}"
    clipboard.setText("#010203 night #040506")
    press("huebrush_swatches", Key.Key_Home)
    press_with(swatches, Key.Key_V, CTRL)
    assert chosen().palette == f"{SKIN} skin, #010203 night, #040506, {BLUE}, {RED}"


def test_a_palette_of_kritas_becomes_the_artists_own_when_it_is_changed(swatches):
    """The palette says where it is from; neither Krita's palette nor a file is written."""
    menu, origin = widget("huebrush_palette_from").menu(), widget("huebrush_palette_origin")
    menu.aboutToShow.emit()
    {action.text(): action for action in menu.actions()}["Two && more"].trigger()
    assert origin.text().startswith("From “Two & more”.") and chosen().palette_name == "Two & more"
    press("huebrush_swatches", Key.Key_Home, Key.Key_Delete)
    assert origin.text() == "Your own colours" and chosen().palette_name == ""
    press_with(swatches, Key.Key_Z, CTRL)
    assert chosen().palette_name == "Two & more"
    menu.aboutToShow.emit()
    {action.text(): action for action in menu.actions()}["Two && more"].trigger()
    assert len(chosen().colors) == 2


def test_a_palette_is_saved_as_a_file(swatches, tmp_path):
    """GIMP's, with the names, which is read again as it was."""
    menu = widget("huebrush_palette_from").menu()
    menu.aboutToShow.emit()
    {action.text(): action for action in menu.actions()}["Save as a file…"].trigger()
    choose_file(str(tmp_path / "mine.gpl"))
    assert read_palette(tmp_path / "mine.gpl") == ((SKIN, "skin"), (BLUE, ""), (RED, ""))
    assert (tmp_path / "mine.gpl").read_text().splitlines()[:2] == ["GIMP Palette", "Name: mine"]


def test_the_list_can_be_typed(swatches):
    """The field is there when it is asked for; what is typed are the artist's own colours."""
    field, menu = widget("huebrush_palette_codes"), widget("huebrush_palette_from").menu()
    assert not field.isVisible()
    for shows in (True, False):
        menu.aboutToShow.emit()
        {action.text(): action for action in menu.actions()}["As text"].trigger()
        assert field.isVisible() is shows
    field.setText("#abcdef sky")
    assert swatches.colors == ("#abcdef",) and widget("huebrush_palette_origin").text() == "Your own colours"


def test_the_colours_of_a_result_become_a_list_with_the_first_change(able_backend):
    """Until then they are only shown; undo goes back to the source before."""
    pick("huebrush_result", "Flats")
    finish(able_backend, colorize(able_backend).job)
    click("huebrush_palette")
    swatches, source = widget("huebrush_swatches"), widget("huebrush_palette_source")
    assert widget("huebrush_palette_origin").text().startswith("Colours of the latest result.")
    shown = swatches.colors
    press("huebrush_swatches", Key.Key_Home, Key.Key_Delete)
    assert source.currentText() == "From a list" and chosen().colors == shown[1:]
    press_with(swatches, Key.Key_Z, CTRL)
    assert source.currentText() == "None" and swatches.colors == shown and chosen().palette_source == "voted"


def test_a_locked_list_still_locks(able_backend, swatches):
    assert widget("huebrush_locked").isEnabled()
    press("huebrush_swatches", Key.Key_Delete)
    sent = colorize(able_backend).parameters.regions
    assert sent.locked and sent.palette == (BLUE, RED)
    click("huebrush_cancel")


class TestEyedropper:
    """A click on the canvas gives the colour there, and Krita hears nothing of it."""

    @pytest.fixture(autouse=True)
    def seen(self, document, swatches) -> Iterator[None]:
        """The canvas notes what reaches it."""
        Krita.instance().activeWindow().activeView().canvas().setZoomLevel(4.0)
        window: Any = Krita.instance().activeWindow()
        area = window.area
        for bar in (area.horizontalScrollBar(), area.verticalScrollBar()):
            bar.setValue(-10)
        self.canvas, self.events = area.viewport(), Watch()
        self.canvas.installEventFilter(self.events)
        yield
        self.canvas.removeEventFilter(self.events)

    def click_page(self, x: int, y: int, button: Any = LEFT) -> None:
        """Click on a pixel of the page."""
        QTest.mouseClick(self.canvas, button, NOTHING, QtCore.QPoint(10 + 4 * x + 2, 10 + 4 * y + 2))
        spin()

    def test_it_takes_one_colour(self, swatches):
        click("huebrush_palette_pick")
        assert QtWidgets.QApplication.overrideCursor() is not None
        self.click_page(35, 5)  # beside what is painted
        assert widget("huebrush_palette_pick").isChecked(), "nothing is there"
        self.click_page(5, 5)
        assert chosen().colors == (SKIN, BLUE, RED, "#000000") and swatches.current == 3
        assert not widget("huebrush_palette_pick").isChecked()
        assert QtWidgets.QApplication.overrideCursor() is None
        assert self.events.kinds == [], "Krita would have painted"
        self.click_page(5, 5)
        assert self.events.kinds, "the next click is Krita's again"

    def test_escape_the_right_button_and_a_folded_section_end_it(self, swatches):
        for end in (
            lambda: QTest.keyClick(widget("huebrush_palette_pick"), Key.Key_Escape),
            lambda: self.click_page(5, 5, QtCore.Qt.MouseButton.RightButton),
            lambda: click("huebrush_palette_pick"),
            lambda: (click("huebrush_palette"), click("huebrush_palette")),
        ):
            click("huebrush_palette_pick")
            assert QtWidgets.QApplication.overrideCursor() is not None
            end()
            spin()
            assert QtWidgets.QApplication.overrideCursor() is None
            assert not widget("huebrush_palette_pick").isChecked()
        assert chosen().colors == (SKIN, BLUE, RED)

    def test_a_pen_takes_it_too(self, swatches):
        """Its press, and what it does until it is lifted, are kept from Krita."""
        click("huebrush_palette_pick")
        for kind in (QtCore.QEvent.Type.TabletPress, QtCore.QEvent.Type.TabletRelease):
            event = pen_event(kind, QtCore.QPointF(32, 32))
            QtWidgets.QApplication.sendEvent(self.canvas, event)
            assert event.isAccepted()
        assert chosen().colors[-1] == "#000000" and self.events.kinds == []


class Watch(QtCore.QObject):
    """Notes the presses that reach a widget."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: list[Any] = []

    def eventFilter(self, a0: Any, a1: Any) -> bool:
        kinds = QtCore.QEvent.Type
        if a1.type() in (kinds.MouseButtonPress, kinds.MouseButtonRelease, kinds.TabletPress, kinds.TabletRelease):
            self.kinds.append(a1.type())
        return False


def pen_event(kind: Any, at: Any) -> Any:
    """An event of a pen at this place."""
    left, none = LEFT, QtCore.Qt.MouseButton.NoButton
    if BINDING == "PyQt6":
        device = QtGui.QPointingDevice.primaryPointingDevice()
        return QtGui.QTabletEvent(kind, device, at, at, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, NOTHING, left, left)
    tablet_event: Any = QtGui.QTabletEvent  # of PyQt5, which has no types here
    tablet, pen = tablet_event.TabletDevice.Stylus, tablet_event.PointerType.Pen
    return tablet_event(kind, at, at, tablet, pen, 0.5, 0, 0, 0.0, 0.0, 0, NOTHING, 7, left, left or none)
