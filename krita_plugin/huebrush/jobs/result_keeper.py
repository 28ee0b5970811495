"""Keeping results in files, and putting one back among the layers where its own are gone."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from huebrush_protocol.frames import Image

from ..base.problems import Problem, ProblemError, problem, unexpected
from ..base.qt import QtCore, Signal
from ..base.tasks import SlicedTask, Steps, in_thread
from ..documents.find import document_key, find_document, find_node
from ..results.kept_results import KeptResult, KeptResults, NotKept
from ..results.recipes import EDITED, RecipeKeeper, Record
from ..results.writeback import Placed, insert_group, insert_layer_over

if TYPE_CHECKING:
    from krita import Document


class ResultKeeper(QtCore.QObject):
    """Keeps each result, and puts back one at a time, in one undo step each. Emits `kept(document)` and
    `put_back(document, group)` with the document's key and the id of the new group, and `failed(Problem)`."""

    kept = Signal(str)
    put_back = Signal(str, str)
    failed = Signal(Problem)

    def __init__(self, recipes: RecipeKeeper, files: KeptResults, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self.files = files
        """The results in files."""
        self._recipes = recipes
        self._task: SlicedTask | None = None

    @property
    def is_busy(self) -> bool:
        """True while a result is put back."""
        return self._task is not None

    def keep(self, document: Document, record: Record, images: Sequence[Image]) -> None:
        """Begin to write a result that was placed in `document`: its `images`, bottom to top."""
        node = find_node(document, record.group)
        if node is None or not images or not self.files.megabytes:
            return
        key, size = document_key(document), (document.width(), document.height())
        write = partial(self.files.keep, self.files.folder_of(document), record, node.name(), size, tuple(images))
        SlicedTask(in_thread(write), lambda _none: self.kept.emit(key), self._on_not_kept, self)

    def start(self, document: Document, kept: KeptResult, line_art: str) -> None:
        """Begin to put `kept` back into `document`: below the line art, the layer with that id, or where that is gone
        on top of all; an edit over what was edited."""
        key = document_key(document)
        above = line_art if find_node(document, line_art) is not None else None
        over = str(kept.record.settings.get(EDITED, ""))
        self._task = SlicedTask(
            self._steps(key, kept, above, over),
            lambda placed: self._on_placed(key, kept, *placed),
            self._on_error,
            self,
        )

    def _steps(
        self, key: str, kept: KeptResult, above: str | None, over: str
    ) -> Steps[tuple[Placed, dict[str, object]]]:
        images, report = yield from in_thread(partial(self.files.read_layers, kept))
        if over:
            return (yield from insert_layer_over(key, over, kept.name, images[0], partial(_fits, kept))), report
        return (yield from insert_group(key, above, kept.name, images, partial(_fits, kept))), report

    def _on_placed(self, key: str, kept: KeptResult, placed: Placed, report: dict[str, object]) -> None:
        self._task = None
        document = find_document(key)
        if document is not None:
            # A job of its own: redo may bring back the layers that the result had first, with their record.
            record = dataclasses.replace(kept.record, job=str(uuid.uuid4()), group=placed.group, report=report)
            self._recipes.store(document, record)
            try:
                self.files.rename(kept, record)
            except OSError as error:
                self.failed.emit(problem("history_not_written", reason=error))
        self.put_back.emit(key, placed.group)

    def _on_not_kept(self, error: Exception) -> None:
        self.failed.emit(problem("history_not_written", reason=error))

    def _on_error(self, error: Exception) -> None:
        self._task = None
        if isinstance(error, ProblemError):
            self.failed.emit(error.problem)
        elif isinstance(error, NotKept):
            self.failed.emit(problem("history_lost", reason=error))
        else:
            self.failed.emit(unexpected(error))


def _fits(kept: KeptResult, document: Document) -> bool:
    return (document.width(), document.height()) == (kept.width, kept.height)
