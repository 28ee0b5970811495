"""Gives freed memory back to the system, which glibc keeps in pieces of up to 32 MB for each thread."""

from __future__ import annotations

import ctypes
import sys


def give_back_freed_memory() -> bool:
    """Give memory that this process has freed back to the system; returns whether there was any.

    A page of some megapixels is worked on in arrays of just the size that glibc keeps. Only glibc can be asked;
    elsewhere nothing happens.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        return ctypes.CDLL(None).malloc_trim(0) == 1
    except (OSError, AttributeError):  # musl and others
        return False
