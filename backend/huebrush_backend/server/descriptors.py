"""Limits of the files and connections that the front has open: ZeroMQ ends a process that runs out of descriptors."""

from __future__ import annotations

import errno
import functools
import os
import sys

WANTED = 8192
FEWEST = 128
RESERVE = 64
"""Descriptors that no client can take: for the front itself, workers, logs, keys and files that it reads."""
FOR_SOCKET = 8
"""Descriptors that a new socket takes at most, while it is made."""
MOST_CONNECTIONS = 1024
BURST = 1100
"""Connections that ZeroMQ may accept before `ConnectionGuard` ends the first: as many as a monitor's queue holds."""


FEWEST_FOR_IPC = RESERVE + 2 * BURST
"""Files below which sockets are tcp: after a burst that takes them all, ZeroMQ goes on with a tcp socket, but with an
ipc one it ends the process."""


def raise_limit() -> None:
    """Let this process, and those that it starts, open `WANTED` files, or as many as the system allows.

    Raises OSError if that is less than `FEWEST`.
    """
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    reachable = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < reachable:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (reachable, hard))
        except (OSError, ValueError):  # macOS has a second limit, below the one that it tells
            reachable = soft
    else:
        reachable = WANTED if soft == resource.RLIM_INFINITY else soft
    if reachable < FEWEST:
        raise OSError(errno.EMFILE, f"only {reachable} open files are allowed")


def allowed() -> int:
    """Return the number of files that this process may open; on Windows, where nothing tells it, `FEWEST`."""
    if sys.platform == "win32":
        return FEWEST
    import resource

    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return WANTED if soft == resource.RLIM_INFINITY else soft


@functools.cache
def leave_room_for_ipc() -> bool:
    """Return whether this process was allowed `FEWEST_FOR_IPC` files when it asked for the first time."""
    return allowed() >= FEWEST_FOR_IPC


def require_for_socket() -> None:
    """Raise OSError if there are not enough descriptors for one more socket of ZeroMQ, which would end the process."""
    taken = list[int]()
    try:
        for _ in range(FOR_SOCKET):
            taken.append(os.open(os.devnull, os.O_RDONLY))
    finally:
        for descriptor in taken:
            os.close(descriptor)


def most_connections(files: int) -> int:
    """Return the most connections that clients may have where the process may open so many `files`.

    Beyond them and `RESERVE` there is room for a burst; where only few files are allowed, as much as for connections.
    """
    free = files - RESERVE
    return min(MOST_CONNECTIONS, max(free - BURST, free // 2))
