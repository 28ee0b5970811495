"""Measures time and memory of flats on whole pages, and compares them with scikit-image's watershed."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from huebrush_backend.evaluation.flat_suite import SIZES

INKED, SKETCHED = "inked", "sketched"
BENCH_SIZES = ("4k", "8.6k")
"""Pages of 12 and 52 megapixels, by their names in flat_suite.SIZES."""
SKETCH_SIZES = ("4k",)
"""Sizes of sketched pages: full of openings and stray strokes, and with a gap as wide as sketches need."""
SKETCH_GAP = 8.0
"""Widest gap on a sketched page, in widths of its lines."""
OURS, WATERSHED = "ours", "watershed"
Painter = Callable[[np.ndarray, float], tuple[np.ndarray, int]]
"""Function that makes flats of line art and closes gaps up to a width in pixels; also returns the number of regions."""
_PATIENCE = 3600.0
_WARM_UP = 8
"""Step of the first, unmeasured run, which takes every eighth pixel of the page."""
_INK = 64
_COLORS = 4096


class FlatBenchError(Exception):
    """A measurement failed; the message says why."""


def measure_flats(
    repeats: int,
    seed: int,
    sizes: Sequence[str] = BENCH_SIZES,
    on_step: Callable[[str], None] = lambda what: None,
    sketch_sizes: Sequence[str] = SKETCH_SIZES,
) -> list[dict[str, Any]]:
    """Return for each size of inked and of sketched pages: megapixels, seconds (median of `repeats`), the watershed's
    seconds, the ratio, and memory.

    Each way runs in its own process, gets the same page as line art, and makes flats at the page's size. Both are given
    a table of colours, because scikit-image has nothing to compare the vote with. The watershed runs once.
    `cpu_seconds` is the time of all cores together; it shows how busy the machine was with other work.
    `peak_bytes_per_pixel` is the memory beyond line art and flats: the largest growth of the process, minus the size of
    the result.
    """
    from huebrush_backend.synthesis.flat_pages import draw_flat_page, render_lines
    from huebrush_backend.synthesis.flat_variants import on_paper, sketched

    report = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, size in [*((INKED, size) for size in sizes), *((SKETCHED, size) for size in sketch_sizes)]:
            width, height = SIZES[size]
            on_step(f"{size}: drawing the page")
            page = draw_flat_page(seed, width, height)
            file, gap = Path(folder) / f"{kind}-{size}.npy", page.widest_gap
            if kind == SKETCHED:
                gap = SKETCH_GAP * page.line_width
                np.save(file, on_paper(sketched(page.ink, page.line_width, np.random.default_rng([seed, 9]))))
            else:
                np.save(file, render_lines(page, "aa"))
            del page
            on_step(f"{size}: finding regions and painting them")
            ours = in_a_process(OURS, file, gap, repeats)
            on_step(f"{size}: the same with scikit-image's watershed")
            theirs = in_a_process(WATERSHED, file, gap, 1)
            report.append(
                {
                    "size": size,
                    "kind": kind,
                    "width": width,
                    "height": height,
                    "megapixels": round(width * height / 1e6, 1),
                    "seconds": round(ours["seconds"], 2),
                    "watershed_seconds": round(theirs["seconds"], 2),
                    "ratio": round(theirs["seconds"] / ours["seconds"], 1),
                    "cpu_seconds": round(ours["cpu_seconds"], 2),
                    "watershed_cpu_seconds": round(theirs["cpu_seconds"], 2),
                    "peak_bytes_per_pixel": _rounded(ours["peak_bytes_per_pixel"]),
                    "watershed_peak_bytes_per_pixel": _rounded(theirs["peak_bytes_per_pixel"]),
                    "regions": ours["regions"],
                    "watershed_regions": theirs["regions"],
                }
            )
    return report


def paint_ours(lines: np.ndarray, gap: float) -> tuple[np.ndarray, int]:
    """Make flats (H, W, 4) uint8 of line art (H, W, 4) uint8 with this project; also return the number of regions."""
    from huebrush_backend.flats.layers.paint import paint
    from huebrush_backend.flats.regions.find_regions import find_regions
    from huebrush_backend.imaging.lineart import ink_coverage

    ink = ink_coverage(lines)
    regions = find_regions(ink, gap)
    return paint(regions.labels, _color_table(regions.count), hard_edges=False, ink=ink), regions.count


def paint_by_watershed(lines: np.ndarray, gap: float) -> tuple[np.ndarray, int]:
    """Do the same as `paint_ours` with scikit-image: peaks of the distance to ink grow by watershed."""
    from scipy.ndimage import distance_transform_edt, label
    from skimage.feature import peak_local_max
    from skimage.segmentation import watershed

    ink = 255 - lines[..., 0]
    distance = np.asarray(distance_transform_edt(ink < _INK), np.float32)
    peaks = peak_local_max(distance, min_distance=max(1, round(gap)), threshold_abs=1.0, exclude_border=False)
    marked = np.zeros(ink.shape, np.bool_)
    marked[tuple(peaks.T)] = True
    markers, count = label(marked)  # pyright: ignore[reportGeneralTypeIssues]
    labels = watershed(-distance, markers)
    return _color_table(int(count))[labels], int(count)


def _color_table(count: int) -> np.ndarray:
    """Return a colour for each region, (count + 1, 4) uint8 RGBA. The colours are always the same."""
    colors = np.random.default_rng(0).integers(0, 256, (_COLORS, 4), np.uint8)
    table = colors[np.arange(count + 1) % _COLORS]
    table[:, 3] = 255
    return table


def in_a_process(way: str, file: Path, gap: float, repeats: int) -> dict[str, Any]:
    """Measure one way in its own process and return its figures. Raises FlatBenchError when it fails."""
    command = [sys.executable, "-m", __name__, way, str(file), str(gap), str(repeats)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except subprocess.TimeoutExpired as error:
        raise FlatBenchError(f"{way} did not end within {_PATIENCE:.0f} seconds") from error
    if done.returncode:
        raise FlatBenchError(f"{way} failed, perhaps for lack of memory:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _measure(way: str, file: Path, gap: float, repeats: int) -> dict[str, Any]:
    """Measure one way in this process."""
    make: Painter = paint_ours if way == OURS else paint_by_watershed
    lines = np.load(file)
    make(np.ascontiguousarray(lines[::_WARM_UP, ::_WARM_UP]), gap)  # Imports and starting threads do not count.
    pixels = lines.shape[0] * lines.shape[1]
    seconds, busy, peaks, regions = [], [], [], 0
    for _ in range(repeats):
        before = _reset_peak()
        begin, begin_busy = time.perf_counter(), time.process_time()
        flats, regions = make(lines, gap)
        seconds.append(time.perf_counter() - begin)
        busy.append(time.process_time() - begin_busy)
        if before is not None:
            peaks.append((_memory("VmHWM") - before - flats.nbytes) / pixels)
        del flats
    return {
        "seconds": statistics.median(seconds),
        "cpu_seconds": statistics.median(busy),
        "peak_bytes_per_pixel": max(peaks) if peaks else None,
        "regions": regions,
    }


def _reset_peak() -> int | None:
    """Reset the process's record of its peak memory; return its memory in bytes, or None on systems but Linux."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return None
    return _memory("VmRSS")


def _memory(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise FlatBenchError(f"/proc/self/status has no {field}")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def cores() -> int:
    """Return the number of processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


if __name__ == "__main__":
    way, file, gap, repeats = sys.argv[1:]
    print(json.dumps(_measure(way, Path(file), float(gap), int(repeats))))
