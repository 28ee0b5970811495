"""Pictures of the docker's pages in a language, and what of their words has no room."""

from __future__ import annotations

import importlib
from typing import Any

from huebrush.base.problems import Problem, Remedy
from huebrush.base.qt import BINDING, QtCore, QtGui, QtWidgets
from huebrush.base.strings import catalogue, text
from huebrush.docker import HuebrushDocker
from huebrush.widgets.pages.page_bar import PAGES
from huebrush.widgets.status.banner import Banner

from .hands import layers, spin

WIDTH, HEIGHT = 300, 435
"""The docker's size in pixels, without its title; wider where its least width is."""
MESSAGE = "opaque_lines"
ROW_MARGIN = 3
"""Pixels that styles leave beside the picture and the words of a row."""
GAP = 12
"""Pixels between two pictures on a sheet."""


class DockerPictures:
    """A docker of its own in a language, with text of a size, over the document that is shown."""

    def __init__(self, language: str, scale: float = 1.0) -> None:
        """`language`: "en", "de" or "ja"; `scale`: size of the text, 1 for Krita's own."""
        self._locale, self._font = QtCore.QLocale(), QtWidgets.QApplication.font()
        larger = QtGui.QFont(self._font)
        larger.setPointSizeF(self._font.pointSizeF() * scale)
        QtWidgets.QApplication.setFont(larger)
        QtCore.QLocale.setDefault(QtCore.QLocale(language))
        self._docker: Any = HuebrushDocker()
        self._docker.setWindowFlag(QtCore.Qt.WindowType.Tool)
        self._panel = self._docker.widget()
        self._docker.show()
        spin(0.5)

    def page(self, name: str, height: int = HEIGHT) -> QtGui.QImage:
        """Return a picture of a page in a docker that is `height` pixels high."""
        self._docker.findChild(Banner).show_problem(None)
        self._panel.refresh()
        self._panel.show_page(name)
        spin(0.2)  # the page is made when it is first shown
        return self._grab(height)

    def message(self, height: int = HEIGHT) -> QtGui.QImage:
        """Return a picture of the first page with a message and its remedy."""
        self._panel.show_page(PAGES[0])
        words = text(f"problem.{MESSAGE}", name=text("example.line_art")), text(f"problem.{MESSAGE}.advice")
        self._docker.findChild(Banner).show_problem(Problem(MESSAGE, *words, Remedy.MULTIPLY, "info"))
        spin(0.2)  # the docker's least width follows the button
        return self._grab(height)

    def cut_off(self) -> list[str]:
        """Return the words on the labels and buttons and in the number fields shown that are wider than their place,
        and the names of controls that end beyond the edge of their page. (The message of a low docker may be cut: a tip
        says all of it.)"""
        labels = [it for it in self._panel.findChildren(QtWidgets.QLabel) if it.isVisible() and not it.wordWrap()]
        shown = [it for it in labels if it.toolTip() != it.text()]
        shown += [it for it in self._panel.findChildren(QtWidgets.QAbstractButton) if it.isVisible()]
        page = self._shown_page()
        cut = [it.text() for it in shown if it.sizeHint().width() > it.width()] + _beyond_the_edge(page)
        fields = [it for it in self._panel.findChildren(QtWidgets.QAbstractSpinBox) if it.isVisible()]
        cut += [it.text() for it in fields if _width(it.text(), it.font()) > it.lineEdit().width()]
        banner = self._docker.findChild(Banner)
        return cut + (_beyond_the_edge(banner.findChild(QtWidgets.QScrollArea)) if banner.isVisible() else [])

    def english(self) -> list[str]:
        """Return what labels and buttons say in English, and the entries of lists, if Krita has another language. (The
        built-in model got its title when the backend was met, before this docker.)"""
        language = QtCore.QLocale().name()[:2]
        own = set(catalogue(language).values())
        foreign = set(catalogue("en").values()) - own - {catalogue("en")["model.builtin"]}
        shown = self._panel.findChildren(QtWidgets.QLabel) + self._panel.findChildren(QtWidgets.QAbstractButton)
        words = [it.text() for it in shown if it.isVisible()]
        for box in self._panel.findChildren(QtWidgets.QComboBox):
            words += [box.itemText(row) for row in range(box.count()) if box.isVisible()]
        foreign -= {layer["name"] for layer in layers()}
        return [said for said in words if said.replace("\n", " ").strip() in foreign]

    def scrolls(self) -> bool:
        """Tell whether the page that is shown is too high for the docker."""
        return self._shown_page().verticalScrollBar().isVisible()

    def cut_rows(self) -> list[str]:
        """Return the seeds of results that have no room in the history, and the names of lists of up to five rows that
        scroll."""
        history = self._panel.findChild(QtWidgets.QListView, "huebrush_history")
        rows = [history.model().index(row, 0) for row in range(history.model().rowCount())]
        seeds = [
            index.data().split("\n")[-1]
            for index in rows
            if history.isVisible()
            and _width(index.data().split("\n")[-1], index.data(QtCore.Qt.ItemDataRole.FontRole) or history.font())
            > history.visualRect(index).width() - history.iconSize().width() - 4 * ROW_MARGIN
        ]
        places = self._panel.findChild(QtWidgets.QListWidget, "huebrush_place_list")
        scrolls = places.isVisible() and places.count() <= 5 and places.verticalScrollBar().isVisible()
        return seeds + [places.objectName()] * scrolls

    def _shown_page(self) -> Any:
        return self._panel.findChild(QtWidgets.QStackedWidget, "huebrush_page_stack").currentWidget()

    def close(self) -> None:
        """Take the docker away; language and text are Krita's again."""
        importlib.import_module(f"{BINDING}.sip").delete(self._docker)
        QtWidgets.QApplication.setFont(self._font)
        QtCore.QLocale.setDefault(self._locale)
        spin(0.2)

    def _grab(self, height: int) -> QtGui.QImage:
        self._panel.setFixedSize(max(WIDTH, self._panel.minimumSizeHint().width()), height)
        spin(0.3)
        return self._panel.grab().toImage()


def _width(words: str, font: Any) -> int:
    return QtGui.QFontMetrics(QtGui.QFont(font).resolve(QtWidgets.QApplication.font())).horizontalAdvance(words)


def _beyond_the_edge(area: Any) -> list[str]:
    controls = [it for it in area.widget().findChildren(QtWidgets.QWidget) if it.isVisible() and it.objectName()]
    ends = {it: it.mapTo(area.widget(), QtCore.QPoint(it.width(), 0)).x() for it in controls}
    return [it.objectName() for it, end in ends.items() if end > area.viewport().width()]


def side_by_side(rows: list[list[QtGui.QImage]], path: str) -> None:
    """Save pictures in rows as one picture."""
    width = max(sum(it.width() + GAP for it in row) for row in rows) + GAP
    height = sum(max(it.height() for it in row) + GAP for row in rows) + GAP
    sheet = QtGui.QImage(width, height, QtGui.QImage.Format.Format_RGB32)
    sheet.fill(QtGui.QColor("#808080"))
    painter, top = QtGui.QPainter(sheet), GAP
    for row in rows:
        left = GAP
        for picture in row:
            painter.drawImage(left, top, picture)
            left += picture.width() + GAP
        top += max(it.height() for it in row) + GAP
    painter.end()
    sheet.save(path)
