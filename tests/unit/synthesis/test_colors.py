"""Palettes, colour pictures and captions."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.synthesis import (
    COLORS,
    PART_CLASSES,
    Part,
    caption,
    color_picture,
    draw,
    part_caption,
    random_palette,
    visible_parts,
)
from skimage.color import deltaE_ciede2000, rgb2lab

CHARACTER_PARTS = [Part.BACKGROUND, Part.SKIN, Part.HAIR, Part.EYES, *range(Part.TOP, Part.GROUND)]


def test_palettes_have_a_colour_and_a_word_for_every_part() -> None:
    palette = random_palette(np.random.default_rng(0))
    assert palette.colors.shape == (len(PART_CLASSES), 3)
    assert palette.colors.dtype == np.uint8
    assert len(palette.names) == len(PART_CLASSES)
    assert np.array_equal(palette.colors, random_palette(np.random.default_rng(0)).colors)


def test_character_colours_are_well_separated() -> None:
    rng = np.random.default_rng(1)
    nearest = []
    for _ in range(200):
        lab = rgb2lab(random_palette(rng).colors[None] / 255.0)[0][CHARACTER_PARTS]
        distance = deltaE_ciede2000(lab[:, None], lab[None])
        nearest.append(distance[np.triu_indices(len(CHARACTER_PARTS), 1)].min())
    assert np.quantile(nearest, 0.05) > 12


def test_colours_are_near_the_word_that_names_them() -> None:
    rng = np.random.default_rng(2)
    for _ in range(50):
        palette = random_palette(rng)
        for part in CHARACTER_PARTS:
            word = palette.names[part]
            if word in COLORS:
                assert np.abs(palette.colors[part].astype(int) - COLORS[word]).max() <= 6


@pytest.mark.parametrize("part", [Part.HAIR, Part.TOP, Part.BACKGROUND, Part.EYES])
def test_a_parts_colour_cannot_be_guessed(part: Part) -> None:
    rng = np.random.default_rng(3)
    words = [random_palette(rng).names[part] for _ in range(300)]
    assert len(set(words)) > 30
    assert max(words.count(word) for word in set(words)) < 60


def test_flat_pictures_show_the_palettes_colours_off_the_lines() -> None:
    rng = np.random.default_rng(4)
    drawing, palette = draw(rng, 128), random_palette(rng)
    flat = palette.colors[drawing.labels]
    picture = color_picture(drawing, palette, shading=False)
    clear = drawing.ink == 0
    assert np.array_equal(picture[clear], flat[clear])
    full = drawing.ink == 255
    assert full.any()
    assert np.array_equal(np.unique(picture[full], axis=0), np.array([palette.ink]))
    assert np.array_equal(color_picture(drawing, palette, ink=False, shading=False), flat)


def test_shading_darkens_and_never_brightens() -> None:
    rng = np.random.default_rng(5)
    drawing = next(d for d in (draw(rng, 96) for _ in range(50)) if d.shade.min() < 200)
    palette = random_palette(rng)
    shaded = color_picture(drawing, palette, ink=False).astype(int)
    flat = palette.colors[drawing.labels].astype(int)
    assert (shaded <= flat).all()
    assert np.array_equal(shaded[drawing.shade == 255], flat[drawing.shade == 255])
    assert shaded[drawing.shade < 128].mean() < flat[drawing.shade < 128].mean()


def test_captions_name_visible_parts_only_and_the_full_one_names_them_all() -> None:
    rng = np.random.default_rng(6)
    for _ in range(60):
        drawing, palette = draw(rng, 96), random_palette(rng)
        marked = type(palette)(palette.colors, tuple(f"<{part.name}>" for part in Part), palette.ink)
        visible = {f"<{part.name}>" for part in visible_parts(drawing)}
        unseen = {f"<{part.name}>" for part in Part} - visible
        for text in (caption(drawing, marked), *(caption(drawing, marked, rng) for _ in range(5))):
            assert [mark for mark in unseen if mark in text] == []
        silent = {"<EYE_WHITE>", "<MOUTH>"}
        assert [mark for mark in visible - silent if mark not in caption(drawing, marked)] == []


def test_captions_read_well() -> None:
    rng = np.random.default_rng(7)
    drawing, palette = draw(rng, 128, kind="figure"), random_palette(rng)
    text = caption(drawing, palette)
    assert text.startswith("a ")
    assert text.endswith("background")
    assert part_caption(drawing, palette, Part.HAIR) == f"{palette.names[Part.HAIR]} hair"
    assert len({caption(drawing, palette, rng) for _ in range(20)}) > 10
