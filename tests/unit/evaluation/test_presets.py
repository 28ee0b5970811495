"""Figures of presets: what counts as right on which page, how two ways are compared, and which pages they are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from huebrush_backend.engine.request import ColorizeRequest, ColorizeResult, EventCallback, ResultLayer
from huebrush_backend.evaluation import preset_suite
from huebrush_backend.evaluation.preset_pages import PRESET_PAGES, PresetPage, comic_page, inked_page
from huebrush_backend.evaluation.preset_suite import GOALS, HIGHER_IS_BETTER, evaluate_presets, page_figures
from huebrush_backend.imaging.color import with_alpha
from huebrush_backend.synthesis.flat_truth import INK
from huebrush_protocol.parameter_ranges import validate_parameters
from huebrush_protocol.presets import PRESETS

RED, BLUE = (200, 30, 40), (30, 60, 210)


def halves() -> PresetPage:
    """Red on the left, blue on the right, ten rows of paper below."""
    right = np.full((50, 80, 3), 255, np.uint8)
    right[:40, :40], right[:40, 40:] = RED, BLUE
    judged = np.zeros((50, 80), bool)
    judged[:40] = True
    return PresetPage(with_alpha(np.full_like(right, 255)), right, right, judged, ~judged)


def layer(colors: np.ndarray, alpha: np.ndarray | None = None, kind: str = "picture") -> ResultLayer:
    return ResultLayer(kind, with_alpha(colors, alpha), kind=kind)


def test_the_right_colours_are_right_and_paper_stays_unpainted() -> None:
    page = halves()
    alpha = np.where(page.judged, np.uint8(255), np.uint8(0))
    found = page_figures(page, [layer(page.right, alpha)])
    assert found == {"right": 1, "difference": 0, "lost": 0, "one_color": 1, "paper_painted": 0}
    assert page_figures(page, [layer(page.right)])["paper_painted"] == 1


def test_wrong_uneven_and_missing_colours_are_counted() -> None:
    page = halves()
    painted = page.right.copy()
    painted[:40, :10] = BLUE  # an eighth of the paper is lost
    painted[:40, 40:50, 1] += 2  # an eighth is nearly right, but not the same colour
    found = page_figures(page, [layer(painted)])
    assert found["right"] == pytest.approx(7 / 8) and found["lost"] == pytest.approx(1 / 8)
    assert found["one_color"] == pytest.approx(6 / 8)
    assert 0 < found["difference"] < 25
    nothing = page_figures(page, [layer(painted, np.zeros((50, 80), np.uint8))])
    assert nothing["right"] == 0 and nothing["one_color"] == 1, "white, evenly"


def test_layers_are_judged_together_and_without_their_lines() -> None:
    page = halves()
    left = np.zeros((50, 80), np.uint8)
    left[:40, :40] = 255
    lines = layer(np.zeros((50, 80, 3), np.uint8), kind="lines")
    parts = [layer(page.right, left, "color"), layer(page.right, 255 - left, "color"), lines]
    assert page_figures(page, parts)["right"] == 1
    shade = ResultLayer("Shade", with_alpha(np.full_like(page.right, 128)), blend="multiply")
    assert page_figures(page, [parts[0], parts[1], shade])["right"] == 0


class Painter:
    """Paints the right colours with a preset, else those that `default` makes of them."""

    def __init__(self, page: PresetPage, default: Callable[[int], np.ndarray]) -> None:
        self._page, self._default, self.requests = page, default, list[ColorizeRequest]()

    def device_description(self) -> str:
        return "test"

    def colorize(
        self, request: ColorizeRequest, on_event: EventCallback, is_cancelled: Callable[[], bool]
    ) -> ColorizeResult:
        self.requests.append(request)
        is_preset = request.parameters.regions.result != "picture"
        colors = self._page.right if is_preset else self._default(request.parameters.seed)
        return ColorizeResult((layer(colors),), {})


@pytest.mark.parametrize("better", [True, False])
def test_a_preset_is_better_if_all_its_goals_are(monkeypatch: pytest.MonkeyPatch, better: bool) -> None:
    page, steps = halves(), list[str]()

    def default(number: int) -> np.ndarray:
        painted = page.right.copy()
        if better or number == 1:  # on one page of four, chance
            painted[:40, : 10 + number] = BLUE
        return painted

    painter = Painter(page, default)
    monkeypatch.setattr(preset_suite, "PRESET_PAGES", dict.fromkeys(PRESETS, lambda seed, number: page))
    ((name, found),) = evaluate_presets(painter, 4, 7, ("inks",), steps.append)
    assert (name, found["pages"], len(steps)) == ("inks", 4, 4)
    assert found["right"]["preset"] == 1
    assert found["right"]["gain"] == pytest.approx(1 - found["right"]["default"])
    assert found["lost"]["gain"] > 0, "less is better"
    assert found["better"] is better
    pairs = [(each.parameters.seed, each.parameters.regions.result) for each in painter.requests]
    assert pairs == [(number, result) for number in range(4) for result in ("picture", PRESETS["inks"].regions.result)]
    assert {each.parameters.steps for each in painter.requests} == {20, PRESETS["inks"].steps}


def test_each_preset_has_pages_and_goals_and_is_a_valid_job() -> None:
    assert set(PRESETS) == set(PRESET_PAGES) == set(GOALS)
    assert all(goals and set(goals) <= set(HIGHER_IS_BETTER) for goals in GOALS.values())
    for parameters in PRESETS.values():
        validate_parameters(parameters)


@pytest.mark.parametrize("name", PRESET_PAGES)
def test_pages_are_always_the_same_and_mostly_judged(name: str) -> None:
    page, again, other = (PRESET_PAGES[name](3, number) for number in (1, 1, 2))
    assert np.array_equal(page.lines, again.lines) and np.array_equal(page.reference, again.reference)
    assert page.lines.shape != other.lines.shape or not np.array_equal(page.lines, other.lines)
    assert 0.2 < page.judged.mean() < 1
    assert not (page.judged & page.paper).any()
    assert page.paper.any() == (name == "comic")


def test_inked_drawings_have_gaps_on_half_of_the_pages() -> None:
    for number in (0, 2):
        page = inked_page(3, number)
        unlined = page.lines[..., 0] == 255
        assert (unlined & ~page.judged).any() or number == 0
    closed, gapped = (inked_page(3, number).lines[..., 0] for number in (0, 2))
    assert closed.shape == gapped.shape


def test_colours_that_the_reference_of_a_comic_does_not_show_are_not_judged() -> None:
    page = comic_page(3, 0)
    shown = {tuple(color) for color in np.unique(page.right[page.judged], axis=0).tolist()}
    flat = {tuple(color) for color in np.unique(page.reference.reshape(-1, 3), axis=0).tolist()}
    assert shown and shown <= flat
    assert page.lines[..., 0][page.judged].min() > 255 - INK
