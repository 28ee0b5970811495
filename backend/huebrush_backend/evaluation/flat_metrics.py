"""Measures of flats on pages whose regions are known: leaks, halo, gaps, splits and merges of regions.

The true labels are (H, W) int32, 0 for ink, and each region has a right colour. Flats are (H, W, 4) uint8 sRGB with
straight alpha, without lines. Colours are compared by CIEDE2000.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
from skimage.color import deltaE_ciede2000

from huebrush_backend.evaluation.metrics import to_lab
from huebrush_backend.imaging.color_codes import pack_rgb, unpack_rgb
from huebrush_backend.synthesis.flat_truth import INK

TOUCHES = 0.05
"""Share of a true region, 0..1, that a found region must cover to touch it."""
RIGHT = 0.95
"""Share of a true region, 0..1, that a single found region must cover for it to count as right.

That found region must not be the main region of another true region.
"""
TELLABLE = 3.0
"""Difference (CIEDE2000) below which two colours look equal, so that no leak between them can be seen."""
RIGHT_COLOR = 2.0
"""Difference (CIEDE2000) from the right colour below which a region's colour counts as right."""
GAP_SIZES = (3, 10, 100)
_ROUNDING = 3
"""Largest distance, of 255, of a mixture of two colours from the line between them."""
_NEARBY = 3
"""Distance in pixels within which a region counts as nearby."""
_DEEPER, _NEARBY_UNDER_INK = 2.0, 2
"""Tolerance under thick ink, where the true border is uncertain: factor and pixels.

Paper counts as nearby up to the factor times the distance of the nearest paper, plus the pixels.
"""
_BAND = 1024

Chooser = Callable[[np.ndarray], np.ndarray]
"""Function that gives each found region its colour: labels (H, W) int32 to (count + 1, 3) uint8 sRGB."""
Judge = Callable[[int, np.ndarray], np.ndarray]
"""Function that marks which of the colours (n, 3) are wrong for a label: (n,) bool."""


@dataclass(frozen=True)
class RegionScore:
    """Comparison of found regions with the true ones.

    `right`: share 0..1 of true regions that were found right. `splits`: surplus found regions of all true regions.
    `merges`: pairs of true regions that the same found region touches. `main`: for each true region the found region
    that covers most of it, (count + 1,).
    """

    right: float
    splits: int
    merges: int
    main: np.ndarray


@dataclass(frozen=True)
class GapScore:
    """Unpainted spots inside regions: their number, their pixels, and the number below each of GAP_SIZES."""

    count: int
    pixels: int
    smaller: tuple[int, ...]


@dataclass(frozen=True)
class ColorScore:
    """Differences (CIEDE2000) of regions' median colours from the right ones: median, 95th percentile, share right."""

    median: float
    p95: float
    right: float


def score_regions(truth: np.ndarray, found: np.ndarray) -> RegionScore:
    """Compare the true labels with the `found` ones (H, W) int32."""
    joint = joint_areas(truth, found)[1:]
    areas = joint.sum(1)
    touching = joint >= np.maximum(TOUCHES * areas, 1)[:, None]
    splits = int(np.maximum(touching.sum(1) - 1, 0).sum())
    pairs: set[tuple[int, int]] = set()
    for column in np.flatnonzero(touching.sum(0) > 1):
        pairs.update(combinations(np.flatnonzero(touching[:, column]).tolist(), 2))
    main = joint.argmax(1)
    shared = np.bincount(main, minlength=joint.shape[1])[main] > 1
    right = (joint.max(1) >= RIGHT * areas) & ~shared
    return RegionScore(float(right.mean()), splits, len(pairs), np.concatenate([[0], main]))


