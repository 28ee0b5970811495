"""The suite reports right flats as right, and each fault under its own name, closed and gapped apart."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from drawn_pages import SMALL_PAGE, drawn_page
from huebrush_backend.evaluation import flat_suite
from huebrush_backend.evaluation.flat_metrics import Chooser, right_colors, spread
from huebrush_backend.evaluation.flat_suite import Flats, evaluate_flats


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(flat_suite.SIZES, "2k", SMALL_PAGE)
    monkeypatch.setattr(flat_suite, "draw_flat_page", drawn_page)


def plain_flats(lines: np.ndarray, gap: float, choose: Chooser) -> Flats:
    """What the lines enclose, without closing anything: right where no line has a gap."""
    ink = 255 - lines[..., 0]
    _, found = cv2.connectedComponents((ink < 64).astype(np.uint8), connectivity=4)
    labels = spread(np.asarray(found, np.int32))
    return Flats(labels, np.dstack([choose(labels)[labels], np.full(ink.shape, 255, np.uint8)]))


def report(make: Any, *variants: str) -> dict[str, Any]:
    return evaluate_flats(make, ["2k"], variants, 1, 7)


def test_flats_that_follow_closed_lines_have_no_fault_and_gaps_merge_regions() -> None:
    told: list[str] = []
    result = evaluate_flats(plain_flats, ["2k"], ["aa", "gapped"], 1, 7, told.append)
    closed, gapped = result["closed"], result["gapped"]
    assert result["sizes"]["2k"]["variants"]["aa"] == closed
    for name in ("leak_pixels", "leak_spots", "halo_pixels", "gap_count", "splits", "merges"):
        assert closed[name] == 0, name
    assert closed["regions_right"] == closed["colors_right"] == 1.0
    assert closed["line_layer_identical"] is True
    assert "known_gaps" not in closed
    assert gapped["regions_right"] < 1
    assert gapped["merges"] > 0
    assert gapped["leak_pixels"] > 0
    assert sum(step["gaps"] for step in gapped["known_gaps"]) > 3
    assert sum(step["closed"] for step in gapped["known_gaps"]) == 0
    assert result["deterministic"] is True
    assert any("gapped" in what for what in told)


def test_a_maker_that_paints_on_the_lines_is_found_out() -> None:
    def spoil(lines: np.ndarray, gap: float, choose: Chooser) -> Flats:
        flats = plain_flats(lines, gap, choose)
        lines[0, 0] = 7
        return flats

    assert report(spoil, "aa")["closed"]["line_layer_identical"] is False


def test_holes_under_soft_edges_and_inside_regions_are_told_apart() -> None:
    def holes(lines: np.ndarray, gap: float, choose: Chooser) -> Flats:
        flats = plain_flats(lines, gap, choose)
        flats.pixels[lines[..., 0] < 255, 3] = 0
        flats.pixels[2:5, 2:5, 3] = 0
        return flats

    closed = report(holes, "aa")["closed"]
    assert closed["halo_pixels"] > 100
    assert (closed["gap_count"], closed["gap_pixels"]) == (1, 9)


def test_a_maker_that_rolls_dice_is_not_deterministic() -> None:
    rng = np.random.default_rng(1)

    def dice(lines: np.ndarray, gap: float, choose: Chooser) -> Flats:
        flats = plain_flats(lines, gap, choose)
        flats.pixels[0, 0, 0] = rng.integers(256)
        return flats

    result = report(dice, "aa")
    assert result["deterministic"] is False
    assert result["gapped"] is None


def test_each_found_region_gets_the_colour_of_what_it_covers_most() -> None:
    truth = np.array([[1, 1, 1, 2]], np.int32)
    colors = np.array([(0, 0, 0), (9, 9, 9), (5, 5, 5)], np.uint8)
    choose = right_colors(truth, truth, colors)
    assert choose(np.array([[1, 1, 1, 1]], np.int32))[1].tolist() == [9, 9, 9]
    assert choose(np.array([[1, 2, 2, 3]], np.int32))[1:, 0].tolist() == [9, 9, 5]


def test_what_lies_under_the_ink_gives_its_colour_to_regions_of_ink_alone() -> None:
    truth, spread_labels = np.array([[0, 0, 0, 2]], np.int32), np.array([[1, 1, 1, 2]], np.int32)
    choose = right_colors(truth, spread_labels, np.array([(0, 0, 0), (9, 9, 9), (5, 5, 5)], np.uint8))
    assert choose(np.array([[1, 2, 2, 2]], np.int32))[1:, 0].tolist() == [9, 5]


def test_shaded_pages_have_a_total_of_their_own() -> None:
    result = report(plain_flats, "aa", "screentone")
    variants = result["sizes"]["2k"]["variants"]
    assert result["closed"] == variants["aa"] and result["shaded"] == variants["screentone"]


def test_other_seeds_are_other_pages() -> None:
    first, other = report(plain_flats, "aa")["closed"], evaluate_flats(plain_flats, ["2k"], ["aa"], 1, 8)["closed"]
    assert first["regions"] != other["regions"]
