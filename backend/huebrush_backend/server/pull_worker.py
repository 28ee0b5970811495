"""The process that fetches one release for the front and then ends. `python -m` starts it.

It reads one line of JSON, a `PullTask`, from standard input. It writes reports to standard output, each a line with
`REPORT_MARK` and JSON; other lines belong to the log. SIGTERM stops it cleanly.
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
"""Beginning of a report: ASCII's record separator. It also works after an unfinished line of a library."""
REPORT_SECONDS = 0.25
"""Smallest time in seconds between two reports on bytes."""
PIECE_BYTES = 1 << 20
"""Size in bytes of the pieces that the library fetches.

Its default is 10 MB: on a slow connection reports would be rare, and an interruption would lose much. The size can only
be changed by setting the library's constant; that affects this process alone.
"""
PACE_SECONDS = 15.0
"""Seconds of download from whose pace the time left is estimated."""
SHORTEST_PACE_SECONDS = 1.0

Report = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class PullTask:
    """The fields of the message `Pull`, and `front_pid`: the process with which this process must end."""

    front_pid: int
    release: str
    accepted_licence: str
    mirror: str
    folder: str

    def to_line(self) -> bytes:
        """Return the task as the line of JSON that the process reads."""
        return json.dumps(asdict(self)).encode("ascii") + b"\n"


class PaceReporter:
    """Passes on the progress of a pull, not too often, with the seconds left."""

    def __init__(self, report: Report, clock: Callable[[], float] = time.monotonic) -> None:
        self._report, self._clock = report, clock
        self._samples: deque[tuple[float, int]] = deque()
        self._reported: tuple[str, str] | None = None
        self._due = 0.0

    def __call__(self, progress: PullProgress) -> None:
        """Report `progress`, unless the last report was just before."""
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
    """Fetch the release of the task; return 0 if a report has said how it ended."""
    task = PullTask(**json.loads(sys.stdin.buffer.readline()))
    lifetime.end_with_front(task.front_pid)  # before the slow imports, so that no process is left behind
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl+C, so that it cleans up
    try:
        _report({"failed": failure} if (failure := _run(task)) else {"done": True})
    except KeyboardInterrupt:
        _report({"cancelled": True})
    return 0


def _run(task: PullTask) -> dict[str, Any] | None:
    """Pull; return None, or `code`, `message` and `remedy` of a failure."""
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
        return _failure("unfit", Text.of("pull.unfit", reason=Text.about(error)))
    except OSError as error:
        return _failure("disk", Text.of("pull.disk", reason=Text.about(error)))
    return None


def _failure(code: str, problem: Text) -> dict[str, Any]:
    """Describe what went wrong; the remedy is the one for programs, not that for the command line."""
    remedy = remedy_of(problem.id, **problem.arguments)
    return {"code": code, "message": problem.as_data(), "remedy": remedy.as_data()}


def _report(report: dict[str, Any]) -> None:
    print(f"{REPORT_MARK}{json.dumps(report)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
