"""What a person and "All suggestions" would put right is measured, and a suggestion that does harm is counted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from huebrush_backend.engine.flats import RegionResult
from huebrush_backend.engine.request import ResultLayer
from huebrush_backend.evaluation import flat_suggestions
from huebrush_backend.evaluation.flat_kinds import DRAWN_KINDS
from huebrush_backend.evaluation.flat_suggestions import (
    MANNERS,
    PALETTES,
    checked_page,
    evaluate_suggestions,
    named_paper,
    suggestions,
    wrong_paper,
)
from huebrush_backend.imaging.color import color_difference, with_alpha
from huebrush_protocol.regions import RegionFix


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flat_suggestions, "SIDES", (280,))


def fix(kind: str, suggested: bool, more: tuple = ()) -> dict[str, Any]:
    return {"kind": kind, "x": 1, "y": 2, "x2": 0, "y2": 0, "color": "#c81e28", "more": more, "suggested": suggested}


def test_only_what_is_suggested_is_applied_and_at_every_spot():
    report = {"places_to_check": [{"fixes": [fix("color", True, ((3, 4, 0, 0),)), fix("merge", False)]}]}
    assert suggestions(report) == [RegionFix("color", x, y, color="#c81e28") for x, y in ((1, 2), (3, 4))]


def test_a_place_names_its_region_in_its_box_and_the_true_shape_at_its_point():
    labels, truth = np.ones((20, 20), np.int32), np.ones((20, 20), np.int32)
    truth[12:18, 12:18] = 2
    place = {"kind": "two_colors", "spots": [(10, 10, 5, 5, 13.0, 13.0)]}
    marked = named_paper(truth, labels, [place])
    assert marked.sum() == 25 + 36 - 9 and marked[17, 17] and not marked[0, 0]
    assert named_paper(truth, labels, [{**place, "kind": "unsure"}]).sum() == 25


def test_pages_take_turns_through_all_manners_and_palettes():
    pages = [checked_page(1, number) for number in range(0, len(MANNERS) * len(PALETTES), len(MANNERS))]
    assert [page.palette is None for page in pages] == [True, False, False, False]
    assert [page.regions.locked for page in pages] == [True, True, True, False]
    assert checked_page(1, 3).regions.color_borders is False
    again = checked_page(1, 3)
    assert (again.picture == checked_page(1, 3).picture).all()


def test_figures_of_a_few_pages():
    figures = evaluate_suggestions(4, 5)
    assert (figures["pages"], figures["made_worse"], figures["unfinished"]) == (4, 0, 0)
    assert figures["first_ten"] is not None and 0 <= figures["first_ten"] <= 1
    assert set(DRAWN_KINDS["suggestions"].headline) <= set(figures)


def test_a_suggestion_that_spoils_a_page_is_counted(monkeypatch: pytest.MonkeyPatch):
    def harmful(report: dict[str, Any]) -> list[RegionFix]:
        return [RegionFix("color", 140.0, 5.0, color="#00ff00")] if report["regions"] else []

    monkeypatch.setattr(flat_suggestions, "suggestions", harmful)
    figures = evaluate_suggestions(1, 5)
    assert figures["made_worse"] == 1 and figures["unfinished"] == 1


def test_with_a_locked_palette_the_nearest_swatch_is_right():
    page = checked_page(1, 2 * len(MANNERS) + 2)  # eight colours of a page that has more
    assert page.palette is not None and len(page.palette.swatches) <= 8
    assert page.regions.locked
    swatch = page.palette.colors
    nearest = np.zeros_like(page.page.colors)
    nearest[:] = swatch[color_difference(page.page.colors[:, None], swatch[None]).argmin(axis=1)]
    flats = with_alpha(nearest[page.truth])
    result = RegionResult((ResultLayer("Flats", flats, 0, 0, "flats"),), {}, (), page.truth)
    assert not wrong_paper(page, result).any()
    flats[:] = (0, 255, 0, 255)
    assert wrong_paper(page, result).mean() > 0.5
