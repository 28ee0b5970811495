"""Figures of spilled colour: which paper counts, how pictures spill, and that they are made as in a user's job."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.evaluation import flat_sketches, flat_spilled
from huebrush_backend.evaluation.flat_metrics import spread
from huebrush_backend.evaluation.flat_spilled import (
    SpilledPage,
    SpilledTally,
    evaluate_spilled,
    right_picture,
    spilled_page,
    spilled_picture_of,
)
from huebrush_backend.evaluation.spilled_pictures import region_borders
from huebrush_backend.synthesis.sketch_pages import OPEN_KINDS, SketchPage

CYAN = (30, 160, 230)
RED, BLUE, DARK_RED, ORANGE = (200, 30, 40), (30, 60, 210), (150, 20, 30), (210, 150, 40)


def halves() -> tuple[SketchPage, np.ndarray]:
    """A page of a red and a blue half with a line between them, and its labels."""
    truth = np.ones((40, 60), np.int32)
    truth[:, 30:] = 2
    ink = np.zeros((40, 60), np.uint8)
    ink[:, 29:31] = 255
    colors = np.array([(0, 0, 0), RED, BLUE], np.uint8)
    lines = np.dstack([255 - ink] * 3 + [np.full_like(ink, 255)])
    page = SketchPage(1, "closed", ink, lines, np.where(ink > 0, 0, truth), colors, np.zeros(3, int), 2.0, ())
    return page, truth


def test_paper_is_spilled_where_it_is_nearer_to_the_neighbours_colour() -> None:
    page, truth = halves()
    right = page.colors[truth]
    picture = right.copy()
    picture[:10, 8:29] = BLUE
    picture[10:20, :20] = ORANGE
    picture[20:30, :20] = DARK_RED
    shaded = right.copy()
    shaded[20:30, :20] = DARK_RED
    spilled, off = SpilledPage(page, truth, [right, shaded], page.colors).spilled(picture)
    assert spilled[:10, 8:29].all() and spilled.sum() == 10 * 21
    assert off[10:20, :20].min() > 20 and off[20:30].max() < 1


def test_soft_transitions_between_own_tones_are_no_spills_whatever_the_neighbour_has() -> None:
    page, truth = halves()
    right = page.colors[truth]
    right[:, :14] = CYAN
    softest, soft = right.copy(), right.copy()
    softest[:, :30] = (np.array(RED) + CYAN) // 2
    share = np.linspace(0, 1, 30)[:, None]
    soft[:, :30] = np.rint(share * RED + (1 - share) * CYAN)
    between = page.colors.copy()
    between[2] = soft[0, 8]
    hard = SpilledPage(page, truth, [right], between)
    assert hard.spilled(soft)[0].any()
    judged = SpilledPage(page, truth, [right, softest], between)
    assert not judged.spilled(soft)[0].any()
    patch = soft.copy()
    patch[:10, 20:30] = CYAN
    patch[10:20, 20:30] = soft[0, 8]
    assert judged.spilled(patch)[0][10:20, 20:29].all()


def test_a_shadow_that_lies_a_bit_off_in_its_own_region_is_no_spill() -> None:
    page, truth = halves()
    right = page.colors[truth]
    right[:, :10] = DARK_RED
    near_shadow = page.colors.copy()
    near_shadow[2] = (140, 25, 25)
    picture = right.copy()
    picture[:, 10:18] = DARK_RED
    strict = SpilledPage(page, truth, [right], near_shadow)
    assert strict.spilled(picture)[0][:, 10:18].all()
    judged = SpilledPage(page, truth, [right], near_shadow, moved=5)
    spilled, _ = judged.spilled(picture)
    assert not spilled[:, 10:15].any() and spilled[:, 15:18].all()
    picture[:, 20:29] = near_shadow[2]
    assert judged.spilled(picture)[0][:, 20:29].all()


def test_open_drawings_are_open_in_all_ways_and_counted_apart_with_light_and_shade(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flat_sketches, "LONGER_SIDES", (320,))
    opened = [number for number in range(25) if number % flat_spilled.OPEN_PAGES == 1]
    pages = [spilled_page(3, number) for number in opened]
    assert sorted(page.kind for page in pages) == sorted(OPEN_KINDS)
    kinds = [right_picture(page, spread(page.truth), number)[1] for page, number in zip(pages, opened, strict=True)]
    assert kinds == ["open", "open", "open_shaded", "open", "open"]


def test_a_patch_that_lies_over_no_line_is_no_spill_of_a_model() -> None:
    page, truth = halves()
    right = page.colors[truth]
    picture = right.copy()
    picture[:10, :20] = BLUE
    for known, count in ((True, 10 * 20), (False, 0)):
        judged = SpilledPage(page, truth, [right], page.colors, right_known=known)
        assert judged.spilled(picture)[0].sum() == count


def test_a_region_that_a_model_painted_in_two_colours_spilled_nothing() -> None:
    page, truth = halves()
    small = np.where(np.arange(60) < 50, truth, 1)
    colors = page.colors[small]
    picture = colors.copy()
    picture[:36, :30] = BLUE
    for known, count in ((True, 36 * 29), (False, 0)):
        judged = SpilledPage(page, small, [colors], page.colors, right_known=known)
        assert judged.spilled(picture)[0].sum() == count


def test_a_third_colour_that_a_model_painted_is_no_spill_of_the_neighbour() -> None:
    """The white of a background painted half brown, half white may be nearer to a teal neighbour than to brown."""
    page, truth = halves()
    brown, teal, white = (112, 64, 24), (20, 128, 128), (245, 245, 240)
    colors = np.array([(0, 0, 0), brown, teal], np.uint8)
    picture = colors[truth]
    picture[:14, 20:29] = white
    picture[30:, 20:29] = teal
    spilled = {}
    for known in (True, False):
        judged = SpilledPage(page, truth, [colors[truth]], colors, right_known=known)
        spilled[known] = judged.spilled(picture)[0]
        assert spilled[known][30:, 20:29].all()
    assert spilled[True][:14, 20:29].all() and not spilled[False][:14].any()


def test_the_line_itself_does_not_count_and_what_is_made_worse_does() -> None:
    page, truth = halves()
    right = page.colors[truth]
    tally, known = SpilledTally(), SpilledPage(page, truth, [right], page.colors)
    before, after = right.copy(), right.copy()
    before[:20, :] = BLUE
    after[30:, 31:] = CYAN
    tally.add(known, before, after)
    figures = tally.summary()
    assert figures["before"] == pytest.approx(20 * 29 / (40 * 58), abs=1e-3)
    assert figures["after"] == 0
    assert figures["harmed"] == pytest.approx(10 * 29 / (40 * 58), abs=1e-3)
    assert figures["delta_e_before"] > figures["delta_e_after"] > 0


def test_a_simulated_picture_spills_and_is_always_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flat_sketches, "LONGER_SIDES", (320,))
    page = spilled_page(3, 0)
    truth = spread(page.truth)
    right, kind = right_picture(page, truth, 0)
    picture = spilled_picture_of(page, truth, right)
    assert kind == "plain"
    assert np.array_equal(picture, spilled_picture_of(page, truth, right))
    assert region_borders(truth).shape[0] == 4


def test_pages_are_scored_before_and_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flat_sketches, "LONGER_SIDES", (420,))
    monkeypatch.setattr(flat_spilled, "MODEL_PAGES", 100)
    steps = []
    figures = evaluate_spilled(2, 4, steps.append)
    assert figures["pages"] == len(steps) == 2
    assert 0 < figures["after"] < figures["before"]
    assert figures["delta_e_after"] < figures["delta_e_before"]
    kinds = figures["by_kind"]
    assert [kinds[name]["pages"] for name in ("plain", "shaded", "open", "open_shaded", "model")] == [1, 0, 1, 0, 0]
