"""Colours of regions out of the reference's own: by nearness, by attention, and with neighbours that agree."""

from __future__ import annotations

import cv2
import numpy as np
from huebrush_backend.flats.colors.borders import Borders
from huebrush_backend.flats.colors.cell_grid import cell_grid
from huebrush_backend.flats.colors.reference_looks import looks_at_colors, looks_of_regions, section
from huebrush_backend.flats.colors.reference_palette import ReferencePalette, reference_palette
from huebrush_backend.flats.colors.reference_vote import ReferenceVote, vote_from_reference
from huebrush_backend.flats.colors.region_colors import HINTED, INHERITED, VOTED, RegionColors
from huebrush_backend.imaging.color import color_difference

RED, BLUE, WHITE, GREEN = (200, 30, 40), (30, 60, 210), (255, 255, 255), (20, 160, 60)
NO_BORDERS = Borders(*(np.zeros(0, np.int64) for _ in range(3)))


def picture(*colors: tuple[int, int, int], side: int = 96) -> np.ndarray:
    """A picture (side,side,4) with a column of equal width in each of `colors`."""
    plane = np.empty((side, side, 4), np.uint8)
    for number, color in enumerate(colors):
        plane[:, side * number // len(colors) : side * (number + 1) // len(colors)] = (*color, 255)
    return plane


def painted(*colors: tuple[int, int, int], confidence: float = 0.9) -> RegionColors:
    """Regions 1, 2, … that a picture has painted in `colors`."""
    rgb = np.array([(0, 0, 0), *colors], np.uint8)
    sources = np.full(len(rgb), VOTED, np.uint8)
    sources[0] = 0
    return RegionColors(rgb, np.full(len(rgb), confidence, np.float32), sources, rgb.copy())


def areas(count: int, each: int = 1000) -> np.ndarray:
    return np.array([0, *[each] * count], np.int64)


def number_of(palette: ReferencePalette, color: tuple[int, int, int]) -> int:
    return int(np.flatnonzero((palette.colors == color).all(axis=1))[0])


def taken(vote: ReferenceVote, region: int) -> tuple[int, ...]:
    return tuple(int(value) for value in vote.colors.colors[region])


def test_the_palette_has_the_references_exact_colours_and_their_places() -> None:
    palette = reference_palette([picture(RED, WHITE), picture(BLUE)])
    assert sorted(map(tuple, palette.colors.tolist())) == sorted([RED, WHITE, BLUE])
    assert palette.reference[number_of(palette, BLUE)] == 1
    assert palette.is_main.all()
    for color, left, right in ((RED, 0.0, 0.5), (WHITE, 0.5, 1.0)):
        number = number_of(palette, color)
        assert palette.reference[number] == 0
        assert palette.shares[number] == 0.5
        assert left < palette.spots[number][0] < right
        assert (palette.maps[0] == number).mean() == 0.5


def test_lines_soft_edges_and_what_does_not_count_are_no_colours() -> None:
    drawn = picture(RED, WHITE, side=256)
    cv2.line(drawn, (0, 40), (255, 40), (0, 0, 0, 255), 2)
    drawn[..., :3] = cv2.GaussianBlur(drawn[..., :3], (0, 0), 0.7)
    drawn[200:] = (*GREEN, 0)
    palette = reference_palette([drawn])
    assert sorted(map(tuple, palette.colors.tolist())) == sorted([RED, WHITE])
    assert (palette.maps[0][200:] == -1).all()


def test_outlines_do_not_make_the_black_of_a_button_a_main_colour() -> None:
    """Black outlines on a tenth of the reference, and a black button on 0.3 %: no skirt may become black."""
    drawn = picture(RED, WHITE, side=512)
    for row in range(20, 512, 40):
        cv2.line(drawn, (0, row), (511, row), (0, 0, 0, 255), 4)
    drawn[250:330, 300:420, :3] = WHITE
    cv2.circle(drawn, (360, 290), 16, (0, 0, 0, 255), -1)
    palette = reference_palette([drawn])
    black = number_of(palette, (0, 0, 0))
    assert not palette.is_main[black]
    assert 0.002 < palette.shares[black] < 0.005
    assert palette.is_main.sum() == 2
    line, button = palette.maps[0][20, 200], palette.maps[0][290, 360]
    assert line == -1
    assert palette.color_of[button] == black
    sizes = np.array([0, 1000, 998_000])
    vote = vote_from_reference(painted((10, 5, 8), (10, 5, 8)), palette, NO_BORDERS, sizes)
    assert [taken(vote, 1), taken(vote, 2)] == [(0, 0, 0), RED]


def test_a_picture_without_an_even_colour_has_none() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 4)).astype(np.uint8)
    noise[..., 3] = 255
    noise[::2] = 255 - noise[1::2]
    assert len(reference_palette([noise])) == 0


