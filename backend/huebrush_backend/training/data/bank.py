"""A bank of drawings on disk. All processor cores draw it once; look-up tables recolour it without end."""

from __future__ import annotations

import multiprocessing
import os
import zipfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from huebrush_backend.synthesis import PART_CLASSES, Drawing, Palette, draw, random_palette

DRAWING_SIZE = 256
PALETTES = 8192
"""Default number of ready-made palettes."""
DRAWN_TOGETHER = 64
"""Number of drawings that a process draws at a time."""
MAPS = ("labels", "ink", "shade")
"""Names of a drawing's maps."""

DrawRange = Callable[[int, int], tuple[np.ndarray, list[str]]]
"""Draws the drawings from one number to before another: maps (n,3,256,256) uint8 as in `MAPS`, and the kinds."""


@dataclass(frozen=True)
class Bank:
    """Drawings and palettes.

    * `labels`, `ink`, `shade`: the drawings, (N,256,256) uint8
    * `kinds`: what each drawing shows
    * `presence`: share of the picture that each part covers, (N,classes)
    * `palettes`: ready-made palettes
    """

    labels: np.ndarray
    ink: np.ndarray
    shade: np.ndarray
    kinds: tuple[str, ...]
    presence: np.ndarray
    palettes: tuple[Palette, ...]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def classes(self) -> int:
        """Number of part classes that the drawings may show."""
        return self.presence.shape[1]

    def drawing(self, index: int) -> Drawing:
        """Return drawing `index`."""
        return Drawing(self.labels[index], self.ink[index], self.shade[index], self.kinds[index])

    def partner(self, index: int, rng: np.random.Generator, candidates: int = 6) -> int:
        """Return another drawing: of a few random candidates, the one that shows most parts of drawing `index`."""
        others = rng.integers(len(self), size=candidates)
        others[others == index] = (index + 1) % len(self)
        wanted = self.presence[index] > 0
        shared = (self.presence[others] > 0.002) & wanted
        return int(others[shared.sum(axis=1).argmax()])


def _draw_range(seed: int, start: int, stop: int) -> tuple[np.ndarray, list[str]]:
    drawings = [draw(np.random.default_rng([seed, index]), DRAWING_SIZE) for index in range(start, stop)]
    maps = np.stack([np.stack([drawing.labels, drawing.ink, drawing.shade]) for drawing in drawings])
    return maps, [drawing.kind for drawing in drawings]


def stored_drawings(
    file: Path, count: int, draw_range: DrawRange, processes: int | None = None
) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    """Return the maps (N,256,256) uint8 by name, and the kinds, of the drawings in `file`; draw them first if need be.

    `file`: where the drawings lie.
    `count`: number of drawings.
    `draw_range`: draws a range of the drawings; processes call it, so it must be picklable.
    `processes`: number of processes that draw; None for one per core.
    """
    with suppress(FileNotFoundError, zipfile.BadZipFile, KeyError):  # a damaged file is drawn anew
        return _read(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    chunks = _draw_all(draw_range, count, processes or os.cpu_count() or 1)
    drawn = np.concatenate([chunk for chunk, _ in chunks])
    names = [kind for _, kinds in chunks for kind in kinds]
    unfinished = file.with_suffix(f".{os.getpid()}.partial.npz")
    named = {name: drawn[:, i] for i, name in enumerate(MAPS)}
    np.savez(unfinished, kinds=np.array(names), **named)  # pyright: ignore[reportArgumentType]
    unfinished.rename(file)
    return _read(file)


def _read(file: Path) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    with file.open("rb") as stream, np.load(stream) as stored:
        return {name: stored[name] for name in MAPS}, tuple(str(kind) for kind in stored["kinds"])


def _draw_all(draw_range: DrawRange, count: int, processes: int) -> list[tuple[np.ndarray, list[str]]]:
    if processes == 1 or count <= DRAWN_TOGETHER:
        return [draw_range(0, count)]
    starts = range(0, count, DRAWN_TOGETHER)
    stops = (min(count, start + DRAWN_TOGETHER) for start in starts)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        return list(pool.map(draw_range, starts, stops))


def make_bank(folder: Path, count: int, seed: int, palettes: int = PALETTES, processes: int | None = None) -> Bank:
    """Return the bank of `count` drawings in `folder`; draw it first if it is missing.

    `folder`: where the bank lies.
    `count`: number of drawings.
    `seed`: seed of the drawings.
    `palettes`: number of palettes.
    `processes`: number of processes that draw; None for one per core.
    """
    maps, kinds = stored_drawings(folder / f"bank-{seed}-{count}.npz", count, partial(_draw_range, seed), processes)
    labels, ink, shade = (maps[name] for name in MAPS)
    presence = np.stack([np.bincount(picture.ravel(), minlength=len(PART_CLASSES)) for picture in labels])
    rng = np.random.default_rng([seed, 7])
    return Bank(
        labels=labels,
        ink=ink,
        shade=shade,
        kinds=kinds,
        presence=presence / (DRAWING_SIZE * DRAWING_SIZE),
        palettes=tuple(random_palette(rng) for _ in range(palettes)),
    )
