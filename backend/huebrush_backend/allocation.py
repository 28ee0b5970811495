"""Tell glibc whether to keep freed memory for this process or to give it back to the system.

Imports nothing but the standard library, so that a process can call it first of all. Only glibc can be told; elsewhere
nothing happens.
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

    Every large temporary tensor would be a mapping of its own, whose pages the system has to clear anew at every
    operation. The process stays as large as it has been at its largest.
    """
    library = _glibc()
    if library is None:
        return False
    options = ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, _NEVER), (_ARENA_MAX, 1))
    return all([library.mallopt(parameter, value) == 1 for parameter, value in options])


def give_back_freed_memory() -> bool:
    """Give what this process has freed back to the system; returns whether there was any.

    Unasked, glibc keeps pieces of up to 32 MB for each thread, and a page of some megapixels is worked on in arrays of
    just that size.
    """
    library = _glibc()
    return library is not None and library.malloc_trim(0) == 1


def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        library = ctypes.CDLL(None)
        _ = library.gnu_get_libc_version
    except (OSError, AttributeError):  # musl and others
        return None
    return library
