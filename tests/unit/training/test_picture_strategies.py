"""Strategies that change the reference picture: its part labels always go with it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.synthesis import PART_CLASSES
from huebrush_backend.training.data.cells import part_shares
from huebrush_backend.training.strategies.deformation import bend_by_spline, deform
from huebrush_backend.training.strategies.options import Strategies, StrategyError
from huebrush_backend.training.strategies.patch_shuffle import patches_a_side, shuffle_patches, shuffle_some
from huebrush_backend.training.strategies.placement import NO_PART, margin_color, mirror, place, warp

CORNERS = np.array([[0.0, 0.0], [64.0, 0.0], [0.0, 64.0], [64.0, 64.0]])
STILL = Strategies(mirror_share=0, placement_share=0)


def dot(x: int, y: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a grey picture of 64 px with a white square around (x, y), and the label 3 where it is white, else 1."""
    picture, labels = np.full((64, 64, 3), 50, np.uint8), np.ones((64, 64), np.uint8)
    picture[y - 3 : y + 3, x - 3 : x + 3], labels[y - 3 : y + 3, x - 3 : x + 3] = 255, 3
    return picture, labels


def middle(mask: np.ndarray) -> list[float]:
    """Return the (x, y) in the middle of what `mask` covers."""
    rows, columns = np.nonzero(mask)
    return [columns.mean() + 0.5, rows.mean() + 0.5]


def random_planes() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    return rng.integers(256, size=(64, 64, 3), dtype=np.uint8), rng.integers(9, size=(64, 64), dtype=np.uint8)


def test_a_spline_moves_its_points_and_the_labels_with_them() -> None:
    before = np.vstack([CORNERS, [[30.0, 20.0]]])
    after = np.vstack([CORNERS, [[38.0, 29.0]]])
    picture, labels = bend_by_spline(*dot(30, 20), before, after)
    assert middle(picture[..., 0] > 150) == pytest.approx([38, 29], abs=1.2)
    assert middle(labels == 3) == pytest.approx([38, 29], abs=1.2)
    assert set(np.unique(labels)) == {1, 3}
    agreement = (picture[..., 0] > 152) == (labels == 3)
    assert agreement.mean() > 0.99


def test_the_spline_has_as_many_points_as_asked_for_and_moves_them_by_its_deviation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[np.ndarray] = []

    def keep(picture: np.ndarray, labels: np.ndarray, before: np.ndarray, after: np.ndarray):
        seen.append(after - before)
        assert before.min() >= 0 and before.max() <= 64
        return picture, labels

    monkeypatch.setattr("huebrush_backend.training.strategies.deformation.bend_by_spline", keep)
    options, rng = Strategies(deformation="spline", spline_points=12, spline_sigma=20), np.random.default_rng(0)
    for _ in range(400):
        deform(*dot(30, 20), options, rng)
    moves = np.stack(seen)
    assert moves.shape == (400, 12, 2)
    assert moves.std() == pytest.approx(20 * 64 / 224, rel=0.03)
    assert moves.mean() == pytest.approx(0, abs=0.3)


@pytest.mark.parametrize("kind", ["none", "flow", "spline"])
def test_deformations_bend_unless_there_is_none(kind: str) -> None:
    planes = dot(30, 20)
    picture, labels = deform(*planes, Strategies(deformation=kind), np.random.default_rng(5))  # pyright: ignore[reportArgumentType]
    assert picture.shape == planes[0].shape and labels.dtype == np.uint8
    assert np.array_equal(picture, planes[0]) == (kind == "none")
    assert set(np.unique(labels)) <= {1, 3}


def test_mirrored_twice_is_the_same() -> None:
    planes = random_planes()
    once = mirror(*planes)
    assert not np.array_equal(once[0], planes[0])
    for plane, again in zip(planes, mirror(*once), strict=True):
        np.testing.assert_array_equal(plane, again)


def test_references_are_mirrored_and_moved_in_the_shares_that_the_options_say() -> None:
    planes, rng = dot(20, 20), np.random.default_rng(0)
    options = Strategies(mirror_share=0.3, placement_share=0.4)
    results = [place(*planes, options, rng)[0] for _ in range(1500)]
    mirrored = mirror(*planes)[0]
    still = np.mean([np.array_equal(picture, planes[0]) for picture in results])
    turned_over = np.mean([np.array_equal(picture, mirrored) for picture in results])
    assert still == pytest.approx(0.6 * 0.7, abs=0.04)
    assert turned_over == pytest.approx(0.6 * 0.3, abs=0.04)


def test_turn_size_and_stretch_leave_the_middle_where_it_is() -> None:
    options = Strategies(mirror_share=0, placement_share=1, shift=0, stretch=0.4, rotation=30, scale_least=0.6)
    rng = np.random.default_rng(3)
    widths = []
    for _ in range(30):
        picture, labels = place(*dot(32, 32), options, rng)
        assert middle(labels == 3) == pytest.approx([32, 32], abs=1)
        assert middle(picture[..., 0] > 150) == pytest.approx([32, 32], abs=1)
        widths.append((labels == 3).sum())
    assert max(widths) > 2 * min(widths)


