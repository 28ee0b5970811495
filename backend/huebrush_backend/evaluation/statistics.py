"""Figures over pairs, with standard errors that also hold for differences between two settings on the same pairs.

Pairs are drawn again with replacement, always in the same way for the same number of pairs (bootstrap). A figure keeps
its values on these draws, so sums and differences of figures of the same pairs are paired by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

DRAWS = 8000
_SEED = 20260
_BLOCK = 500
"""Draws whose medians are computed at once, which limits the memory."""


@dataclass(frozen=True, eq=False)
class Figure:
    """A figure over pairs. `value`: NaN if there is nothing to count. `draws`: its values on the draws, (DRAWS,).

    Figures of the same pairs are added, subtracted and divided by a number like numbers.
    """

    value: float
    draws: np.ndarray
    pairs: int

    @property
    def standard_error(self) -> float:
        """Standard error of the value; NaN for fewer than two pairs."""
        known = self.draws[np.isfinite(self.draws)]
        if self.pairs < 2 or len(known) < 2:
            return float("nan")
        # A draw varies as if the pairs were all there are; the factor makes the error of a mean s/√n.
        return float(known.std(ddof=1)) * (self.pairs / (self.pairs - 1)) ** 0.5

    def __add__(self, other: Figure) -> Figure:
        """Return the sum."""
        return Figure(self.value + other.value, self.draws + other.draws, min(self.pairs, other.pairs))

    def __sub__(self, other: Figure) -> Figure:
        """Return the paired difference."""
        return Figure(self.value - other.value, self.draws - other.draws, min(self.pairs, other.pairs))

    def __truediv__(self, number: float) -> Figure:
        """Return the figure divided by `number`."""
        return Figure(self.value / number, self.draws / number, self.pairs)


def share(hits: Sequence[float] | np.ndarray, totals: Sequence[float] | np.ndarray) -> Figure:
    """Return the share of all `totals`, one for each pair, that are `hits`."""
    hit, total = np.asarray(hits, np.float64), np.asarray(totals, np.float64)
    weights = _weights(len(hit))
    with np.errstate(divide="ignore", invalid="ignore"):
        return Figure(float(np.divide(hit.sum(), total.sum())), (weights @ hit) / (weights @ total), len(hit))


def median(values: Sequence[Sequence[float]]) -> Figure:
    """Return the median of all `values`, any number of them for each pair."""
    flat = np.array([value for row in values for value in row], np.float64)
    pairs = len(values)
    if not len(flat):
        return Figure(float("nan"), np.full(DRAWS, np.nan), pairs)
    owner = np.repeat(np.arange(pairs), [len(row) for row in values])
    order = flat.argsort(kind="stable")
    flat, owner = flat[order], owner[order]
    draws = [_weighted_medians(flat, weights[:, owner]) for weights in np.split(_weights(pairs), DRAWS // _BLOCK)]
    return Figure(float(np.median(flat)), np.concatenate(draws), pairs)


def mean_of(figures: Sequence[Figure]) -> Figure:
    """Return the mean of `figures` of the same pairs, at least one."""
    total = figures[0]
    for figure in figures[1:]:
        total = total + figure
    return total / len(figures)


def distribution_gap(aligned: Figure, cross: Figure) -> Figure:
    """Return the accuracy with the drawing itself as reference less that with another drawing."""
    return aligned - cross


def entanglement(moved: Sequence[Sequence[float]], another_seed: Sequence[Sequence[float]]) -> Figure:
    """Return the change of colours when the reference moves, less the change with another noise seed.

    `moved`: for each pair, ΔE of parts between the picture after the reference as it is and after the mirrored or
    shifted one. `another_seed`: ΔE of parts between two pictures after the same reference. The figure is the difference
    of the two medians.
    """
    return median(moved) - median(another_seed)


def rounded(value: float, digits: int = 4) -> float | None:
    """Round `value` for a report; None for NaN."""
    return round(value, digits) if np.isfinite(value) else None


@lru_cache(maxsize=4)
def _weights(pairs: int) -> np.ndarray:
    """Return the number of times that each pair is in each draw, (DRAWS, pairs) float64."""
    if not pairs:
        return np.zeros((DRAWS, 0))
    return np.random.default_rng([_SEED, pairs]).multinomial(pairs, np.full(pairs, 1 / pairs), DRAWS).astype(np.float64)


def _weighted_medians(ordered: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the median of `ordered` (n,) for each row of `weights` (draws,n), how often each value counts."""
    reached = weights.cumsum(axis=1)
    half = reached[:, -1:] / 2
    lower, upper = (reached < half).sum(axis=1), (reached <= half).sum(axis=1)
    medians = (ordered[np.minimum(lower, len(ordered) - 1)] + ordered[np.minimum(upper, len(ordered) - 1)]) / 2
    return np.where(reached[:, -1] > 0, medians, np.nan)