def between(one: tuple[int, int, int], other: tuple[int, int, int]) -> tuple[int, int, int]:
    """The mixture of two colours that looks equally far from both."""
    share = np.linspace(0, 1, 65)[:, None]
    mixtures = np.rint(share * np.array(one) + (1 - share) * np.array(other)).astype(np.uint8)
    to_one, to_other = (color_difference(mixtures, np.array([color], np.uint8)) for color in (one, other))
    red, green, blue = mixtures[np.abs(to_one - to_other).argmin()].tolist()
    return red, green, blue


def test_a_mixed_colour_becomes_one_of_its_two_never_grey() -> None:
    palette = reference_palette([picture(RED, BLUE)])
    vote = vote_from_reference(painted(between(RED, BLUE), RED), palette, NO_BORDERS, areas(2))
    assert taken(vote, 1) in (RED, BLUE)
    assert taken(vote, 2) == RED
    assert vote.source[2] == number_of(palette, RED)


def test_attention_decides_between_colours_that_are_equally_near() -> None:
    palette = reference_palette([picture(RED, BLUE, WHITE)])
    mixed = between(RED, BLUE)
    for color in (RED, BLUE):
        looks = np.full((2, 3), 0.05, np.float32)
        looks[1, number_of(palette, color)] = 0.9
        vote = vote_from_reference(painted(mixed), palette, NO_BORDERS, areas(1), looks)
        assert taken(vote, 1) == color


def test_paint_that_is_sure_outweighs_a_faint_look_elsewhere() -> None:
    palette = reference_palette([picture(RED, BLUE)])
    looks = np.full((2, 2), 0.4, np.float32)
    looks[1, number_of(palette, BLUE)] = 0.6
    assert taken(vote_from_reference(painted(RED), palette, NO_BORDERS, areas(1), looks), 1) == RED


def test_two_halves_of_one_colour_agree_and_two_colours_do_not() -> None:
    palette = reference_palette([picture(RED, BLUE)])
    mixed = between(RED, BLUE)
    looks = np.zeros((3, 2), np.float32)
    looks[1] = 0.1
    looks[1, number_of(palette, RED)] = 0.9
    looks[2] = 0.45
    looks[2, number_of(palette, BLUE)] = 0.55
    beside = Borders(np.array([1]), np.array([2]), np.array([100]))
    halves = vote_from_reference(painted(mixed, mixed), palette, beside, areas(2), looks)
    assert taken(halves, 1) == taken(halves, 2) == RED
    apart = vote_from_reference(painted(RED, BLUE), palette, beside, areas(2), looks)
    assert taken(apart, 2) == BLUE


def test_a_tiny_colour_of_the_reference_paints_an_iris_but_no_skirt() -> None:
    drawn = picture(WHITE, RED, side=400)
    drawn[100:120, 100:120] = (*GREEN, 255)  # 0.25 % of the reference
    palette = reference_palette([drawn])
    assert not palette.is_main[number_of(palette, GREEN)]
    sizes = np.array([0, 50_000, 100], np.int64)
    vote = vote_from_reference(painted(GREEN, GREEN), palette, NO_BORDERS, sizes)
    assert taken(vote, 2) == GREEN
    assert taken(vote, 1) in (WHITE, RED)


