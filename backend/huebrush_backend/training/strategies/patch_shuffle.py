"""Shuffle training on pictures: patches of the reference change places (docs/method.md, "Training")."""

from __future__ import annotations

import math

import numpy as np

from huebrush_backend.training.strategies.options import Strategies
from huebrush_backend.training.strategies.placement import Planes, turn


def patches_a_side(options: Strategies, progress: float) -> int:
    """Return n of the n × n patches at `progress` (0..1) of the training: it doubles at even intervals."""
    least, most = options.patch_shuffle_least, options.patch_shuffle_most
    doublings = int(math.log2(most / least))
    return least * 2 ** min(doublings, int(progress * (doublings + 1)))


def shuffle_patches(picture: np.ndarray, labels: np.ndarray, order: np.ndarray) -> Planes:
    """Return both with their patches in `order`, a permutation of n² numbers.

    Raises ValueError when the sides are not multiples of n.
    """
    count = math.isqrt(len(order))
    if any(side % count for side in labels.shape):
        raise ValueError(f"a picture of {labels.shape} cannot be cut into {count} x {count} equal patches")
    return _reordered(picture, order, count), _reordered(labels, order, count)


def shuffle_some(
    picture: np.ndarray, labels: np.ndarray, options: Strategies, progress: float, rng: np.random.Generator
) -> Planes:
    """Turn and shuffle a share of the references, as `options` say, at `progress` (0..1) of the training."""
    if not options.patch_shuffle_share or rng.random() >= options.patch_shuffle_share:
        return picture, labels
    if options.patch_shuffle_rotation:
        picture, labels = turn(picture, labels, float(rng.uniform(-1, 1)) * options.patch_shuffle_rotation)
    count = patches_a_side(options, progress)
    return shuffle_patches(picture, labels, rng.permutation(count * count))


def _reordered(plane: np.ndarray, order: np.ndarray, count: int) -> np.ndarray:
    height, width = (side // count for side in plane.shape[:2])
    patches = plane.reshape(count, height, count, width, -1).swapaxes(1, 2).reshape(count * count, height, width, -1)
    moved = patches[order].reshape(count, count, height, width, -1).swapaxes(1, 2)
    return np.ascontiguousarray(moved.reshape(plane.shape))
