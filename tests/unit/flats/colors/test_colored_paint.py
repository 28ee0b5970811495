"""Paint of a coloured picture: where it is, what its paper is, how far it lies off, and which colours regions get."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.colors.borders import shared_borders
from huebrush_backend.flats.colors.colored_paint import MOST_CELLS, Paint, grid_of, has_transparency, read_paint
from huebrush_backend.flats.colors.different_colors import different_colors
from huebrush_backend.flats.colors.paint_offset import find_offset
from huebrush_backend.flats.colors.paint_vote import vote_by_paint
from huebrush_backend.flats.colors.picture_paper import find_paper
from huebrush_backend.flats.colors.region_colors import INHERITED, NONE, SPREAD, UNSURE, VOTED, RegionColors
from huebrush_backend.flats.regions.measure import boxes
from huebrush_backend.imaging.color import color_difference

RED, GREEN, BLUE = (200, 30, 40), (20, 160, 60), (30, 60, 210)
SIDE = 300


def four() -> tuple[np.ndarray, np.ndarray]:
    """A page of four squares: labels 1 to 4, and the ink between them."""
    labels = np.ones((SIDE, SIDE), np.int32)
    labels[:150, 150:], labels[150:, :150], labels[150:, 150:] = 2, 3, 4
    ink = np.zeros((SIDE, SIDE), np.uint8)
    ink[148:152], ink[:, 148:152] = 255, 255
    return labels, ink


def painted(*colors: tuple[int, ...] | None) -> np.ndarray:
    """A picture of the four squares in these colours; None leaves one transparent."""
    pixels = np.zeros((SIDE, SIDE, 4), np.uint8)
    for number, color in enumerate(colors):
        if color is not None:
            row, column = divmod(number, 2)
            pixels[150 * row : 150 * row + 150, 150 * column : 150 * column + 150] = (*color, 255)[:4]
    return pixels


def voted(pixels: np.ndarray, labels: np.ndarray | None = None, ink: np.ndarray | None = None) -> RegionColors:
    if labels is None or ink is None:
        labels, ink = four()
    count = int(labels.max())
    return vote_by_paint(read_paint(pixels, ink), labels, boxes(labels, count), shared_borders(labels, ink))


def test_transparent_pixels_are_unpainted_and_white_paint_is_paint() -> None:
    colors = voted(painted(RED, (255, 255, 255), None, BLUE))
    assert colors.sources[1:].tolist() == [VOTED, VOTED, NONE, VOTED]
    assert colors.colors[[1, 2, 4]].tolist() == [list(RED), [255, 255, 255], list(BLUE)]
    assert (colors.confidence[[1, 2, 4]] > 0.9).all()


def test_most_paint_wins_and_the_rest_is_no_mixture() -> None:
    pixels = painted(RED, GREEN, BLUE, RED)
    pixels[30:70, 30:120, :3] = BLUE
    colors = voted(pixels)
    assert colors.colors[1].tolist() == list(RED) and colors.alternatives[1].tolist() == list(BLUE)


def test_paint_over_a_line_does_no_harm() -> None:
    pixels = painted(RED, GREEN, BLUE, RED)
    pixels[:, 150:175, :3] = RED
    pixels[175:, 130:150, :3] = GREEN
    assert voted(pixels).colors[1:].tolist() == [list(RED), list(GREEN), list(BLUE), list(RED)]


def test_white_between_the_strokes_of_markers_does_no_harm() -> None:
    pixels = painted(RED, GREEN, None, None)
    pixels[::5, :] = pixels[1::5, :] = 0
    assert voted(pixels).colors[1:3].tolist() == [list(RED), list(GREEN)]


def test_a_translucent_wash_has_the_colour_that_is_seen() -> None:
    colors = voted(painted((255, 0, 0), None, None, None) // np.array([1, 1, 1, 2], np.uint8))
    assert np.abs(colors.colors[1].astype(int) - (255, 128, 128)).max() <= 1


def test_soft_edges_of_strong_paint_do_not_pale() -> None:
    pixels = painted(RED, RED, None, BLUE)
    pixels[:150, :75, 3] = 120
    assert voted(pixels).colors[1].tolist() == list(RED)


def test_grain_of_one_paint_gives_one_colour_and_clean_paint_stays_exact() -> None:
    rng = np.random.default_rng(1)
    pixels = painted(RED, RED, (203, 33, 40), BLUE)
    noise = rng.integers(-9, 10, (150, 300, 1))
    pixels[:150, :, :3] = np.clip(pixels[:150, :, :3] + noise, 0, 255)
    colors = voted(pixels)
    assert colors.colors[1].tolist() == colors.colors[2].tolist() == [203, 33, 40]
    clean = voted(painted(RED, (203, 33, 40), BLUE, BLUE))
    assert clean.colors[1:3].tolist() == [list(RED), [203, 33, 40]], "two clean colours stay two"


def test_a_region_that_paint_over_lines_may_fill_is_unsure() -> None:
    labels, ink = four()
    labels[60:70, 60:70] = 5
    cv2.rectangle(ink, (58, 58), (71, 71), 255, 2)
    pixels = painted(RED, GREEN, BLUE, RED)
    assert voted(pixels, labels, ink).confidence[5] > 0.9
    pixels[:150, 150:157, :3], pixels[143:150, :150, :3] = RED, BLUE
    colors = voted(pixels, labels, ink)
    assert colors.confidence[5] < UNSURE <= colors.confidence[1]


def test_a_speck_takes_its_neighbours_colour_and_a_missed_shape_none() -> None:
    labels, ink = four()
    labels[60:62, 60:62], labels[200:230, 200:230] = 5, 6
    pixels = painted(RED, GREEN, BLUE, RED)
    pixels[60:62, 60:62] = pixels[198:232, 198:232] = 0
    colors = voted(pixels, labels, ink)
    assert colors.sources[5:].tolist() == [INHERITED, NONE] and colors.colors[5].tolist() == list(RED)


@pytest.mark.parametrize("tint", [(255, 255, 255), (244, 240, 230)])
def test_paper_is_found_in_uneven_light_and_taken_away(tint: tuple[int, ...]) -> None:
    light = 1 - 0.25 * np.linspace(0, 1, SIDE)[None, :, None] * np.ones((SIDE, 1, 1))
    pixels = painted(RED, RED, None, None)
    rgb = np.where(pixels[..., 3:] > 0, pixels[..., :3], np.array(tint, np.uint8))
    rgb[:20] = rgb[:, :8] = tint
    picture = np.dstack([np.rint(rgb * light).astype(np.uint8), np.full((SIDE, SIDE), 255, np.uint8)])
    paper = find_paper(picture[..., :3])
    assert paper is not None and paper.light is not None
    colors = voted(picture)
    assert colors.sources[1:].tolist() == [VOTED, VOTED, NONE, NONE]
    assert colors.colors[1].tolist() == colors.colors[2].tolist()
    assert (colors.colors[3:] == paper.tint).all(), "what an unpainted region shows"


def test_clean_paper_changes_no_colour_and_pale_paint_is_seen() -> None:
    pixels = painted((255, 240, 228), RED, None, None)
    pixels[pixels[..., 3] == 0] = 255
    colors = voted(pixels)
    assert colors.sources[1:].tolist() == [VOTED, VOTED, NONE, NONE]
    assert colors.colors[1:3].tolist() == [[255, 240, 228], list(RED)]


def test_no_paper_where_the_edge_is_painted() -> None:
    pixels = painted(RED, GREEN, BLUE, RED)
    pixels[60:90, 60:90, :3] = 255
    assert find_paper(pixels[..., :3]) is None and not has_transparency(pixels)


@pytest.mark.parametrize("ground", [(188, 211, 228), (220, 235, 252), (190, 190, 190)])
def test_a_pale_ground_is_paint_and_no_paper(ground: tuple[int, ...]) -> None:
    pixels = painted(RED, GREEN, BLUE, ground)
    pixels[:12] = pixels[-12:] = pixels[:, :12] = pixels[:, -12:] = (*ground, 255)
    assert find_paper(pixels[..., :3]) is None
    assert voted(pixels).colors[4].tolist() == list(ground)


def test_paint_is_moved_back_over_its_lines() -> None:
    labels, ink = four()
    moved = np.roll(painted(RED, GREEN, BLUE, None), (-4, 6), (0, 1))
    across, down = find_offset(moved, labels, ink)
    assert abs(across * SIDE - 6) <= 1 and abs(down * SIDE + 4) <= 1
    assert find_offset(painted(RED, GREEN, BLUE, None), labels, ink) == (0, 0)
    assert find_offset(painted(RED, RED, RED, RED), labels, ink) == (0, 0)


def test_a_large_page_is_seen_on_a_bounded_grid() -> None:
    rows, columns = grid_of((60_000, 800))
    assert rows * columns <= MOST_CELLS * 1.01 and rows / columns == pytest.approx(75, rel=0.01)
    assert grid_of((30, 40)) == (30, 40)


def test_lines_of_the_page_do_not_darken_what_parts_regions() -> None:
    labels, ink = four()
    pixels = painted(RED, RED, RED, RED)
    pixels[ink > 0] = (0, 0, 0, 255)
    paint = read_paint(pixels, ink)
    assert isinstance(paint, Paint) and labels.shape == paint.painted.shape
    assert (np.abs(paint.small.astype(int) - RED).max(axis=2) <= 2).mean() > 0.97


def test_different_colours_are_all_different_and_neighbours_far_apart() -> None:
    side = 40
    labels = (np.arange(side)[:, None] * side + np.arange(side) + 1).repeat(2, 0).repeat(2, 1).astype(np.int32)
    areas = np.bincount(labels.ravel())
    borders = shared_borders(labels)
    colors = different_colors(areas, borders)
    assert len(np.unique(colors.colors[1:], axis=0)) == side * side and (colors.sources[1:] == SPREAD).all()
    apart = color_difference(colors.colors[borders.first], colors.colors[borders.second])
    assert apart.min() >= 10 and np.median(apart) >= 25
    assert (different_colors(areas, borders).colors == colors.colors).all()
    assert (different_colors(areas, borders, seed=1).colors != colors.colors).any()
