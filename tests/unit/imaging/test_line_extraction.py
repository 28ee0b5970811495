"""Line art drawn from coloured and scanned pictures, against drawings whose ink is known."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.imaging.line_extraction import extract_lines, line_art_layer
from huebrush_backend.imaging.lineart import LineArtError
from huebrush_backend.synthesis.coloring import color_picture, line_art
from huebrush_backend.synthesis.drawing import draw
from huebrush_backend.synthesis.palette import random_palette
from scipy.ndimage import distance_transform_edt

SIZE = 512
NEAR = 2
"""Pixels within which a line counts as found."""
DRAWINGS = range(8)


def opaque(rgb: np.ndarray) -> np.ndarray:
    return np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])


def scanned(rgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """`rgb` on yellowed paper, lit from one corner so that the other has half the light, with grain."""
    y, x = np.mgrid[0 : 1 : SIZE * 1j, 0 : 1 : SIZE * 1j]
    light = 0.65 + 0.35 * np.cos(2 * (x - 0.2)) * np.cos(1.5 * (y - 0.7))
    picture = rgb * np.array([1, 0.95, 0.85]) * light[..., None] + rng.normal(0, 6, rgb.shape)
    return picture.clip(0, 255).astype(np.uint8)


def recall_and_precision(found: np.ndarray, ink: np.ndarray) -> tuple[float, float]:
    """Share of the ink that has a found line near, and of the found lines that have ink near."""
    lines, truth = found > 0.4, ink > 127
    to_lines, to_truth = (np.asarray(distance_transform_edt(~plane)) for plane in (lines, truth))
    return float((to_lines[truth] <= NEAR).mean()), float((to_truth[lines] <= NEAR).mean())


def scores(kind: str) -> np.ndarray:
    found = []
    for seed in DRAWINGS:
        rng = np.random.default_rng(seed)
        drawing = draw(rng, SIZE)
        colors = random_palette(rng)
        picture = np.dstack([line_art(drawing)] * 3) if kind == "scanned lines" else color_picture(drawing, colors)
        if kind.startswith("scanned"):
            picture = scanned(picture, rng)
        found.append(recall_and_precision(extract_lines(opaque(picture)), drawing.ink))
    return np.array(found)


@pytest.mark.parametrize(
    ("kind", "median_recall", "least_precision"),
    # Measured on 16 drawings: median recall 0.973, 0.932 and 0.992, least precision 0.971, 0.966 and 1.000. What is
    # missed is ink beside fills as dark as itself, which no contrast tells from them.
    [("inked colours", 0.94, 0.95), ("scanned colours", 0.88, 0.94), ("scanned lines", 0.97, 0.98)],
)
def test_the_ink_is_found_and_nothing_else(kind: str, median_recall: float, least_precision: float) -> None:
    recall, precision = scores(kind).T
    assert np.median(recall) >= median_recall
    assert precision.min() >= least_precision


def test_a_picture_without_ink_gets_the_borders_of_its_colours() -> None:
    picture = np.full((200, 200, 3), (240, 220, 200), np.uint8)
    picture[60:140, 60:140] = (40, 60, 160)
    ink = extract_lines(opaque(picture))
    square = np.zeros((200, 200), np.uint8)
    square[59:141, 59:141] = 255
    square[61:139, 61:139] = 0
    recall, precision = recall_and_precision(ink, square)
    assert recall == 1.0 and precision == 1.0


def test_nothing_is_drawn_from_an_even_or_grainy_sheet() -> None:
    grain = np.random.default_rng(0).normal(200, 6, (200, 200, 3)).clip(0, 255).astype(np.uint8)
    for sheet in (np.full((200, 200, 3), 200, np.uint8), grain):
        with pytest.raises(LineArtError, match="No lines can be drawn"):
            extract_lines(opaque(sheet))


def test_the_layer_is_black_on_nothing() -> None:
    layer = line_art_layer(np.array([[0.0, 0.5, 1.0]], np.float32))
    assert layer.tolist() == [[[0, 0, 0, 0], [0, 0, 0, 128], [0, 0, 0, 255]]]
