"""The rows of the page History: what each shows of a result, and the search through them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from ...base.qt import QtCore, QtGui, Signal
from ...base.strings import text
from ...results.history import HistoryEntry

ICON = QtCore.QSize(64, 64)
"""Size of a row's picture, in logical pixels."""
RATIO = 2
"""Pixels of an icon's picture for each of the screen's: it is sharp on dense screens too."""
WORDS = QtCore.Qt.ItemDataRole.UserRole
"""Role of the words to search."""
Role = QtCore.Qt.ItemDataRole


class HistoryRows(QtCore.QAbstractListModel):
    """A row for each of the results. Pictures are made when a row is first painted.

    `picture_of` returns a result's picture, None while there is none; `title_of` the title of a model. Emits
    `renamed(HistoryEntry, str)` when the artist has typed another name.
    """

    renamed = Signal(object, str)

    def __init__(
        self,
        picture_of: Callable[[HistoryEntry], QtGui.QImage | None],
        title_of: Callable[[str], str],
        parent: QtCore.QObject,
    ) -> None:
        super().__init__(parent)
        self._picture_of, self._title_of = picture_of, title_of
        self._entries: list[HistoryEntry] = []
        self._icons: dict[str, QtGui.QIcon] = {}

    def show_entries(self, entries: Sequence[HistoryEntry]) -> None:
        """Show `entries` from top to bottom. Where they are the same results as before, what is chosen stays chosen."""
        if [entry.record.job for entry in entries] == [entry.record.job for entry in self._entries]:
            self._entries = list(entries)
            if entries:
                self.dataChanged.emit(self.index(0), self.index(len(entries) - 1))
            return
        self.beginResetModel()
        self._entries = list(entries)
        self.endResetModel()

    def renew_pictures(self) -> None:
        """Make the pictures again, with what is known now."""
        self._icons.clear()
        if self._entries:
            self.dataChanged.emit(self.index(0), self.index(len(self._entries) - 1))

    @property
    def entries(self) -> Sequence[HistoryEntry]:
        """The results from top to bottom."""
        return self._entries

    def entry(self, row: int) -> HistoryEntry:
        """Return the result of a row."""
        return self._entries[row]

    def rowCount(self, parent: QtCore.QModelIndex | None = None) -> int:
        """Return the number of results."""
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def data(self, index: QtCore.QModelIndex, role: int = Role.DisplayRole) -> object:
        """Return the text, picture or font of a row."""
        if not 0 <= index.row() < len(self._entries):
            return None
        entry = self._entries[index.row()]
        if role == Role.DisplayRole:
            return f"{_marked(entry)}\n{self._details(entry)}"
        if role == Role.EditRole:
            return entry.name
        if role == Role.DecorationRole:
            return self._icon(entry)
        if role in (Role.ToolTipRole, Role.AccessibleDescriptionRole):
            return f"{_marked(entry)}\n{self._details(entry)}\n{_state(entry)}"
        if role == Role.FontRole and entry.is_visible:
            font = QtGui.QFont()
            font.setBold(True)
            return font
        return entry.words + self._title_of(entry.model).casefold() if role == WORDS else None

    def flags(self, index: QtCore.QModelIndex) -> QtCore.Qt.ItemFlag:
        """Say that a result can be renamed."""
        return super().flags(index) | QtCore.Qt.ItemFlag.ItemIsEditable

    def setData(self, index: QtCore.QModelIndex, value: object, role: int = Role.EditRole) -> bool:
        """Ask for the result to be called `value`, unless that is empty or its name already."""
        entry, name = self._entries[index.row()], str(value).strip()
        if role != Role.EditRole or name in ("", entry.name):
            return False
        self.renamed.emit(entry, name)
        return True

    def _details(self, entry: HistoryEntry) -> str:
        """Return the time, the model, and on a line of its own the seed, which has ten digits."""
        said = [_moment(entry.record.applied), self._title_of(entry.model)]
        seed = text("history.seed", seed=entry.seed) if entry.seed not in ("", "0") else ""
        return "\n".join(filter(None, (" · ".join(filter(None, said)), seed)))

    def _icon(self, entry: HistoryEntry) -> QtGui.QIcon:
        known = self._icons.get(entry.record.job)
        if known is not None:
            return known
        square = QtGui.QPixmap(ICON * RATIO)
        square.setDevicePixelRatio(RATIO)
        square.fill(QtCore.Qt.GlobalColor.transparent)
        picture = self._picture_of(entry)
        if picture is not None:
            fitted = picture.scaled(
                ICON * RATIO,
                QtCore.Qt.AspectRatioMode.KeepAspectRatio,
                QtCore.Qt.TransformationMode.SmoothTransformation,
            )
            fitted.setDevicePixelRatio(RATIO)
            painter = QtGui.QPainter(square)
            left, top = ICON.width() - fitted.width() / RATIO, ICON.height() - fitted.height() / RATIO
            painter.drawImage(QtCore.QPointF(left / 2, top / 2), fitted)
            painter.end()
        icon = QtGui.QIcon(square)
        icon.addPixmap(square, QtGui.QIcon.Mode.Selected)  # Qt would tint the colours of the chosen row
        if picture is not None:
            self._icons[entry.record.job] = icon
        return icon


class FoundRows(QtCore.QSortFilterProxyModel):
    """Those of the rows that have all the words that are looked for."""

    def __init__(self, rows: HistoryRows, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._rows = rows
        self._words: list[str] = []
        self.setSourceModel(rows)

    def look_for(self, words: str) -> None:
        """Show the rows that have each of `words`, all with ""."""
        self._words = words.casefold().split()
        self.invalidateFilter()

    def filterAcceptsRow(self, source_row: int, source_parent: QtCore.QModelIndex) -> bool:
        """Return whether a row has them."""
        if not self._words:
            return True
        said = self._rows.data(self._rows.index(source_row), WORDS)
        return isinstance(said, str) and all(word in said for word in self._words)


def _marked(entry: HistoryEntry) -> str:
    return f"★ {entry.name}" if entry.is_starred else entry.name


def _state(entry: HistoryEntry) -> str:
    if entry.is_there:
        return text("history.visible" if entry.is_visible else "history.hidden")
    return text("history.gone" if entry.kept is not None and entry.kept.has_layers else "history.lost")


def _moment(applied: str) -> str:
    """Return a time (ISO 8601) as the artist writes it, the day only if it is not today; "" for what is none."""
    try:
        moment = datetime.fromisoformat(applied)
    except ValueError:
        return ""
    local, short = moment.astimezone(), QtCore.QLocale.FormatType.ShortFormat
    day, time = QtCore.QDate(local.year, local.month, local.day), QtCore.QTime(local.hour, local.minute)
    said = QtCore.QLocale().toString(time, short)
    return said if day == QtCore.QDate.currentDate() else f"{QtCore.QLocale().toString(day, short)} {said}"
