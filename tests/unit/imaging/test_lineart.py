"""Any line art becomes the same ink coverage, however it was drawn or scanned."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.imaging.color import flatten_on_white
from huebrush_backend.imaging.lineart import LineArtError, ink_coverage, normalize_line_art, separate_lines
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

HEIGHT, WIDTH = 240, 320


def draw_coverage(height: int = HEIGHT, width: int = WIDTH, seed: int = 0, shapes: int = 8) -> NDArray[np.float64]:
    """Anti-aliased outlines of overlapping shapes as true ink coverage, 0..1."""
    rng = np.random.default_rng(seed)
    canvas = np.zeros((height, width), np.uint8)
    for _ in range(shapes):
        center = (int(rng.integers(width)), int(rng.integers(height)))
        axes = (int(rng.integers(8, max(9, width // 3))), int(rng.integers(8, max(9, height // 3))))
        cv2.ellipse(canvas, center, axes, float(rng.integers(180)), 0, 360, 255, 3, cv2.LINE_AA)
    return canvas / 255


COVERAGE = draw_coverage()


def opaque(color: NDArray) -> NDArray[np.uint8]:
    alpha = np.full((*color.shape[:2], 1), 255)
    return np.concatenate([np.rint(np.clip(color, 0, 255)), alpha], axis=2).astype(np.uint8)


def painted(paper: tuple[int, int, int], ink: tuple[int, int, int]) -> NDArray[np.uint8]:
    share = COVERAGE[..., None]
    return opaque(np.array(paper) * (1 - share) + np.array(ink) * share)


def on_transparent(ink: tuple[int, int, int]) -> NDArray[np.uint8]:
    color = np.broadcast_to(np.array(ink), (HEIGHT, WIDTH, 3))
    return np.dstack([color, np.rint(COVERAGE * 255)]).astype(np.uint8)


@pytest.mark.parametrize(
    "pixels",
    [
        pytest.param(painted((255, 255, 255), (0, 0, 0)), id="black on white"),
        pytest.param(painted((0, 0, 0), (255, 255, 255)), id="white on black"),
        pytest.param(painted((255, 255, 255), (120, 160, 255)), id="blue on white"),
        pytest.param(painted((255, 255, 255), (170, 170, 170)), id="light grey on white"),
        pytest.param(painted((20, 20, 60), (250, 230, 80)), id="yellow on navy"),
        pytest.param(on_transparent((0, 0, 0)), id="black on transparent"),
        pytest.param(on_transparent((150, 150, 150)), id="grey on transparent"),
        pytest.param(on_transparent((200, 30, 30)), id="red on transparent"),
        pytest.param(on_transparent((255, 255, 255)), id="white on transparent"),
    ],
)
def test_clean_line_art_gives_its_true_coverage(pixels: NDArray[np.uint8]) -> None:
    ink = normalize_line_art(pixels)
    assert ink.dtype == np.float32
    assert ink.shape == (HEIGHT, WIDTH)
    # Pale inks have few grey levels, so a step of 8-bit colour is a larger share of the coverage.
    assert np.abs(ink - COVERAGE).max() < 0.02


@given(
    ink=st.tuples(*[st.integers(0, 110)] * 3),
    paper=st.tuples(*[st.integers(160, 255)] * 3),
    dark_paper=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_any_ink_on_any_paper_keeps_polarity(
    ink: tuple[int, int, int], paper: tuple[int, int, int], dark_paper: bool
) -> None:
    pixels = painted(ink, paper) if dark_paper else painted(paper, ink)
    found = separate_lines(pixels)
    assert found.paper_is_dark is dark_paper
    assert found.paper_is_painted
    assert np.abs(found.ink - COVERAGE).mean() < 0.02
    assert found.ink[COVERAGE == 0].max() < 0.02


@given(height=st.integers(3, 90), width=st.integers(3, 90), seed=st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_any_size_keeps_its_shape_and_range(height: int, width: int, seed: int) -> None:
    coverage = draw_coverage(height, width, seed, shapes=2)
    assume((coverage == 0).mean() > 0.2)  # in a picture of a few pixels the lines may leave no paper
    pixels = np.dstack([np.zeros((height, width, 3)), coverage * 255]).astype(np.uint8)
    if pixels[..., 3].max() < 16:
        with pytest.raises(LineArtError):
            normalize_line_art(pixels)
        return
    ink = normalize_line_art(pixels)
    assert ink.shape == (height, width)
    assert 0 <= ink.min() <= ink.max() <= 1
    assert ink.max() > 0.9


def test_yellowed_unevenly_lit_noisy_scan() -> None:
    rows, columns = np.mgrid[0 : 1 : HEIGHT * 1j, 0 : 1 : WIDTH * 1j]
    light = (1 - 0.35 * columns - 0.15 * rows**2)[..., None]
    share = COVERAGE[..., None]
    page = (np.array((240, 225, 180)) * (1 - share) + np.array((70, 60, 50)) * share) * light
    ink = normalize_line_art(opaque(page + np.random.default_rng(0).normal(0, 4, page.shape)))
    assert ink[COVERAGE == 0].mean() < 0.005
    assert ink[COVERAGE == 1].mean() > 0.9


@pytest.mark.parametrize("inverted", [False, True])
def test_a_large_black_area_is_ink_not_paper(inverted: bool) -> None:
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    coverage = np.maximum(COVERAGE, np.hypot(rows - HEIGHT / 2, columns - WIDTH / 2) < 80)
    tone = coverage if inverted else 1 - coverage
    ink = normalize_line_art(opaque(np.repeat(tone[..., None] * 255, 3, axis=2)))
    assert np.abs(ink - coverage).max() < 0.02


def test_a_white_figure_on_a_transparent_layer() -> None:
    figure = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.ellipse(figure, (WIDTH // 2, HEIGHT // 2), (120, 100), 0, 0, 360, 255, -1)
    tone = np.rint((1 - COVERAGE) * 255)
    pixels = np.dstack([tone, tone, tone, figure]).astype(np.uint8)
    ink = normalize_line_art(pixels)
    assert np.abs(ink - COVERAGE * (figure / 255)).max() < 0.02


def test_a_dot_on_a_large_page_is_found() -> None:
    pixels = np.full((2000, 1500, 4), 255, np.uint8)
    pixels[1234, 567:569, :3] = 0
    ink = normalize_line_art(pixels)
    assert ink[1234, 567] == 1
    assert ink.sum() == pytest.approx(2)


@pytest.mark.parametrize(
    ("pixels", "word"),
    [
        (np.zeros((50, 60, 4), np.uint8), "empty"),
        (np.full((50, 60, 4), 255, np.uint8), "even colour"),
        (opaque(np.zeros((50, 60, 3))), "even colour"),
        (opaque(200 + np.random.default_rng(0).normal(0, 5, (80, 90, 3))), "even colour"),
        (np.zeros((0, 60, 4), np.uint8), "no pixels"),
    ],
)
def test_pictures_without_lines_are_refused(pixels: NDArray[np.uint8], word: str) -> None:
    with pytest.raises(LineArtError, match=word):
        normalize_line_art(pixels)


def test_wrong_arrays_are_refused() -> None:
    with pytest.raises(ValueError, match="RGBA"):
        normalize_line_art(np.zeros((5, 5, 3), np.uint8))
    with pytest.raises(ValueError, match="uint8"):
        normalize_line_art(np.zeros((5, 5, 4), np.float32))  # type: ignore[arg-type]


@pytest.mark.parametrize("ink", [(0, 0, 0), (200, 30, 30)])
def test_separated_lines_look_the_same_on_their_paper(ink: tuple[int, int, int]) -> None:
    pixels = painted((255, 255, 255), ink)
    found = separate_lines(pixels)
    again = flatten_on_white(found.lines)
    assert np.abs(again.astype(int) - pixels[..., :3]).max() <= 2
    assert found.lines[..., 3][COVERAGE == 0].max() == 0


def test_transparent_line_layers_pass_through_unchanged() -> None:
    pixels = on_transparent((10, 20, 30))
    found = separate_lines(pixels)
    assert not found.paper_is_painted
    assert np.array_equal(found.lines, pixels)


@pytest.mark.parametrize("ground", ["nothing", "white", "black", "uneven paper"])
def test_coverage_in_bytes_is_the_same_as_in_fractions(ground: str):
    ink = draw_coverage(700, 300, seed=4)
    grey = 1 - ink if ground != "black" else ink
    if ground == "uneven paper":
        grey = grey * np.linspace(0.7, 0.95, 300)
    alpha = ink if ground == "nothing" else np.ones_like(ink)
    tone = np.zeros_like(ink) if ground == "nothing" else grey
    pixels = np.rint(np.dstack([tone, tone, tone, alpha]) * 255).astype(np.uint8)
    exact = normalize_line_art(pixels) * 255
    assert np.abs(ink_coverage(pixels) - exact).max() <= 0.51
