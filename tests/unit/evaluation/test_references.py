"""Kinds of reference, and colours that a reference does not have."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.evaluation.invented import covering_colors, invented_pixels, paper_of_figure
from huebrush_backend.evaluation.metrics import to_lab
from huebrush_backend.evaluation.reference_kinds import OUTSIDE, reference_view
from huebrush_backend.evaluation.sets import EvaluationPair, View

WHITE, RED, BLUE = (255, 255, 255), (200, 20, 20), (20, 40, 200)


@pytest.fixture
def pair() -> EvaluationPair:
    """A pair whose reference has the labels 0 to 39 from left to right, half of the rows with 40 more."""
    labels = np.arange(40)[None].repeat(20, axis=0) + np.where(np.arange(20) < 10, 0, 40)[:, None]
    colors = np.stack([np.arange(80) * 3] * 3, axis=1).astype(np.uint8)
    view = View(colors[labels], labels)
    names = tuple(map(str, range(80)))
    return EvaluationPair(np.full((20, 40), 255, np.uint8), labels, colors, names, view, aligned=view)


@pytest.mark.parametrize(
    ("kind", "corner", "last"),
    [
        ("cross", 0, 79),
        ("mirrored", 39, 40),
        ("upside_down", 79, 0),
        ("shifted_15", 0, 73),
        ("shifted_30", 0, 67),
        ("half_on_white", OUTSIDE, OUTSIDE),
    ],
)
def test_references_are_moved_together_with_their_parts(
    pair: EvaluationPair, kind: str, corner: int, last: int
) -> None:
    view = reference_view(pair, kind)
    assert view is not None
    assert view.labels is not None
    assert view.picture.shape == pair.reference.picture.shape
    assert (view.labels[0, 0], view.labels[-1, -1]) == (corner, last)
    for position in ((0, 0), (-1, -1)):
        label = view.labels[position]
        assert view.picture[position].tolist() == ([255] * 3 if label == OUTSIDE else pair.colors[label].tolist())


def test_a_smaller_reference_is_in_the_middle_of_its_edges_or_of_white(pair: EvaluationPair) -> None:
    smaller, half = reference_view(pair, "scaled_70"), reference_view(pair, "half_on_white")
    assert smaller is not None and smaller.labels is not None and half is not None and half.labels is not None
    assert (smaller.labels[:, :6] == smaller.labels[:, :1]).all(), "the edge is repeated"
    assert len(np.unique(smaller.labels[0])) == 28
    assert (half.labels != OUTSIDE).sum() == 20 * 10
    assert (half.picture == 255).all(axis=2).sum() == 800 - 200


def test_a_set_without_contradicting_references_has_none(pair: EvaluationPair) -> None:
    assert reference_view(pair, "contradicting") is None


def test_only_colours_that_cover_half_a_percent_are_the_references() -> None:
    reference = np.full((100, 100, 3), WHITE, np.uint8)
    reference[:10, :10] = RED
    reference[50, :40] = BLUE  # 0.4 %
    known = covering_colors(reference)
    assert sorted(known[:, 0].round().tolist()) == sorted(
        to_lab(np.array([WHITE, RED], np.uint8))[:, 0].round().tolist()
    )


def test_grain_does_not_hide_a_colour_of_the_reference() -> None:
    noise = np.random.default_rng(0).normal(0, 3, (100, 100, 3))
    reference = (np.full((100, 100, 3), 128.0) + noise).clip(0, 255).astype(np.uint8)
    picture = np.full((10, 10, 3), 128, np.uint8)
    assert invented_pixels(picture, np.ones((10, 10), bool), reference) == (0, 100)


def test_invented_pixels_are_those_far_from_all_colours_of_the_reference() -> None:
    reference = np.full((100, 100, 3), WHITE, np.uint8)
    reference[:10, :10] = RED
    picture = np.full((10, 10, 3), RED, np.uint8)
    picture[0, :3] = BLUE
    picture[1, :2] = (208, 24, 20)  # nearly red
    where = np.ones((10, 10), bool)
    where[9] = False
    assert invented_pixels(picture, where, reference) == (3, 90)
    assert invented_pixels(picture, np.zeros((10, 10), bool), reference) == (0, 0)


def test_lines_and_background_are_no_paper_of_the_figure() -> None:
    labels = np.array([[0, 1, 1, 2]])
    ink = np.array([[0, 0, 255, 40]], np.uint8)
    assert paper_of_figure(labels, frozenset({0}), ink).tolist() == [[False, True, False, True]]