def joint_areas(truth: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Count the pixels that each pair of labels shares: (true count + 1, found count + 1) int64."""
    columns = int(found.max()) + 1
    rows = int(truth.max()) + 1
    counts = np.zeros(rows * columns, np.int64)
    for band in _bands(len(truth)):
        counts += np.bincount((truth[band].astype(np.int64) * columns + found[band]).ravel(), minlength=len(counts))
    return counts.reshape(rows, columns)


def right_colors(truth: np.ndarray, spread_labels: np.ndarray, colors: np.ndarray) -> Chooser:
    """Return a chooser that gives a found region the right colour of the true region with which it shares most pixels.

    Pixels under ink count only for a found region that has no others. `spread_labels`: result of `spread`.
    """

    def choose(found: np.ndarray) -> np.ndarray:
        free = joint_areas(truth, found)[1:]
        return colors[np.where(free.any(0), free.argmax(0), joint_areas(spread_labels, found)[1:].argmax(0)) + 1]

    return choose


def spread(truth: np.ndarray) -> np.ndarray:
    """Return labels (H, W) int32 without ink: each pixel of a line has the label of the nearest region."""
    _, nearest = cv2.distanceTransformWithLabels(
        (truth == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    labels = np.zeros(int(nearest.max()) + 1, np.int32)
    free = truth > 0
    labels[nearest[free]] = truth[free]
    return labels[nearest]


def neighbours(spread_labels: np.ndarray, count: int) -> list[np.ndarray]:
    """Return for each label 0..count the labels that it meets across a line. `spread_labels`: result of `spread`."""
    pairs = set()
    for first, second in (
        (spread_labels[1:], spread_labels[:-1]),
        (spread_labels[:, 1:], spread_labels[:, :-1]),
    ):
        differ = first != second
        keys = first[differ].astype(np.int64) * (count + 1) + second[differ]
        pairs.update(np.unique(keys).tolist())
    found: list[set[int]] = [set() for _ in range(count + 1)]
    for key in pairs:
        first, second = divmod(key, count + 1)
        found[first].add(second)
        found[second].add(first)
    return [np.array(sorted(others), np.int64) for others in found]


def leaks(
    flats: np.ndarray, ink: np.ndarray, truth: np.ndarray, colors: np.ndarray, meets: list[np.ndarray]
) -> np.ndarray:
    """Mark pixels inside a region whose colour is nearer to a neighbour's colour than to their own: (H, W) bool.

    `ink` (H, W) uint8: coverage of the drawing's lines, hatching and dots; pixels under ink do not count. Neighbours of
    almost equal colour do not count. Unpainted pixels do not count either; they are gaps.
    """
    wrong = (truth > 0) & (ink < INK) & (flats[..., 3] > 0) & _differs(flats, truth, colors)
    lab = to_lab(colors)

    def leaking(label: int, rgb: np.ndarray) -> np.ndarray:
        others = meets[label][deltaE_ciede2000(lab[meets[label]], lab[[label]]) >= TELLABLE]
        if len(others) == 0:
            return np.zeros(len(rgb), np.bool_)
        here = to_lab(rgb)
        own = deltaE_ciede2000(here, lab[[label]])
        return deltaE_ciede2000(here[:, None], lab[others][None]).min(1) < own

    return _judged(wrong, flats, truth, leaking)


def halo(
    flats: np.ndarray,
    ink: np.ndarray,
    truth: np.ndarray,
    spread_labels: np.ndarray,
    colors: np.ndarray,
    meets: list[np.ndarray],
) -> np.ndarray:
    """Mark pixels of a line's soft edge where the ground would shine through: (H, W) bool.

    On soft edges flats must be opaque. Their colour must be the colour of a region beside the line, a mixture of two
    such regions that meet, or a mixture of all regions nearby, because three may meet under a thick line.

    `flats`: the flats, (H, W, 4) uint8.
    `ink`: coverage of the lines, (H, W) uint8; neither 0 nor 255 on soft edges.
    `truth`: true labels, (H, W) int32.
    `spread_labels`: result of `spread`.
    `colors`: right colour of each region.
    `meets`: result of `neighbours`.
    """
    soft = (ink > 0) & (ink < 255)
    clear = soft & (flats[..., 3] < 255)
    strange = soft & ~clear & _differs(flats, spread_labels, colors)

    def foreign(label: int, rgb: np.ndarray) -> np.ndarray:
        near = [label, *meets[label].tolist()]
        pairs = [(one, other) for one in near for other in near if other in (one, label) or other in meets[one]]
        mixed = colors[np.array([(label, *pair) for pair in pairs])].astype(int)
        low, high = mixed.min(axis=1)[None] - _ROUNDING, mixed.max(axis=1)[None] + _ROUNDING
        inside = ((rgb[:, None] >= low) & (rgb[:, None] <= high)).min(axis=2)
        return np.logical_not(inside.max(axis=1))

    foreign_pixels = _judged(strange, flats, spread_labels, foreign)
    rows, columns = np.nonzero(foreign_pixels)
    deep = cv2.distanceTransform((truth == 0).astype(np.uint8), cv2.DIST_L2, 5)[rows, columns]
    reaches = np.maximum(np.ceil(_DEEPER * deep).astype(int) + _NEARBY_UNDER_INK, _NEARBY)
    for reach in np.unique(reaches).tolist():
        alike = reaches == reach
        at = (rows[alike], columns[alike])
        foreign_pixels[at] = ~_mixed_nearby(flats, spread_labels, colors, *at, reach)
    return clear | foreign_pixels


def _mixed_nearby(
    flats: np.ndarray, labels: np.ndarray, colors: np.ndarray, rows: np.ndarray, columns: np.ndarray, reach: int
) -> np.ndarray:
    """Mark the pixels whose colour is a mixture of the colours of regions up to `reach` pixels away: (n,) bool."""
    low, high = np.full((len(rows), 3), 255), np.zeros((len(rows), 3), int)
    for down in range(-reach, reach + 1):
        for right in range(-reach, reach + 1):
            y = np.clip(rows + down, 0, labels.shape[0] - 1)
            x = np.clip(columns + right, 0, labels.shape[1] - 1)
            color = colors[labels[y, x]]
            low, high = np.minimum(low, color), np.maximum(high, color)
    here = flats[rows, columns, :3]
    return ((here >= low - _ROUNDING) & (here <= high + _ROUNDING)).min(axis=1, initial=True)


def gaps(flats: np.ndarray, truth: np.ndarray, ink: np.ndarray) -> GapScore:
    """Count unpainted spots (8-connected, alpha 0) inside regions where there is no ink at all."""
    bare = ((truth > 0) & (ink == 0) & (flats[..., 3] == 0)).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(bare, connectivity=8)
    areas = np.asarray(stats)[1:count, cv2.CC_STAT_AREA]
    return GapScore(count - 1, int(areas.sum()), tuple(int((areas < size).sum()) for size in GAP_SIZES))


def score_colors(flats: np.ndarray, truth: np.ndarray, colors: np.ndarray) -> ColorScore:
    """Compare each region's median colour with the right one. Unpainted regions count as white paper."""
    found = region_medians(flats, truth, len(colors) - 1)
    difference = deltaE_ciede2000(to_lab(found[1:]), to_lab(colors[1:]))
    return ColorScore(
        float(np.median(difference)), float(np.percentile(difference, 95)), float((difference < RIGHT_COLOR).mean())
    )


def region_medians(flats: np.ndarray, truth: np.ndarray, count: int) -> np.ndarray:
    """Return the median sRGB of each region by channel, white for unpainted regions: (count + 1, 3) uint8."""
    medians = np.full((count + 1, 3), 255, np.uint8)
    for channel in range(3):
        histogram = np.zeros((count + 1) * 256, np.int64)
        for band in _bands(len(truth)):
            value = np.where(flats[band][..., 3] > 0, flats[band][..., channel], 255)
            histogram += np.bincount((truth[band].astype(np.int64) * 256 + value).ravel(), minlength=len(histogram))
        running = histogram.reshape(count + 1, 256).cumsum(1)
        medians[:, channel] = (2 * running >= running[:, -1:]).argmax(1)
    return medians


def components(mask: np.ndarray) -> int:
    """Count the 8-connected spots of a (H, W) bool mask."""
    return cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)[0] - 1


