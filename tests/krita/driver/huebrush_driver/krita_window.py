"""What belongs to Krita itself: its themes, and the shortcuts in its settings; and how well the docker can be read."""

from __future__ import annotations

from typing import Any

from krita import Krita

from .hands import QtCore, QTest, QtGui, QtWidgets, docker, float_docker, spin

SHORTCUT_PAGE = "Keyboard Shortcuts"


def themes() -> list[str]:
    """Return the names of the themes in Krita's Settings menu."""
    return [action.text() for action in _theme_actions()]


def choose_theme(name: str) -> None:
    """Choose a theme in Krita's Settings menu."""
    next(action for action in _theme_actions() if action.text() == name).trigger()
    spin(0.5)


def label_contrasts() -> dict[str, float]:
    """Return for each text in the docker, floating and as tall as it needs, its contrast with what lies behind it: 1 to
    21, as WCAG 2 reckons."""
    float_docker()
    shown = docker()
    picture = shown.grab().toImage()
    contrasts: dict[str, float] = {}
    for label in shown.findChildren(QtWidgets.QLabel):
        if label.text() and label.isEnabled() and label.visibleRegion().boundingRect() == label.rect():
            corner = label.mapTo(shown, QtCore.QPoint(0, 0)) * picture.devicePixelRatio()
            behind = picture.pixelColor(corner)  # no letter reaches into the corner
            contrasts[label.text()] = _contrast(label.palette().color(label.foregroundRole()), behind)
    return contrasts


def theme_contrast() -> float:
    """Return the contrast of the theme's own text with its windows."""
    palette = QtWidgets.QApplication.palette()
    return _contrast(palette.color(QtGui.QPalette.ColorRole.WindowText), palette.color(QtGui.QPalette.ColorRole.Window))


def shortcut_settings(group: str) -> dict[str, str]:
    """Open Krita's settings at the keyboard shortcuts, read the actions below `group` with their keys, and cancel."""
    found: dict[str, str] = {}
    match = QtCore.Qt.MatchFlag.MatchExactly | QtCore.Qt.MatchFlag.MatchRecursive

    def read() -> None:
        dialog = QtWidgets.QApplication.activeModalWidget()
        if not isinstance(dialog, QtWidgets.QDialog):
            QtCore.QTimer.singleShot(100, read)
            return
        try:
            lists = [(view, _row(view, SHORTCUT_PAGE)) for view in dialog.findChildren(QtWidgets.QListView)]
            pages, page = next((view, row) for view, row in lists if row is not None)
            pages.setCurrentIndex(page)
            spin(0.2)
            for tree in dialog.findChildren(QtWidgets.QTreeWidget):
                for item in tree.findItems(group, match):
                    rows = [item.child(row) for row in range(item.childCount())]
                    found.update({row.text(0): _keys(row) for row in rows})
        finally:
            dialog.reject()

    QtCore.QTimer.singleShot(0, read)
    Krita.instance().action("options_configure").trigger()
    return found


def press_keys(action: str, keys: str) -> None:
    """Give `action` a shortcut, press it in Krita's window, and give it back its own."""
    target, window = Krita.instance().action(action), Krita.instance().activeWindow().qwindow()
    own = target.shortcut()
    target.setShortcut(QtGui.QKeySequence(keys))
    try:
        window.activateWindow()
        spin()
        QTest.keySequence(window, QtGui.QKeySequence(keys))
        spin()
    finally:
        target.setShortcut(own)


def mnemonics() -> list[str]:
    """Return the texts of the docker's labels and buttons that take a key with Alt."""
    kinds = (QtWidgets.QAbstractButton, QtWidgets.QLabel, QtWidgets.QGroupBox)
    widgets = [found for kind in kinds for found in docker().findChildren(kind)]
    texts = [found.title() if isinstance(found, QtWidgets.QGroupBox) else found.text() for found in widgets]
    return [text for text in texts if not QtGui.QKeySequence.mnemonic(text).isEmpty()]


def menu_after_alt(letter: str) -> str:
    """Press Alt and a letter where the focus is; return the title of the menu that opens, "" for none."""
    window = Krita.instance().activeWindow().qwindow()
    window.activateWindow()
    spin()
    QTest.keyClick(
        QtWidgets.QApplication.focusWidget() or window,
        getattr(QtCore.Qt.Key, f"Key_{letter}"),
        QtCore.Qt.KeyboardModifier.AltModifier,
    )
    spin(0.3)
    menu = QtWidgets.QApplication.activePopupWidget()
    title = menu.title() if isinstance(menu, QtWidgets.QMenu) else ""
    while menu is not None:
        menu.close()
        spin()
        menu = QtWidgets.QApplication.activePopupWidget()
    return title


def _theme_actions() -> list[Any]:
    return Krita.instance().action("theme_menu").menu().actions()


def _row(view: Any, text: str) -> Any | None:
    found = view.model().match(view.model().index(0, 0), QtCore.Qt.ItemDataRole.DisplayRole, text)
    return found[0] if found else None


def _keys(item: Any) -> str:
    value = item.data(1, QtCore.Qt.ItemDataRole.DisplayRole)
    return value.toString() if isinstance(value, QtGui.QKeySequence) else str(value)


def _contrast(one: Any, other: Any) -> float:
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return round((brighter + 0.05) / (darker + 0.05), 1)


def _luminance(color: Any) -> float:
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
