"""Small pictures of references for lists and menus; files are read while Krita goes on working."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...base.qt import QtCore, QtGui, QtWidgets, Signal, never_none
from ...base.tasks import SlicedTask, in_thread
from ...documents.find import active_document, find_document, find_node
from ...documents.picture_files import UnreadablePicture, read_thumbnail
from ...settings.sources import ReferenceSource

THUMBNAIL_EDGE = 28
"""Longest side of a thumbnail in logical pixels; it is made twice as large for dense screens."""


StandardPixmap = QtWidgets.QStyle.StandardPixmap


@dataclass(frozen=True)
class Reading:
    """Contents of a file: its time of change and size, and its picture, None if it is not a picture."""

    stamp: tuple[int, int]
    picture: QtGui.QImage | None


class ReferenceIcons(QtCore.QObject):
    """Icons of references. Emits `file_read(path, QIcon)` when a file's icon has become another than `icon` gave."""

    file_read = Signal(str, object)

    def __init__(self, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._files: dict[str, tuple[QtGui.QIcon, tuple[int, int]]] = {}
        self._reading: set[str] = set()

    def icon(self, source: ReferenceSource) -> QtGui.QIcon:
        """Return a thumbnail of `source` at once. For a file it is the latest known one; the file is then read
        again."""
        if source.kind == "file":
            self._read(source.key)
            return self._files[source.key][0] if source.key in self._files else _standard(StandardPixmap.SP_FileIcon)
        edge = THUMBNAIL_EDGE * 2
        document = active_document()
        if source.kind == "document":
            owner = find_document(source.key)
        else:
            owner = find_node(document, source.key) if document is not None else None
        if owner is None:
            return _standard(StandardPixmap.SP_MessageBoxWarning)
        return _on_paper(owner.thumbnail(edge, edge))

    def _read(self, path: str) -> None:
        if path in self._reading:
            return
        self._reading.add(path)
        known = self._files[path][1] if path in self._files else None
        SlicedTask(
            in_thread(lambda: _look_at(Path(path), known)),
            lambda reading: self._on_read(path, reading),
            lambda _error: self._on_read(path, Reading((0, 0), None)),
            self,
        )

    def _on_read(self, path: str, reading: Reading | None) -> None:
        self._reading.discard(path)
        if reading is None:
            return
        picture = reading.picture
        icon = _on_paper(picture) if picture is not None else _standard(StandardPixmap.SP_MessageBoxWarning)
        self._files[path] = icon, reading.stamp
        self.file_read.emit(path, icon)


def _look_at(path: Path, known: tuple[int, int] | None) -> Reading | None:
    """Read the file's thumbnail, or return None when it still has the `known` stamp. Raises OSError."""
    status = path.stat()
    stamp = (status.st_mtime_ns, status.st_size)
    if stamp == known:
        return None
    try:
        return Reading(stamp, read_thumbnail(path, THUMBNAIL_EDGE * 2))
    except UnreadablePicture:
        return Reading(stamp, None)


def _on_paper(picture: QtGui.QImage) -> QtGui.QIcon:
    """Return an icon of `picture` on white: in a dark theme, dark lines on nothing would not be seen."""
    paper = QtGui.QPixmap(picture.size())
    paper.fill(QtCore.Qt.GlobalColor.white)
    if not paper.isNull():
        painter = QtGui.QPainter(paper)
        painter.drawImage(0, 0, picture)
        painter.end()
    return QtGui.QIcon(paper)


def _standard(pixmap: StandardPixmap) -> QtGui.QIcon:
    return never_none(QtWidgets.QApplication.style()).standardIcon(pixmap)
