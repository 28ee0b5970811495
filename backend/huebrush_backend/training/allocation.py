"""Lets glibc keep memory that has been freed, instead of giving it back to the system and asking for it again.

Every large temporary tensor would be a mapping of its own, whose pages the system has to clear anew at every operation.
Imports nothing but the standard library, so that a process can call it first of all.
"""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD = -1
_MMAP_MAX = -4
_ARENA_MAX = -8
"""The numbers of mallopt's parameters, from glibc's malloc.h."""
_NEVER = 2**31 - 1


def keep_freed_memory() -> bool:
    """Keep freed memory from now on, for this whole process; returns whether that can be done here.

    The process stays as large as it has been at its largest. Only glibc can be told; elsewhere nothing happens.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        library = ctypes.CDLL(None)
        _ = library.gnu_get_libc_version
        options = ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, _NEVER), (_ARENA_MAX, 1))
        return all([library.mallopt(parameter, value) == 1 for parameter, value in options])
    except (OSError, AttributeError):  # musl and others
        return False
