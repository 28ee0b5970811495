"""Figures of coloured pictures: which colours are right, how wide regions are, and how pictures are painted."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.evaluation import flat_colored, flat_sketches
from huebrush_backend.evaluation.flat_colored import ColoredTally, evaluate_colored, painting_of, right_pairs, widths
from huebrush_backend.evaluation.flat_metrics import spread
from huebrush_backend.evaluation.flat_sketches import closed_page
from huebrush_backend.evaluation.rough_paintings import MANNERS, OFFSET, Painted
from huebrush_backend.flats.colors.colored_paint import has_transparency
from huebrush_backend.flats.colors.region_colors import NONE, VOTED, RegionColors

RED, NEARLY_RED, WHITE, BLUE = (200, 30, 40), (196, 32, 40), (255, 255, 255), (30, 60, 210)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flat_sketches, "LONGER_SIDES", (320,))


def found(*colors: tuple[int, int, int] | None) -> RegionColors:
    """Colours of regions; None leaves one unpainted."""
    result = RegionColors.unpainted(len(colors))
    for number, color in enumerate(colors, 1):
        result.sources[number] = NONE if color is None else VOTED
        result.colors[number] = color or (0, 0, 0)
    return result


def painted(paper: tuple[int, int, int] | None = None, bare: int = 0) -> Painted:
    """A picture with a red and a white region, of which number `bare` has no paint."""
    colors = np.array([(0, 0, 0), RED, WHITE], np.uint8)
    bares = np.arange(3) == bare
    bares[0] = False
    return Painted(np.zeros((1, 1, 4), np.uint8), colors, bares, None if paper is None else np.array(paper, np.uint8))


def test_a_colour_is_right_if_it_is_near_and_no_paint_if_there_is_none() -> None:
    colors = found(NEARLY_RED, BLUE, None)
    assert right_pairs(painted(), colors)[1:, 1:].tolist() == [[True, False, False], [False, False, False]]
    assert right_pairs(painted(bare=1), colors)[1:, 1:].tolist() == [[False, False, True], [False, False, False]]
    assert right_pairs(painted(paper=WHITE), colors)[1:, 1:].tolist() == [[True, False, False], [False, False, True]]


def test_regions_are_as_wide_as_the_circle_that_fits_in() -> None:
    labels = np.zeros((60, 100), np.int32)
    labels[10:40, 10:90], labels[45:50, 10:90] = 1, 2
    assert widths(labels, 2)[1:] == pytest.approx([30, 5], abs=1.5)


def test_shares_are_of_all_manners_together() -> None:
    tally = ColoredTally({"exact": [1.0], "soft": [0.5, 0.6]}, {"exact": 3, "soft": 1}, {"exact": 3, "soft": 0})
    figures = tally.summary()
    assert (figures["pages"], figures["area_right"], figures["regions_right"]) == (3, 0.7, 0.75)
    assert figures["regions_right_by_manner"] == {"exact": 1.0, "soft": 0.0}
    assert ColoredTally().summary()["regions_right"] is None


def test_manners_are_told_apart_and_have_their_faults() -> None:
    page = closed_page(0, 0)
    truth = spread(page.truth)
    pictures = {manner: painting_of(page, truth, manner) for manner in MANNERS}
    exact = pictures["exact"].pixels
    height, width = truth.shape
    assert pictures["other_size"].pixels.shape[:2] != (height, width)
    assert np.array_equal(painting_of(page, truth, "scanned").pixels, pictures["scanned"].pixels), "always the same"
    for manner in ("over_lines", "offset", "soft", "textured", "compressed", "scanned"):
        assert (pictures[manner].pixels != exact).any(axis=2).mean() > 0.01, manner
    assert pictures["missed"].bare.any() and pictures["in_part"].bare.any()
    assert pictures["scanned"].paper is not None and not has_transparency(pictures["scanned"].pixels)
    lies_off = np.argwhere((pictures["offset"].pixels[..., 3] == 0) & (exact[..., 3] > 0))
    assert len(lies_off) > 0 and OFFSET * max(height, width) > 3


def test_a_wrong_vote_is_seen_in_the_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    right = evaluate_colored(2, 4)
    assert right["area_right"] > 0.97 and right["regions_right"] > 0.95

    def grey(*given: object) -> RegionColors:
        colors = vote(*given)  # type: ignore[arg-type]
        colors.colors[1:] = 127
        return colors

    vote = flat_colored.vote_by_paint
    monkeypatch.setattr(flat_colored, "vote_by_paint", grey)
    assert evaluate_colored(2, 4)["area_right"] < 0.5
