"""What an artist's hands and eyes do in Krita: real mouse clicks and keys on the docker's widgets, found by name."""

from __future__ import annotations

import hashlib
import importlib
import time
from pathlib import Path
from typing import Any

import krita
from huebrush.base.qt import BINDING, QtCore, QtGui, QtWidgets
from huebrush.widgets.pages.page_bar import PAGES
from krita import Krita

QTest = importlib.import_module(f"{BINDING}.QtTest").QTest
LEFT = QtCore.Qt.MouseButton.LeftButton


def krita_has(name: str) -> bool:
    """Tell whether Krita's module has this class or member, "Class" or "Class.member"."""
    found: object = krita
    for part in name.split("."):
        found = getattr(found, part, None)
    return found is not None


def docker() -> Any:
    """Return the Huebrush docker of the active window, shown."""
    found = Krita.instance().activeWindow().qwindow().findChild(QtWidgets.QDockWidget, "huebrush")
    found.show()
    found.raise_()
    return found


def widget(name: str) -> Any:
    """Return the docker's widget with this object name."""
    found = docker().findChild(QtWidgets.QWidget, name)
    if found is None:
        raise LookupError(f"the docker has no widget {name!r}")
    return found


def page_of(target: Any) -> Any:
    """Return the docker's page that `target` lies on, None for what lies on none, such as the strip."""
    pages = docker().findChild(QtWidgets.QStackedWidget, "huebrush_page_stack")
    return next((page for page in map(pages.widget, range(pages.count())) if page.isAncestorOf(target)), None)


def show_page(name: str) -> None:
    """Choose a page of the docker by its button."""
    QTest.mouseClick(widget(f"huebrush_page_{name}"), LEFT)
    spin()


def bring_up(target: Any) -> Any:
    """Choose the page that `target` lies on, as an artist does who looks for it, scroll to it, and return the page."""
    page, pages = page_of(target), docker().findChild(QtWidgets.QStackedWidget, "huebrush_page_stack")
    if page is not None:
        if pages.currentWidget() is not page:
            show_page(PAGES[pages.indexOf(page)])
        page.ensureWidgetVisible(target)
        spin()
    return page


def click(name: str) -> None:
    """Click a widget with the left button. Raises when an artist could not."""
    target = widget(name)
    spin()
    bring_up(target)
    if not target.isVisible() or not target.isEnabled():
        raise RuntimeError(f"{name} cannot be clicked: visible {target.isVisible()}, enabled {target.isEnabled()}")
    QTest.mouseClick(target, LEFT)
    spin()


def pick(name: str, label: str) -> None:
    """Open a combo box and choose the entry with this label by keyboard."""
    box = widget(name)
    bring_up(box)
    box.showPopup()
    spin()
    row = next(row for row in range(box.count()) if box.itemText(row).strip() == label)
    flags = [box.model().index(at, 0).flags() for at in range(row)]
    downs = sum(bool(flag & QtCore.Qt.ItemFlag.ItemIsEnabled) for flag in flags)  # the keys skip what is greyed out
    for key in (QtCore.Qt.Key.Key_Home, *[QtCore.Qt.Key.Key_Down] * downs, QtCore.Qt.Key.Key_Return):
        QTest.keyClick(box.view(), key)
    spin()
    if box.currentText().strip() != label:
        box.hidePopup()
        raise RuntimeError(f"{name} shows {box.currentText()!r} after choosing {label!r}")


def choose_in_menu(button: str, label: str) -> None:
    """Click a button that opens a menu, and click the entry with this label."""
    target = widget(button)
    missing: list[str] = []
    chosen: list[str] = []

    def choose() -> None:
        menu = target.menu()
        chosen.append(label)
        action = next((entry for entry in menu.actions() if entry.text().replace("&", "").strip() == label), None)
        if action is None:
            missing.append(f"the menu offers {[entry.text() for entry in menu.actions()]}, not {label!r}")
            menu.close()
            return
        QTest.mouseClick(menu, LEFT, QtCore.Qt.KeyboardModifier.NoModifier, menu.actionGeometry(action).center())

    QtCore.QTimer.singleShot(300, choose)
    QTest.mouseClick(target, LEFT)
    spin()
    while not chosen or target.menu().isVisible():  # an open menu would swallow the next click
        spin()
    spin()
    if missing:
        raise LookupError(missing[0])


def type_number(name: str, value: int) -> None:
    """Type a number into a field and leave it."""
    field = widget(name)
    bring_up(field)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, str(value))
    QTest.keyClick(field, QtCore.Qt.Key.Key_Tab)
    spin()


def type_text(name: str, words: str) -> None:
    """Type words into a field in place of what is there, and close what is proposed meanwhile."""
    field = widget(name)
    bring_up(field)
    field.window().activateWindow()
    field.setFocus()
    spin()
    field.selectAll()
    QTest.keyClick(field, QtCore.Qt.Key.Key_Delete)
    QTest.keyClicks(field, words)
    spin()
    field.completer().popup().hide()


