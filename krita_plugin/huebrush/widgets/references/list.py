"""The references of a document: layers, files and other documents, in order, each with a weight."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from ...base.problems import problem
from ...base.qt import QtCore, QtGui, QtWidgets, Signal, never_none
from ...base.strings import text
from ...settings.sources import ReferenceSource
from ..controls.buttons import tool_button
from ..controls.disabled_reason import explain
from ..controls.own_keys import CTRL, PLAIN, WALKS, OwnKeys
from ..controls.slider_control import PercentControl
from ..controls.source_picker import FILE_PATTERNS
from .dropped import dropped_files, has_pictures
from .offers import Offer, selected_offers, told_apart
from .reference_icons import THUMBNAIL_EDGE, ReferenceIcons
from .reference_part import ReferencePart

LARGEST_WEIGHT = 300
INDENT = "    "
ROWS = 2
"""Most references that are visible at once. An empty list is as high: it is dropped onto, and says so."""
SOURCE_ROLE = QtCore.Qt.ItemDataRole.UserRole


class ReferenceList(QtWidgets.QWidget):
    """Shows and edits references. `offered` is asked for what can be added whenever the menu opens. Emits `changed`
    when the artist has changed something, `chosen` when another one is the chosen one, `page_chosen(key)` for a page
    whose references are wanted here too, and `failed(Problem)`. `part` says what of the chosen one counts."""

    changed = Signal()
    chosen = Signal()
    page_chosen = Signal(str)
    failed = Signal(object)

    def __init__(self, offered: Callable[[], list[Offer]]) -> None:
        super().__init__()
        self.setObjectName("huebrush_reference_list")
        self._offered = offered
        self._pages: Callable[[], list[tuple[str, str]]] = list
        self._icons = ReferenceIcons(self)
        self._icons.file_read.connect(self._show_icon)
        self._dialog: QtWidgets.QFileDialog | None = None
        self._no_weights = ""
        self._list = QtWidgets.QListWidget()
        self._list.setObjectName("huebrush_references")
        self._list.setAccessibleName(text("references.name"))
        self._list.setIconSize(QtCore.QSize(THUMBNAIL_EDGE, THUMBNAIL_EDGE))
        self._list.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(QtCore.Qt.TextElideMode.ElideMiddle)
        self._list.setMinimumWidth(100)
        self._list.currentRowChanged.connect(lambda _row: self._show_state())
        self._hint = QtWidgets.QLabel(text("references.hint"), self._list)
        self._hint.setObjectName("huebrush_references_hint")
        self._hint.setWordWrap(True)
        self._hint.setAlignment(QtCore.Qt.AlignmentFlag.AlignCenter)
        self._hint.setForegroundRole(QtGui.QPalette.ColorRole.Text)  # it lies on the list, not on the window
        self._hint.setAttribute(QtCore.Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        slanted = self._hint.font()
        slanted.setItalic(True)
        self._hint.setFont(slanted)
        hint_layout = QtWidgets.QVBoxLayout(self._list)
        hint_layout.addWidget(self._hint)
        self.add_button = self._add = self._button("add", text("references.add"))
        # A menu of the list's own would, with the focus proxy below, lead Tab round in a circle (Qt 6).
        self._menu = QtWidgets.QMenu(self._add)
        self._menu.setObjectName("huebrush_add_reference_menu")
        self._menu.aboutToShow.connect(self.fill_menu)
        self._menu.setToolTipsVisible(True)
        self._same_as = QtWidgets.QMenu(text("references.same_as"), self._menu)
        self._same_as.setObjectName("huebrush_same_as_menu")
        never_none(self._same_as.menuAction()).setToolTip(text("references.same_as.tip"))
        self._add.setMenu(self._menu)
        self._add.setPopupMode(QtWidgets.QToolButton.ToolButtonPopupMode.InstantPopup)
        self._remove = self._button("remove", "−", self.remove_current)
        self._up = self._button("up", "", lambda: self._move(-1))
        self._up.setArrowType(QtCore.Qt.ArrowType.UpArrow)
        self._down = self._button("down", "", lambda: self._move(1))
        self._down.setArrowType(QtCore.Qt.ArrowType.DownArrow)
        OwnKeys(self._list, WALKS)
        OwnKeys(self._list, [(QtCore.Qt.Key.Key_Delete, PLAIN)], self.remove_current)
        OwnKeys(self._list, [(QtCore.Qt.Key.Key_V, CTRL)], self.paste)
        self.setAcceptDrops(True)
        self.part = ReferencePart()
        self._weight = PercentControl(
            "huebrush_weight", LARGEST_WEIGHT, text("references.weight"), text("references.weight.tip")
        )
        self._weight.changed.connect(self._on_weight)
        self._weight_label = QtWidgets.QLabel(text("references.weight.label"))
        self._weight_label.setBuddy(self._weight)
        label = QtWidgets.QLabel(text("label.references"))
        label.setBuddy(self._list)
        buttons = QtWidgets.QHBoxLayout()
        buttons.setSpacing(2)
        buttons.addWidget(label)
        buttons.addStretch(1)
        for widget in (self._add, self._remove, self._up, self._down):
            buttons.addWidget(widget)
        weights = QtWidgets.QHBoxLayout()
        weights.addWidget(self._weight_label)
        weights.addWidget(self._weight, 1)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(buttons)
        layout.addWidget(self._list)
        layout.addLayout(weights)
        layout.addWidget(self.part)
        for earlier, later in pairwise((self._list, self._add, self._remove, self._up, self._down)):
            self.setTabOrder(earlier, later)
        self.setFocusProxy(self._list)  # the first control: Tab goes to the proxy and skips what lies before it
        self._show_state()

    @property
    def sources(self) -> tuple[ReferenceSource, ...]:
        """The references in their order."""
        return tuple(never_none(self._list.item(row)).data(SOURCE_ROLE) for row in range(self._list.count()))

    @property
    def current(self) -> ReferenceSource | None:
        """Chosen reference; the first if none is chosen, None if there is none."""
        item = self._list.currentItem() or self._list.item(0)
        return None if item is None else item.data(SOURCE_ROLE)

    def set_sources(self, sources: Sequence[ReferenceSource]) -> None:
        """Show `sources`."""
        row = self._list.currentRow()
        self._list.clear()
        for source in sources:
            self._append(source)
        self._list.setCurrentRow(min(max(row, 0), self._list.count() - 1))
        self._show_state()

    def offer_pages(self, pages: Callable[[], list[tuple[str, str]]]) -> None:
        """Let the menu offer what `pages` returns: keys and names of pages with references of their own."""
        self._pages = pages

    def show_no_weights(self, reason: str) -> None:
        """Grey out the weights, with the `reason` as their tool tip; with "", let them be used again."""
        self._no_weights = reason
        explain(self._weight, reason)
        self._show_state()

    def add(self, source: ReferenceSource) -> None:
        """Add `source` at the end, unless it is there already."""
        if all((known.kind, known.key) != (source.kind, source.key) for known in self.sources):
            self._append(source)
            self._list.setCurrentRow(self._list.count() - 1)
            self._show_state()
            self.changed.emit()

    def add_file(self, path: str) -> None:
        """Add the picture file at `path`."""
        self.add(ReferenceSource("file", path, Path(path).name))

    def paste(self) -> None:
        """Add the pictures on the clipboard."""
        self._take(never_none(QtWidgets.QApplication.clipboard()).mimeData())

    def dragEnterEvent(self, a0: QtGui.QDragEnterEvent | None) -> None:
        """Take pictures that are dragged here from a file manager or a browser."""
        event = never_none(a0)
        if has_pictures(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, a0: QtGui.QDropEvent | None) -> None:
        """Add the pictures that are dropped."""
        event = never_none(a0)
        self._take(event.mimeData())
        event.acceptProposedAction()

    def remove_current(self) -> None:
        """Take the chosen reference off the list."""
        if self._list.currentRow() >= 0:
            if self._remove.hasFocus() and self._list.count() == 1:
                self._list.setFocus()  # a button that is greyed out gives the focus to any control
            self._list.takeItem(self._list.currentRow())
            self._show_state()
            self.changed.emit()

    def fill_menu(self) -> None:
        """List what can be added now."""
        self._menu.clear()
        offered = self._offered()
        selected = selected_offers(offered)
        if len(selected) > 1:
            never_none(self._menu.addAction(text("references.selected"))).triggered.connect(
                lambda _checked=False: [self.add(offer.source) for offer in selected]
            )
        for kind in ("layer", "document"):
            own = [offer for offer in offered if offer.source.kind == kind and not offer.is_result]
            made = [offer for offer in offered if offer.source.kind == kind and offer.is_result]
            if own or made:
                self._menu.addSection(text(f"references.section.{kind}"))
            self._fill(self._menu, own)
            if made:
                results = QtWidgets.QMenu(text("references.results"), self._menu)
                results.setObjectName("huebrush_add_result_menu")
                self._menu.addMenu(results)
                self._fill(results, made)
        self._menu.addSeparator()
        pages = self._pages()
        if pages:
            self._same_as.clear()
            self._menu.addMenu(self._same_as)
            for key, name in pages:
                action = never_none(self._same_as.addAction(name.replace("&", "&&")))
                action.triggered.connect(lambda _checked=False, key=key: self.page_chosen.emit(key))
        never_none(self._menu.addAction(text("references.from_file"))).triggered.connect(
            lambda _checked=False: self.choose_file()
        )

    def _fill(self, menu: QtWidgets.QMenu, offered: Sequence[Offer]) -> None:
        for offer in offered:
            name = INDENT * offer.depth + offer.source.name.replace("&", "&&")
            action = never_none(menu.addAction(self._icons.icon(offer.source), name))
            action.setIconVisibleInMenu(True)  # Krita shows no icons in menus
            action.triggered.connect(lambda _checked=False, source=offer.source: self.add(source))

    def _take(self, data: QtCore.QMimeData | None) -> None:
        try:
            files = dropped_files(data)
        except OSError as error:
            self.failed.emit(problem("reference_not_saved", reason=error))
            return
        for path in files:
            self.add_file(path)

    def choose_file(self) -> None:
        """Ask for picture files, without holding up Krita."""
        dialog = QtWidgets.QFileDialog(self, text("references.file_title"))
        dialog.setObjectName("huebrush_reference_file")
        dialog.setFileMode(QtWidgets.QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(f"{text('references.file_filter')} ({FILE_PATTERNS})")
        dialog.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda paths: [self.add_file(path) for path in paths])
        dialog.open()
        self._dialog = dialog

    def _button(self, name: str, label: str, action: Callable[[], object] | None = None) -> QtWidgets.QToolButton:
        return tool_button(f"huebrush_reference_{name}", label, text(f"references.{name}.name"), action)

    def _append(self, source: ReferenceSource) -> None:
        item = QtWidgets.QListWidgetItem(self._icons.icon(source), source.name)
        item.setData(SOURCE_ROLE, source)
        item.setToolTip(source.key if source.kind == "file" else source.name)
        self._list.addItem(item)

    def _show_icon(self, path: str, icon: QtGui.QIcon) -> None:
        for row in range(self._list.count()):
            source = never_none(self._list.item(row)).data(SOURCE_ROLE)
            if (source.kind, source.key) == ("file", path):
                never_none(self._list.item(row)).setIcon(icon)

    def _move(self, by: int) -> None:
        row = self._list.currentRow()
        if 0 <= row + by < self._list.count() and row >= 0:
            item = self._list.takeItem(row)
            self._list.insertItem(row + by, item)
            self._list.setCurrentRow(row + by)
            self.changed.emit()

    def _on_weight(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            source = item.data(SOURCE_ROLE)
            if round(source.weight * 100) != self._weight.value:
                item.setData(SOURCE_ROLE, dataclasses.replace(source, weight=self._weight.value / 100))
                self.changed.emit()

    def _show_state(self) -> None:
        count, row = self._list.count(), self._list.currentRow()
        names = told_apart([(source.name, source.key if source.kind == "file" else "") for source in self.sources])
        for number, name in enumerate(names):
            never_none(self._list.item(number)).setText(name)
        self.chosen.emit()
        self._hint.setVisible(count == 0)
        self.part.setVisible(count > 0)
        self._list.setFixedHeight((min(ROWS, count) or ROWS) * (THUMBNAIL_EDGE + 6) + 4)
        self._remove.setEnabled(row >= 0)
        self._up.setEnabled(row > 0)
        self._down.setEnabled(0 <= row < count - 1)
        for widget in (self._weight, self._weight_label):
            widget.setVisible(count > 1)
            widget.setEnabled(row >= 0 and not self._no_weights)
        if row >= 0:
            self._weight.set_value(round(never_none(self._list.item(row)).data(SOURCE_ROLE).weight * 100))
