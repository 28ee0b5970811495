"""Notices that this process has taken more memory than its messages explain, and starts it anew in its own place.

ZeroMQ bounds the size of a part of a message, but not the number of parts: one message without an end would fill the
memory, and nobody is told of it before it ends. Jobs are on disk, and clients connect again by themselves.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from typing import NoReturn

import psutil

MOST_BYTES = 3 << 30
"""Memory beside that of the jobs in the table: one message of the largest size on its way in, and much more."""
LOOK_SECONDS = 1.0

log = logging.getLogger(__name__)


class GrowthWatch:
    """Calls `on_grown` once, in the event loop, when this process has grown too much."""

    def __init__(self, most: int, explained: Callable[[], int], on_grown: Callable[[], None]) -> None:
        """Begin to look.

        `most`: bytes of memory that it may take. `explained`: returns the bytes that it takes beside these with good
        reason. `on_grown`: see above.
        """
        self._most, self._explained, self._on_grown = most, explained, on_grown
        self._timer = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)

    def close(self) -> None:
        """Look no more."""
        self._timer.cancel()

    def _look(self) -> None:
        taken = own_memory()
        if taken > self._most + self._explained():
            log.error("this process takes %d MiB of memory, more than its jobs explain", taken >> 20)
            self._on_grown()
            return
        self._timer = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)


def own_memory() -> int:
    """Return the bytes of memory that this process takes, without mapped files; 0 where it could not start anew."""
    try:
        if sys.platform == "linux":
            memory = psutil.Process().memory_info()
            return memory.rss - memory.shared
        if sys.platform == "darwin":
            return psutil.Process().memory_full_info().uss
    except (psutil.Error, OSError):  # no descriptor is left for the look
        pass
    return 0


def start_anew() -> NoReturn:
    """Run the program of this process again from its beginning, as the same process."""
    log.info("starting anew")
    logging.shutdown()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
