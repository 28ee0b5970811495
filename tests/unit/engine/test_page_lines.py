"""The lines of a page are read as the request's parameters say, in every form in which they are needed."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.engine.engine import Engine
from huebrush_backend.engine.page_lines import PageLines, reading_of
from huebrush_backend.engine.request import ColorizeRequest
from huebrush_backend.imaging.lineart import Reading
from huebrush_backend.synthesis.ruled_paper import draw_ruling
from huebrush_protocol.parameters import SKETCH_MODES, Parameters
from huebrush_protocol.regions import WITHOUT_MODEL, RegionParameters

HEIGHT, WIDTH = 480, 640
IN_SHAPE, OUTSIDE = (240, 320), (20, 20)


def shape_on_black() -> np.ndarray:
    """A white disc on black, in which dark or light lines may be meant: (H,W,4) uint8."""
    tone = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.circle(tone, IN_SHAPE[::-1], 150, 255, -1, cv2.LINE_AA)
    return np.dstack([tone, tone, tone, np.full_like(tone, 255)])


def ruled_drawing() -> np.ndarray:
    plane = np.full((HEIGHT, WIDTH), 255, np.uint8)
    cv2.circle(plane, IN_SHAPE[::-1], 150, 0, 3, cv2.LINE_AA)
    printed = draw_ruling(np.random.default_rng(0), "squared", HEIGHT, WIDTH) ** 3
    tone = np.rint(plane[..., None] * printed).astype(np.uint8)
    return np.dstack([tone, np.full_like(plane, 255)])


def lines(pixels: np.ndarray, **parameters: object) -> PageLines:
    return PageLines(ColorizeRequest("none", pixels, (), Parameters(**parameters)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mode", "light_lines"), [("lines", None), ("dark_lines", False), ("light_lines", True), ("extract", None)]
)
def test_only_two_modes_force_the_polarity(mode: str, light_lines: bool | None) -> None:
    assert mode in SKETCH_MODES
    assert reading_of(Parameters(sketch_mode=mode)) == Reading(light_lines, remove_ruling=False)


def test_the_forced_polarity_decides_about_ink() -> None:
    dark, light = (lines(shape_on_black(), sketch_mode=mode) for mode in ("dark_lines", "light_lines"))
    for found, inked, free in ((dark, OUTSIDE, IN_SHAPE), (light, IN_SHAPE, OUTSIDE)):
        assert found.ink[inked] > 0.95
        assert found.ink[free] < 0.05
        assert np.abs(found.ink_bytes / 255 - found.ink).max() < 0.01


@pytest.mark.parametrize(
    ("pixels", "mode", "light"),
    [
        (ruled_drawing(), "lines", False),
        (ruled_drawing() ^ np.array([255, 255, 255, 0], np.uint8), "lines", True),
        (shape_on_black(), "dark_lines", False),
        (shape_on_black(), "light_lines", True),
        (shape_on_black(), "extract", False),
    ],
)
def test_the_recipe_says_whether_the_lines_are_light(pixels: np.ndarray, mode: str, light: bool) -> None:
    """As they were read: clients choose a blending mode for the layer by it. Extracted lines are always dark."""
    parameters = Parameters(sketch_mode=mode, regions=RegionParameters(result="flats", palette=("#cc3344", "#3344cc")))
    request = ColorizeRequest(WITHOUT_MODEL, pixels, (), parameters)
    result = Engine("cpu").colorize(request, lambda _event: None, lambda: False)
    assert result.recipe["light_lines"] is light


@pytest.mark.parametrize(("mode", "stays"), [("lines", 0.95), ("dark_lines", 0.95), ("extract", 0.98)])
def test_ruling_is_removed_in_every_mode_that_reads_lines(mode: str, stays: float) -> None:
    """Where the circle runs along the ruling it is darker: so ruling goes before extracted lines are equally dark."""
    kept, removed = (lines(ruled_drawing(), sketch_mode=mode, remove_ruling=wanted) for wanted in (False, True))
    assert (removed.ink_bytes >= 64).mean() < 0.1 * (kept.ink_bytes >= 64).mean()
    circle = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.circle(circle, IN_SHAPE[::-1], 150, 1, 1)
    assert (removed.ink[circle > 0] > 0.3).mean() > stays
    assert np.abs(removed.ink_bytes / 255 - removed.ink).max() < 0.01


@pytest.mark.parametrize("kind", ["ruled", "squared"])
@pytest.mark.parametrize("seed", range(3))
def test_extracted_curves_that_run_along_the_ruling_stay_whole(kind: str, seed: int) -> None:
    """Thin ellipses whose upper side lies on a printed line, which is turned a little."""
    printed = draw_ruling(np.random.default_rng(seed), kind, HEIGHT, WIDTH)
    share = printed.min(axis=2)
    near = share[60:180, WIDTH // 2]
    top = 60 + int(near.argmin())
    plane, thin = np.full((HEIGHT, WIDTH), 255, np.uint8), np.zeros((HEIGHT, WIDTH), np.uint8)
    shape = ((WIDTH // 2, top + 90), (180, 90), 0, 0, 360)
    cv2.ellipse(plane, *shape, 0, 2, cv2.LINE_AA)
    cv2.ellipse(thin, *shape, 1, 1)
    tone = np.rint(plane[..., None] * printed**2).astype(np.uint8)
    pixels = np.dstack([tone, np.full_like(plane, 255)])
    ink = lines(pixels, sketch_mode="extract", remove_ruling=True).ink
    assert (cv2.dilate(ink, np.ones((3, 3)))[thin > 0] > 0.3).mean() > 0.97
    far = cv2.dilate(255 - plane, np.ones((9, 9), np.uint8)) == 0
    assert (ink[(share**2 < 0.8) & far] > 0.25).mean() < 0.05
