"""A wider gap never closes less: what is kept apart with one width is kept apart with every larger one."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.regions.find_regions import Regions, find_regions
from huebrush_backend.flats.regions.gap_width import WidestGap
from huebrush_backend.imaging.lineart import ink_coverage
from PIL import Image

BLACK = 255
GAPS = (3, 6, 12, 24, 48, 96, 192)
CASES = Path(__file__).parents[3] / "data/lineart"


def drawing(seed: int) -> np.ndarray:
    """Open rings, scribbles, boxes with openings, and hairs, drawn at random; some with dust or grain."""
    rng = np.random.default_rng(seed)
    height, width = rng.integers(160, 300, 2).tolist()
    ink = np.zeros((height, width), np.uint8)
    usual = int(rng.integers(1, 6))
    for _ in range(int(rng.integers(4, 20))):
        x, y = rng.integers(0, [width, height]).tolist()
        wide, high = rng.integers(8, 100, 2).tolist()
        thickness = max(1, usual + int(rng.integers(-1, 2)))
        match int(rng.integers(0, 4)):
            case 0:
                start = float(rng.uniform(0, 360))
                end = start + float(rng.uniform(200, 358))
                cv2.ellipse(ink, (x, y), (wide, high), 30.0, start, end, BLACK, thickness, cv2.LINE_AA)
            case 1:
                path = np.cumsum(rng.normal(0, 25, (6, 2)), axis=0) + np.array([x, y])
                cv2.polylines(ink, [path.astype(np.int32)], False, BLACK, thickness, cv2.LINE_AA)
            case 2:
                cv2.rectangle(ink, (x, y), (x + wide, y + high), BLACK, thickness)
                opening = x + int(rng.integers(0, wide))
                ink[max(0, y - 5) : y + 6, opening : opening + int(rng.integers(1, 40))] = 0
            case _:
                for hair in range(8):
                    left = x + hair * (2 * usual + 3)
                    cv2.line(ink, (left, y), (left + 3, y + 10 + 3 * hair), BLACK, max(1, thickness - 1), cv2.LINE_AA)
    if seed % 4 == 1:
        ink[rng.random(ink.shape) < 0.01] = BLACK
    if seed % 4 == 2:
        ink[rng.random(ink.shape) < 0.12] = 0
    return ink


def sides(x0: float, y0: float, x1: float, y1: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Two places beside the middle of a wall."""
    x, y, length = (x0 + x1) / 2, (y0 + y1) / 2, max(1.0, float(np.hypot(x1 - x0, y1 - y0)))
    across, down = 2 * (y0 - y1) / length, 2 * (x1 - x0) / length
    return (x + across, y + down), (x - across, y - down)


def lost_closures(narrow: Regions, wide: Regions) -> list[tuple[float, float, float, float]]:
    """Return the closures of `narrow` whose two sides it parts and `wide` does not."""
    known = {(gap.x0, gap.y0, gap.x1, gap.y1) for gap in wide.gap_closures}
    own = [(gap.x0, gap.y0, gap.x1, gap.y1) for gap in narrow.gap_closures]
    return [
        segment
        for segment in own
        if segment not in known
        and narrow.at(*sides(*segment)[0]) != narrow.at(*sides(*segment)[1])
        and wide.at(*sides(*segment)[0]) == wide.at(*sides(*segment)[1])
    ]


def joined_pixels(ink: np.ndarray, narrow: Regions, wide: Regions) -> int:
    """Return how many pixels of paper, apart from walls and specks, `wide` has in one region and `narrow` in others."""
    walls = np.zeros_like(ink)
    for gap in (*narrow.gap_closures, *wide.gap_closures):
        cv2.line(walls, (int(gap.x0), int(gap.y0)), (int(gap.x1), int(gap.y1)), 1, 3)
    paper = cv2.erode(((ink < 64) & (walls == 0)).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    pairs, counts = np.unique(np.stack([wide.labels[paper], narrow.labels[paper]]), axis=1, return_counts=True)
    most = np.zeros(wide.count + 1, np.int64)
    np.maximum.at(most, pairs[0], counts)
    return int(counts.sum() - most.sum())


def case(name: str) -> np.ndarray:
    """Coverage of a drawing by others."""
    return ink_coverage(np.asarray(Image.open(CASES / f"{name}.png").convert("RGBA")))


def check(ink: np.ndarray) -> None:
    found = [find_regions(ink, gap) for gap in GAPS]
    for narrow, wide in combinations(found, 2):
        assert lost_closures(narrow, wide) == []
    for narrow, wide in pairwise(found):
        assert joined_pixels(ink, narrow, wide) == 0


@pytest.mark.parametrize("seed", range(12))
def test_a_wider_gap_never_closes_less(seed: int):
    check(drawing(seed))


@pytest.mark.parametrize("name", ["gap_beside_hairs", "pepper_rough", "open_fox", "horses", "car_suggestions"])
def test_a_wider_gap_never_closes_less_on_drawings_by_others(name: str):
    ink = case(name)
    step = ink.shape[0] // 400  # a smaller picture of the largest
    check(np.ascontiguousarray(ink[::step, ::step]))


def test_hairs_beside_a_gap_do_not_hide_it():
    assert [find_regions(case("gap_beside_hairs"), gap).count for gap in (12, 48, 96, 192)] == [2, 2, 2, 2]


def test_the_number_of_closures_on_a_rough_sketch_grows_with_the_gap():
    ink = case("pepper_rough")
    counts = [len(find_regions(ink, gap).gap_closures) for gap in GAPS[::2]]
    assert counts == sorted(counts) and counts[-1] > counts[0]


def test_by_itself_the_open_fox_is_closed():
    regions = find_regions(case("open_fox"), WidestGap())
    assert regions.at(512, 650) != regions.at(5, 5)


def test_by_itself_the_horses_are_closed():
    regions = find_regions(case("horses"), WidestGap())
    body, sky, ground, hedge = (regions.at(*place) for place in ((330, 180), (250, 20), (450, 440), (230, 100)))
    assert len({body, sky, ground, hedge}) == 4
