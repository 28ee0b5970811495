"""Rich drawings: parts, lines, determinism, palettes."""

from __future__ import annotations

import hashlib
from functools import cache

import numpy as np
import pytest
from huebrush_backend.synthesis import (
    ALL_PART_CLASSES,
    PART_CLASSES,
    Drawing,
    Part,
    RichPart,
    caption,
    random_palette,
    vocabulary,
)
from huebrush_backend.synthesis.rich import (
    FEWEST_PARTS,
    LINE_STYLES,
    OPEN_STYLES,
    PARTS_OF_KIND,
    RICH_KINDS,
    draw_rich,
    rich_palette,
)

SEEDS = 50
SMALL = 48
CLOSED_STYLES = tuple(style for style in LINE_STYLES if style not in OPEN_STYLES)


@cache
def drawings_of(kind: str) -> tuple[Drawing, ...]:
    return tuple(draw_rich(np.random.default_rng([seed, 5]), SMALL, kind) for seed in range(SEEDS))


@pytest.mark.parametrize("kind", RICH_KINDS)
def test_every_drawing_shows_at_least_six_parts(kind: str) -> None:
    for drawing in drawings_of(kind):
        counts = np.bincount(drawing.labels.ravel())
        assert (counts >= 0.002 * drawing.labels.size).sum() >= FEWEST_PARTS


@pytest.mark.parametrize("kind", RICH_KINDS)
def test_maps_cover_the_page_with_the_kinds_own_parts(kind: str) -> None:
    seen: set[int] = set()
    for drawing in drawings_of(kind):
        assert drawing.kind == kind
        for plane in (drawing.labels, drawing.ink, drawing.shade):
            assert plane.shape == (SMALL, SMALL)
            assert plane.dtype == np.uint8
        seen.update(int(part) for part in np.unique(drawing.labels))
    assert seen <= {int(part) for part in PARTS_OF_KIND[kind]}
    assert len(seen) >= 2 * FEWEST_PARTS


def test_every_new_part_class_belongs_to_a_kind() -> None:
    drawn = {part for parts in PARTS_OF_KIND.values() for part in parts}
    assert set(RichPart) - drawn == set()


@pytest.mark.parametrize("style", CLOSED_STYLES)
def test_closed_lines_separate_the_parts(style: str) -> None:
    covered, total = 0, 0
    for number, kind in enumerate(RICH_KINDS):
        drawing = draw_rich(np.random.default_rng([number, 3]), 192, kind, style=style)
        labels = drawing.labels
        # Whites of eyes, buttons, cheeks and parts of patterns may have no line of their own; a page-wide wall neither.
        plain = ~np.isin(labels, (Part.EYE_WHITE, Part.EYES, Part.MOUTH, Part.BACKDROP, Part.WALL, RichPart.PATTERN,
                                  RichPart.GROUND_PATTERN, RichPart.CLOTH, RichPart.BUTTON, RichPart.NOSE))  # fmt: skip
        border = np.zeros(labels.shape, bool)
        border[:, 1:] |= (labels[:, 1:] != labels[:, :-1]) & plain[:, 1:] & plain[:, :-1]
        border[1:] |= (labels[1:] != labels[:-1]) & plain[1:] & plain[:-1]
        near = drawing.ink > 30
        near[1:-1, 1:-1] |= near[:-2, 1:-1] | near[2:, 1:-1] | near[1:-1, :-2] | near[1:-1, 2:]
        covered += int((border & near).sum())
        total += int(border.sum())
    assert total > 3000
    assert covered / total > 0.93


def test_line_styles_differ_in_the_ink_that_they_use() -> None:
    shares = {
        style: float(
            np.mean([draw_rich(np.random.default_rng(seed), 128, "animal", 4, style).ink for seed in range(4)])
        )
        for style in LINE_STYLES
    }
    assert shares["hairline"] < 0.6 * shares["even"]
    assert shares["pictogram"] > 1.8 * shares["even"]
    assert shares["coloured"] < shares["brush"]


def test_pencil_and_coloured_lines_are_not_black() -> None:
    for style in ("pencil", "coloured"):
        assert draw_rich(np.random.default_rng(1), 128, "food", style=style).ink.max() < 235


