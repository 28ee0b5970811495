"""Questions to the backend where in a reference a text fits, for the heatmap of a text edit."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.messages import Accepted, Acknowledge, Cancel, Failed, Fetch, Locate, Located

from ..backend.connection import Link
from ..base.problems import Problem, ProblemError, from_failure, problem
from ..base.qt import QtCore, QtGui, Signal
from ..base.tasks import SlicedTask, Steps
from ..capture.pictures import CapturedPicture, capture_reference
from ..capture.small_pictures import small_picture
from ..settings.sources import ReferenceSource
from ..settings.text_edits import TextEditSettings
from .to_protocol import protocol_edits

if TYPE_CHECKING:
    from huebrush_protocol.codec import Received
    from krita import Document

PICTURE_EDGE = 512
"""Longest side of the picture that is kept for looking at."""


@dataclass(frozen=True)
class Question:
    """Question where in the `reference`, after the `earlier` edits, the `words` fit."""

    words: str
    reference: ReferenceSource | None = None
    earlier: tuple[TextEditSettings, ...] = ()


@dataclass(frozen=True)
class Fit:
    """Answer to a question: how well each place of the reference fits the words.

    * `question`: what was asked
    * `picture`: the reference, over all of which the places are stretched
    * `places`: `rows` of `columns` bytes: 255 the best place, 0 the worst
    """

    question: Question
    picture: QtGui.QImage
    places: bytes
    columns: int
    rows: int


class FitLocator(QtCore.QObject):
    """Asks one question at a time; a new one replaces the last. Emits `located(Fit)`, or `failed(Problem)`."""

    located = Signal(object)
    failed = Signal(object)

    def __init__(self, link: Link, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._job = self._model = ""
        self._question = Question("")
        self._task: SlicedTask | None = None
        self._picture = QtGui.QImage()
        self._waiting: CapturedPicture | None = None
        link.state_changed.connect(self._send)
        link.received.connect(self._on_received)
        link.lost.connect(self._on_lost)
        link.time_to_ask.connect(self._ask_again)

    def ask(self, document: Document, question: Question, model: str) -> None:
        """Find the answer to `question`, whose reference is one of `document`, as `model` sees it."""
        assert question.reference is not None
        self.stop()
        self._job, self._model, self._question = str(uuid.uuid4()), model, question
        self._link.ensure()  # starts while the pixels are being read
        steps = _read(document, question.reference)
        self._task = SlicedTask(steps, lambda read: self._on_captured(*read), self._on_unreadable, self)

    def stop(self) -> None:
        """Ask no longer; nothing is emitted any more."""
        if self._task is not None:
            self._task.cancel()
        elif self._job and self._waiting is None:
            self._link.send(Cancel(self._job))
        self._job, self._task, self._waiting = "", None, None

    def _on_captured(self, captured: CapturedPicture, picture: QtGui.QImage) -> None:
        self._task, self._picture, self._waiting = None, picture, captured
        self._send()

    def _send(self) -> None:
        if self._waiting is None or not self._link.is_ready:
            return
        (header, frame), self._waiting = self._waiting, None
        if not self._link.can("locate"):
            self._fail(problem("no_fit"))
            return
        asked = self._question
        earlier = protocol_edits(asked.earlier) if self._link.can("locate_edits") else ()
        try:
            self._link.send(Locate(self._job, self._model, asked.words, (header,), earlier), [frame])
        except ProtocolError as error:
            self._fail(problem("not_sent", reason=error))

    def _on_received(self, received: Received) -> None:
        message = received.message
        if not self._job or getattr(message, "job", "") != self._job or isinstance(message, Accepted):
            return
        if isinstance(message, Located):
            (image,) = received.images
            header, stride = image.header, image.stride
            rows = (bytes(image.data[row * stride : row * stride + header.width]) for row in range(header.height))
            fit = Fit(self._question, self._picture, b"".join(rows), header.width, header.height)
            self._link.send(Acknowledge(self._job))
            self._job = ""
            self.located.emit(fit)
        elif isinstance(message, Failed):
            self._link.send(Acknowledge(self._job))
            self._fail(from_failure(message))

    def _ask_again(self, is_new: bool) -> None:
        if is_new and self._job and self._task is None and self._waiting is None:
            self._link.send(Fetch(self._job))

    def _on_unreadable(self, error: Exception) -> None:
        self._task = None
        self._fail(error.problem if isinstance(error, ProblemError) else problem("not_sent", reason=error))

    def _on_lost(self, reason: Problem) -> None:
        if self._job:
            self._fail(reason)

    def _fail(self, reason: Problem) -> None:
        self._job, self._waiting = "", None
        self.failed.emit(reason)


def _read(document: Document, source: ReferenceSource) -> Steps[tuple[CapturedPicture, QtGui.QImage]]:
    """Read a reference, and make the picture of it for looking at."""
    captured = yield from capture_reference(document, source)
    picture = yield from small_picture(*captured, PICTURE_EDGE)
    return captured, picture
