"""Measures how long flats of a small page take from the shell: nearly all of it is the start of the program.

The ratio tells whether more is imported than flats need, on a fast machine and a slow one alike.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

SIDE = 500
LIBRARIES = "import cv2, numpy, scipy.sparse.csgraph, scipy.spatial, skimage.color, PIL.Image; skimage.color.rgb2lab"
"""Imports that flats need at least."""
MODEL_LIBRARIES = "import torch, diffusers, transformers"
_COLORS = "#c8281e,#1e3cc8,#fadcc8"


class StartBenchError(Exception):
    """A program that is measured failed; carries what it printed."""


def measure_start(repeats: int) -> dict[str, Any]:
    """Return the median seconds of `repeats` runs: flats of a page, the imports of their libraries, and their ratio.

    `model_libraries_seconds` is the time that flats would take longer if they imported the libraries of models too;
    None where these are not installed. Raises StartBenchError.
    """
    with tempfile.TemporaryDirectory(prefix="huebrush-bench-") as folder:
        page, flats = Path(folder, "page.png"), Path(folder, "flats.ora")
        cv2.imwrite(str(page), small_page())
        words = ("colorize", str(page), "--model", "none", "--result", "flats", "--palette", _COLORS)
        program = ("-m", "huebrush_backend.cli.main", *words, "--output", str(flats), "--overwrite")
        whole = _median_seconds(program, repeats)
        libraries = _median_seconds(("-c", LIBRARIES), repeats)
    try:
        models = round(_median_seconds(("-c", MODEL_LIBRARIES), repeats), 3)
    except StartBenchError:
        models = None
    return {
        "page": f"{SIDE} x {SIDE} px",
        "repeats": repeats,
        "seconds": round(whole, 3),
        "libraries_seconds": round(libraries, 3),
        "ratio": round(whole / libraries, 2),
        "model_libraries_seconds": models,
    }


def small_page() -> np.ndarray:
    """Return a page (500,500) uint8 with a few closed shapes in black on white."""
    page = np.full((SIDE, SIDE), 255, np.uint8)
    for center, radius in (((150, 160), 90), ((340, 170), 70), ((250, 350), 110)):
        cv2.circle(page, center, radius, 0, 4, cv2.LINE_AA)
        cv2.ellipse(page, center, (radius // 2, radius // 4), 20, 0, 360, 0, 3, cv2.LINE_AA)
    return page


def _median_seconds(words: Sequence[str], repeats: int) -> float:
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
        seconds.append(time.perf_counter() - started)
        if done.returncode:
            raise StartBenchError(f"python {' '.join(words)} failed:\n{done.stderr[-2000:]}")
    return statistics.median(seconds)
