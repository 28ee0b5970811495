"""Work on a page in bands of rows, on all cores: NumPy and OpenCV let other threads run while they compute."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_BAND_PIXELS = 1 << 19
"""Pixels in a band: enough that starting it costs nothing, few enough that intermediate results stay small."""
_MOST_THREADS = 8


def in_bands(height: int, width: int, work: Callable[[int, int], Result], least_rows: int = 1) -> list[Result]:
    """Call `work(top, bottom)` for bands of rows that cover 0..`height`, several at once.

    `least_rows` is for work that looks beyond its own rows: it keeps most of the rows it looks at its own.
    Returns the results from top to bottom.
    """
    rows = max(least_rows, _BAND_PIXELS // max(1, width))
    return in_parallel([(top, min(height, top + rows)) for top in range(0, height, rows)], lambda band: work(*band))


def in_parallel(items: Sequence[Item], work: Callable[[Item], Result]) -> list[Result]:
    """Call `work` for each of `items`, several at once, and return the results in the same order.

    An exception in `work` is raised here.
    """
    threads = min(_MOST_THREADS, os.cpu_count() or 1, len(items))
    if threads <= 1:
        return [work(item) for item in items]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, items))