def complete(name: str, beginning: str) -> list[str]:
    """Type a beginning at the end of a field and take the first proposal by keyboard; return what was proposed."""
    field = widget(name)
    bring_up(field)
    field.window().activateWindow()
    field.setFocus()
    spin()
    QTest.keyClicks(field, beginning)
    spin()
    popup = field.completer().popup()
    model = popup.model()
    proposed = [model.index(row, 0).data() for row in range(model.rowCount())] if popup.isVisible() else []
    for key in (QtCore.Qt.Key.Key_Down, QtCore.Qt.Key.Key_Return) if proposed else ():
        QTest.keyClick(popup, key)
    spin()
    return proposed


def toggle(name: str) -> None:
    """Press the space bar on a switch."""
    target = widget(name)
    bring_up(target)
    if not target.isVisible() or not target.isEnabled():
        raise RuntimeError(f"{name} cannot be switched: visible {target.isVisible()}, enabled {target.isEnabled()}")
    target.setFocus()
    QTest.keyClick(target, QtCore.Qt.Key.Key_Space)
    spin()


def spin(seconds: float = 0.05) -> None:
    """Let Krita work for a moment."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        QtWidgets.QApplication.processEvents(QtCore.QEventLoop.ProcessEventsFlag.AllEvents, 10)


def banner() -> dict[str, str] | None:
    """Return what the banner says, None while there is none."""
    shown = widget("huebrush_banner")
    if not shown.isVisible():
        return None
    button = widget("huebrush_banner_remedy")
    return {
        "code": shown.problem.code,
        "message": widget("huebrush_banner_text").text(),
        "advice": widget("huebrush_banner_advice").text(),
        "remedy": button.text() if button.isVisible() else "",
    }


def job() -> dict[str, Any] | None:
    """Return how the active document's newest job stands."""
    current = widget("huebrush_panel").job()
    if current is None:
        return None
    progress = current.progress
    return {
        "id": current.id,
        "stage": current.stage.value,
        "phase": progress.phase if progress else "",
        "step": progress.step if progress else 0,
        "preview": current.preview is not None,
        "seed": current.request.settings.seed,
        "group": current.group,
    }


def document() -> Any:
    """Return the active document."""
    return Krita.instance().activeDocument()


def show(opened: Any) -> Any:
    """Show a document in the window, as File > Open does."""
    opened.setBatchmode(True)
    Krita.instance().activeWindow().addView(opened)
    spin(0.3)
    widget("huebrush_panel").refresh()  # a docker behind another one waits until it is seen
    return opened


def next_window() -> None:
    """Bring the next open document to the front, as Ctrl+Tab does."""
    Krita.instance().activeWindow().qwindow().findChild(QtWidgets.QMdiArea).activateNextSubWindow()


def open_file(path: str) -> None:
    """Open and show a document."""
    opened = Krita.instance().openDocument(path)
    if opened is None:
        raise OSError(f"Krita cannot open {path}")
    show(opened)


def close_all() -> None:
    """Close every document without saving."""
    for opened in Krita.instance().documents():
        opened.setModified(False)
        opened.close()
    spin(0.3)


def start_afresh() -> None:
    """Close every document and bring the docker back to how it is in a new home: its first page, sections folded."""
    from huebrush.session import session
    from huebrush.settings.store import DocumentSettings, PluginSettings
    from huebrush.widgets.controls.folded_section import FoldedSection

    close_all()
    session().store.save_plugin(PluginSettings())
    blank = Krita.instance().createDocument(16, 16, "Blank", "RGBA", "U8", "", 300.0)
    session().store.remember(blank, DocumentSettings())
    show(blank)
    widget("huebrush_panel").refresh()  # the next document begins with what this one shows
    close_all()
    dock_docker()
    if banner() is not None:
        click("huebrush_banner_dismiss")
    for section in docker().findChildren(FoldedSection):
        section.set_open(False)
    show_page("colorize")


def add_picture(target: Any, name: str, path: str, blending: str = "normal", edge: int = 0) -> None:
    """Add a paint layer with the picture in `path`, enlarged to `edge` pixels if given, on top of the layers."""
    image = QtGui.QImage(path)
    if edge:
        image = image.scaled(edge, edge)
    layer = target.createNode(name, "paintlayer")
    own = (layer.colorModel(), layer.colorDepth(), layer.colorProfile())
    layer.setColorSpace("RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc")
    from huebrush.base.qt import image_bytes

    layer.setPixelData(QtCore.QByteArray(image_bytes(image)), 0, 0, image.width(), image.height())
    layer.setColorSpace(*own)
    if blending != "normal":
        layer.setBlendingMode(blending)
    target.rootNode().addChildNode(layer, None)


