"""Models that can be fetched, and the progress of the one that is being fetched, as the backend reports them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.pulls import (
    CancelPull,
    ListReleases,
    Pull,
    PullCancelled,
    Pulled,
    PullFailed,
    PullProgress,
    ReleaseInfo,
    Releases,
    SetModelsFolder,
)

from ..base.problems import Problem, problem
from ..base.qt import QtCore, Signal
from ..base.strings import catalogue, text, translated
from .connection import Link

if TYPE_CHECKING:
    from huebrush_protocol.codec import Received


class ModelStore(QtCore.QObject):
    """Emits `changed` whenever there is something new to show, `failed(Problem)`, and `fetched(name)` when a release is
    ready for use."""

    changed = Signal()
    failed = Signal(object)
    fetched = Signal(str)

    def __init__(self, link: Link, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self.releases: tuple[ReleaseInfo, ...] = ()
        self.models_folder = ""
        self.progress: PullProgress | None = None
        self._wanted = False
        link.received.connect(self._on_received)
        link.state_changed.connect(self._on_link)

    def open(self) -> None:
        """Ask the backend for its list of models; starts the backend if needed."""
        if self._link.is_ready:
            self._link.send(ListReleases())
        else:
            self._wanted = True
            self._link.ensure()

    def find(self, name: str) -> ReleaseInfo | None:
        """Return the release with this name."""
        return next((release for release in self.releases if release.name == name), None)

    def size_with_needs(self, release: ReleaseInfo) -> int:
        """Return roughly how many bytes must be fetched for `release` and for the files it needs."""
        needed = [found for name in release.needs if (found := self.find(name)) is not None]
        return sum(max(0, item.size - item.fetched) for item in (release, *needed))

    def pull(self, release: str, accepted_licence: str, mirror: str, folder: str) -> None:
        """Fetch `release`. `accepted_licence` is the name of the licence that the artist accepts, or empty."""
        self._send(Pull(release, accepted_licence, mirror, folder))

    def cancel(self) -> None:
        """Stop fetching."""
        if self.progress is not None:
            self._send(CancelPull(self.progress.release))

    def set_models_folder(self, folder: str) -> None:
        """Keep all models in `folder` from now on; empty for the usual place."""
        self._send(SetModelsFolder(folder))

    def _send(self, message: Pull | CancelPull | SetModelsFolder) -> None:
        if not self._link.is_ready:
            self.failed.emit(problem("pull_no_backend"))
            return
        try:
            self._link.send(message)
        except ProtocolError as error:
            self.failed.emit(problem("not_sent", reason=error))

    def _on_link(self) -> None:
        if self._link.is_ready and self._wanted:
            self._wanted = False
            self._link.send(ListReleases())
        elif not self._link.is_ready and self.progress is not None:
            self.progress = None
            self.changed.emit()

    def _on_received(self, received: Received) -> None:
        message = received.message
        if isinstance(message, Releases):
            self.releases, self.models_folder = message.releases, message.models_folder
            if not message.pulling:
                self.progress = None
            elif self.progress is None:
                self.progress = PullProgress(message.pulling, "starting")
        elif isinstance(message, PullProgress):
            self.progress = message
        elif isinstance(message, (Pulled, PullFailed, PullCancelled)):
            if self.progress is not None and self.progress.release == message.release:
                self.progress = None
            if isinstance(message, PullFailed):
                self.failed.emit(_problem_of(message))
            elif isinstance(message, Pulled):
                self.fetched.emit(message.release)
            self._link.send(ListReleases())
        else:
            return
        self.changed.emit()


def _problem_of(failure: PullFailed) -> Problem:
    """Return the problem that tells the artist about a failed pull; the backend's own words name the details."""
    key = f"pull.advice.{failure.code}"
    advice = text(key) if key in catalogue("en") else translated(failure.remedy)
    return Problem(f"pull_{failure.code}", translated(failure.message), advice)
