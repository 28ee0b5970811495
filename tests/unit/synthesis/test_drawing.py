"""Drawings: determinism, labels, ink and size."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.synthesis import KINDS, PART_CLASSES, Part, design, draw, line_art


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_generator_state_draws_the_same_picture(kind: str) -> None:
    first = draw(np.random.default_rng(5), 128, kind=kind)
    second = draw(np.random.default_rng(5), 128, kind=kind)
    other = draw(np.random.default_rng(6), 128, kind=kind)
    for name in ("labels", "ink", "shade"):
        assert np.array_equal(getattr(first, name), getattr(second, name))
    assert not np.array_equal(first.labels, other.labels)
    assert first.kind == kind


def test_maps_have_the_size_asked_for_and_valid_values() -> None:
    drawing = draw(np.random.default_rng(1), 96)
    for plane in (drawing.labels, drawing.ink, drawing.shade):
        assert plane.shape == (96, 96)
        assert plane.dtype == np.uint8
    assert drawing.labels.max() < len(PART_CLASSES)
    assert np.array_equal(line_art(drawing), 255 - drawing.ink)


@pytest.mark.parametrize(("seed", "times"), [(0, 3), (1, 3), (2, 3), (3, 3), (4, 5), (5, 5)])
def test_geometry_does_not_depend_on_the_size(seed: int, times: int) -> None:
    small = draw(np.random.default_rng(seed), 128)
    large = draw(np.random.default_rng(seed), 128 * times)
    agreement = (small.labels == large.labels[times // 2 :: times, times // 2 :: times]).mean()
    assert small.kind == large.kind
    assert agreement > 0.97


def test_the_generator_is_left_in_the_same_state_whatever_the_size() -> None:
    small, large = np.random.default_rng(3), np.random.default_rng(3)
    draw(small, 64)
    draw(large, 256)
    assert small.random() == large.random()


def test_every_class_occurs_in_a_few_hundred_drawings() -> None:
    rng = np.random.default_rng(0)
    seen = np.zeros(len(PART_CLASSES), dtype=bool)
    for _ in range(300):
        seen[np.unique(draw(rng, 96).labels)] = True
        if seen.all():
            break
    assert [name for name, found in zip(PART_CLASSES, seen, strict=True) if not found] == []


def test_class_names_are_the_parts_in_order() -> None:
    assert len(PART_CLASSES) == len(Part)
    assert PART_CLASSES[0] == "background"
    assert PART_CLASSES[Part.EYE_WHITE] == "eye white"


def test_borders_between_parts_are_inked() -> None:
    covered, total = 0, 0
    rng = np.random.default_rng(8)
    for _ in range(24):
        drawing = draw(rng, 256)
        labels = drawing.labels
        # The white of the eye has no outline: the lashes bound it. Its borders are left out here.
        plain = (labels != Part.EYE_WHITE) & (labels != Part.EYES)
        border = np.zeros(labels.shape, dtype=bool)
        border[:, 1:] |= (labels[:, 1:] != labels[:, :-1]) & plain[:, 1:] & plain[:, :-1]
        border[1:] |= (labels[1:] != labels[:-1]) & plain[1:] & plain[:-1]
        near = drawing.ink > 40
        near[1:-1, 1:-1] |= near[:-2, 1:-1] | near[2:, 1:-1] | near[1:-1, :-2] | near[1:-1, 2:]
        covered += int((border & near).sum())
        total += int(border.sum())
    assert total > 10_000
    assert covered / total > 0.93


def test_line_art_is_mostly_paper_with_solid_lines() -> None:
    rng = np.random.default_rng(9)
    shares = [(draw(rng, 192).ink > 128).mean() for _ in range(20)]
    assert 0.02 < float(np.mean(shares)) < 0.2


def test_a_design_is_drawn_again_in_another_pose() -> None:
    rng = np.random.default_rng(4)
    character = design(rng)
    first, second = (draw(rng, 128, design=character, kind="figure") for _ in range(2))
    assert first.design == second.design == character
    assert not np.array_equal(first.labels, second.labels)
    assert Part.HAIR in np.unique(first.labels)
    assert Part.HAIR in np.unique(second.labels)


def test_a_given_design_is_never_left_out() -> None:
    rng = np.random.default_rng(2)
    character = design(rng)
    assert all(draw(rng, 64, design=character).kind != "scene" for _ in range(30))


def test_an_unknown_kind_is_refused_with_the_choices() -> None:
    with pytest.raises(ValueError, match=r"bust, half, figure, scene"):
        draw(np.random.default_rng(0), 64, kind="portrait")
