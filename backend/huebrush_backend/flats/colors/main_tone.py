"""The main tone of many groups of colours at once: never the mean of two tones.

A region of a cel-shaded or badly cut picture holds more than one tone. Their mean, and often their median, is a
colour that the picture does not have. So 2-means splits each group in two as long as the halves stand apart, and
continues with the larger half. The result is the remaining colour nearest to the median, so the picture always has it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 3
"""Splits in a row: they separate up to four tones in one region."""
_MEANS_ROUNDS = 8
_APART = 0.05
"""Oklab distance from which two halves may be two tones."""
_APART_TO_SPREAD = 5.0
"""Smallest distance of two halves as a multiple of their own median spread. An even gradient reaches 4."""
_SMALLEST_SHARE = 0.08
"""Smallest share of a half. Smaller ones are stray cells, which do not disturb the median."""
_LIT_ADVANTAGE = 1.5
"""Weight of the lighter of two tones of one hue: it is the part's own colour, the darker one its shadow."""
_SAME_HUE = 0.9
"""Cosine between the chroma of two tones from which they have the same hue."""
_GREY = 0.025
"""Oklab chroma below which a tone has no hue."""


@dataclass(frozen=True, eq=False)
class Tones:
    """Tones of n groups.

    * `main`: (n,) index of the value that is the main tone, -1 for an empty group
    * `second`: (n,) index of the value that stands for the next tone, -1 without one
    * `share`: (n,) float32, share of the group's values that belong to the main tone
    * `spread`: (n,) float32, their median Oklab distance from it
    * `size`: (n,) number of values in the group
    """

    main: NDArray[np.intp]
    second: NDArray[np.intp]
    share: NDArray[np.float32]
    spread: NDArray[np.float32]
    size: NDArray[np.int64]


def main_tones(values: NDArray[np.float32], owner: NDArray[np.intp], groups: int) -> Tones:
    """Find the main tone of each group. `values` (k,3) are Oklab; `owner` (k,) is the group of each, 0..groups-1."""
    size = np.bincount(owner, minlength=groups)
    alive = np.arange(len(values))
    second = np.full(groups, -1, np.intp)
    doubtful = np.nonzero(_varied(values, owner, groups)[owner])[0]
    for _ in range(_ROUNDS):
        group = owner[doubtful]
        in_far, split = _two_means(values[doubtful], group, groups)
        if not split.any():
            break
        keep_far = _far_wins(values[doubtful], group, in_far, groups)
        lost = split[group] & (in_far != keep_far[group])
        fresh = split & (second < 0)
        runner_up = _medoids(values, doubtful[lost], owner, groups)
        second[fresh] = runner_up[fresh]
        alive = np.setdiff1d(alive, doubtful[lost], assume_unique=True)
        doubtful = doubtful[~lost & split[group]]  # a group that was not split now never will be
    main = _medoids(values, alive, owner, groups)
    distance = np.linalg.norm(values[alive] - values[main[owner[alive]]], axis=1)
    kept = np.bincount(owner[alive], minlength=groups)
    share = (kept / np.maximum(size, 1)).astype(np.float32)
    return Tones(main, second, share, _medians(distance, owner[alive], groups), size)


def _varied(values: NDArray[np.float32], owner: NDArray[np.intp], groups: int) -> NDArray[np.bool_]:
    """Return (groups,) bool: groups with values far enough apart to be two tones."""
    least, most = np.full((groups, 3), np.inf, np.float32), np.full((groups, 3), -np.inf, np.float32)
    np.minimum.at(least, owner, values)
    np.maximum.at(most, owner, values)
    return np.square(np.maximum(most - least, 0)).sum(axis=1) >= _APART**2


def _medians(values: NDArray[np.floating], owner: NDArray[np.intp], groups: int) -> NDArray[np.float32]:
    """Return the lower median of `values` (k,) in each group; 0 for an empty group."""
    count = np.bincount(owner, minlength=groups)
    order = np.lexsort((values, owner))
    middle = np.cumsum(count) - count + np.maximum(count - 1, 0) // 2
    result = np.zeros(groups, np.float32)
    some = count > 0
    result[some] = values[order[middle[some]]]
    return result


