"""Palettes: taken from pictures, told apart, and snapped to without losing parts."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.colors.region_colors import FIXED, VOTED, RegionColors, override
from huebrush_backend.flats.colors.snap_to_palette import APART, snap
from huebrush_backend.flats.palettes.extraction import extract_palette, line_pixels
from huebrush_backend.flats.palettes.names import color_name
from huebrush_backend.flats.palettes.palette import Palette, make_palette, near_duplicates, parse_hex_list
from huebrush_backend.imaging.color import color_difference
from huebrush_protocol.palettes.swatches import PaletteError, Swatch

Rgb = tuple[int, int, int]
SKIN, HAIR, EYE, GROUND = (252, 214, 186), (124, 78, 46), (54, 200, 196), (198, 228, 248)


def test_hex_lists_are_read_in_every_spelling() -> None:
    palette = parse_hex_list("#aabbcc, DDEEFF;\n#123  aabbcc")
    assert [swatch.rgb for swatch in palette.swatches] == [(170, 187, 204), (221, 238, 255), (17, 34, 51)]
    assert [swatch.hex for swatch in palette.swatches] == ["#aabbcc", "#ddeeff", "#112233"]


@pytest.mark.parametrize("text", ["#aabbcc, teal", "#12345", "", " , ;"])
def test_what_is_no_list_of_colours_is_refused(text: str) -> None:
    with pytest.raises(PaletteError, match=r"not a colour|no colours"):
        parse_hex_list(text)


def test_near_duplicates_are_found_nearest_first() -> None:
    palette = make_palette([Swatch((200, 30, 40)), Swatch((20, 60, 220)), Swatch((203, 30, 40)), Swatch((201, 30, 40))])
    found = near_duplicates(palette)
    assert [pair[:2] for pair in found] == [(0, 3), (2, 3), (0, 2)]
    assert all(0 < distance < 3 for _, _, distance in found)
    assert near_duplicates(palette, least=0.1) == []


def reference(size: int = 256) -> np.ndarray:
    """A head on a ground, with outlines and soft edges; an eye takes one pixel in two thousand."""
    scale = 4
    big = np.empty((size * scale, size * scale, 3), np.uint8)
    big[:] = GROUND
    middle = size * scale // 2

    def disc(x: int, y: int, radius: int, color: Rgb) -> None:
        cv2.circle(big, (x, y), radius, color, -1)
        cv2.circle(big, (x, y), radius, (12, 10, 14), 2 * scale)

    disc(middle, middle - 60 * scale, 60 * scale, HAIR)
    disc(middle, middle, 60 * scale, SKIN)
    disc(middle - 20 * scale, middle, 4 * scale, EYE)
    return np.asarray(cv2.resize(big, (size, size), interpolation=cv2.INTER_AREA))


def test_a_palette_has_the_small_colours_and_none_of_edges_or_lines() -> None:
    palette = extract_palette([reference()])
    assert {swatch.rgb for swatch in palette.swatches} == {GROUND, SKIN, HAIR, EYE}
    assert palette.swatches[0].rgb == GROUND
    assert all(swatch.name for swatch in palette.swatches)


def test_outlines_on_a_dark_area_are_no_colour_and_a_black_area_is_one() -> None:
    brown, black = (71, 48, 36), (8, 6, 10)
    picture = np.full((512, 512, 3), brown, np.uint8)
    for column in range(20, 300, 30):
        cv2.line(picture, (column, 0), (column, 511), black, 3, cv2.LINE_AA)
    assert {swatch.rgb for swatch in extract_palette([picture]).swatches} == {brown}
    picture[:, 400:] = black
    assert {swatch.rgb for swatch in extract_palette([picture]).swatches} == {brown, black}


def test_grain_of_a_dark_area_is_no_line() -> None:
    grain = np.random.default_rng(1).integers(-6, 7, (256, 256, 3))
    for tone in (20, 38, 58):
        picture = np.clip(np.full((256, 256, 3), tone) + grain, 0, 255).astype(np.uint8)
        opaque = np.dstack([picture, np.full((256, 256), 255, np.uint8)])
        assert line_pixels(opaque).mean() < 0.02


def test_a_short_palette_keeps_what_would_be_missed_most() -> None:
    picture = reference()
    picture[:40] = (190, 220, 240)  # much of it, but hardly another colour than the ground
    picture[picture.shape[0] - 40 :] = (205, 236, 255)
    few = {swatch.rgb for swatch in extract_palette([picture], most=4).swatches}
    assert {SKIN, HAIR, EYE} < few


def test_transparent_pixels_give_no_swatch() -> None:
    picture = np.dstack([reference(), np.full((256, 256), 255, np.uint8)])
    picture[:60, :, :3] = (255, 0, 255)
    picture[:60, :, 3] = 0
    assert (255, 0, 255) not in {swatch.rgb for swatch in extract_palette([picture]).swatches}


def test_a_picture_without_even_colours_is_refused() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    with pytest.raises(PaletteError, match="another reference"):
        extract_palette([noise])


def voted(colors: list[Rgb], confidence: float = 0.9) -> RegionColors:
    count = len(colors)
    table = np.array([(0, 0, 0), *colors], np.uint8)
    sources = np.full(count + 1, VOTED, np.uint8)
    return RegionColors(table, np.full(count + 1, confidence, np.float32), sources, table.copy())


def areas(*values: int) -> np.ndarray:
    return np.array([0, *values], np.int64)


def palette_of(*colors: Rgb) -> Palette:
    return make_palette([Swatch(color) for color in colors])


def test_every_region_lands_on_a_swatch_to_the_byte() -> None:
    rng = np.random.default_rng(0)
    colors = voted([tuple(color) for color in rng.integers(0, 256, (300, 3)).tolist()])
    palette = palette_of(SKIN, HAIR, EYE, GROUND)
    snapped, moved = snap(colors, palette, areas(*[50] * 300))
    assert {tuple(color) for color in snapped.colors[1:].tolist()} <= {SKIN, HAIR, EYE, GROUND}
    expected = color_difference(colors.colors[1:], snapped.colors[1:])
    assert np.abs(moved[1:] - expected).max() < 1e-4
    assert moved[0] == 0


def test_different_parts_do_not_collapse_onto_one_swatch() -> None:
    # A white shirt and fair skin: both are nearest to the cream swatch, and paper white is there for one of them.
    shirt, skin = (236, 228, 214), (246, 212, 190)
    cream, white = (246, 226, 206), (255, 255, 255)
    distances = color_difference(np.array([shirt, skin], np.uint8)[:, None], np.array([cream, white], np.uint8)[None])
    assert (distances.argmin(axis=1) == 0).all()
    snapped, _ = snap(voted([shirt, skin]), palette_of(cream, white, HAIR), areas(4000, 3000))
    assert [tuple(color) for color in snapped.colors[1:].tolist()] == [white, cream]


def test_without_a_plausible_swatch_parts_share_one() -> None:
    shirt, skin = (236, 228, 214), (246, 212, 190)
    snapped, _ = snap(voted([shirt, skin]), palette_of((246, 226, 206), (10, 20, 90)), areas(4000, 3000))
    assert tuple(snapped.colors[1]) == tuple(snapped.colors[2]) == (246, 226, 206)


def test_a_shade_of_a_part_is_not_driven_to_another_hue() -> None:
    petals = [(47, 153, 68), (66, 188, 88)]
    green, olive = (47, 153, 68), (105, 142, 41)
    assert color_difference(np.array(petals[:1], np.uint8), np.array(petals[1:], np.uint8))[0] > APART
    snapped, _ = snap(voted(petals), palette_of(green, olive), areas(900, 900))
    assert {tuple(color) for color in snapped.colors[1:].tolist()} == {green}


def test_an_unsure_colour_claims_no_swatch() -> None:
    shirt, skin = (236, 228, 214), (246, 212, 190)
    colors = voted([shirt, skin])
    colors.confidence[1] = 0.2
    snapped, _ = snap(colors, palette_of((246, 226, 206), (255, 255, 255), HAIR), areas(4000, 3000))
    assert tuple(snapped.colors[1]) == (246, 226, 206)


def test_a_part_that_is_on_its_swatch_is_not_driven_off_by_a_larger_one() -> None:
    own, neighbour = (200, 120, 60), (196, 150, 60)
    snapped, _ = snap(voted([own, (205, 100, 90)]), palette_of(own, neighbour), areas(100, 1_000_000))
    assert tuple(snapped.colors[1]) == own


def test_votes_for_one_part_get_one_swatch() -> None:
    hair = [(124 + step, 78 + step, 46) for step in range(-3, 4)]
    snapped, _ = snap(voted(hair), palette_of(HAIR, (136, 88, 54), SKIN), areas(*[500] * 7))
    assert len(np.unique(snapped.colors[1:], axis=0)) == 1


def test_the_artists_own_colours_stay() -> None:
    colors = override(voted([SKIN, HAIR]), {2: (1, 2, 3)})
    snapped, moved = snap(colors, palette_of(EYE, GROUND), areas(10, 10))
    assert tuple(snapped.colors[2]) == (1, 2, 3)
    assert snapped.sources[2] == FIXED
    assert moved[2] == 0


def test_a_region_between_two_swatches_loses_confidence() -> None:
    palette = palette_of((200, 30, 40), (200, 88, 40))
    between, near = snap(voted([(200, 64, 40), (198, 31, 41)]), palette, areas(10, 10))[0].confidence[1:]
    assert between < 0.75 * near


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((0, 0, 0), "black"), ((255, 255, 255), "white"), ((28, 36, 92), "navy"), ((124, 78, 46), "brown"),
        ((252, 214, 186), "fair skin"), ((222, 40, 44), "red"), ((120, 120, 44), "olive"), ((128, 128, 128), "grey"),
        ((255, 216, 226), "pale pink"), ((46, 148, 70), "green"), ((202, 188, 242), "lavender"),
    ],
)  # fmt: skip
def test_colours_have_the_names_people_give_them(rgb: Rgb, name: str) -> None:
    assert color_name(rgb) == name


def test_every_colour_has_a_name() -> None:
    steps = range(0, 256, 17)
    assert all(color_name((r, g, b)) for r in steps for g in steps for b in steps[::3])
