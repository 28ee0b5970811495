"""Controller that asks the backend where in a reference a “Where” fits, and shows the answer."""

from __future__ import annotations

from collections.abc import Callable

from ...backend.connection import Link
from ...base.problems import Problem, problem
from ...base.qt import QtCore, Signal
from ...documents.find import active_document
from ...jobs.locate import Fit, FitLocator, Question
from ...settings.store import DocumentSettings
from .heatmap import Heatmap
from .section import EditsSection


class HeatmapController(QtCore.QObject):
    """Emits `failed(Problem)` where it cannot be shown."""

    failed = Signal(object)

    def __init__(
        self,
        link: Link,
        section: EditsSection,
        read_settings: Callable[[], DocumentSettings],
        parent: QtCore.QObject,
    ) -> None:
        """`read_settings` returns what the docker shows, and changes nothing."""
        super().__init__(parent)
        self._section, self._read_settings = section, read_settings
        self._view: Heatmap | None = None
        self._locator = FitLocator(link, self)
        self._locator.located.connect(self._on_located)
        self._locator.failed.connect(self._on_failed)
        section.heatmap_requested.connect(self._ask)

    def refresh(self) -> None:
        """Follow which references are chosen."""
        self._section.show_references(self._read_settings().references)

    def _ask(self, view: Heatmap, question: Question) -> None:
        self._view = view
        document = active_document()
        if document is None:
            self._on_failed(problem("no_document"))
        elif question.reference is None:
            self._on_failed(problem("no_reference"))
        else:
            self._locator.ask(document, question, self._read_settings().model)

    def _on_located(self, fit: Fit) -> None:
        if self._view is not None:
            self._view.show_fit(fit)

    def _on_failed(self, reason: Problem) -> None:
        if self._view is not None:
            self._view.show_nothing()
        self.failed.emit(reason)
