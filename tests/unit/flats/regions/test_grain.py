"""Random grain in a shape leaves it one region; lines through it and small shapes of a drawing stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.regions.find_regions import find_regions
from huebrush_backend.flats.regions.gap_width import WidestGap

SHAPE = np.array([(60, 60), (540, 60), (540, 340), (60, 340)])


def grained(blur: float, share: float) -> np.ndarray:
    """A rectangle full of grain, (400,600) uint8 coverage; `share` of it is ink, in spots as large as `blur` pixels."""
    noise = np.random.default_rng(4).normal(size=(400, 600)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), blur)
    inside = cv2.fillPoly(np.zeros((400, 600), np.uint8), [SHAPE], 1)
    ink = np.where((soft > np.quantile(soft, 1 - share)) & (inside > 0), 255, 0).astype(np.uint8)
    return np.asarray(cv2.polylines(ink, [SHAPE], True, 255, 4))


def main_share(labels: np.ndarray, part: tuple[slice, slice]) -> tuple[int, float]:
    """The label that most of a part has, and its share there."""
    counts = np.bincount(labels[part].ravel())
    return int(counts.argmax()), float(counts.max() / counts.sum())


@pytest.mark.parametrize(("blur", "share"), [(1.2, 0.4), (1.6, 0.5), (1.0, 0.65)])
def test_a_shape_full_of_grain_is_one_region(blur: float, share: float) -> None:
    labels = find_regions(grained(blur, share), WidestGap()).labels
    inside, most = main_share(labels, np.s_[66:334, 66:534])
    outside, _ = main_share(labels, np.s_[:50, :])
    assert most > 0.97 and inside != outside


def test_a_line_through_grain_stays_a_border() -> None:
    ink = grained(1.6, 0.5)
    cv2.polylines(ink, [np.array([(300, 60), (310, 200), (290, 340)])], False, 255, 5)
    labels = find_regions(ink, WidestGap()).labels
    left, most_left = main_share(labels, np.s_[66:334, 66:280])
    right, most_right = main_share(labels, np.s_[66:334, 320:534])
    assert left != right and min(most_left, most_right) > 0.9


def test_scales_of_like_size_stay_apart() -> None:
    ink = np.zeros((400, 600), np.uint8)
    for row, y in enumerate(range(60, 340, 14)):
        for x in range(60 + 9 * (row % 2), 540, 18):
            cv2.ellipse(ink, (x, y), (9, 14), 0, 0, 180, 255, 2)
    assert find_regions(ink, WidestGap(0.0)).count > 400


def test_a_sketch_of_many_strokes_is_no_grain() -> None:
    rng = np.random.default_rng(1)
    ink = np.zeros((400, 600), np.uint8)
    for _ in range(90):
        start = rng.uniform((60, 60), (540, 340))
        turn = rng.uniform(0, np.pi)
        end = start + 120 * np.array([np.cos(turn), np.sin(turn)])
        cv2.line(ink, tuple(np.rint(start).astype(int).tolist()), tuple(np.rint(end).astype(int).tolist()), 255, 3)
    assert find_regions(ink, WidestGap(0.0)).count > 100


@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize(("blur", "share"), [(1.2, 0.4), (1.6, 0.5), (1.0, 0.65)])
def test_grain_of_a_large_page_is_one_region_too(blur: float, share: float, scale: int) -> None:
    small = grained(blur, share)
    ink = np.asarray(cv2.resize(small, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR), np.uint8)
    labels = find_regions(ink, WidestGap()).labels
    inside, most = main_share(labels, np.s_[66 * scale : 334 * scale, 66 * scale : 534 * scale])
    outside, _ = main_share(labels, np.s_[: 50 * scale, :])
    assert most > 0.95 and inside != outside
