"""Pages with known regions: the truth fits the lines, gaps are where they are said to be, folds split nothing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawn_pages import SMALL_PAGE, drawn_page
from huebrush_backend.imaging.lineart import ink_coverage, normalize_line_art
from huebrush_backend.synthesis.flat_gaps import bridges
from huebrush_backend.synthesis.flat_inking import Inker, PixelArea, ink_page
from huebrush_backend.synthesis.flat_pages import (
    CLOSED_VARIANTS,
    DENSE_VARIANTS,
    SHADED_VARIANTS,
    VARIANTS,
    FlatPage,
    draw_flat_page,
    gapped_ink,
    render_lines,
)
from huebrush_backend.synthesis.flat_shapes import Shape
from huebrush_backend.synthesis.flat_truth import INK, true_regions

PAGE, OTHER = 7000, 8000
"""Numbers of pages that other tests look at too."""


def page(number: int = PAGE) -> FlatPage:
    return drawn_page(number, *SMALL_PAGE)


def shape(points: list[tuple[float, float]], half: float = 0.01, closed: bool = True, filled: bool = True) -> Shape:
    path = np.array(points, float)
    return Shape(path, np.full(len(path), half), closed, filled and closed, False, 1, 0, (0.0, 0.0, 1.0, 1.0))


def rectangle(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def test_a_page_is_a_function_of_its_number_and_size() -> None:
    again = draw_flat_page(PAGE, *SMALL_PAGE)
    assert np.array_equal(again.truth, page().truth)
    assert np.array_equal(again.colors, page().colors)
    assert again.gaps == page().gaps
    assert not np.array_equal(page(OTHER).ink, page().ink)


def test_regions_are_parted_by_ink_and_cover_the_paper() -> None:
    truth = page().truth
    for first, second in ((truth[1:], truth[:-1]), (truth[:, 1:], truth[:, :-1])):
        assert not ((first != second) & (first > 0) & (second > 0)).any()
    assert (page().ink[truth > 0] < INK).all()
    unlabelled = (truth == 0) & (page().ink < INK)
    count, _, stats, _ = cv2.connectedComponentsWithStats(unlabelled.astype(np.uint8), connectivity=4)
    assert np.asarray(stats)[1:count, cv2.CC_STAT_AREA].max() < 6
    assert set(np.unique(truth)) == set(range(page().count + 1))


def test_pages_have_many_regions_of_all_sizes() -> None:
    areas = np.bincount(page().truth.ravel())[1:]
    assert page().count > 60
    assert (areas < 60).sum() > 5
    assert areas.max() > 0.1 * page().truth.size


def test_every_gap_opens_the_line_between_the_two_regions_it_names() -> None:
    assert len(page().gaps) > 5
    assert len({gap.kind for gap in page().gaps}) == 3
    closed, opened = page().ink < INK, gapped_ink(page()) < INK
    for gap in page().gaps:
        first, second = gap.regions
        assert 0 < gap.width <= page().widest_gap
        reach = int(3 * page().widest_gap) + 8
        rows = slice(max(0, int(gap.y) - reach), int(gap.y) + reach)
        columns = slice(max(0, int(gap.x) - reach), int(gap.x) + reach)
        sides = page().truth[rows, columns]
        _, before = cv2.connectedComponents(closed[rows, columns].astype(np.uint8), connectivity=4)
        _, after = cv2.connectedComponents(opened[rows, columns].astype(np.uint8), connectivity=4)
        assert not set(before[sides == first]) & set(before[sides == second])
        assert set(after[sides == first]) & set(after[sides == second])


def test_gaps_change_no_pixel_away_from_them() -> None:
    changed = gapped_ink(page()) != page().ink
    near = np.zeros(changed.shape, np.uint8)
    for gap in page().gaps:
        cv2.circle(near, (round(gap.x), round(gap.y)), int(3 * page().widest_gap) + 8, 1, cv2.FILLED)
    assert changed.any()
    assert not (changed & (near == 0)).any()


@pytest.mark.parametrize("variant", VARIANTS)
def test_variants_leave_the_lines_where_they_are(variant: str) -> None:
    pixels = render_lines(page(), variant)
    assert pixels.shape == (*page().ink.shape, 4)
    assert pixels.dtype == np.uint8
    ink = normalize_line_art(pixels)
    line = cv2.erode(page().ink, np.ones((3, 3), np.uint8)) > 200
    if variant == "gapped":
        assert (ink[line] < 0.2).mean() < 0.1
    else:
        assert ink[line].min() > 0.3
    if variant not in (*SHADED_VARIANTS, *DENSE_VARIANTS):
        paper = cv2.dilate(page().ink, np.ones((3, 3), np.uint8)) == 0
        assert ink[paper].max() < 0.25
    assert np.array_equal(pixels, render_lines(page(), variant))


@pytest.mark.parametrize("variant", (*CLOSED_VARIANTS, *SHADED_VARIANTS, *DENSE_VARIANTS))
def test_closed_lines_are_closed_in_every_kind_of_line(variant: str) -> None:
    free = (ink_coverage(render_lines(page(), variant)) < INK).astype(np.uint8)
    _, found = cv2.connectedComponents(free, connectivity=4)
    inside = (page().truth > 0) & (free > 0)
    pairs = np.unique(np.stack([found[inside], page().truth[inside]]), axis=1)
    assert (np.bincount(pairs[0])[1:] <= 1).all()


def test_variants_are_what_their_names_say() -> None:
    assert set(np.unique(render_lines(page(), "binary")[..., :3])) == {0, 255}
    assert render_lines(page(), "grey")[..., :3].min() > 80
    assert np.ptp(render_lines(page(), "coloured")[..., :3].astype(int), axis=2).max() > 100
    assert render_lines(page(), "transparent")[..., 3].min() == 0
    plain = render_lines(page(), "aa")[..., 0].mean()
    assert render_lines(page(), "hatched")[..., 0].mean() < plain - 0.5
    assert render_lines(page(), "screentone")[..., 0].mean() < plain - 0.5
    with pytest.raises(ValueError, match="unknown kind of line art"):
        render_lines(page(), "oil")


def test_a_fold_splits_no_region_and_a_line_across_does() -> None:
    box = shape(rectangle(0.2, 0.2, 0.8, 0.8))
    fold = shape([(0.5, 0.2), (0.5, 0.6)], closed=False)
    across = shape([(0.5, 0.2), (0.5, 0.8)], closed=False)
    assert len(true_regions(*ink_page([box, fold], 200, 200)).shapes) == 3  # ink, outside, inside
    assert len(true_regions(*ink_page([box, across], 200, 200)).shapes) == 4


def test_an_hourglass_of_unbroken_lines_is_one_region() -> None:
    waist = shape([(0.2, 0.2), (0.8, 0.2), (0.53, 0.5), (0.8, 0.8), (0.2, 0.8), (0.47, 0.5)])
    assert len(true_regions(*ink_page([waist], 400, 400)).shapes) == 3


def test_open_ends_of_lines_touch_or_stay_clear() -> None:
    box = shape(rectangle(0.2, 0.2, 0.8, 0.8))
    near = shape([(0.5, 0.3), (0.5, 0.775)], closed=False)
    clear = shape([(0.4, 0.3), (0.4, 0.6)], closed=False)
    ink, _ = ink_page([box, near, clear], 400, 400)
    joins = bridges([box, near, clear], ink, widest=6)
    assert len(joins) == 1
    joined = Inker([box, near, clear, *joins], 400).ink(PixelArea(0, 0, 400, 400))
    assert (joined[300:320, 199:202] >= INK).all()


def test_slivers_belong_to_their_shape_and_specks_to_none() -> None:
    ink = np.full((40, 60), 255, np.uint8)
    seen = np.full((40, 60), 1, np.uint16)
    ink[5:20, 5:20] = 0
    ink[30:32, 5:8] = 0  # A sliver of the same shape.
    seen[:, 30:] = 2
    ink[10, 40:43] = 0  # All that is seen of another.
    truth = true_regions(ink, seen)
    assert list(truth.shapes) == [0, 0]
    assert truth.labels[30, 5] == truth.labels[10, 10] == 1
    assert truth.labels[10, 41] == 0
    assert truth.crumbs.tolist() == [row * 60 + column for row in (30, 31) for column in (5, 6, 7)]


def test_without_slivers_each_region_is_in_one_piece() -> None:
    regions = page().regions
    assert set(np.unique(regions)) == set(range(page().count + 1))
    count, _ = cv2.connectedComponents((regions > 0).astype(np.uint8), connectivity=4)
    assert count - 1 == page().count


def test_pieces_that_a_pale_touch_of_lines_parts_count_once() -> None:
    ink = np.full((40, 60), 255, np.uint8)
    ink[5:20, 5:40] = 0
    ink[5:20, 25] = 90
    seen = np.full((40, 60), 1, np.uint16)
    truth = true_regions(ink, seen)
    assert len(truth.shapes) == 2
    assert len(truth.crumbs) == 15 * 14
    seen[:, 25:] = 2  # The line between two shapes counts, however pale.
    assert len(true_regions(ink, seen).shapes) == 3
    ink[5:20, 25] = 200
    assert len(true_regions(ink, np.ones_like(seen)).shapes) == 3
