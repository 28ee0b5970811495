"""What an artist's hands and eyes do, without a screen: the docker's widgets are found by name."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Generator
from typing import Any, TypeVar

from huebrush.base.qt import BINDING, QtCore, QtGui, QtWidgets
from huebrush.widgets.pages.page_bar import PAGES
from krita import Document, Krita

T = TypeVar("T")
QTest: Any = importlib.import_module(f"{BINDING}.QtTest").QTest
Key = QtCore.Qt.Key
PATIENCE = 60.0
"""Seconds after which something that must happen counts as not happening (generous: machines can be busy)."""


def wait_for(condition: Callable[[], T], what: str) -> T:
    """Let Qt work until `condition` holds and return what it returned; fail, saying what was waited for."""
    deadline = time.monotonic() + PATIENCE
    while True:
        QtWidgets.QApplication.processEvents(QtCore.QEventLoop.ProcessEventsFlag.AllEvents, 20)
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, f"waited in vain for {what}; the banner: {banner()}"


def open_window() -> None:
    """Show the stand-in's one window, with all that plugins have added."""
    stand_in: Any = Krita.instance()
    stand_in.open_window()


def new_document(width: int, height: int, name: str) -> Document:
    """Open another document of the stand-in's, which is not the active one."""
    return Krita.instance().createDocument(width, height, name, "RGBA", "U8", "", 300.0)


def show_document(document: Document | None) -> None:
    """Make `document` the active one, as an artist does who goes to its window or closes all."""
    stand_in: Any = Krita.instance()
    stand_in.show_document(document)


def delete_now(docker: QtWidgets.QWidget) -> None:
    """Delete a docker as Krita does with a window's; one that lives on would do what the window's own docker does."""
    importlib.import_module(f"{BINDING}.sip").delete(docker)


def spin() -> None:
    """Let Qt do what is due now."""
    for _ in range(3):
        QtWidgets.QApplication.processEvents()


def widget(name: str) -> Any:
    """Return the docker's widget with this object name."""
    found = Krita.instance().activeWindow().qwindow().findChild(QtWidgets.QWidget, name)
    assert found is not None, f"the docker has no widget {name!r}"
    return found


def bring_up(target: Any) -> None:
    """Choose the page that `target` lies on, as an artist does who looks for it, and scroll to it."""
    pages = target.window().findChild(QtWidgets.QStackedWidget, "huebrush_page_stack")
    for row in range(pages.count() if pages is not None else 0):
        if pages.widget(row).isAncestorOf(target):
            if pages.currentIndex() != row:
                QTest.mouseClick(widget(f"huebrush_page_{PAGES[row]}"), QtCore.Qt.MouseButton.LeftButton)
            spin()
            pages.widget(row).ensureWidgetVisible(target)
    spin()


def show_page(name: str) -> None:
    """Choose a page of the docker."""
    click(f"huebrush_page_{name}")


def click(name: str) -> None:
    """Click a widget with the left button, where an artist could."""
    target = widget(name)
    bring_up(target)
    assert target.isVisible() and target.isEnabled(), f"{name} cannot be clicked"
    QTest.mouseClick(target, QtCore.Qt.MouseButton.LeftButton)
    spin()


def press(name: str, *keys: Any) -> None:
    """Press keys on a widget in the active window; shortcuts need that."""
    target = widget(name)
    bring_up(target)
    target.window().activateWindow()
    target.setFocus()
    spin()
    for key in keys:
        QTest.keyClick(target, key)
    spin()


def pick(name: str, label: str) -> None:
    """Open a combo box and choose the entry with this label by keyboard."""
    box = widget(name)
    bring_up(box)
    box.showPopup()
    spin()
    row = next(row for row in range(box.count()) if box.itemText(row).strip() == label)
    for key in (Key.Key_Home, *[Key.Key_Down] * row, Key.Key_Return):
        QTest.keyClick(box.view(), key)
    spin()
    assert box.currentText().strip() == label


def type_number(name: str, number: int) -> None:
    """Type a number into a field and leave it."""
    field = widget(name)
    bring_up(field)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, str(number))
    QTest.keyClick(field, Key.Key_Tab)
    spin()


def type_text(name: str, words: str) -> None:
    """Type words into a field in place of what is there."""
    field = widget(name)
    bring_up(field)
    field.window().activateWindow()
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Key.Key_Delete)
    QTest.keyClicks(field, words)
    spin()


def drag(target: Any, start: Any, end: Any) -> None:
    """Drag with the left button from one place of the widget `target` to another, and let go."""
    left, none = QtCore.Qt.MouseButton.LeftButton, QtCore.Qt.KeyboardModifier.NoModifier
    QTest.mousePress(target, left, none, start)
    for share in (1, 2, 3):
        at = start + (end - start) * share / 3
        move = QtGui.QMouseEvent(
            QtCore.QEvent.Type.MouseMove,
            QtCore.QPointF(at),
            QtCore.QPointF(target.mapToGlobal(at)),
            QtCore.Qt.MouseButton.NoButton,
            left,
            none,
        )  # QTest's own moves have no button down
        QtWidgets.QApplication.sendEvent(target, move)
    QTest.mouseRelease(target, left, none, end)
    spin()


def drag_row(name: str, start: int, end: int) -> None:
    """Drag a row of a list to where another one is, and let go."""
    shown = widget(name)
    rows = [shown.visualItemRect(shown.item(row)).center() for row in (start, end)]
    drag(shown.viewport(), *rows)


def choose_file(path: str) -> None:
    """Choose a file in the file dialog that is open."""
    dialogs = Krita.instance().activeWindow().qwindow().findChildren(QtWidgets.QFileDialog)
    (dialog,) = [found for found in dialogs if found.isVisible()]
    dialog.findChild(QtWidgets.QLineEdit).clearFocus()  # while it has the keys, Qt leaves what stands there
    dialog.selectFile(path)
    dialog.accept()
    spin()


def banner() -> tuple[str, str] | None:
    """Return the code of what the banner says and its button's label, None while there is no banner."""
    shown = widget("huebrush_banner")
    if shown.isHidden():
        return None
    button = widget("huebrush_banner_remedy")
    return shown.problem.code, "" if button.isHidden() else button.text()


def labels(name: str) -> list[str]:
    """Return what the entries of a combo box or a list say."""
    shown = widget(name)
    items = range(shown.count())
    return [shown.itemText(row) if hasattr(shown, "itemText") else shown.item(row).text() for row in items]


def tab_order(first: str) -> list[str]:
    """Press Tab from the widget named `first` on until it comes round again; return who had the focus, in order."""
    target = widget(first)
    bring_up(target)
    target.window().activateWindow()
    target.setFocus()
    names: list[str] = []
    while True:
        spin()
        focused = QtWidgets.QApplication.focusWidget()
        if focused is None or focused.objectName() in names:
            return names
        names.append(focused.objectName())
        QTest.keyClick(focused, Key.Key_Tab)


def layer_named(document: Any, name: str) -> Any:
    """Return the document's topmost layer or group of this name that lies in no group."""
    return next(found for found in reversed(document.rootNode().childNodes()) if found.name() == name)


def result_of(steps: Generator[int, None, Any]) -> Any:
    """Do all the steps of the plugin's sliced work in one go and return their result."""
    try:
        while True:
            next(steps)
    except StopIteration as end:
        return end.value