def test_a_small_reference_lies_in_a_margin_that_shows_no_part() -> None:
    options = Strategies(
        mirror_share=0, placement_share=1, rotation=0, shift=0, stretch=0, scale_least=0.5, scale_most=0.5,
        margin_share=1, margin="white",
    )  # fmt: skip
    picture, labels = place(*dot(32, 32), options, np.random.default_rng(0))
    assert (picture[:14] == 255).all() and (picture[30, 18] == 50).all()
    assert (labels[:14] == NO_PART).all()
    assert set(np.unique(labels)) == {1, 3, NO_PART}
    assert 0.22 < (labels != NO_PART).mean() < 0.28
    shares = part_shares(labels, 8)
    assert shares.shape == (64, len(PART_CLASSES))
    assert shares[0].sum() == 0  # not even background
    assert shares[27].sum() == pytest.approx(1)


def test_margins_are_white_or_of_any_colour() -> None:
    rng = np.random.default_rng(0)
    drawn = {
        kind: [margin_color(kind, rng) == (255, 255, 255) for _ in range(600)]  # pyright: ignore[reportArgumentType]
        for kind in ("white", "color", "mixed")
    }
    assert all(drawn["white"]) and not any(drawn["color"])
    assert np.mean(drawn["mixed"]) == pytest.approx(0.5, abs=0.06)


def test_a_turn_moves_picture_and_labels_together() -> None:
    matrix = cv2.getRotationMatrix2D((32, 32), 90, 1.0)
    picture, labels = warp(*dot(48, 32), matrix, None)
    assert middle(picture[..., 0] > 150) == pytest.approx([32, 16], abs=1)
    assert middle(labels == 3) == pytest.approx([32, 16], abs=1)


def test_fine_lines_of_a_smaller_picture_stay_whole() -> None:
    picture = np.full((96, 96, 3), 255, np.uint8)
    picture[:, 8::9] = 0
    small, _ = warp(picture, np.zeros((96, 96), np.uint8), cv2.getRotationMatrix2D((48, 48), 10, 0.45), None)
    across = small[40:56, 30:66, 0].astype(int)
    darkest = across.min(axis=1)
    assert darkest.max() < 215, "no row lost its lines"
    assert darkest.std() < 12, "all rows show them alike"


@pytest.mark.parametrize("count", [2, 4, 16])
def test_a_patch_shuffle_is_a_permutation_of_patches(count: int) -> None:
    picture, labels = random_planes()
    order = np.random.default_rng(1).permutation(count * count)
    shuffled, moved = shuffle_patches(picture, labels, order)
    side = 64 // count
    for place_now, place_before in enumerate(order):
        now, before = divmod(place_now, count), divmod(int(place_before), count)
        here, there = (np.s_[r * side : (r + 1) * side, c * side : (c + 1) * side] for r, c in (now, before))
        np.testing.assert_array_equal(shuffled[here], picture[there])
        np.testing.assert_array_equal(moved[here], labels[there])


def test_patches_grow_in_number_over_the_training() -> None:
    counts = [patches_a_side(Strategies(), progress) for progress in (0, 0.19, 0.21, 0.41, 0.61, 0.81, 1)]
    assert counts == [2, 2, 4, 8, 16, 32, 32]
    same = Strategies(patch_shuffle_least=4, patch_shuffle_most=4)
    assert {patches_a_side(same, progress) for progress in (0, 0.5, 1)} == {4}


def test_a_share_of_references_is_shuffled_and_only_these_turned(monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[float] = []

    def keep(picture: np.ndarray, labels: np.ndarray, degrees: float):
        turns.append(degrees)
        return picture, labels

    monkeypatch.setattr("huebrush_backend.training.strategies.patch_shuffle.turn", keep)
    planes, rng = random_planes(), np.random.default_rng(0)
    options = Strategies(patch_shuffle_share=0.3, patch_shuffle_rotation=45)
    changed = [not np.array_equal(shuffle_some(*planes, options, 1.0, rng)[0], planes[0]) for _ in range(1000)]
    assert np.mean(changed) == pytest.approx(0.3, abs=0.04)
    assert len(turns) == sum(changed)
    assert -45 <= min(turns) < -35 and 35 < max(turns) <= 45


def test_patches_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="3 x 3"):
        shuffle_patches(*random_planes(), np.arange(9))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"copy_share": 1.2}, "copy_share"),
        ({"spline_sigma": -1}, "spline_sigma"),
        ({"reference_drop_end": 2}, "reference_drop_end"),
        ({"scale_least": 2.0}, "--scale-most"),
        ({"spline_points": 2}, "spline_points"),
        ({"patch_shuffle_least": 8, "patch_shuffle_most": 4}, "--patch-shuffle-most"),
        ({"reference_drop_every": 0}, "reference_drop_every"),
        ({"gram_start": 1.0}, "gram_start"),
        ({"gram_weight": 1, "gram_blocks": ()}, "--gram-blocks"),
    ],
)
def test_options_out_of_range_are_refused_by_name(wrong: dict, said: str) -> None:
    with pytest.raises(StrategyError, match=said):
        Strategies(**wrong)
