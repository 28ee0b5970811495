"""Choice of the message that the banner shows."""

from __future__ import annotations

from collections.abc import Callable

from ...backend.connection import Link, LinkState
from ...base.problems import Problem
from ...base.qt import QtCore
from ...jobs.advice import advise_at_start
from ...jobs.job import Job, Stage
from .banner import Banner


class Notices(QtCore.QObject):
    """Messages for the banner, in this order: the docker's own, the outcome of the job, the reason why there is no
    backend. A message that the artist has dismissed is not shown again."""

    def __init__(
        self, banner: Banner, link: Link, job: Callable[[], Job | None], parent: QtCore.QObject | None = None
    ) -> None:
        """`job` returns the job that the docker shows, if any."""
        super().__init__(parent)
        self._banner, self._link, self._job = banner, link, job
        self._own: Problem | None = None
        self._dismissed: Problem | None = None
        self._answered: Job | None = None  # a failed job since which the artist has started the backend
        banner.dismissed.connect(self.dismiss)

    def say(self, reason: Problem) -> None:
        """Show `reason`, even if it was dismissed before."""
        self._dismissed, self._own = None, reason
        self._banner.show_problem(None)  # what was said before counts as said anew
        self.show()

    def dismiss(self) -> None:
        """Hide the current message, and do not show it again."""
        self._dismissed, self._own = self._banner.problem, None
        self.show()

    def begin_again(self) -> None:
        """Forget all messages and dismissals, because the artist tries again; visible after the next `show`."""
        self._dismissed = self._own = None

    def forget_failure(self) -> None:
        """Begin again, and forget the failure of a job whose remedy the artist has chosen."""
        self.begin_again()
        job = self._job()
        self._answered = job if job is not None and job.stage is Stage.FAILED else None

    def withdraw(self) -> None:
        """Forget the docker's own message."""
        self._own = None

    def show(self) -> None:
        """Bring the banner up to date."""
        job, reason = self._job(), self._own
        if reason is None and job is not None and job is not self._answered:
            reason = advise_at_start(job) if job.is_active else job.outcome
        if reason is None and self._link.state is LinkState.FAILED and not (job is not None and job.is_active):
            reason = self._link.problem
        self._banner.show_problem(None if reason == self._dismissed else reason)