def test_what_the_artist_or_an_edit_coloured_stays() -> None:
    palette = reference_palette([picture(RED, BLUE)])
    voted = painted(GREEN, GREEN, GREEN)
    voted.sources[2] = HINTED
    kept = np.array([False, False, False, True])
    vote = vote_from_reference(voted, palette, NO_BORDERS, areas(3), kept=kept)
    assert taken(vote, 1) != GREEN
    assert taken(vote, 2) == taken(vote, 3) == GREEN
    assert list(vote.source[2:]) == [-1, -1]


def test_a_region_that_took_its_neighbours_colour_takes_it_again() -> None:
    palette = reference_palette([picture(RED, BLUE)])
    voted = painted((150, 60, 90), (40, 40, 190), (150, 60, 90))
    voted.sources[3] = INHERITED
    looks = np.zeros((4, 2), np.float32)
    looks[1, number_of(palette, RED)] = 1
    looks[3, number_of(palette, BLUE)] = 1
    beside = Borders(np.array([1, 2]), np.array([3, 3]), np.array([10, 50]))
    vote = vote_from_reference(voted, palette, beside, areas(3), looks)
    assert taken(vote, 3) == taken(vote, 1) == RED


def test_the_second_tone_of_a_region_becomes_its_alternative() -> None:
    palette = reference_palette([picture(RED, BLUE, WHITE)])
    voted = painted(RED, RED)
    voted.alternatives[1] = (40, 70, 200)
    vote = vote_from_reference(voted, palette, NO_BORDERS, areas(2))
    assert tuple(vote.colors.alternatives[1]) == BLUE
    assert tuple(vote.colors.alternatives[2]) == RED, "a region of one sure tone has no alternative"


def test_two_places_of_one_colour_are_told_apart() -> None:
    palette = reference_palette([picture(RED, WHITE, RED, BLUE)])
    red = number_of(palette, RED)
    places = np.flatnonzero(palette.color_of == red)
    assert len(palette) == 3
    assert len(places) == 2
    left, right = sorted(palette.spots[places, 0])
    assert left < 0.25 and 0.5 < right < 0.75
    attention = np.zeros((1, 1, 1, 4, 4), np.float32)
    attention[..., 2] = 0.25  # the second red column
    looks = looks_at_colors(attention, palette)[0, 0]
    assert palette.spots[looks.argmax(), 0] == right
    assert palette.by_color(looks)[red] == 1


def test_attention_to_places_becomes_attention_to_their_colours() -> None:
    palette = reference_palette([picture(RED, BLUE), picture(GREEN)])
    attention = np.zeros((1, 2, 2, 4, 4), np.float32)
    attention[0, 0, 0, :, 0] = 0.25  # the left edge of the first reference
    attention[0, 1, 1, 2, 2] = 1.0
    looks = looks_at_colors(attention, palette)
    assert looks.shape == (1, 2, 3)
    assert looks[0, 0, number_of(palette, RED)] == 1
    assert looks[0, 1, number_of(palette, GREEN)] == 1


def test_a_section_of_the_canvas_keeps_its_places() -> None:
    weights = np.zeros((8, 8, 1), np.float32)
    weights[:, 4:] = 1
    whole = section(weights, 0, 0, 1, 1)
    np.testing.assert_allclose(whole, weights, atol=1e-6)
    right = section(weights, 0.25, 0.5, 0.5, 0.5)
    assert right.shape == (4, 4, 1)
    assert right[:, 1:].min() == 1
    assert section(weights, 0, 0, 1, 0.25).max() == 0


def test_regions_look_where_their_inner_cells_do() -> None:
    labels = np.ones((64, 64), np.int32)
    labels[:, 32:] = 2
    weights = np.zeros((8, 8, 2), np.float32)
    weights[:, :4, 0] = 0.5
    weights[:, 4:, 1] = 0.02
    looks, seen = looks_of_regions(weights, cell_grid(labels, np.zeros((64, 64), np.uint8), 64, 64), 2)
    assert looks[1, 0] > 0.95
    assert 0.4 < seen[1] < 0.5
    assert not looks[2].any(), "what looked elsewhere says nothing"
    assert 0 < seen[2] < 0.05
