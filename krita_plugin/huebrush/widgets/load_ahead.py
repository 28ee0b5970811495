"""Has the model loaded while the artist chooses, and shows how far that is in what shows the backend's state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ..base.qt import QtCore
from ..session import Session
from ..settings.store import DocumentSettings, PluginSettings
from .settings_form import SettingsForm
from .status.backend_line import BackendLight, BackendLine

if TYPE_CHECKING:
    from krita import Document


class LoadAhead(QtCore.QObject):
    """Listens to the session's `preparing`; `follow` must be called when the docker shows a page, or another model."""

    def __init__(
        self,
        session: Session,
        line: BackendLine,
        light: BackendLight,
        save: Callable[[PluginSettings], None],
        parent: QtCore.QObject,
    ) -> None:
        """`save` saves the plugin's settings, and says so when it cannot."""
        super().__init__(parent)
        self._session, self._line, self._light, self._save = session, line, light, save
        self._model = ""
        session.preparing.changed.connect(self.show_state)
        line.load_ahead_chosen.connect(self._choose)

    def follow(self, document: Document | None, form: SettingsForm) -> None:
        """Load the model that `form` shows for `document` ahead, unless the artist does not want that.

        The built-in model is small. Others fill the memory, so there must be something to take colours from first.
        """
        model = form.settings.model
        has_page = document is not None and not (form.needs_reference and model != DocumentSettings.model)
        self._model = model if has_page else ""
        self._load()

    def show_state(self) -> None:
        """Show the backend's state, and how far its model is."""
        link, state = self._session.link, self._session.preparing.state
        self._line.show_link(link, state, self._session.store.plugin.load_ahead)
        self._light.show_link(link, state)

    def _choose(self, load_ahead: bool) -> None:
        self._save(replace(self._session.store.plugin, load_ahead=load_ahead))
        self._load()

    def _load(self) -> None:
        self._session.preparing.want(self._model if self._session.store.plugin.load_ahead else "")
