"""Regions that belong together become one: new numbers for a label map."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from huebrush_backend.flats.bands import in_bands


def united(count: int, pairs: Iterable[tuple[int, int]], kept: NDArray[np.bool_]) -> tuple[NDArray[np.int32], int]:
    """Return a table from the labels 0..`count`-1 to new ones, and how many new ones there are (without 0).

    Labels joined by `pairs`, directly or through others, get the same number. Label 0, and those that are not `kept`
    (count,) and joined to none that is, get 0. Numbers follow the order of the old ones.
    """
    joined = np.asarray(list(pairs), np.int64).reshape(-1, 2)
    graph = coo_array((np.ones(len(joined), np.int8), (joined[:, 0], joined[:, 1])), shape=(count, count))
    groups, group = connected_components(graph, directed=False)
    counts = np.zeros(groups, bool)
    np.logical_or.at(counts, group[1:], kept[1:])
    counts[group[0]] = False
    first = np.full(groups, count, np.int64)
    np.minimum.at(first, group, np.arange(count))
    order = np.argsort(np.where(counts, first, count), kind="stable")
    numbers = np.zeros(groups, np.int32)
    fresh = int(counts.sum())
    numbers[order[:fresh]] = np.arange(1, fresh + 1)
    return numbers[group], fresh


def relabel(labels: NDArray[np.int32], table: NDArray[np.int32]) -> None:
    """Put `table[label]` for every label of `labels` (H,W), in place."""

    def work(top: int, bottom: int) -> None:
        labels[top:bottom] = table[labels[top:bottom]]

    in_bands(labels.shape[0], labels.shape[1], work)
