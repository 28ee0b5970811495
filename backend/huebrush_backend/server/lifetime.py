"""Ends a process together with another: the front with Krita, the worker with the front, even after a crash."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable

import psutil

POLL_SECONDS = 2.0
PR_SET_PDEATHSIG = 1

log = logging.getLogger(__name__)


def is_alive(pid: int) -> bool:
    """Return whether process `pid` exists and is not a zombie."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


class ParentWatch:
    """Calls `on_gone` once, in the event loop, when process `pid` has ended.

    On Linux the kernel reports the end through a pidfd, exactly and without polling, and a reused process id does no
    harm. On other systems the process is checked every two seconds. PR_SET_PDEATHSIG is not used here: it fires when
    the *thread* that started this process ends, and a plugin may start its backend from a short-lived thread.
    """

    def __init__(self, pid: int, on_gone: Callable[[], None]) -> None:
        self._on_gone = on_gone
        self._loop = asyncio.get_running_loop()
        self._descriptor = -1
        self._timer: asyncio.TimerHandle | None = None
        try:
            self._process = psutil.Process(pid)  # keeps the start time, so a reused id is noticed
        except psutil.NoSuchProcess:
            self._loop.call_soon(on_gone)
            return
        if sys.platform == "linux":
            try:
                self._descriptor = os.pidfd_open(pid)
                self._loop.add_reader(self._descriptor, self._gone)
                return
            except OSError as error:  # an old kernel, or a sandbox that forbids it
                log.debug("pidfd_open is not available: %s", error)
        self._poll()

    def close(self) -> None:
        """Stop watching."""
        if self._timer is not None:
            self._timer.cancel()
        if self._descriptor >= 0:
            self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = -1

    def _gone(self) -> None:
        self.close()
        self._on_gone()

    def _poll(self) -> None:
        try:
            gone = not self._process.is_running() or self._process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            gone = True
        except psutil.AccessDenied:
            gone = False
        if gone:
            self._gone()
        else:
            self._timer = self._loop.call_later(POLL_SECONDS, self._poll)


def end_with_front(front_pid: int) -> None:
    """Make this worker process end as soon as the front ends. Standard input must be a pipe that the front holds open.

    On Linux the kernel kills this process when its parent dies. On all systems except Windows, a thread waits for the
    end of standard input, which comes when no process holds the other end any more. On Windows a thread waits for the
    front's process, because a thread that reads standard input can block other code that uses the same handle.
    """
    die_with_front(front_pid)
    wait = _wait_for_process if sys.platform == "win32" else _wait_for_end_of_input
    threading.Thread(target=wait, args=(front_pid,), name="front-watch", daemon=True).start()


def die_with_front(front_pid: int) -> None:
    """Have the system kill this process as soon as the front ends, where it can do that: on Linux."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
            log.warning("PR_SET_PDEATHSIG failed: %s", os.strerror(ctypes.get_errno()))
        if os.getppid() != front_pid:  # the front ended before the line above
            os._exit(1)


def _wait_for_end_of_input(_front_pid: int) -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


def _wait_for_process(front_pid: int) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(front_pid).wait()
    os._exit(0)