def make_document(
    line_art: str, reference: str, model: str = "RGBA", depth: str = "U8", profile: str = "", edge: int = 0
) -> Any:
    """Make and show a document with the layers "Background", "Reference" and "Line art" (Multiply, on top)."""
    picture = QtGui.QImage(line_art)
    width, height = (edge, edge) if edge else (picture.width(), picture.height())
    default = "sRGB-elle-V2-srgbtrc.icc" if (model, profile) == ("RGBA", "") else profile
    made = Krita.instance().createDocument(width, height, "Test page", model, depth, default, 300.0)
    add_picture(made, "Reference", reference, edge=edge)
    add_picture(made, "Line art", line_art, "multiply", edge)
    made.refreshProjection()
    made.waitForDone()
    return show(made)


def layers() -> list[dict[str, Any]]:
    """Return the active document's layers, topmost first."""
    from huebrush.documents.find import node_id, walk

    return [
        {
            "name": node.name(),
            "type": node.type(),
            "depth": depth,
            "id": node_id(node),
            "space": f"{node.colorModel()}/{node.colorDepth()}",
            "blending": node.blendingMode(),
        }
        for node, depth in walk(document().rootNode())
    ]


def layer_named(name: str) -> Any:
    """Return the first layer with this name."""
    from huebrush.documents.find import walk

    return next(node for node, _ in walk(document().rootNode()) if node.name() == name)


def pixel_hash(name: str = "") -> str:
    """Return the SHA-256 of a layer's own pixels, or of the projection when no name is given."""
    target = document()
    target.waitForDone()
    size = (0, 0, target.width(), target.height())
    data = layer_named(name).pixelData(*size) if name else target.pixelData(*size)
    return hashlib.sha256(bytes(data.data())).hexdigest()


def press(action: str) -> None:
    """Trigger one of Krita's own actions, such as "edit_undo", once Krita has composed the page: while it does, it
    ignores undo and redo silently."""
    if document() is not None:
        while not document().tryBarrierLock():
            spin(0.05)
        document().unlock()
    Krita.instance().action(action).trigger()
    spin(0.3)
    if document() is not None:
        document().waitForDone()
    spin(0.1)


def grab(name: str, path: str) -> None:
    """Save a picture of a widget ("": the docker, "window": Krita, "dialog": the window that is open above it)."""
    spin(0.2)
    window = Krita.instance().activeWindow().qwindow()
    if name == "dialog":
        target = next(found for found in window.findChildren(QtWidgets.QDialog) if found.isVisible())
    else:
        target = window if name == "window" else widget(name) if name else docker()
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    target.grab().save(path)


def float_docker() -> None:
    """Show the docker beside Krita, as tall as the page that is shown."""
    dock = docker()
    dock.setFloating(True)
    spin(0.2)
    page = dock.findChild(QtWidgets.QStackedWidget, "huebrush_page_stack").currentWidget()
    dock.resize(300, max(435, min(900, page.sizeHint().height() + dock.height() - page.height())))
    spin(0.2)


def scroll_to(name: str) -> None:
    """Scroll the docker's page until a widget is at its top, as far as it goes."""
    target = widget(name)
    area = bring_up(target)
    area.verticalScrollBar().setValue(target.mapTo(area.widget(), QtCore.QPoint(0, 0)).y())
    spin()


def dock_docker() -> None:
    """Put the docker back into Krita's window, where the keyboard reaches it without a window manager."""
    docker().setFloating(False)
    spin(0.2)


def backend_is_ready() -> bool:
    """True when the plugin's backend has answered."""
    from huebrush.session import session

    return session().link.is_ready


def running_timers() -> list[str]:
    """Return the plugin's timers that are running."""
    from huebrush.session import session

    owners = [session(), docker()]
    timers = [timer for owner in owners for timer in owner.findChildren(QtCore.QTimer)]
    return [repr(timer.parent()) for timer in timers if timer.isActive()]


def tab_order(start: str = "huebrush_line_art") -> list[str]:
    """Press Tab through the docker from the widget `start` on and return the names of the widgets that had the
    focus."""
    names: list[str] = []
    Krita.instance().activeWindow().qwindow().activateWindow()
    first = widget(start)
    bring_up(first)
    docker().activateWindow()
    first.setFocus()
    spin()
    for _ in range(40):
        focused = QtWidgets.QApplication.focusWidget()
        if focused is None or not docker().isAncestorOf(focused):
            break
        names.append(focused.objectName())
        QTest.keyClick(focused, QtCore.Qt.Key.Key_Tab)
        spin(0.02)
    return names


def unnamed_controls() -> list[str]:
    """Return the docker's own controls that a screen reader could not name."""
    kinds = (QtWidgets.QAbstractButton, QtWidgets.QComboBox, QtWidgets.QAbstractSpinBox, QtWidgets.QAbstractSlider)
    controls = [
        found
        for kind in (*kinds, QtWidgets.QListWidget)
        for found in widget("huebrush_panel").findChildren(kind)
        if found.objectName().startswith("huebrush_")
    ]
    return [found.objectName() for found in controls if not (found.accessibleName() or getattr(found, "text", str)())]