def _medoids(
    values: NDArray[np.float32], chosen: NDArray[np.intp], owner: NDArray[np.intp], groups: int
) -> NDArray[np.intp]:
    """Return for each group the index of the `chosen` value nearest to its median by channel; -1 if there is none."""
    group = owner[chosen]
    median = np.stack([_medians(values[chosen, channel], group, groups) for channel in range(3)], axis=1)
    distance = np.linalg.norm(values[chosen] - median[group], axis=1)
    order = np.lexsort((distance, group))
    first = np.ones(len(order), bool)
    first[1:] = group[order][1:] != group[order][:-1]
    result = np.full(groups, -1, np.intp)
    result[group[order[first]]] = chosen[order[first]]
    return result


def _means(values: NDArray[np.float32], owner: NDArray[np.intp], groups: int) -> NDArray[np.float32]:
    count = np.maximum(np.bincount(owner, minlength=groups), 1)
    sums = [np.bincount(owner, values[:, channel], groups) / count for channel in range(3)]
    return np.stack(sums, axis=1).astype(np.float32)


def _two_means(
    values: NDArray[np.float32], owner: NDArray[np.intp], groups: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Split each group in two. Returns (k,) bool: values in the far half; (groups,) bool: the halves are two tones."""
    median = np.stack([_medians(values[:, channel], owner, groups) for channel in range(3)], axis=1)
    distance = np.linalg.norm(values - median[owner], axis=1)
    farthest = np.zeros(groups, np.float32)
    np.maximum.at(farthest, owner, distance)
    in_far = distance > 0.5 * farthest[owner]
    near, far = median, median
    for _ in range(_MEANS_ROUNDS):
        near, far = _means(values[~in_far], owner[~in_far], groups), _means(values[in_far], owner[in_far], groups)
        to_near = np.linalg.norm(values - near[owner], axis=1)
        to_far = np.linalg.norm(values - far[owner], axis=1)
        closer = to_far < to_near
        if (closer == in_far).all():
            break
        in_far = closer
    total = np.bincount(owner, minlength=groups)
    some = np.bincount(owner[in_far], minlength=groups)
    smaller = np.minimum(some, total - some) / np.maximum(total, 1)
    apart = np.linalg.norm(far - near, axis=1)
    own = np.linalg.norm(values - np.where(in_far[:, None], far[owner], near[owner]), axis=1)
    spread = _medians(own, owner, groups)
    split = (smaller >= _SMALLEST_SHARE) & (apart >= _APART) & (apart >= _APART_TO_SPREAD * spread)
    return in_far, split


def _far_wins(
    values: NDArray[np.float32], owner: NDArray[np.intp], in_far: NDArray[np.bool_], groups: int
) -> NDArray[np.bool_]:
    """Return (groups,) bool: the far half is the main one. The larger half wins, with an advantage for light over
    shadow."""
    near, far = _means(values[~in_far], owner[~in_far], groups), _means(values[in_far], owner[in_far], groups)
    weight_far = np.bincount(owner[in_far], minlength=groups).astype(np.float64)
    weight_near = np.bincount(owner[~in_far], minlength=groups).astype(np.float64)
    chroma_near, chroma_far = np.hypot(*near[:, 1:].T), np.hypot(*far[:, 1:].T)
    cosine = (near[:, 1:] * far[:, 1:]).sum(axis=1) / np.maximum(chroma_near * chroma_far, 1e-6)
    grey = (chroma_near < _GREY) & (chroma_far < _GREY)
    one_hue = grey | ((cosine >= _SAME_HUE) & (np.minimum(chroma_near, chroma_far) >= _GREY))
    lighter_far = far[:, 0] > near[:, 0]
    weight_far[one_hue & lighter_far] *= _LIT_ADVANTAGE
    weight_near[one_hue & ~lighter_far] *= _LIT_ADVANTAGE
    return weight_far > weight_near
