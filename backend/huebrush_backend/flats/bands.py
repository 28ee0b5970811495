"""Work on a page in bands of rows, on all cores: NumPy and OpenCV let other threads run while they compute."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")

_BAND_PIXELS = 1 << 20
"""Pixels in a band: enough that starting it costs nothing, few enough that what is computed on the way stays small."""
_MOST_THREADS = 8


def in_bands(height: int, width: int, work: Callable[[int, int], Result]) -> list[Result]:
    """Call `work(top, bottom)` for bands of rows that cover 0..`height`, several at once.

    Returns the results from top to bottom. An exception in `work` is raised here.
    """
    rows = max(1, _BAND_PIXELS // max(1, width))
    tops = range(0, height, rows)
    bands = [(top, min(height, top + rows)) for top in tops]
    threads = min(_MOST_THREADS, os.cpu_count() or 1, len(bands))
    if threads <= 1:
        return [work(*band) for band in bands]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda band: work(*band), bands))
