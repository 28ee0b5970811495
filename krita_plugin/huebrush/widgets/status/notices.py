"""Choice of the message that the banner shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ...backend.connection import Link, LinkState
from ...base.problems import Problem
from ...base.qt import QtCore
from ...jobs.advice import advise_at_start, is_mended
from ...jobs.job import Job, Stage
from .banner import Banner

if TYPE_CHECKING:
    from krita import Document


class Notices(QtCore.QObject):
    """Messages for the banner, in this order: the docker's own, the outcome of the job, the reason why there is no
    backend, and what would hide a result. A message that the artist has dismissed is not shown again, and the next one
    takes its place."""

    def __init__(
        self, banner: Banner, link: Link, job: Callable[[], Job | None], parent: QtCore.QObject | None = None
    ) -> None:
        """`job` returns the job that the docker shows, if any."""
        super().__init__(parent)
        self._banner, self._link, self._job = banner, link, job
        self._own: Problem | None = None
        self._dismissed: list[Problem] = []
        self._foreseen: Problem | None = None
        self._answered: Job | None = None  # a job whose outcome is dealt with
        banner.dismissed.connect(self.dismiss)

    def say(self, reason: Problem) -> None:
        """Show `reason`, even if it was dismissed before."""
        self._dismissed, self._own = [], reason
        self._banner.show_problem(None)  # what was said before counts as said anew
        self.show()

    def dismiss(self) -> None:
        """Hide the current message, and do not show it again."""
        job, said = self._job(), self._banner.problem
        if said is not None:
            self._dismissed.append(said)
        if job is not None and job.stage is Stage.DONE and said == job.outcome and self._foreseen is not None:
            self._dismissed.append(self._foreseen)  # it says what hides the result that is there
        self._own = None
        self.show()

    def begin_again(self) -> None:
        """Forget all messages and dismissals, because the artist tries again; visible after the next `show`."""
        self._dismissed, self._own = [], None

    def forget_failure(self) -> None:
        """Begin again, and forget the failure of a job whose remedy the artist has chosen."""
        self.begin_again()
        job = self._job()
        self._answered = job if job is not None and job.stage is Stage.FAILED else None

    def withdraw(self) -> None:
        """Forget the docker's own message."""
        self._own = None

    def on_edited(self) -> None:
        """Take back what was wrong with the settings: the artist has changed them, and the next try will tell."""
        if self._own is not None and self._own.severity == "error":
            self._own = None
            self.show()

    def follow_document(self, document: Document | None) -> None:
        """Take back what holds no longer of the active `document`."""
        job = self._job()
        if self._own is not None and self._own.code == "no_document" and document is not None:
            self._own = None
        if document is not None and job is not None and not job.is_active and is_mended(job, document):
            self._answered = job

    def foresee(self, reason: Problem | None) -> None:
        """Say before the next job what would hide its result, None for nothing."""
        if reason != self._foreseen:
            self._foreseen = reason
            self.show()

    def show(self) -> None:
        """Bring the banner up to date."""
        self._banner.show_problem(next((reason for reason in self._reasons() if reason not in self._dismissed), None))

    def _reasons(self) -> Iterator[Problem]:
        """Yield all there is to say, the most important first."""
        job = self._job()
        is_active = job is not None and job.is_active
        about_job = None
        if job is not None and job is not self._answered:
            about_job = advise_at_start(job) if is_active else job.outcome
        about_link = self._link.problem if self._link.state is LinkState.FAILED and not is_active else None
        foreseen = None if is_active else self._foreseen
        yield from (reason for reason in (self._own, about_job, about_link, foreseen) if reason is not None)
