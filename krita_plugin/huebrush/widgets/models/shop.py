"""A part of the docker in which more models are chosen, licensed and fetched: it opens, closes, and blocks nothing."""

from __future__ import annotations

from collections.abc import Callable

from huebrush_protocol.pulls import LicenceInfo, PullProgress, ReleaseInfo

from ...backend.models import ModelStore
from ...base.qt import QtCore, QtGui, QtWidgets, Signal, never_none
from ...base.strings import catalogue, text
from ..controls.buttons import tool_button
from ..controls.folded_section import point_arrow
from ..controls.folder_field import FolderField
from ..controls.time_left import time_left

NAME_ROLE = QtCore.Qt.ItemDataRole.UserRole
FULL = 1000
SHOWN_RELEASES = 5


class ModelShop(QtWidgets.QFrame):
    """Shows what `store` knows. Emits `closed` when the artist is through with it."""

    closed = Signal()

    def __init__(self, store: ModelStore) -> None:
        super().__init__()
        self._store = store
        self.setObjectName("huebrush_shop")
        self.setFrameShape(QtWidgets.QFrame.Shape.StyledPanel)
        self._list = QtWidgets.QListWidget()
        self._list.setObjectName("huebrush_releases")
        self._list.setAccessibleName(text("shop.releases.name"))
        self._list.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setMinimumWidth(100)
        self._purpose = _label("huebrush_release_purpose")
        self._licence = _label("huebrush_licence")
        self._licence.setTextInteractionFlags(
            QtCore.Qt.TextInteractionFlag.TextSelectableByMouse | QtCore.Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._licence.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self._licence.setAccessibleName(text("shop.licence.name"))
        self._fetch = self._button("fetch", self._on_fetch)
        self._refuse = self._button("refuse", self.close_shop)
        self._bar = QtWidgets.QProgressBar()
        self._bar.setObjectName("huebrush_pull_bar")
        self._bar.setAccessibleName(text("shop.progress.name"))
        self._bar.setTextVisible(False)
        self._state = _label("huebrush_pull_state")
        self._cancel = self._button("cancel", store.cancel)
        self._more = self._button("more", lambda: self._show_more(self._more.isChecked()))
        self._more.setCheckable(True)
        self._mirror = QtWidgets.QLineEdit()
        self._mirror.setObjectName("huebrush_mirror")
        self._mirror.setPlaceholderText("https://…")
        self._mirror.setMinimumWidth(60)
        self._source = FolderField("huebrush_pull_source", text("shop.source.name"))
        self._folder = FolderField("huebrush_models_folder", text("shop.folder.name"))
        self._folder.chosen.connect(store.set_models_folder)
        self._list.currentRowChanged.connect(lambda _row: self._show_choice())
        store.changed.connect(self._show)
        self._build_layout()
        self._show_more(False)
        self._show()

    def open_shop(self) -> None:
        """Show it, and ask the backend what there is."""
        self._store.open()
        self.show()
        self._list.setFocus()

    def close_shop(self) -> None:
        """Hide it; a download goes on."""
        self.hide()
        self.closed.emit()

    def _build_layout(self) -> None:
        title = QtWidgets.QLabel(text("shop.title"))
        title.setBuddy(self._list)
        close = self._button("close", self.close_shop)
        head = QtWidgets.QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(close)
        buttons = QtWidgets.QHBoxLayout()
        buttons.setSpacing(3)
        for button in (self._fetch, self._refuse, self._cancel):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._fields = QtWidgets.QWidget()
        form = QtWidgets.QFormLayout(self._fields)
        form.setContentsMargins(0, 0, 0, 0)
        form.setRowWrapPolicy(QtWidgets.QFormLayout.RowWrapPolicy.WrapAllRows)
        for name, field in (("mirror", self._mirror), ("source", self._source), ("folder", self._folder)):
            label = QtWidgets.QLabel(text(f"shop.{name}"))
            label.setWordWrap(True)
            label.setBuddy(field)
            field.setToolTip(text(f"shop.{name}.name"))
            form.addRow(label, field)
        self._mirror.setAccessibleName(text("shop.mirror.name"))
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 6)
        layout.setSpacing(4)
        layout.addLayout(head)
        for widget in (self._list, self._purpose, self._licence, self._bar, self._state):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        layout.addWidget(self._more)
        layout.addWidget(self._fields)

    def _button(self, name: str, action: Callable[[], object]) -> QtWidgets.QToolButton:
        return tool_button(f"huebrush_shop_{name}", text(f"shop.{name}"), text(f"shop.{name}.name"), action)

    def _show(self) -> None:
        """Bring everything up to date with the store."""
        names = [release.name for release in self._store.releases]
        if names != [never_none(self._list.item(row)).data(NAME_ROLE) for row in range(self._list.count())]:
            self._list.clear()
            for name in names:
                item = QtWidgets.QListWidgetItem()
                item.setData(NAME_ROLE, name)
                self._list.addItem(item)
        for row, release in enumerate(self._store.releases):
            never_none(self._list.item(row)).setText(_describe(release))
            never_none(self._list.item(row)).setToolTip(_purpose(release))
        if self._list.currentRow() < 0 and names:
            self._list.setCurrentRow(0)
        rows = self._list.sizeHintForRow(0) * min(len(names), SHOWN_RELEASES)
        self._list.setFixedHeight(rows + 2 * self._list.frameWidth() + 2 if names else 0)
        if not self._folder.has_focus:
            self._folder.set_path(self._store.models_folder)
        self._show_choice()
        self._show_progress(self._store.progress)

    def _show_choice(self) -> None:
        item = self._list.currentItem()
        release = self._store.find(item.data(NAME_ROLE)) if item is not None else None
        offered = release is not None and not release.present and self._store.progress is None
        self._purpose.setText(_purpose(release) if release is not None else text("shop.waiting"))
        self._licence.setVisible(offered)
        self._fetch.setVisible(offered)
        self._refuse.setVisible(offered)
        if release is None:
            return
        if not release.present:
            self._purpose.setText(f"{_purpose(release)}\n{self._size(release)}")
        licence = release.licence
        lines = f"{licence.title} ({licence.name})", licence_terms(licence), licence.address
        self._licence.setText("\n".join(lines))
        key = "accept" if release.licence.must_accept else "go_on" if release.fetched else "fetch"
        self._fetch.setText(text(f"shop.{key}"))
        self._fetch.setAccessibleName(f"{text(f'shop.{key}')}: {release.title}")

    def _size(self, release: ReleaseInfo) -> str:
        """Say how much is to be fetched, and what comes along."""
        size = gigabytes(self._store.size_with_needs(release))
        needed = [found.title for name in release.needs if (found := self._store.find(name)) is not None]
        return text("shop.size_with", size=size, needs=", ".join(needed)) if needed else text("shop.size", size=size)

    def _show_progress(self, progress: PullProgress | None) -> None:
        for widget in (self._bar, self._state, self._cancel):
            widget.setVisible(progress is not None)
        if progress is None:
            return
        self._bar.setRange(0, FULL if progress.total else 0)
        self._bar.setValue(round(FULL * progress.done / progress.total) if progress.total else 0)
        parts = [text(f"pull.{progress.phase}", name=progress.release)]
        if progress.total:
            parts.append(text("pull.bytes", done=gigabytes(progress.done), total=gigabytes(progress.total)))
        if progress.seconds_left is not None:
            parts.append(time_left(progress.seconds_left))
        self._state.setText(" · ".join(parts))

    def _show_more(self, shown: bool) -> None:
        self._fields.setVisible(shown)
        point_arrow(self._more, shown)
        self._more.setToolButtonStyle(QtCore.Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def _on_fetch(self) -> None:
        """Fetch the chosen release; the button accepts the licence that is shown above it."""
        item = self._list.currentItem()
        release = self._store.find(item.data(NAME_ROLE)) if item is not None else None
        if release is not None:
            licence = release.licence.name if release.licence.must_accept else ""
            self._store.pull(release.name, licence, self._mirror.text().strip(), self._source.path)


def gigabytes(count: int) -> str:
    """Return a number of bytes as text for the artist."""
    if count < 100_000_000:
        return f"{QtCore.QLocale().toString(count / 1e6, 'f', 1)} MB"
    return f"{QtCore.QLocale().toString(count / 1e9, 'f', 2)} GB"


def _describe(release: ReleaseInfo) -> str:
    """Return a release's line in the list: its title, then its size and how much of it is there."""
    size = gigabytes(release.size)
    if release.present:
        state = text("shop.present")
    elif release.fetched:
        state = text("shop.partly", done=gigabytes(release.fetched), size=size)
    else:
        state = size
    return f"{release.title}\n{state} · {release.licence.name}"


def _purpose(release: ReleaseInfo) -> str:
    key = f"release.{release.name}"
    return f"{release.name}: {text(key) if key in catalogue('en') else release.purpose}"


def licence_terms(licence: LicenceInfo) -> str:
    """Return the terms of `licence` in the language Krita runs in, if they say the same as the backend's English."""
    key = f"licence.{licence.name}"
    return text(key) if catalogue("en").get(key) == licence.terms else licence.terms


def _label(name: str) -> QtWidgets.QLabel:
    label = QtWidgets.QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(QtCore.Qt.TextFormat.PlainText)
    label.setSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Minimum)
    label.setAlignment(QtCore.Qt.AlignmentFlag.AlignLeft | QtCore.Qt.AlignmentFlag.AlignTop)
    label.setForegroundRole(QtGui.QPalette.ColorRole.WindowText)
    return label
