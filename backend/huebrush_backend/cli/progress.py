"""Shows progress on a terminal, and makes Ctrl+C cancel cleanly, for commands that run the engine."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
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


class ProgressDisplay:
    """A progress bar with phase and time left. Shows nothing when `stream` is not a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[left]}"),
            console=Console(file=stream),
            transient=True,
            disable=not stream.isatty(),
        )
        self._task: TaskID | None = None

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
        description = event.phase.capitalize()
        if event.step:
            description += f" {event.step}/{event.steps}"
        left = "" if event.seconds_left is None else f"{_duration(event.seconds_left)} left"
        self._progress.update(self._task, completed=event.fraction, description=description, left=left)


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
    """Yield a function that returns whether Ctrl+C was pressed. A second Ctrl+C ends the program at once."""
    pressed = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield pressed.is_set
        return

    def note(number: int, frame: object) -> None:
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()

    previous = signal.signal(signal.SIGINT, note)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, previous)
