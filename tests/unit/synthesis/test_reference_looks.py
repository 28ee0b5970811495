"""How references look: labels move with the picture, cameras leave them alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from huebrush_backend.synthesis.rich import ONLY_PLACED, ReferenceLooks, reference_look
from huebrush_backend.synthesis.rich.reference_looks import NO_PART
from huebrush_backend.training.strategies import placement

SIZE = 96
STILL = replace(ONLY_PLACED, mirror_share=0, place_share=0)
CAMERAS = ("light", "vignette", "tint", "paper", "blur", "noise", "jpeg")


def marked_picture() -> tuple[np.ndarray, np.ndarray]:
    """Make a picture whose colours tell the labels: grey 10 per label, in blocks."""
    labels = np.kron(np.random.default_rng(0).integers(1, 20, (6, 6)), np.ones((16, 16))).astype(np.uint8)
    return np.repeat((labels * 10)[..., None], 3, axis=2), labels


@pytest.mark.parametrize("seed", range(12))
def test_labels_move_with_the_picture(seed: int) -> None:
    looks = replace(ONLY_PLACED, place_share=1, margin_share=seed % 2)
    picture, labels = reference_look(np.random.default_rng(seed), *marked_picture(), looks)
    inside = labels != NO_PART
    assert picture.shape == (SIZE, SIZE, 3)
    assert labels.shape == (SIZE, SIZE)
    assert inside.mean() > 0.04
    agree = np.abs(picture[..., 0].astype(int) - labels.astype(int) * 10) <= 4
    assert agree[inside].mean() > 0.6  # borders of blocks are mixed
    shuffled = np.abs(picture[..., 0].astype(int) - np.roll(labels, 20, axis=0).astype(int) * 10) <= 4
    assert agree[inside].mean() > 2 * shuffled[inside].mean()


def test_mirroring_turns_picture_and_labels_round() -> None:
    picture, labels = marked_picture()
    mirrored, mirrored_labels = reference_look(
        np.random.default_rng(0), picture, labels, replace(STILL, mirror_share=1)
    )
    assert np.array_equal(mirrored, picture[:, ::-1])
    assert np.array_equal(mirrored_labels, labels[:, ::-1])


def test_margins_are_no_part_and_white_when_asked_for() -> None:
    looks = replace(STILL, place_share=1, scale_most=0.5, margin_share=1, white_margin_share=1, any_turn_share=0)
    for seed in range(5):
        picture, labels = reference_look(np.random.default_rng(seed), *marked_picture(), looks)
        assert 0.6 < (labels == NO_PART).mean() < 0.97
        far = labels == NO_PART
        far[1:-1, 1:-1] &= far[:-2, 1:-1] & far[2:, 1:-1] & far[1:-1, :-2] & far[1:-1, 2:]
        assert (picture[far] == 255).mean() > 0.98


def test_the_margin_is_what_training_takes_for_no_part() -> None:
    assert NO_PART == placement.NO_PART


def test_without_margins_no_pixel_is_without_a_part() -> None:
    looks = replace(STILL, place_share=1, margin_share=0)
    labels = reference_look(np.random.default_rng(2), *marked_picture(), looks)[1]
    assert (labels != NO_PART).all()


def test_nothing_happens_when_all_shares_are_zero() -> None:
    picture, labels = marked_picture()
    same, same_labels = reference_look(np.random.default_rng(1), picture, labels, STILL)
    assert np.array_equal(same, picture)
    assert np.array_equal(same_labels, labels)


@pytest.mark.parametrize("camera", CAMERAS)
def test_a_camera_changes_the_picture_a_little_and_no_label(camera: str) -> None:
    picture, labels = marked_picture()
    looks = replace(STILL, **{f"{camera}_share": 1.0})
    changed, same = reference_look(np.random.default_rng(3), picture, labels, looks)
    difference = np.abs(changed.astype(int) - picture)
    assert np.array_equal(same, labels)
    assert 0 < difference.mean() < 25


def test_the_same_generator_state_gives_the_same_look() -> None:
    first, again = (reference_look(np.random.default_rng(5), *marked_picture(), ReferenceLooks()) for _ in range(2))
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[1], again[1])
