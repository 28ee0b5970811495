"""The worker process: holds the engine, runs one job at a time, and can be replaced. `python -m` starts it.

It reads how to reach the front from one line on standard input (see `worker_channel`). With the front's process id and
the engine as words, it is a spare: it imports all that is slow, and then waits for that line.
"""

from __future__ import annotations

import contextlib
import gc
import sys

import zmq

from huebrush_backend.server import engines, lifetime, logs
from huebrush_backend.server.worker_channel import Bootstrap, connect_to_front


def main() -> int:
    """Run the worker until the front ends it."""
    if len(sys.argv) == 3:
        lifetime.die_with_front(int(sys.argv[1]))
        import_ahead(sys.argv[2])
    line = sys.stdin.buffer.readline()
    if not line:  # the front ended, and needs no spare
        return 0
    bootstrap = Bootstrap.from_line(line)
    lifetime.end_with_front(bootstrap.front_pid)  # before the slow imports, so that no process is left behind
    logs.log_to_stderr(bootstrap.verbose)
    from huebrush_backend.server.worker_loop import Worker, report_start_failure

    socket = connect_to_front(zmq.Context(), bootstrap)
    try:
        engine = engines.load_factory(bootstrap.engine)(bootstrap.device)
    except Exception as error:
        report_start_failure(socket, error)
        raise
    Worker(socket, engine).serve()
    return 0


def import_ahead(engine: str) -> None:
    """Import what a worker with `engine` needs. What fails here fails again, and is told, when the engine is made."""
    with contextlib.suppress(Exception):
        from huebrush_backend.server import worker_loop  # noqa: F401

        engines.import_ahead(engine)
        gc.freeze()  # what was imported stays, and need not be looked through again


if __name__ == "__main__":
    sys.exit(main())
