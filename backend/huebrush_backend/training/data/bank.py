"""A bank of drawings on disk. All processor cores draw it once; look-up tables recolour it without end."""

from __future__ import annotations

import itertools
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from huebrush_backend.synthesis import PART_CLASSES, Drawing, Palette, draw, random_palette

DRAWING_SIZE = 256
PALETTES = 8192
"""Default number of ready-made palettes."""
DRAWN_TOGETHER = 64
"""Number of drawings that a process draws at a time."""
_MAPS = ("labels", "ink", "shade")


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


def _draw_all(seed: int, count: int, processes: int) -> list[tuple[np.ndarray, list[str]]]:
    if processes == 1 or count <= DRAWN_TOGETHER:
        return [_draw_range(seed, 0, count)]
    starts = range(0, count, DRAWN_TOGETHER)
    stops = (min(count, start + DRAWN_TOGETHER) for start in starts)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        return list(pool.map(_draw_range, itertools.repeat(seed), starts, stops))


def make_bank(folder: Path, count: int, seed: int, palettes: int = PALETTES, processes: int | None = None) -> Bank:
    """Return the bank of `count` drawings in `folder`; draw it first if it is missing.

    `folder`: where the bank lies.
    `count`: number of drawings.
    `seed`: seed of the drawings.
    `palettes`: number of palettes.
    `processes`: number of processes that draw; None for one per core.
    """
    file = folder / f"bank-{seed}-{count}.npz"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        chunks = _draw_all(seed, count, processes or os.cpu_count() or 1)
        maps = np.concatenate([chunk for chunk, _ in chunks])
        kinds = [kind for _, names in chunks for kind in names]
        partial = file.with_suffix(f".{os.getpid()}.partial.npz")
        named = {name: maps[:, i] for i, name in enumerate(_MAPS)}
        np.savez(partial, kinds=np.array(kinds), **named)  # pyright: ignore[reportArgumentType]
        partial.rename(file)
    with np.load(file) as stored:
        labels, ink, shade = (stored[name] for name in _MAPS)
        kinds = tuple(str(kind) for kind in stored["kinds"])
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
