"""A label map whose labels can be united and dropped, as some regions belong together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from huebrush_backend.flats.regions.parallel import in_bands


class Labelling:
    """A label map and measures of its labels, which stay correct while labels are united.

    `labels` (H,W) int32; `areas` (count+1,) int64 and `radii` (count+1,) float32 by label, 0 for label 0; `origin` maps
    the first labels to the present ones.
    """

    def __init__(self, labels: NDArray[np.int32], areas: NDArray[np.integer], radii: NDArray[np.float32]) -> None:
        """Take over `labels`, which is changed in place from now on. Entries 0 of `areas` and `radii` do not count."""
        self.labels = labels
        self.areas = np.asarray(areas, np.int64).copy()
        self.radii = radii.copy()
        self.areas[0] = self.radii[0] = 0
        self.origin = np.arange(len(areas), dtype=np.int32)

    @property
    def count(self) -> int:
        """Number of labels, without 0."""
        return len(self.areas) - 1

    def count_in(self, places: NDArray[np.intp]) -> None:
        """Add pixels that were labelled since to the areas of their labels; `places` (n,) index the flattened map."""
        self.areas += np.bincount(self.labels.reshape(-1)[places], minlength=len(self.areas))
        self.areas[0] = 0

    def unite(self, pairs: Sequence[tuple[int, int]], tiny: int = 0) -> None:
        """Give labels joined by `pairs`, directly or through others, one label. New numbers follow the order of the
        old.

        Labels that then have an area of `tiny` pixels or less become 0.
        """
        if not pairs and (self.areas[1:] > tiny).all():
            return
        change, count = _numbers(self.areas, pairs, tiny)
        areas, radii = np.zeros(count + 1, np.int64), np.zeros(count + 1, np.float32)
        np.add.at(areas, change, self.areas)
        np.maximum.at(radii, change, self.radii)
        areas[0] = radii[0] = 0
        self.areas, self.radii, self.origin = areas, radii, change[self.origin]

        def work(top: int, bottom: int) -> None:
            self.labels[top:bottom] = change[self.labels[top:bottom]]

        in_bands(self.labels.shape[0], self.labels.shape[1], work)


def _numbers(areas: NDArray[np.int64], pairs: Sequence[tuple[int, int]], tiny: int) -> tuple[NDArray[np.int32], int]:
    """Return a table from labels with these `areas` to new ones, and the number of new labels without 0."""
    count = len(areas)
    joined = np.asarray(pairs, np.int64).reshape(-1, 2)
    graph = coo_array((np.ones(len(joined), np.int8), (joined[:, 0], joined[:, 1])), shape=(count, count))
    groups, group = connected_components(graph, directed=False)
    sizes = np.zeros(groups, np.int64)
    np.add.at(sizes, group, areas)
    counts = sizes > tiny
    counts[group[0]] = False
    first = np.full(groups, count, np.int64)
    np.minimum.at(first, group, np.arange(count))
    order = np.argsort(np.where(counts, first, count), kind="stable")
    numbers = np.zeros(groups, np.int32)
    fresh = int(counts.sum())
    numbers[order[:fresh]] = np.arange(1, fresh + 1)
    return numbers[group], fresh
