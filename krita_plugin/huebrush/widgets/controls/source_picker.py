"""The choice of one picture, or of a mask: none, the selection, a layer, an open document, a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ...base.qt import QtCore, QtGui, QtWidgets, Signal, never_none
from ...base.strings import text
from ...settings.sources import ReferenceSource
from .inputs import NameList

FILE_PATTERNS = "*.png *.jpg *.jpeg *.webp *.bmp *.tif *.tiff *.kra *.ora"

FROM_FILE = "file"
"""The data of the entry that asks for a file."""


class SourcePicker(NameList):
    """Offers nothing, `fixed`, what `offered` returns now, and files if `files`. Emits `changed` on a choice."""

    changed = Signal()

    def __init__(
        self,
        name: str,
        offered: Callable[[], Sequence[ReferenceSource]],
        accessible_name: str,
        tip: str,
        fixed: Sequence[ReferenceSource] = (),
        files: bool = False,
    ) -> None:
        super().__init__(6)
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setToolTip(tip)
        self._title, self._offered, self._fixed, self._files = accessible_name, offered, fixed, files
        self._none = text(f"{name.removeprefix('huebrush_')}.none")
        self._source: tuple[ReferenceSource, ...] = ()
        self.activated.connect(self._choose)
        self._fill()

    @property
    def sources(self) -> tuple[ReferenceSource, ...]:
        """The chosen source, or nothing."""
        return self._source

    def set_sources(self, sources: tuple[ReferenceSource, ...]) -> None:
        """Choose a source or nothing; it need not be among what is offered."""
        self._source = sources[:1]
        self._fill()

    def showPopup(self) -> None:
        """Bring the list up to date, then open."""
        self._fill()
        super().showPopup()

    def focusInEvent(self, e: QtGui.QFocusEvent | None) -> None:
        """Bring the list up to date for the arrow keys."""
        event = never_none(e)
        super().focusInEvent(event)
        if event.reason() != QtCore.Qt.FocusReason.PopupFocusReason:
            self._fill()

    def _fill(self) -> None:
        self.clear()
        self.addItem(self._none, None)
        offered = [*self._fixed, *self._offered()]
        chosen = self._source[0] if self._source else None
        for source in offered:
            self.addItem(source.name, source)
        row = next((1 + at for at, source in enumerate(offered) if chosen is not None and _same(source, chosen)), 0)
        if chosen is not None and not row:
            row = self.count()
            self.addItem(chosen.name, chosen)
        if self._files:
            self.addItem(text("references.from_file"), FROM_FILE)
        self.setCurrentIndex(row)

    def _choose(self, index: int) -> None:
        data = self.itemData(index)
        if data == FROM_FILE:
            self._fill()  # shows what holds until a file is chosen
            self._ask()
            return
        self._take(() if data is None else (data,))

    def _ask(self) -> None:
        """Ask for a picture file, without holding up Krita."""
        dialog = QtWidgets.QFileDialog(self, self._title)
        dialog.setFileMode(QtWidgets.QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"{text('references.file_filter')} ({FILE_PATTERNS})")
        dialog.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self._take((ReferenceSource("file", path, Path(path).name),)))
        dialog.open()

    def _take(self, sources: tuple[ReferenceSource, ...]) -> None:
        if sources != self._source:
            self.set_sources(sources)
            self.changed.emit()


def _same(one: ReferenceSource, other: ReferenceSource) -> bool:
    return (one.kind, one.key) == (other.kind, other.key)