@pytest.mark.parametrize("kind", RICH_KINDS)
def test_the_same_generator_state_draws_the_same_picture(kind: str) -> None:
    first, again, other = (draw_rich(np.random.default_rng(seed), SMALL, kind) for seed in (8, 8, 9))
    for name in ("labels", "ink", "shade"):
        assert np.array_equal(getattr(first, name), getattr(again, name))
    assert not np.array_equal(first.labels, other.labels)


@pytest.mark.parametrize("kind", RICH_KINDS)
def test_geometry_does_not_depend_on_the_size(kind: str) -> None:
    small = draw_rich(np.random.default_rng(3), 96, kind, style="pen")
    large = draw_rich(np.random.default_rng(3), 288, kind, style="pen")
    assert (small.labels == large.labels[1::3, 1::3]).mean() > 0.95


def test_the_generator_is_left_in_the_same_state_whatever_the_size_and_kind() -> None:
    small, large = np.random.default_rng(3), np.random.default_rng(3)
    draw_rich(small, 48, "pattern")
    draw_rich(large, 96)
    assert small.random() == large.random()


@pytest.mark.parametrize("kind", RICH_KINDS)
def test_a_subject_shows_the_same_parts_in_another_pose(kind: str) -> None:
    rng = np.random.default_rng(11)
    first, second = (draw_rich(rng, 96, kind, subject=21) for _ in range(2))
    assert not np.array_equal(first.labels, second.labels)
    shown = [set(np.flatnonzero(np.bincount(drawing.labels.ravel(), minlength=99) > 20)) for drawing in (first, second)]
    assert len(shown[0] & shown[1]) >= 4


def test_unknown_kinds_and_styles_are_refused_with_the_choices() -> None:
    with pytest.raises(ValueError, match=r"animal, vehicle"):
        draw_rich(np.random.default_rng(0), 64, "portrait")
    with pytest.raises(ValueError, match=r"pen, even"):
        draw_rich(np.random.default_rng(0), 64, style="crayon")


def test_old_part_numbers_stay_and_new_ones_are_appended() -> None:
    assert len(PART_CLASSES) == len(Part) == 28
    assert ALL_PART_CLASSES[:28] == PART_CLASSES
    assert [int(part) for part in RichPart] == list(range(28, len(ALL_PART_CLASSES)))
    assert (RichPart.BELLY, RichPart.WHEEL, RichPart.STALK, RichPart.GROUND_PATTERN) == (28, 44, 90, 91)
    assert len(set(ALL_PART_CLASSES)) == len(ALL_PART_CLASSES)
    assert "wheel" not in vocabulary()


def test_palettes_of_today_do_not_change() -> None:
    colors = np.stack([random_palette(np.random.default_rng(seed)).colors for seed in range(3)])
    assert hashlib.sha256(colors.tobytes()).hexdigest()[:16] == "ba33fe2d82edc392"


def test_a_rich_palette_has_a_colour_and_a_word_for_every_class() -> None:
    palette = rich_palette(np.random.default_rng(4))
    assert palette.colors.shape == (len(ALL_PART_CLASSES), 3)
    assert palette.colors.dtype == np.uint8
    assert len(palette.names) == len(ALL_PART_CLASSES)
    again = rich_palette(np.random.default_rng(4))
    assert np.array_equal(palette.colors, again.colors)


def test_parts_of_a_kind_mostly_differ_in_colour() -> None:
    rng = np.random.default_rng(6)
    differing, pairs = 0, 0
    for _ in range(20):
        colors = rich_palette(rng).colors.astype(int)
        for parts in PARTS_OF_KIND.values():
            main = colors[[int(part) for part in parts[:12]]]
            apart = np.abs(main[:, None] - main[None]).max(axis=2) > 24
            differing += int(np.triu(apart, 1).sum())
            pairs += 66
    assert differing / pairs > 0.9


def test_captions_name_the_new_parts() -> None:
    drawing = next(d for d in drawings_of("vehicle") if (d.labels == RichPart.WHEEL).mean() > 0.02)
    palette = rich_palette(np.random.default_rng(2))
    assert f"{palette.names[RichPart.WHEEL]} wheel" in caption(drawing, palette)
