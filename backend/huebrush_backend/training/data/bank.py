"""A bank of drawings on disk. All processor cores draw it once; look-up tables recolour it without end."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap

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


@dataclass(frozen=True)
class Drawings:
    """Drawings as they lie on the disk; their maps are read when they are needed, and shared by all processes.

    * `maps`: the maps (N,256,256) uint8 by name, as in `MAPS`
    * `kinds`: what each drawing shows
    * `presence`: share of the picture that each of 256 part classes covers, (N,256)
    """

    maps: dict[str, np.ndarray]
    kinds: tuple[str, ...]
    presence: np.ndarray


def stored_drawings(folder: Path, count: int, draw_range: DrawRange, processes: int | None = None) -> Drawings:
    """Return the drawings in `folder`; draw them first if need be.

    `folder`: where the drawings lie.
    `count`: number of drawings.
    `draw_range`: draws a range of the drawings; processes call it, so it must be picklable.
    `processes`: number of processes that draw; None for one per core.
    """
    with suppress(FileNotFoundError, ValueError, EOFError):  # damaged files are drawn anew
        return _read(folder, count)
    unfinished = folder.with_name(f"{folder.name}.{os.getpid()}.partial")
    unfinished.mkdir(parents=True, exist_ok=True)
    shape = (count, DRAWING_SIZE, DRAWING_SIZE)
    maps = [open_memmap(unfinished / f"{name}.npy", "w+", np.uint8, shape) for name in MAPS]
    kinds: list[str] = []
    pixels = np.zeros((count, 256), np.int64)
    for drawn, names in _draw_all(draw_range, count, processes or os.cpu_count() or 1):
        start = len(kinds)
        kinds += names
        for number, plane in enumerate(maps):
            plane[start : len(kinds)] = drawn[:, number]
        for place, labels in enumerate(drawn[:, MAPS.index("labels")], start):
            pixels[place] = np.bincount(labels.ravel(), minlength=256)
    for plane in maps:
        plane.flush()
    np.save(unfinished / "kinds.npy", np.array(kinds))
    np.save(unfinished / "presence.npy", pixels / DRAWING_SIZE**2)
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)
    return _read(folder, count)


def _read(folder: Path, count: int) -> Drawings:
    maps = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in MAPS}
    kinds, presence = np.load(folder / "kinds.npy"), np.load(folder / "presence.npy")
    if {len(kinds), len(presence), *map(len, maps.values())} != {count}:
        raise ValueError(f"{folder} does not have {count} drawings")
    return Drawings(maps, tuple(str(kind) for kind in kinds), presence)


def _draw_all(draw_range: DrawRange, count: int, processes: int) -> Iterator[tuple[np.ndarray, list[str]]]:
    starts = range(0, count, DRAWN_TOGETHER)
    stops = [min(count, start + DRAWN_TOGETHER) for start in starts]
    if processes == 1 or count <= DRAWN_TOGETHER:
        yield from map(draw_range, starts, stops)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        yield from pool.map(draw_range, starts, stops)


def make_bank(folder: Path, count: int, seed: int, palettes: int = PALETTES, processes: int | None = None) -> Bank:
    """Return the bank of `count` drawings in `folder`; draw it first if it is missing.

    `folder`: where the bank lies.
    `count`: number of drawings.
    `seed`: seed of the drawings.
    `palettes`: number of palettes.
    `processes`: number of processes that draw; None for one per core.
    """
    drawings = stored_drawings(folder / f"bank-{seed}-{count}", count, partial(_draw_range, seed), processes)
    rng = np.random.default_rng([seed, 7])
    return Bank(
        **drawings.maps,
        kinds=drawings.kinds,
        presence=drawings.presence[:, : len(PART_CLASSES)],
        palettes=tuple(random_palette(rng) for _ in range(palettes)),
    )