def _bands(height: int) -> Iterator[slice]:
    for top in range(0, height, _BAND):
        yield slice(top, top + _BAND)


def _differs(flats: np.ndarray, labels: np.ndarray, colors: np.ndarray) -> np.ndarray:
    """Mark pixels of flats that do not have the colour of their label: (H, W) bool."""
    result = np.zeros(labels.shape, np.bool_)
    for band in _bands(len(labels)):
        for channel in range(3):
            result[band] |= flats[band][..., channel] != colors[:, channel][labels[band]]
    return result


def _judged(doubtful: np.ndarray, flats: np.ndarray, labels: np.ndarray, judge: Judge) -> np.ndarray:
    """Call `judge(label, colours)` for the doubtful pixels, once for each pair of label and colour."""
    rows, columns = np.nonzero(doubtful)
    label = labels[rows, columns].astype(np.int64)
    values, where = np.unique(label << 24 | pack_rgb(flats[rows, columns]), return_inverse=True)
    value_labels = values >> 24
    value_rgb = unpack_rgb(values)
    verdict = np.zeros(len(values), np.bool_)
    for each in np.unique(value_labels):
        chosen = value_labels == each
        verdict[chosen] = judge(int(each), value_rgb[chosen])
    result = np.zeros(doubtful.shape, np.bool_)
    result[rows, columns] = verdict[where]
    return result
