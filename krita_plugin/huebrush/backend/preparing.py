"""Has the backend load the chosen model before the first job needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.preparing import Preparation, Prepare

from ..base.qt import QtCore, Signal
from .connection import Link, LinkState

if TYPE_CHECKING:
    from huebrush_protocol.codec import Received


class ModelPreparing(QtCore.QObject):
    """`want` says which model the docker shows. Emits `changed` when `state` does.

    It starts the backend, once: after the artist has stopped it, or it has failed, that is the artist's to do. A
    backend that is missing or cannot prepare is no trouble: the first job starts it and loads the model then.
    """

    changed = Signal()

    def __init__(self, link: Link, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self.state: Preparation | None = None
        """The backend's word on the model that was wanted last; None before it has said anything."""
        self._link = link
        self._wanted = self._asked = ""
        self._has_started = False
        link.state_changed.connect(self._go_on)
        link.received.connect(self._on_received)

    def want(self, model: str) -> None:
        """Have `model` loaded soon, "" for none; the same wish again costs nothing."""
        self._wanted = model
        if model and not self._has_started:
            self._has_started = True
            if self._link.state is LinkState.OFF and self._link.can_start:
                self._link.ensure()
        self._go_on()

    def _go_on(self) -> None:
        """Ask the backend for the wanted model, if it has not been asked yet."""
        if not self._link.is_ready:
            self._asked = ""
            self._show(None)
            return
        info = self._link.known.model(self._wanted)
        if self._wanted == self._asked or info is None or not info.available or not self._link.can("prepare"):
            return
        self._asked = self._wanted
        try:
            self._link.send(Prepare(self._wanted))
        except ProtocolError:  # a name that no message may have: the job says so
            return

    def _on_received(self, received: Received) -> None:
        if isinstance(received.message, Preparation) and received.message.model == self._wanted:
            self._show(received.message)

    def _show(self, state: Preparation | None) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit()
