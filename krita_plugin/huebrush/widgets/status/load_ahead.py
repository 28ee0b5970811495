"""Has the model loaded while the artist chooses, and shows how far that is in what shows the backend's state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ...base.qt import QtCore
from ...session import Session
from ...settings.store import PluginSettings
from .backend_line import BackendLight, BackendLine


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

    def follow(self, model: str) -> None:
        """Load `model` ahead, unless the artist does not want that; "" for no page."""
        self._model = model
        if model and self._session.store.plugin.load_ahead:
            self._session.preparing.want(model)

    def show_state(self) -> None:
        """Show the backend's state, and how far its model is."""
        link, state = self._session.link, self._session.preparing.state
        self._line.show_link(link, state, self._session.store.plugin.load_ahead)
        self._light.show_link(link, state)

    def _choose(self, load_ahead: bool) -> None:
        self._save(replace(self._session.store.plugin, load_ahead=load_ahead))
        self.follow(self._model)
