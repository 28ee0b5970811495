"""Combo box of layers that is brought up to date whenever it is about to be used."""

from __future__ import annotations

from collections.abc import Sequence

from ...base.qt import QtCore, QtGui, Signal, never_none
from ...base.strings import text
from ...documents.find import LayerEntry
from .inputs import NameList

INDENT = "    "


class LayerPicker(NameList):
    """Lists layers, topmost first. `about_to_show` asks for `populate`; `picked(uid)` tells the artist's choice."""

    about_to_show = Signal()
    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__(8)
        self.activated.connect(lambda _index: self.picked.emit(self.uid))

    @property
    def uid(self) -> str:
        """The id of the chosen layer, empty when none is chosen."""
        return self.currentData() or ""

    def populate(self, entries: Sequence[LayerEntry], uid: str) -> None:
        """List `entries`, those of results after a line, and choose `uid`, or nothing when it is not among them."""
        self.clear()
        self.addItem(text("line_art.none"), "")
        for before, entry in zip([None, *entries], entries, strict=False):
            if entry.is_result and not (before is not None and before.is_result):
                self.insertSeparator(self.count())
            self.addItem(INDENT * entry.depth + entry.name, entry.uid)
            self.setItemData(self.count() - 1, entry.name, QtCore.Qt.ItemDataRole.ToolTipRole)
        self.setCurrentIndex(max(0, self.findData(uid)))

    def showPopup(self) -> None:
        """Refresh, then open."""
        self.about_to_show.emit()
        super().showPopup()

    def focusInEvent(self, e: QtGui.QFocusEvent | None) -> None:
        """Refresh for the arrow keys, which choose without opening the list."""
        event = never_none(e)
        super().focusInEvent(event)
        if event.reason() != QtCore.Qt.FocusReason.PopupFocusReason:
            self.about_to_show.emit()
