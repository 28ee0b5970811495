"""Each way in which flats can be wrong is counted, and right flats count as right."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.evaluation import flat_metrics as metrics

COLORS = np.array([(0, 0, 0), (250, 250, 240), (220, 60, 60), (60, 90, 210), (70, 180, 80)], np.uint8)


class Scene:
    """Two boxes side by side on a ground, and a small one inside the first: four regions parted by soft lines."""

    def __init__(self) -> None:
        ink = np.zeros((80, 120), np.uint8)
        for left, top, right, bottom in ((15, 15, 60, 65), (60, 15, 105, 65), (30, 32, 42, 46)):
            corners = np.array([(left, top), (right, top + 2), (right, bottom), (left, bottom + 1)], np.int32) * 16 + 5
            cv2.polylines(ink, [corners], True, 255, 2, cv2.LINE_AA, 4)
        count, found = cv2.connectedComponents((ink < 64).astype(np.uint8), connectivity=4)
        assert count == 5
        self.ink = ink
        self.truth = np.asarray(found, np.int32)
        self.spread = metrics.spread(self.truth)
        self.meets = metrics.neighbours(self.spread, 4)
        self.flats = np.dstack([COLORS[self.spread], np.full(ink.shape, 255, np.uint8)])

    def leaks(self) -> np.ndarray:
        return metrics.leaks(self.flats, self.ink, self.truth, COLORS, self.meets)

    def halo(self) -> np.ndarray:
        return metrics.halo(self.flats, self.ink, self.truth, self.spread, COLORS, self.meets)

    def label_at(self, x: int, y: int) -> int:
        return int(self.truth[y, x])


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_right_flats_have_no_fault(scene: Scene) -> None:
    assert not scene.leaks().any()
    assert not scene.halo().any()
    assert metrics.gaps(scene.flats, scene.truth, scene.ink).count == 0
    score = metrics.score_regions(scene.truth, scene.spread)
    assert (score.right, score.splits, score.merges) == (1.0, 0, 0)
    colors = metrics.score_colors(scene.flats, scene.truth, COLORS)
    assert (colors.median, colors.p95, colors.right) == (0, 0, 1)


def test_regions_meet_across_lines_alone(scene: Scene) -> None:
    left, right, small, ground = (scene.label_at(*at) for at in ((20, 22), (80, 40), (36, 39), (3, 3)))
    assert set(scene.meets[left]) == {right, small, ground}
    assert set(scene.meets[small]) == {left}


def test_a_neighbours_colour_over_the_line_is_a_leak(scene: Scene) -> None:
    left, right = scene.label_at(20, 22), scene.label_at(80, 40)
    scene.flats[25:30, 64:70, :3] = COLORS[left]
    assert scene.truth[25:30, 64:70].min() == right
    assert scene.leaks().sum() == 30
    assert metrics.components(scene.leaks()) == 1


def test_what_strokes_of_hatching_cover_cannot_be_seen_to_leak(scene: Scene) -> None:
    scene.flats[25:30, 64:70, :3] = COLORS[scene.label_at(20, 22)]
    scene.ink[25:30, 64:66] = 255
    assert scene.leaks().sum() == 20


def test_a_colour_of_no_neighbour_is_no_leak_but_wrong(scene: Scene) -> None:
    left = scene.label_at(20, 22)
    scene.flats[scene.truth == left, :3] = (255, 20, 20)
    assert not scene.leaks().any()
    assert metrics.score_colors(scene.flats, scene.truth, COLORS).right == 0.75


def test_colours_that_look_alike_cannot_leak(scene: Scene) -> None:
    left, right = scene.label_at(20, 22), scene.label_at(80, 40)
    colors = COLORS.copy()
    colors[right] = colors[left]
    colors[right, 0] += 1
    flats = np.dstack([colors[scene.spread], scene.flats[..., 3]])
    flats[25:30, 64:70, :3] = colors[left]
    assert not metrics.leaks(flats, scene.ink, scene.truth, colors, scene.meets).any()


def test_unpainted_soft_edges_are_a_halo(scene: Scene) -> None:
    scene.flats[scene.ink > 0, 3] = 0
    soft = (scene.ink > 0) & (scene.ink < 255)
    assert np.array_equal(scene.halo(), soft)
    assert metrics.gaps(scene.flats, scene.truth, scene.ink).count == 0


def test_half_transparent_soft_edges_are_a_halo(scene: Scene) -> None:
    soft = np.argwhere((scene.ink > 0) & (scene.ink < 255))[7]
    scene.flats[soft[0], soft[1], 3] = 200
    assert scene.halo().sum() == 1


def test_paper_colour_at_soft_edges_is_a_halo_and_a_mixture_is_none(scene: Scene) -> None:
    small, left = scene.label_at(36, 39), scene.label_at(20, 22)
    around = (scene.ink > 0) & (scene.ink < 255)
    around[:, :26] = around[:, 48:] = around[:28] = around[50:] = False
    scene.flats[around, :3] = (COLORS[small].astype(int) + COLORS[left]) // 2
    assert not scene.halo().any()
    scene.flats[around, :3] = 255
    assert np.array_equal(scene.halo(), around)


@pytest.mark.parametrize(("left", "halo"), [(155, 0), (200, 25)])
def test_under_thick_soft_ink_three_regions_may_meet_beside_the_place_but_not_far_off(left: int, halo: int) -> None:
    truth = np.zeros((200, 300), np.int32)
    truth[:88, :150], truth[:88, 150:], truth[112:] = 1, 2, 3
    ink = np.where(truth == 0, 200, 0).astype(np.uint8)
    labels = metrics.spread(truth)
    flats = np.dstack([COLORS[labels], np.full(ink.shape, 255, np.uint8)])
    flats[98:103, left : left + 5, :3] = (COLORS[1].astype(int) + COLORS[2] + COLORS[3]) // 3
    meets = [np.array([], np.int64), np.array([3]), np.array([3]), np.array([1, 2])]
    assert metrics.halo(flats, ink, truth, labels, COLORS, meets).sum() == halo


def test_unpainted_spots_are_gaps_by_size(scene: Scene) -> None:
    scene.flats[22, 25, 3] = 0
    scene.flats[50:52, 50:53, 3] = 0
    scene.flats[30:45, 80:95, 3] = 0
    score = metrics.gaps(scene.flats, scene.truth, scene.ink)
    assert (score.count, score.pixels, score.smaller) == (3, 1 + 6 + 225, (1, 2, 2))


def test_an_unpainted_region_is_a_gap_and_has_the_papers_colour(scene: Scene) -> None:
    right = scene.label_at(80, 40)
    scene.flats[scene.spread == right, 3] = 0
    assert metrics.gaps(scene.flats, scene.truth, scene.ink).count == 1
    assert tuple(metrics.region_medians(scene.flats, scene.truth, 4)[right]) == (255, 255, 255)


def test_a_split_region_is_counted(scene: Scene) -> None:
    found = scene.spread.copy()
    ground = scene.label_at(3, 3)
    found[(found == ground) & (np.arange(80)[:, None] >= 40)] = 9
    score = metrics.score_regions(scene.truth, found)
    assert (score.right, score.splits, score.merges) == (0.75, 1, 0)


def test_a_crumb_off_a_region_leaves_it_right(scene: Scene) -> None:
    found = scene.spread.copy()
    found[2:5, 2:6] = 9
    score = metrics.score_regions(scene.truth, found)
    assert (score.right, score.splits, score.merges) == (1.0, 0, 0)


def test_merged_regions_are_counted_in_pairs(scene: Scene) -> None:
    found = scene.spread.copy()
    left, right, small = (scene.label_at(*at) for at in ((20, 22), (80, 40), (36, 39)))
    found[found == right] = left
    score = metrics.score_regions(scene.truth, found)
    assert (score.right, score.splits, score.merges) == (0.5, 0, 1)
    found[found == small] = left
    assert metrics.score_regions(scene.truth, found).merges == 3


def test_a_region_that_swallows_part_of_another_splits_and_merges(scene: Scene) -> None:
    found = scene.spread.copy()
    left, right = scene.label_at(20, 22), scene.label_at(80, 40)
    found[(found == right) & (np.arange(120)[None] < 75)] = left
    score = metrics.score_regions(scene.truth, found)
    assert (score.right, score.splits, score.merges) == (0.75, 1, 1)
    assert score.main[left] == left


def test_medians_ignore_a_minority(scene: Scene) -> None:
    right = scene.label_at(80, 40)
    scene.flats[20:30, 64:100, :3] = (1, 2, 3)
    assert tuple(metrics.region_medians(scene.flats, scene.truth, 4)[right]) == tuple(COLORS[right])
