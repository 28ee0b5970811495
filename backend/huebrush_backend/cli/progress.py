"""Shows progress on a terminal, and makes Ctrl+C cancel cleanly, for commands that run the engine."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

if TYPE_CHECKING:
    from huebrush_backend.checkpoints.pulling import PullProgress
    from huebrush_backend.engine.request import EngineEvent
    from huebrush_backend.training.loop import Progress as TrainingProgress


class ProgressDisplay:
    """A progress bar with phase and time left. Shows nothing when `stream` is not a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[left]}"),
            console=Console(file=stream),
            transient=True,
            disable=not stream.isatty(),
        )
        self._task: TaskID | None = None
        self._page, self._pages, self._name, self._begin = 1, 1, "", time.monotonic()

    def __enter__(self) -> ProgressDisplay:
        self._progress.start()
        self._task = self._progress.add_task("Starting", total=1.0, left="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, event: EngineEvent) -> None:
        """Show an event of the engine. Pictures are not shown."""
        from huebrush_backend.engine.request import ProgressEvent

        if self._task is None or not isinstance(event, ProgressEvent):
            return
        description = self._name + event.phase.capitalize()
        if event.step:
            description += f" {event.step}/{event.steps}"
        fraction, seconds_left = event.fraction, event.seconds_left
        if self._pages > 1:
            fraction = (self._page - 1 + fraction) / self._pages
            took = time.monotonic() - self._begin
            seconds_left = took * (1 - fraction) / fraction if self._page > 1 else None
        left = "" if seconds_left is None else f"{_duration(seconds_left)} left"
        self._progress.update(self._task, completed=fraction, description=description, left=left)

    def begin_page(self, number: int, pages: int, name: str) -> None:
        """Show from now on how far page `number` of `pages` is, and so all of them."""
        self._page, self._pages, self._name = number, pages, f"{number}/{pages} {name}: "

    def say(self, text: str) -> None:
        """Print a line above the bar, or where there is no terminal."""
        self._progress.console.print(text, highlight=False, markup=False, soft_wrap=True)


def is_first_process() -> bool:
    """Return whether this is the only process of a training, or the first that accelerate's launcher has started."""
    return os.environ.get("RANK", "0") == "0"


class TrainingDisplay:
    """A progress bar with phase, losses and time left on a terminal; elsewhere a line for each entry of the log."""

    def __init__(self, stream: TextIO) -> None:
        self._console = Console(file=stream)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[left]}"),
            console=self._console,
            transient=True,
            disable=not stream.isatty(),
        )
        self._task: TaskID | None = None
        self._silent = not is_first_process()

    def __enter__(self) -> TrainingDisplay:
        self._bar.start()
        self._task = self._bar.add_task("Preparing", total=1.0, left="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()

    def show(self, progress: TrainingProgress) -> None:
        """Show how far a stage is. In a training of several processes only the first one shows anything."""
        from huebrush_backend.training.loop import ALREADY_COMPLETE

        if self._silent:
            return
        steps = f"{progress.step}" if progress.steps is None else f"{progress.step}/{progress.steps}"
        left = "" if progress.seconds_left is None else f"{_duration(progress.seconds_left)} left"
        if self._task is not None:
            description = f"{progress.stage}: {progress.phase}, step {steps}"
            self._bar.update(self._task, completed=progress.fraction, description=description, left=left)
        if progress.phase == ALREADY_COMPLETE:
            self.say(f"{progress.stage}: step {steps}, {progress.phase}; it goes on with more --steps or --minutes")
        if progress.means:
            means = ", ".join(f"{name} {value:.4g}" for name, value in progress.means.items())
            speed = f"{progress.samples_per_second:.1f} samples/s"
            self.say(f"{progress.stage}: step {steps}, {speed}, {left + ', ' if left else ''}{means}")

    def say(self, text: str) -> None:
        """Print a line, above the bar if there is one."""
        if not self._silent:
            self._console.print(text, highlight=False, markup=False, soft_wrap=True)


class StepDisplay:
    """Shows the current step and the time left on standard error; shows nothing unless `shown` on a terminal."""

    def __init__(self, shown: bool) -> None:
        console = Console(stderr=True)
        self._status = console.status("") if shown and console.is_terminal else None
        self._weights: Sequence[float] = ()
        self._begin = 0.0
        self._done = 0

    def __enter__(self) -> StepDisplay:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def expect(self, weights: Sequence[float]) -> None:
        """Begin a part with a step for each of `weights`, which say how long steps take relative to each other."""
        self._weights, self._begin, self._done = weights, time.monotonic(), 0

    def step(self, what: str) -> None:
        """Show that the next step begins."""
        if self._status is not None:
            self._status.update(what + self._left())
        self._done += 1

    def _left(self) -> str:
        done, rest = sum(self._weights[: self._done]), sum(self._weights[self._done :])
        if not done or not rest:
            return ""
        return f", {_duration((time.monotonic() - self._begin) * rest / done)} left in this part"


class DownloadDisplay:
    """A progress bar for a download, with speed and time left; shows nothing when `stream` is not a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=Console(file=stream),
            disable=not stream.isatty(),
        )
        self._task = self._progress.add_task("", total=None)

    def __enter__(self) -> DownloadDisplay:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, progress: PullProgress) -> None:
        """Show the progress of the download."""
        description = progress.file if progress.phase == "fetching" else f"Checking {progress.file}"
        self._progress.update(self._task, description=description, completed=progress.done, total=progress.total)


@contextmanager
def progress_bar(what: str, total: int, shown: bool) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on standard error, if `shown` and if it is a terminal.

    Yields a function to call with the number, of `total`, that is done.
    """
    console = Console(stderr=True)
    with Progress(console=console, disable=not (shown and console.is_terminal), transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=done)


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(max(0.0, seconds)), 60)
    return f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"


@contextmanager
def cancel_on_interrupt() -> Iterator[Callable[[], bool]]:
    """Yield a function that returns whether Ctrl+C was pressed, or the program was asked to end by SIGTERM.

    A second time ends the program at once. Use `uninterrupted` around it where the end may take longer than a moment.
    """
    pressed = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield pressed.is_set
        return

    def note(number: int, frame: object) -> None:
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()

    previous = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield pressed.is_set
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
