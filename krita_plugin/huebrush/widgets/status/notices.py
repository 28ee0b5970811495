"""Which of the things that there are to tell the banner shows."""

from __future__ import annotations

from collections.abc import Callable

from ...backend.connection import Link, LinkState
from ...base.problems import Problem
from ...base.qt import QtCore
from ...jobs.advice import foresight
from ...jobs.job import Job, Stage
from .banner import Banner


class Notices(QtCore.QObject):
    """What the docker itself has to say comes first, then what is known of the job or how it ended, then why there is
    no backend; what the artist has dismissed is not said again."""

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
        """Say `reason`, also where it was dismissed before."""
        self._dismissed, self._own = None, reason
        self.show()

    def dismiss(self) -> None:
        """Say no more what is said now."""
        self._dismissed, self._own = self._banner.problem, None
        self.show()

    def begin_anew(self) -> None:
        """Forget what was said and dismissed: the artist tries again. Shown is that with the next `show`."""
        self._dismissed = self._own = None

    def answer(self) -> None:
        """Begin anew, and hold no failure against a job any longer whose remedy the artist has taken."""
        self.begin_anew()
        job = self._job()
        self._answered = job if job is not None and job.stage is Stage.FAILED else None

    def withdraw(self) -> None:
        """Forget what the docker itself had to say."""
        self._own = None

    def show(self) -> None:
        """Bring the banner up to date."""
        job, reason = self._job(), self._own
        if reason is None and job is not None and job is not self._answered:
            reason = foresight(job) if job.is_active else job.outcome
        if reason is None and self._link.state is LinkState.FAILED and not (job is not None and job.is_active):
            reason = self._link.problem
        self._banner.show_problem(None if reason == self._dismissed else reason)
