"""The scores on pictures whose worth is known."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.evaluation.metrics import LineFidelity, color_edges, part_changes, score_lines, score_parts
from huebrush_backend.synthesis import PART_CLASSES

SIZE = 64
COLORS = np.zeros((len(PART_CLASSES), 3), np.uint8)
COLORS[:4] = ((240, 240, 240), (200, 30, 30), (30, 60, 200), (40, 160, 60))


def quarters() -> tuple[np.ndarray, np.ndarray]:
    """Four parts in the four quarters, and the ink of the cross between them."""
    labels = np.zeros((SIZE, SIZE), np.uint8)
    labels[:32, 32:], labels[32:, :32], labels[32:, 32:] = 1, 2, 3
    ink = np.zeros((SIZE, SIZE), np.uint8)
    ink[31:33], ink[:, 31:33] = 255, 255
    return labels, ink


def test_the_right_answer_is_right_in_every_part() -> None:
    labels, ink = quarters()
    scores = score_parts(COLORS[labels], labels, ink, labels, COLORS)
    assert [score.part for score in scores] == [0, 1, 2, 3]
    assert all(score.correct and score.delta_e < 0.01 for score in scores)


def test_exchanged_colours_are_wrong_only_where_they_are_exchanged() -> None:
    labels, ink = quarters()
    exchanged = COLORS[np.array([0, 2, 1, 3], np.uint8)[labels]]
    scores = score_parts(exchanged, labels, ink, labels, COLORS)
    assert [score.correct for score in scores] == [True, False, False, True]
    assert scores[1].delta_e > 20


def test_what_changes_between_two_pictures_is_told_for_each_part() -> None:
    labels, ink = quarters()
    other = COLORS.copy()
    other[2] = COLORS[1]
    changes = part_changes(COLORS[labels], other[labels], labels, ink)
    assert list(changes) == [0, 1, 2, 3]
    assert changes[2] > 20
    assert max(changes[part] for part in (0, 1, 3)) < 0.01


def test_a_part_that_the_reference_does_not_show_is_not_scored_and_no_candidate() -> None:
    labels, ink = quarters()
    reference = np.where(labels == 3, 0, labels).astype(np.uint8)
    picture = COLORS[labels].copy()
    picture[labels == 1] = COLORS[3]  # nearest of all is part 3, which the reference does not show
    scores = score_parts(picture, labels, ink, reference, COLORS)
    assert [score.part for score in scores] == [0, 1, 2]
    assert scores[0].correct


def test_a_part_too_small_to_see_is_not_scored() -> None:
    labels, ink = quarters()
    labels[labels == 3] = 2
    labels[50:52, 50:54] = 3  # 8 of 4096 pixels
    assert [score.part for score in score_parts(COLORS[labels], labels, ink, labels, COLORS)] == [0, 1, 2]


def test_parts_that_look_alike_count_as_one() -> None:
    labels, ink = quarters()
    colors = COLORS.copy()
    colors[2] = colors[1] + 1
    swapped = colors[np.array([0, 2, 1, 3], np.uint8)[labels]]
    assert all(score.correct for score in score_parts(swapped, labels, ink, labels, colors))


def test_the_border_and_the_lines_of_a_part_do_not_decide() -> None:
    labels, ink = quarters()
    picture = COLORS[labels].copy()
    picture[ink > 0] = 0
    picture[30:34], picture[:, 30:34] = 0, 0
    assert all(score.correct and score.delta_e < 0.01 for score in score_parts(picture, labels, ink, labels, COLORS))


def test_a_part_that_is_all_lines_is_scored_all_the_same() -> None:
    labels, ink = quarters()
    ink[:] = 255
    assert len(score_parts(COLORS[labels], labels, ink, labels, COLORS)) == 4


def test_lines_between_colours_are_found_and_a_plain_picture_has_none() -> None:
    labels, ink = quarters()
    right = score_lines(COLORS[labels], labels, ink, COLORS)
    assert right.recall == 1
    assert right.precision == 1
    plain = score_lines(np.full((SIZE, SIZE, 3), 128, np.uint8), labels, ink, COLORS)
    assert plain.recall == 0
    assert plain.precision is None


def test_colour_borders_away_from_lines_cost_precision() -> None:
    labels, ink = quarters()
    picture = COLORS[labels].copy()
    picture[8:24, 8:24] = (20, 20, 20)
    lines = score_lines(picture, labels, ink, COLORS)
    assert lines.recall == 1
    assert lines.precision is not None
    assert 0.4 < lines.precision < 0.95


def test_a_line_within_one_part_is_no_border_to_find() -> None:
    labels = np.zeros((SIZE, SIZE), np.uint8)
    ink = np.zeros((SIZE, SIZE), np.uint8)
    ink[30:33] = 255
    assert score_lines(COLORS[labels], labels, ink, COLORS).recall is None


@pytest.mark.parametrize(("step", "seen"), [(40, True), (2, False)])
def test_only_a_visible_step_is_an_edge(step: int, seen: bool) -> None:
    picture = np.full((16, 16, 3), 100, np.uint8)
    picture[:, 8:] += np.uint8(step)
    assert color_edges(picture).any() == seen


def test_line_counts_add_up() -> None:
    assert LineFidelity(1, 2, 3, 4) + LineFidelity(1, 2, 0, 2) == LineFidelity(2, 4, 3, 6)
    assert LineFidelity(1, 2, 3, 4).recall == 0.5
    assert LineFidelity(1, 2, 3, 4).precision == 0.75
