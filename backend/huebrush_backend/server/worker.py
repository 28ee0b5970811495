"""The worker process: holds the engine, runs one job at a time, and can be replaced. `python -m` starts it.

It reads how to reach the front from one line on standard input (see `worker_channel`).
"""

from __future__ import annotations

import sys

import zmq

from huebrush_backend.server import engines, lifetime, logs
from huebrush_backend.server.worker_channel import Bootstrap, connect_to_front


def main() -> int:
    """Run the worker until the front ends it."""
    bootstrap = Bootstrap.from_line(sys.stdin.buffer.readline())
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


if __name__ == "__main__":
    sys.exit(main())
