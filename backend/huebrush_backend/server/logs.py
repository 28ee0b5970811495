"""The backend's log: a rotating file in the runtime folder that only its user can read."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huebrush_protocol.endpoint import LOG_FILE

MAX_LOG_BYTES = 1 << 20
KEPT_LOGS = 3
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


@contextmanager
def log_to_file(runtime: Path, verbose: bool = False) -> Iterator[Path]:
    """Within the block, write this process's log to `runtime/backend.log` (1 MiB, three older files); give its path."""
    path = runtime / LOG_FILE
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=MAX_LOG_BYTES, backupCount=KEPT_LOGS, encoding="utf-8"
    )
    _configure(handler, verbose)
    try:
        yield path
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()


def log_to_stderr(verbose: bool = False) -> None:
    """Write this process's log to standard error. The worker does this, and the front writes its output to the file."""
    _configure(logging.StreamHandler(sys.stderr), verbose)


def _configure(handler: logging.Handler, verbose: bool) -> None:
    handler.setFormatter(logging.Formatter(FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    logging.getLogger("zmq.auth").setLevel(logging.INFO)
