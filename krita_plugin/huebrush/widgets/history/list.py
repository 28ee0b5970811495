"""The list of a document's results, with a search and what can be done with each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...base.qt import QtCore, QtGui, QtWidgets, Signal, never_none
from ...base.strings import text
from ...results.history import HistoryEntry
from ..controls.buttons import tool_button
from ..controls.inputs import QuietNumber
from ..controls.own_keys import CTRL_ENTER, ENTER, PLAIN, WALKS, OwnKeys
from .preview import HistoryPreview
from .rows import ICON, FoundRows, HistoryRows

ROWS = 2
"""Number of rows that the list has room for at least."""
SPACE = 6
MOST_MEGABYTES = 1_000_000
_ACTS = [(getattr(QtCore.Qt.Key, f"Key_{name}"), PLAIN) for name in ("Space", "Delete", "Escape", "F2", "G", "C")]
KEYS = (*WALKS, *ENTER, *CTRL_ENTER, *_ACTS)
"""Keys of the list."""


class ResultsView(QtWidgets.QListView):
    """Emits `shown(bool)` for the result to be shown (True: beside the others), `gone_on`, `compared`, `starred` and
    `discarded` for keys, and `looked_at(row)` for the row that the pointer or the keyboard is on, -1 for none,
    and `edit_ended` when no name is typed any more."""

    shown = Signal(bool)
    gone_on = Signal()
    compared = Signal()
    starred = Signal()
    discarded = Signal()
    looked_at = Signal(int)
    edit_ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("huebrush_history")
        self.setAccessibleName(text("history.name"))
        self.setToolTip(text("history.keys"))
        self.setIconSize(ICON)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QtWidgets.QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(QtCore.Qt.TextElideMode.ElideRight)
        self.setEditTriggers(QtWidgets.QAbstractItemView.EditTrigger.NoEditTriggers)
        OwnKeys(self, KEYS)
        self.setMinimumWidth(60)
        self.setMinimumHeight(ROWS * (ICON.height() + SPACE))
        self.entered.connect(lambda index: self.looked_at.emit(index.row()))
        self.clicked.connect(lambda _index: self.shown.emit(_holds_key()))

    def keyPressEvent(self, e: QtGui.QKeyEvent | None) -> None:
        """Show the result with Enter (with Ctrl beside the others), go on from it with G, compare it with C, rename it
        with F2, mark it with Space, discard it with Delete, and look away with Escape."""
        event, keys = never_none(e), QtCore.Qt.Key
        if self.is_editing:
            event.accept()  # Enter ends the typing of a name, and comes here too
        elif event.key() in (keys.Key_Return, keys.Key_Enter):
            self.shown.emit(_holds_key())
        elif event.key() == keys.Key_G and event.modifiers() == PLAIN:
            self.gone_on.emit()
        elif event.key() == keys.Key_C and event.modifiers() == PLAIN:
            self.compared.emit()
        elif event.key() == keys.Key_F2:
            self.edit(self.currentIndex())
        elif event.key() == keys.Key_Space:
            self.starred.emit()
        elif event.key() == keys.Key_Delete:
            self.discarded.emit()
        elif event.key() == keys.Key_Escape:
            self.looked_at.emit(-1)
        else:
            super().keyPressEvent(event)
            self.looked_at.emit(self.currentIndex().row())

    @property
    def is_editing(self) -> bool:
        """True while the artist types a name."""
        return self.state() == QtWidgets.QAbstractItemView.State.EditingState

    def closeEditor(self, editor: QtWidgets.QWidget | None, hint: QtWidgets.QAbstractItemDelegate.EndEditHint) -> None:
        """Take the field for the name away."""
        super().closeEditor(editor, hint)
        self.edit_ended.emit()

    def leaveEvent(self, a0: QtCore.QEvent | None) -> None:
        """Look away when the pointer leaves."""
        super().leaveEvent(a0)
        self.looked_at.emit(-1)

    def focusOutEvent(self, e: QtGui.QFocusEvent | None) -> None:
        """Look away when the keyboard is for something else."""
        super().focusOutEvent(e)
        self.looked_at.emit(-1)

    def hideEvent(self, a0: QtGui.QHideEvent | None) -> None:
        """Look away when another page is shown."""
        super().hideEvent(a0)
        self.looked_at.emit(-1)


class HistoryList(QtWidgets.QWidget):
    """Show results, and emit what the artist wants done with one: `shown(HistoryEntry, bool)` (True: beside the
    others), `start_wanted(HistoryEntry)` to go on from it, `compare_wanted(HistoryEntry)`,
    `settings_wanted(HistoryEntry)`, `renamed(HistoryEntry, str)`, `star_toggled(HistoryEntry)`,
    `discarded(HistoryEntry)`, `back_clicked` to see again what was seen before, and `export_clicked` for a file of the
    page for Photoshop. Emits `edit_ended` when no name is typed any more: nothing new was shown meanwhile.

    `limit_changed(int)` says how many megabytes results may take in files. `picture_of` and `title_of`: see
    `HistoryRows`.
    """

    shown = Signal(object, bool)
    start_wanted = Signal(object)
    compare_wanted = Signal(object)
    settings_wanted = Signal(object)
    renamed = Signal(object, str)
    star_toggled = Signal(object)
    discarded = Signal(object)
    back_clicked = Signal()
    export_clicked = Signal()
    edit_ended = Signal()
    limit_changed = Signal(int)

    def __init__(
        self, picture_of: Callable[[HistoryEntry], QtGui.QImage | None], title_of: Callable[[str], str]
    ) -> None:
        super().__init__()
        self._picture_of = picture_of
        self._rows = HistoryRows(picture_of, title_of, self)
        self._rows.renamed.connect(self.renamed)
        self._found = FoundRows(self._rows, self)
        self._search = QtWidgets.QLineEdit()
        self._search.setObjectName("huebrush_history_search")
        self._search.setPlaceholderText(text("history.search"))
        self._search.setAccessibleName(text("history.search"))
        self._search.setToolTip(text("history.search.tip"))
        self._search.setClearButtonEnabled(True)
        self._search.setMinimumWidth(60)
        self._view = ResultsView()
        self._view.setModel(self._found)
        self._nothing = QtWidgets.QLabel(text("history.empty"))
        self._nothing.setObjectName("huebrush_history_empty")
        self._nothing.setWordWrap(True)
        self._nothing.setAlignment(QtCore.Qt.AlignmentFlag.AlignTop)
        self._preview = HistoryPreview(self)
        self._go_on = _button("go_on", lambda: self._tell(self.start_wanted))
        self._compare = _button("compare", lambda: self._tell(self.compare_wanted))
        self._star = _button("star", lambda: self._tell(self.star_toggled))
        self._settings = _button("settings", lambda: self._tell(self.settings_wanted))
        self._discard = _button("discard", lambda: self._tell(self.discarded))
        self._for_chosen = (self._go_on, self._compare, self._settings, self._star, self._discard)
        self._back = _button("back", self.back_clicked.emit)
        self._export = _button("photoshop", self.export_clicked.emit)
        self._limit = QuietNumber()
        self._limit.setObjectName("huebrush_history_limit")
        self._limit.setRange(0, MOST_MEGABYTES)
        self._limit.setSingleStep(500)
        self._limit.setPrefix(text("history.limit.prefix"))
        self._limit.setSuffix(" MB")
        self._limit.setAccessibleName(text("history.limit"))
        self._limit.setToolTip(text("history.limit.tip"))
        self._limit.setMinimumWidth(60)
        self._build_layout()
        self._limit.valueChanged.connect(self.limit_changed)
        self._search.textChanged.connect(self._look_for)
        self._view.shown.connect(self._show)
        self._view.gone_on.connect(lambda: self._tell(self.start_wanted))
        self._view.compared.connect(lambda: self._tell(self.compare_wanted))
        self._view.starred.connect(lambda: self._tell(self.star_toggled))
        self._view.discarded.connect(lambda: self._tell(self.discarded))
        self._view.looked_at.connect(self._look_at)
        self._view.edit_ended.connect(self.edit_ended)
        never_none(self._view.selectionModel()).selectionChanged.connect(lambda *_: self._show_buttons())
        self.show_entries((), is_idle=True, can_go_back=False)

    @property
    def chosen(self) -> HistoryEntry | None:
        """The result whose row is chosen, None for none."""
        chosen = never_none(self._view.selectionModel()).selectedIndexes()
        return self._rows.entry(self._found.mapToSource(chosen[0]).row()) if chosen else None

    @property
    def entries(self) -> Sequence[HistoryEntry]:
        """All results, found or not, from top to bottom."""
        return self._rows.entries

    def show_entries(self, entries: Sequence[HistoryEntry], is_idle: bool, can_go_back: bool) -> None:
        """Show `entries`, unless a name is typed now. While one is put back (not `is_idle`), nothing else can be done.
        `can_go_back`: what was seen before can be seen again."""
        if self._view.is_editing:
            return
        chosen = self.chosen
        self._rows.show_entries(entries)
        if chosen is not None and self.chosen is None:
            self._choose(chosen.record.job)
        self._view.setEnabled(is_idle)
        self._back.setEnabled(can_go_back)
        has_any = bool(entries)
        for widget in (self._search, self._view, *self._for_chosen, self._back, self._export, self._limit):
            widget.setVisible(has_any)
        self._look_for(self._search.text())

    def show_limit(self, megabytes: int) -> None:
        """Show how many megabytes results may take in files."""
        self._limit.blockSignals(True)
        self._limit.setValue(megabytes)
        self._limit.blockSignals(False)

    def renew_pictures(self) -> None:
        """Show the pictures as they are known now."""
        self._rows.renew_pictures()

    def _build_layout(self) -> None:
        top, ahead, buttons = (QtWidgets.QHBoxLayout() for _ in range(3))
        top.addWidget(self._search)
        top.addWidget(self._back)
        ahead.addWidget(self._go_on)
        ahead.addWidget(self._compare)
        for button in (self._settings, self._star, self._discard):
            buttons.addWidget(button)
        for row in (ahead, buttons):
            row.addStretch(1)
        for row in (top, ahead, buttons):
            row.setSpacing(4)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self._nothing)
        layout.addWidget(self._view, 1)
        layout.addLayout(ahead)
        layout.addLayout(buttons)
        layout.addWidget(self._export)
        layout.addWidget(self._limit)

    def _look_for(self, words: str) -> None:
        self._found.look_for(words)
        has_any, has_found = self._rows.rowCount() > 0, self._found.rowCount() > 0
        self._nothing.setVisible(not has_found)
        self._nothing.setText(text("history.not_found" if has_any else "history.empty"))
        self._show_buttons()

    def _choose(self, job: str) -> None:
        for row in range(self._found.rowCount()):
            index = self._found.index(row, 0)
            if self._rows.entry(self._found.mapToSource(index).row()).record.job == job:
                self._view.setCurrentIndex(index)
                return

    def _show(self, beside_others: bool) -> None:
        if self.chosen is not None:
            self.shown.emit(self.chosen, beside_others)

    def _tell(self, signal: QtCore.pyqtBoundSignal) -> None:
        if self.chosen is not None:
            signal.emit(self.chosen)

    def _look_at(self, row: int) -> None:
        """Show the result of a row of the view large, -1: none."""
        index = self._found.index(row, 0)
        entry = self._rows.entry(self._found.mapToSource(index).row()) if index.isValid() else None
        middle = never_none(self._view.viewport()).mapToGlobal(self._view.visualRect(index).center())
        self._preview.show_picture(self._picture_of(entry) if entry is not None else None, middle.y())

    def _show_buttons(self) -> None:
        chosen = self.chosen
        for button in self._for_chosen:
            button.setEnabled(chosen is not None)
        self._star.setEnabled(chosen is not None and chosen.kept is not None)
        is_starred = chosen is not None and chosen.is_starred
        words = text("history.unstar.tip" if is_starred else "history.star.tip")
        self._star.setToolTip(words)
        self._star.setAccessibleName(words)


def _button(name: str, on_click: Callable[[], object]) -> QtWidgets.QToolButton:
    return tool_button(f"huebrush_history_{name}", text(f"history.{name}"), text(f"history.{name}.tip"), on_click)


def _holds_key() -> bool:
    """True while the artist holds Ctrl or Shift."""
    held, keys = QtGui.QGuiApplication.keyboardModifiers(), QtCore.Qt.KeyboardModifier
    return bool(held & (keys.ControlModifier | keys.ShiftModifier))
