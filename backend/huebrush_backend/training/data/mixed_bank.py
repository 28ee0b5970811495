"""A bank of drawings of several sets and kinds by shares, where many drawings have a sister: the same subject again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from huebrush_backend.synthesis import ALL_PART_CLASSES, draw
from huebrush_backend.synthesis.rich import RICH_KINDS, draw_rich, rich_palette
from huebrush_backend.training.data.bank import DRAWING_SIZE, PALETTES, Bank, stored_drawings

CHARACTERS = "characters"
"""Name of the drawings of `draw` among the shares."""
SISTER_SHARE = 0.5
"""Usual share of references that show the drawing's sister, if it has one."""


def shares_of_kinds(rich: float) -> dict[str, float]:
    """Return the share of each kind of drawing when `rich`, 0..1, of all are rich drawings, evenly of all kinds."""
    return {CHARACTERS: 1 - rich, **{kind: rich / len(RICH_KINDS) for kind in RICH_KINDS}}


USUAL_SHARES: Mapping[str, float] = shares_of_kinds(0.65)
"""Usual share of each kind of drawing."""


@dataclass(frozen=True)
class MixedBank(Bank):
    """A bank in which drawing 2 n and drawing 2 n + 1 are sisters, if they are rich: the same subject in another pose.

    `sister_share`: how often, 0..1, `partner` returns the sister.
    """

    sister_share: float = SISTER_SHARE

    def partner(self, index: int, rng: np.random.Generator, candidates: int = 6) -> int:
        """Return another drawing: the sister, or of a few random ones the one that shares most parts with `index`."""
        sister = index ^ 1
        if self.kinds[index] in RICH_KINDS and sister < len(self) and rng.random() < self.sister_share:
            return sister
        return super().partner(index, rng, candidates)


def make_mixed_bank(
    folder: Path,
    count: int,
    seed: int,
    shares: Mapping[str, float] = USUAL_SHARES,
    palettes: int = PALETTES,
    processes: int | None = None,
    sister_share: float = SISTER_SHARE,
) -> MixedBank:
    """Return the bank of `count` drawings in `folder`; draw it first if it is missing.

    `folder`: where the bank lies.
    `count`: number of drawings.
    `seed`: seed of the drawings.
    `shares`: share of each kind, of `RICH_KINDS` or `CHARACTERS`; they need not sum up to 1.
    `palettes`: number of palettes.
    `processes`: number of processes that draw; None for one per core.
    `sister_share`: how often, 0..1, the reference shows the sister.

    Raises ValueError for an unknown kind, a negative share, or shares that are all 0.
    """
    unknown = set(shares) - {CHARACTERS, *RICH_KINDS}
    if unknown:
        known = ", ".join((CHARACTERS, *RICH_KINDS))
        raise ValueError(f"unknown kinds of drawing: {', '.join(sorted(unknown))}; there are {known}")
    if min(shares.values(), default=0) < 0 or sum(shares.values()) <= 0:
        raise ValueError("shares of drawings must not be negative, and one must be above 0")
    ordered = {kind: float(shares[kind]) for kind in sorted(shares)}
    name = hashlib.sha256(json.dumps(ordered).encode()).hexdigest()[:12]
    place = folder / f"mixed-bank-{seed}-{count}-{name}"
    drawings = stored_drawings(place, count, partial(_draw_range, seed, ordered), processes)
    rng = np.random.default_rng([seed, 7])
    return MixedBank(
        **drawings.maps,
        kinds=drawings.kinds,
        presence=drawings.presence[:, : len(ALL_PART_CLASSES)],
        palettes=tuple(rich_palette(rng) for _ in range(palettes)),
        sister_share=sister_share,
    )


def _draw_range(seed: int, shares: Mapping[str, float], start: int, stop: int) -> tuple[np.ndarray, list[str]]:
    edges = np.cumsum(list(shares.values()))
    drawings = []
    for index in range(start, stop):
        # Sisters share the generator that chooses kind and subject.
        common = np.random.default_rng([seed, index // 2, 1])
        kind = list(shares)[int(np.searchsorted(edges, common.random() * edges[-1], side="right"))]
        subject = int(common.integers(2**62))
        rng = np.random.default_rng([seed, index])
        rich = kind != CHARACTERS
        drawings.append(draw_rich(rng, DRAWING_SIZE, kind, subject) if rich else draw(rng, DRAWING_SIZE))
    maps = np.stack([np.stack([drawing.labels, drawing.ink, drawing.shade]) for drawing in drawings])
    return maps, [drawing.kind for drawing in drawings]
