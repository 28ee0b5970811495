"""The process that fetches one release for the front and ends. `python -m` starts it.

It is told what to do by one line of JSON on standard input, a `PullTask`. It reports on standard output, one
`REPORT_MARK` and JSON a line; other lines are the log's. SIGTERM stops it in good order.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huebrush_protocol.texts import Text, remedy_of

from huebrush_backend.server import lifetime

if TYPE_CHECKING:
    from huebrush_backend.checkpoints.pulling import PullProgress

REPORT_MARK = "\x1e"
"""Begins a report (ASCII's record separator), also after what a library has left of a line."""
REPORT_SECONDS = 0.25
"""At least so long from one report on bytes to the next."""
PIECE_BYTES = 1 << 20
"""The library passes on whole pieces only. Its own are of 10 MB: too few reports over a slow line, too much lost in a
cut. There is no other way to ask for smaller ones than to set its constant, which this process has for itself."""
PACE_SECONDS = 15.0
"""The time left is reckoned from the pace of so long."""
SHORTEST_PACE_SECONDS = 1.0

Report = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class PullTask:
    """As the message `Pull`; `front_pid`: the process with which this one has to end."""

    front_pid: int
    release: str
    accepted_licence: str
    mirror: str
    folder: str

    def to_line(self) -> bytes:
        """Return the task as the process reads it."""
        return json.dumps(asdict(self)).encode("ascii") + b"\n"


class PaceReporter:
    """Passes on how far a pull is, not too often, with the seconds left."""

    def __init__(self, report: Report, clock: Callable[[], float] = time.monotonic) -> None:
        self._report, self._clock = report, clock
        self._samples: deque[tuple[float, int]] = deque()
        self._reported: tuple[str, str] | None = None
        self._due = 0.0

    def __call__(self, progress: PullProgress) -> None:
        """Take the next state of the pull."""
        now, step = self._clock(), (progress.phase, progress.file)
        self._samples.append((now, progress.done))
        while len(self._samples) > 1 and now - self._samples[0][0] > PACE_SECONDS:
            self._samples.popleft()
        if step == self._reported and now < self._due:
            return
        self._reported, self._due = step, now + REPORT_SECONDS
        self._report({"progress": {**asdict(progress), "seconds_left": self._seconds_left(progress)}})

    def _seconds_left(self, progress: PullProgress) -> float | None:
        (begin, there), (now, done) = self._samples[0], self._samples[-1]
        if progress.phase != "fetching" or now - begin < SHORTEST_PACE_SECONDS or done <= there:
            return None
        return (progress.total - done) * (now - begin) / (done - there)


def main() -> int:
    """Fetch what the task says; return 0 when a report says how it ended."""
    task = PullTask(**json.loads(sys.stdin.buffer.readline()))
    lifetime.end_with_front(task.front_pid)  # before the slow imports, so that nothing can be left behind
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl+C: what has begun is cleared up
    try:
        _report({"failed": failure} if (failure := _run(task)) else {"done": True})
    except KeyboardInterrupt:
        _report({"cancelled": True})
    return 0


def _run(task: PullTask) -> dict[str, Any] | None:
    """Pull, and return None or what went wrong: `code`, `message` and `remedy`."""
    # Imported here: the front, which starts this module, must stay light.
    from huggingface_hub import constants

    from huebrush_backend.checkpoints.errors import CheckpointError, ModelsError
    from huebrush_backend.checkpoints.pulling import pull
    from huebrush_backend.checkpoints.release_state import accept_licence, missing_for, open_licences
    from huebrush_backend.checkpoints.releases import find_release
    from huebrush_backend.models.catalog import default_models_folder

    constants.DOWNLOAD_CHUNK_SIZE = PIECE_BYTES
    try:
        release = find_release(task.release)
    except LookupError as error:
        return _failure("unknown_release", Text.about(error))
    models_folder = default_models_folder()
    try:
        for licence in open_licences(missing_for(release, models_folder)):
            if licence.name == task.accepted_licence:
                accept_licence(licence)
        source = Path(task.folder) if task.folder else None
        pull(release, models_folder, PaceReporter(_report), task.mirror, source)
    except ModelsError as error:
        return _failure(error.code, error.problem)
    except CheckpointError as error:
        return _failure("unfit", Text.of("pull.unfit", reason=str(error)))
    except OSError as error:
        return _failure("disk", Text.of("pull.disk", reason=str(error)))
    return None


def _failure(code: str, problem: Text) -> dict[str, Any]:
    """Return what went wrong; the remedy is the one for programs, not that for the command line."""
    remedy = remedy_of(problem.id, **problem.arguments)
    return {"code": code, "message": problem.as_data(), "remedy": remedy.as_data()}


def _report(report: dict[str, Any]) -> None:
    print(f"{REPORT_MARK}{json.dumps(report)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
