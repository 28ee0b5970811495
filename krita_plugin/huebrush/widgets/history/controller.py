"""Controller of the page History: shows results, brings back their settings, puts back what is gone."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ...base.problems import Problem, ProblemError, problem
from ...base.qt import QtCore, Signal
from ...base.strings import text
from ...documents.find import active_document, document_key, find_document, find_node
from ...jobs.effective_job import JobRequest
from ...jobs.job import Job, Stage
from ...results.history import HistoryEntry, read_history, show_layers, show_result
from ...session import Session
from ...settings.flats import comparison
from ...settings.sources import ReferenceSource
from ...settings.store import DocumentSettings, PluginSettings, read_settings
from .list import HistoryList
from .photoshop_export import PhotoshopExport
from .pictures import HistoryPictures

if TYPE_CHECKING:
    from krita import Document

BUILTIN = "demo"
"""Name of the built-in model, which has a title even before a backend has said which models there are."""


class HistoryController(QtCore.QObject):
    """Follows the active document while its page is shown. For the caller to place: `list`; for an action: `photoshop`.

    Emits `settings_wanted(DocumentSettings)` with the settings of a result, `seed_shown(seed)` with the seed of the one
    that is shown alone, `start_wanted(ReferenceSource)` with its layer or group to go on from, `comparing` when two are
    compared from now on, and `failed(Problem)`.
    """

    settings_wanted = Signal(object)
    seed_shown = Signal(object)
    start_wanted = Signal(object)
    comparing = Signal()
    failed = Signal(Problem)

    def __init__(
        self,
        session: Session,
        settings: Callable[[], DocumentSettings],
        save: Callable[[PluginSettings], None],
        parent: QtCore.QObject,
    ) -> None:
        """`settings` returns those of the document that are shown; `save` writes the plugin's settings."""
        super().__init__(parent)
        self._session, self._settings, self._save = session, settings, save
        self._back: list[tuple[str, dict[str, bool]]] = []
        """Documents, by key, and what could be seen in them before the artist showed another result, oldest first."""
        self._then: Callable[[ReferenceSource], None] | None = None
        """Use of the result that is put back now."""
        self._pictures = HistoryPictures(self)
        self.list = HistoryList(self._pictures.picture, self._title)
        self.photoshop = PhotoshopExport(self.list)
        self._keeper = session.keeper
        self._pictures.changed.connect(self.list.renew_pictures)
        self._keeper.put_back.connect(self._on_put_back)
        self._soon = QtCore.QTimer(self)
        """Reads the results once for all that a new one causes at the same moment."""
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.refresh)
        self._keeper.kept.connect(self._read_soon)
        self._keeper.failed.connect(self._on_failed)
        self.list.shown.connect(self._show)
        self.list.start_wanted.connect(self._go_on)
        self.list.compare_wanted.connect(self._compare)
        self.list.settings_wanted.connect(self._use_settings)
        self.list.renamed.connect(self._rename)
        self.list.edit_ended.connect(self._soon.start)
        self.list.star_toggled.connect(self._toggle_star)
        self.list.discarded.connect(self._discard)
        self.list.back_clicked.connect(self._go_back)
        self.list.limit_changed.connect(self._limit)
        self.list.export_clicked.connect(self.photoshop.ask_where)
        self.photoshop.failed.connect(self.failed)
        self.list.show_limit(session.store.plugin.history_megabytes)
        session.recipes.looked.connect(self._read_soon)
        session.jobs.stage_changed.connect(self._on_stage)

    def refresh(self) -> None:
        """Read the results of the active document, if somebody can see them."""
        if not self.list.isVisible():
            return
        document = active_document()
        if document is None:
            self.list.show_entries((), is_idle=True, can_go_back=False)
            return
        key = document_key(document)
        self._pictures.follow(document, self._settings().line_art)
        try:
            kept = self._keeper.files.of(document)
        except OSError as error:
            kept = {}
            self.failed.emit(problem("history_unreadable", reason=error))
        can_go_back = any(of == key for of, _ in self._back)
        entries = read_history(document, kept)
        self.list.show_entries(entries, not self._keeper.is_busy, can_go_back)
        for entry in entries:  # renamed among Krita's layers: it is called so when it is gone from there, too
            if entry.is_there and entry.kept is not None and entry.kept.name != entry.name:
                with contextlib.suppress(OSError):  # the next look tries again
                    self._keeper.files.entitle(entry.kept, entry.name)

    def _read_soon(self, _document: object) -> None:
        """Read the results soon. A method, which ends with its object: the session outlives a docker."""
        self._soon.start()

    def compare(self) -> None:
        """Show in the active document what could be seen before the artist showed another result, or, once more, that
        result again."""
        document = active_document()
        number = self._latest(document) if document is not None else None
        if document is not None and number is not None:
            key, before = self._back[number]
            self._back[number] = key, show_layers(document, before) or before
            self.refresh()

    def _title(self, model: str) -> str:
        """Return the title of a model for the artist."""
        known = next((each.title for each in self._session.link.models if each.name == model), "")
        return known or (text("model.builtin") if model == BUILTIN else model)

    def _show(self, entry: HistoryEntry, beside_others: bool) -> None:
        document = active_document()
        if document is None:
            return
        seed = entry.record.settings.get("seed")
        if isinstance(seed, int) and seed and not beside_others:  # what is made of it next is of the same picture
            self.seed_shown.emit(seed)
        if entry.is_there:
            self._remember(document, show_result(document, entry.record.group, beside_others))
            self.refresh()
        elif entry.kept is not None and not self._keeper.is_busy:
            self._keeper.start(document, entry.kept, self._settings().line_art)

    def _go_on(self, entry: HistoryEntry) -> None:
        """Show a result, put back if it is gone, and ask for it to be gone on from."""
        self._show_for(entry, self.start_wanted.emit)

    def _compare(self, entry: HistoryEntry) -> None:
        """Compare the other result that is shown, or was shown before this one, with this one by regions. This one is
        put back if it is gone."""
        document = active_document()
        if document is None:
            return
        number = self._latest(document)
        before = self._back[number][1] if number is not None else {}
        others = [each for each in self.list.entries if each.is_there and each.record.job != entry.record.job]
        seen = [each for each in others if before.get(each.record.group)]
        shown = next(iter([each for each in others if each.is_visible] + seen), None)
        if shown is None:
            self.failed.emit(problem("compare_with_what", severity="info"))
            return
        base = ReferenceSource("layer", shown.record.group, shown.name)
        key = document_key(document)
        if entry.is_there:
            self._start_comparing(key, base, ReferenceSource("layer", entry.record.group, entry.name))
        else:
            self._show_for(entry, lambda other: self._start_comparing(key, base, other))

    def _use_settings(self, entry: HistoryEntry) -> None:
        """Bring back the settings of a result; of a mix, the comparison of the two that it was made of."""
        document, settings = active_document(), read_settings(entry.record.settings)
        if document is not None and settings.regions.is_comparison:
            base, other = settings.regions.flats[:1], settings.regions.compared[:1]
            for one, another in zip(base, other, strict=False):
                self._start_comparing(document_key(document), one, another)
        else:
            self.settings_wanted.emit(settings)

    def _start_comparing(self, key: str, base: ReferenceSource, other: ReferenceSource) -> None:
        settings = self._settings()
        settings = dataclasses.replace(settings, regions=comparison(settings.regions, base, other))
        try:
            self._session.jobs.start(JobRequest(document=key, settings=settings))
        except ProblemError as error:
            self.failed.emit(error.problem)
            return
        self.comparing.emit()

    def _show_for(self, entry: HistoryEntry, then: Callable[[ReferenceSource], None]) -> None:
        """Show a result, put back if it is gone, then do with it what it is shown for."""
        is_put_back = not entry.is_there and entry.kept is not None and not self._keeper.is_busy
        self._then = then if is_put_back else None
        self._show(entry, beside_others=False)
        if entry.is_there:
            then(ReferenceSource("layer", entry.record.group, entry.name))

    def _on_put_back(self, document: str, group: str) -> None:
        then, self._then = self._then, None
        target, shown = find_document(document), active_document()
        if target is not None:
            self._remember(target, show_result(target, group))
        self.refresh()
        node = find_node(target, group) if target is not None and target == shown else None
        if then is not None and node is not None:
            then(ReferenceSource("layer", group, node.name()))

    def _on_failed(self, reason: Problem) -> None:
        self._then = None
        self.failed.emit(reason)

    def _remember(self, document: Document, before: dict[str, bool]) -> None:
        if before:
            self._back.append((document_key(document), before))

    def _go_back(self) -> None:
        """Show in the active document what could be seen before the latest change from here."""
        document = active_document()
        number = self._latest(document) if document is not None else None
        if document is not None and number is not None:
            show_layers(document, self._back.pop(number)[1])
            self.refresh()

    def _latest(self, document: Document) -> int | None:
        """Return the number of the latest entry of `document` in `_back`, None where it has none."""
        key = document_key(document)
        return next((number for number in reversed(range(len(self._back))) if self._back[number][0] == key), None)

    def _rename(self, entry: HistoryEntry, name: str) -> None:
        """Call a result `name`: its layer or group, if it is there, and in its files."""
        document = active_document()
        node = find_node(document, entry.record.group) if document is not None and entry.is_there else None
        if document is not None and node is not None:
            node.setName(name)
            document.setModified(True)
        if entry.kept is not None:
            self._write(partial(self._keeper.files.entitle, entry.kept, name))
        else:
            self.refresh()

    def _toggle_star(self, entry: HistoryEntry) -> None:
        if entry.kept is not None:
            self._write(partial(self._keeper.files.star, entry.kept, not entry.is_starred))

    def _discard(self, entry: HistoryEntry) -> None:
        """Remove a result's layers, which is one undo step, or, where they are gone, its files."""
        document = active_document()
        node = find_node(document, entry.record.group) if document is not None and entry.is_there else None
        if document is not None and node is not None:
            node.remove()
            self._session.recipes.reconcile(document)
        elif entry.kept is not None:
            self._write(partial(self._keeper.files.forget, entry.kept))

    def _limit(self, megabytes: int) -> None:
        self._keeper.files.megabytes = megabytes
        self._save(dataclasses.replace(self._session.store.plugin, history_megabytes=megabytes))

    def _write(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            self.failed.emit(problem("history_not_written", reason=error))
        self.refresh()

    def _on_stage(self, job: Job) -> None:
        if job.stage is Stage.DONE:
            self._soon.start()
