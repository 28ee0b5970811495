"""The parts that live as long as Krita does, made when first needed."""

from __future__ import annotations

import atexit
from functools import lru_cache

from krita import Krita

from .backend.connection import Link
from .backend.models import ModelStore
from .backend.preparing import ModelPreparing
from .backend.process import user_data_folder
from .base.qt import QtCore
from .documents.find import open_documents
from .jobs.result_keeper import ResultKeeper
from .jobs.runner import JobRunner
from .results.gap_guides import GapGuides
from .results.hide_replaced_results import ReplacedResults
from .results.kept_results import KeptResults
from .results.recipes import RecipeKeeper
from .settings.presets import PresetStore
from .settings.store import SettingsStore
from .strokes.hints_brush import HintsBrush
from .strokes.text_brush import TextBrush


class Session(QtCore.QObject):
    """Settings, the connection to the backend, the models that can be fetched, and the jobs."""

    def __init__(self) -> None:
        super().__init__(QtCore.QCoreApplication.instance())
        folder = user_data_folder()
        self.store = SettingsStore(folder)
        self.presets = PresetStore(folder)
        self.link = Link(folder, self)
        self.link.device = self.store.plugin.device
        self.link.endpoint_path = self.store.plugin.endpoint
        self.recipes = RecipeKeeper(self)
        self.keeper = ResultKeeper(self.recipes, KeptResults(folder, self.store.plugin.history_megabytes), self)
        self.models = ModelStore(self.link, self)
        self.preparing = ModelPreparing(self.link, self)
        self.brush = TextBrush(self.recipes, self)
        self.hints_brush = HintsBrush(self)
        self.gap_guides = GapGuides(self)
        self.jobs = JobRunner(
            self.link, self.recipes, ReplacedResults(self.recipes, self), self.brush, self.keeper, self
        )
        notifier = Krita.instance().notifier()
        notifier.setActive(True)
        notifier.applicationClosing.connect(self.close)
        notifier.imageSaved.connect(self._on_saved)
        atexit.register(self.close)

    def _on_saved(self, _path: str) -> None:
        """Let the history of a document that has been saved for the first time follow it."""
        for document in open_documents():
            self.keeper.files.folder_of(document)

    def close(self) -> None:
        """End the backend that we started, and remove what goes with Krita; called when Krita closes."""
        atexit.unregister(self.close)
        self.link.shut_down()
        self.jobs.pages.close()


@lru_cache(maxsize=1)
def session() -> Session:
    """Return the one session of this Krita."""
    return Session()
