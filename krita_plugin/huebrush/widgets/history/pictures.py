"""Small pictures of results with the page's lines over them, read while Krita goes on working."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from huebrush_protocol.messages import ImageHeader

from ...base.problems import problem
from ...base.qt import QtCore, QtGui, Signal
from ...base.tasks import SlicedTask, Steps
from ...capture.small_pictures import small_picture
from ...documents.find import document_key, find_document, find_node, while_open
from ...documents.layer_reading import page_of, read_node
from ...results.history import HistoryEntry
from ...results.small_result import EDGE

if TYPE_CHECKING:
    from krita import Document, Node

MOST = 48
"""Number of pictures that are remembered, each of about a megabyte."""


class HistoryPictures(QtCore.QObject):
    """Pictures of the results of one document at a time. Emits `changed` when there are more than before."""

    changed = Signal()

    def __init__(self, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._document, self._line_art = "", ""
        self._lines = QtGui.QImage()
        self._pictures: OrderedDict[str, QtGui.QImage] = OrderedDict()
        self._read: dict[str, QtGui.QImage] = {}
        """Pictures of results without files, by job; a null one could not be read."""
        self._wanted: list[HistoryEntry] = []
        self._task: SlicedTask | None = None

    def follow(self, document: Document, line_art: str) -> None:
        """Show results of `document` under the lines of the layer with the id `line_art`, which are read now unless
        they have been."""
        key = document_key(document)
        if (key, line_art) == (self._document, self._line_art):
            return
        if key != self._document:
            self._read.clear()
            self._wanted.clear()
        self._document, self._line_art, self._lines = key, line_art, QtGui.QImage()
        self._pictures.clear()
        self._begin(document, find_node(document, line_art), self._on_lines)

    def picture(self, entry: HistoryEntry) -> QtGui.QImage | None:
        """Return a result on white paper under the lines, no side longer than `EDGE`; None where there is none yet."""
        job = entry.record.job
        if job in self._pictures:
            self._pictures.move_to_end(job)
            return self._pictures[job]
        result = QtGui.QImage(str(entry.kept.picture)) if entry.kept is not None else QtGui.QImage()
        if result.isNull():
            result = self._read.get(job, result)
        if result.isNull():
            if entry.is_there and job not in self._read and all(other.record.job != job for other in self._wanted):
                self._wanted.append(entry)
                self._read_next()
            return None
        self._pictures[job] = _on_paper(result, self._lines)
        if len(self._pictures) > MOST:
            self._pictures.popitem(last=False)
        return self._pictures[job]

    def _begin(self, document: Document, node: Node | None, on_done: Callable[[QtGui.QImage], None]) -> None:
        """Read what `node` shows: a null picture where it cannot be read, or the document is closed meanwhile."""
        if self._task is not None:
            self._task.cancel()
        steps = while_open(document, _small_layer(document, node), problem("document_closed_early"))
        self._task = SlicedTask(steps, on_done, lambda _error: on_done(QtGui.QImage()), self)

    def _on_lines(self, lines: QtGui.QImage) -> None:
        self._task, self._lines = None, lines
        self._pictures.clear()
        self.changed.emit()
        self._read_next()

    def _read_next(self) -> None:
        """Read the next result that has no files from its layers, unless something is being read."""
        document = find_document(self._document)
        if self._task is None and self._wanted and document is not None:
            entry = self._wanted[0]
            self._begin(document, find_node(document, entry.record.group), self._on_result)

    def _on_result(self, picture: QtGui.QImage) -> None:
        self._task = None
        if self._wanted:
            self._read[self._wanted.pop(0).record.job] = picture
            self.changed.emit()
        self._read_next()


def _small_layer(document: Document, node: Node | None) -> Steps[QtGui.QImage]:
    """Return a small picture of what `node` shows of the page, a null one where it is gone."""
    if node is None:
        return QtGui.QImage()
    yield 0
    page = page_of(document)
    pixels = yield from read_node(document, node, page)
    header = ImageHeader("layer", page.width, page.height, "BGRA")
    return (yield from small_picture(header, pixels.data, EDGE))


def _on_paper(result: QtGui.QImage, lines: QtGui.QImage) -> QtGui.QImage:
    page = QtGui.QImage(result.size(), QtGui.QImage.Format.Format_RGB32)
    page.fill(QtCore.Qt.GlobalColor.white)
    painter = QtGui.QPainter(page)
    painter.setRenderHint(QtGui.QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(0, 0, result)
    if not lines.isNull():
        painter.setCompositionMode(QtGui.QPainter.CompositionMode.CompositionMode_Multiply)
        painter.drawImage(page.rect(), lines)
    painter.end()
    return page
