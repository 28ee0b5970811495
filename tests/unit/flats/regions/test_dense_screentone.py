"""Screentone over half black and thick hatching fall to one region; small shapes of lines stay."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.regions.find_regions import find_regions
from huebrush_backend.flats.regions.gap_width import WidestGap

BLACK = 255
SIZE = 400
CASES = Path(__file__).parents[3] / "data/lineart"


def screen(kind: str, pitch: float, covered: float, angle: float) -> np.ndarray:
    """Coverage (SIZE, SIZE) uint8 of overlapping "dots", of white dots ("holes") in black, or of "lines"."""
    y, x = np.mgrid[:SIZE, :SIZE].astype(float)
    u = (x * np.cos(angle) + y * np.sin(angle) + pitch / 2) % pitch - pitch / 2
    v = (y * np.cos(angle) - x * np.sin(angle) + pitch / 2) % pitch - pitch / 2
    inside = {
        "dots": pitch * np.sqrt(covered / np.pi) - np.hypot(u, v),
        "holes": np.hypot(u, v) - pitch * np.sqrt((1 - covered) / np.pi),
        "lines": pitch * covered / 2 - np.abs(u),
    }[kind]
    return np.rint(255 * np.clip(inside + 0.5, 0, 1)).astype(np.uint8)


def halves(tone: np.ndarray) -> np.ndarray:
    """A ring parted by a line, its insides full of `tone`."""
    ring = np.zeros((SIZE, SIZE), np.uint8)
    cv2.circle(ring, (200, 200), 150, BLACK, -1)
    ink = np.where(ring > 0, tone, 0).astype(np.uint8)
    cv2.circle(ink, (200, 200), 150, BLACK, 7, cv2.LINE_AA)
    cv2.line(ink, (200, 50), (200, 350), BLACK, 7)
    return ink


SCREENS = (
    [("dots", pitch, covered, angle) for pitch, covered in ((9, 0.7), (12, 0.72)) for angle in (0.0, 0.3)]
    + [
        ("holes", pitch, covered, angle)
        for pitch, covered in ((6, 0.65), (8, 0.8), (12, 0.6))
        for angle in (0.0, 0.3, 0.8)
    ]
    + [("holes", 13, 0.75, 0.3)]
)


@pytest.mark.parametrize(("kind", "pitch", "covered", "angle"), SCREENS)
def test_dense_screentone_parts_nothing_and_hides_no_line(kind: str, pitch: float, covered: float, angle: float):
    ink = halves(screen(kind, pitch, covered, angle))
    regions = find_regions(ink, WidestGap())
    assert regions.count <= 25
    paper = ink < 64
    for rows, columns in ((slice(120, 280), slice(100, 190)), (slice(120, 280), slice(210, 300))):
        inside = regions.labels[rows, columns][paper[rows, columns]]
        assert (inside == np.bincount(inside).argmax()).mean() > 0.97
    assert len({regions.at(110, 200), regions.at(290, 200), regions.at(5, 5)}) == 3


@pytest.mark.parametrize("angle", [0.0, 0.5, np.pi / 4])
@pytest.mark.parametrize(("pitch", "covered"), [(5, 0.45), (9, 0.5), (13, 0.6)])
def test_a_screen_of_lines_is_one_region(pitch: float, covered: float, angle: float):
    ink = halves(screen("lines", pitch, covered, angle))
    regions = find_regions(ink, WidestGap())
    paper = ink < 64
    inside = regions.labels[120:280, 100:190][paper[120:280, 100:190]]
    assert (inside == np.bincount(inside).argmax()).mean() > 0.9


def test_the_dense_tone_of_the_example_is_three_regions():
    ink = cv2.imread(str(CASES / "tone_dense65.png"), cv2.IMREAD_GRAYSCALE)
    assert ink is not None
    assert {find_regions(255 - ink, gap).count for gap in (3, 12, 48, 192)} == {3}


def net(cell: int, line: int, across: int = 10) -> np.ndarray:
    """A net of `across` by `across` cells whose lines are `line` pixels wide and `cell` apart."""
    ink = np.zeros((SIZE, SIZE), np.uint8)
    for place in range(20, 21 + across * cell, cell):
        ink[place : place + line, 20 : 20 + across * cell + line] = BLACK
        ink[20 : 20 + across * cell + line, place : place + line] = BLACK
    return ink


@pytest.mark.parametrize(("cell", "line"), [(9, 2), (12, 3), (16, 4), (24, 4), (30, 5)])
def test_the_cells_of_a_net_stay(cell: int, line: int):
    assert find_regions(net(cell, line), WidestGap()).count == 101


def test_the_scales_of_a_fish_stay():
    ink = np.zeros((SIZE, SIZE), np.uint8)
    cv2.rectangle(ink, (20, 20), (380, 380), BLACK, 3)
    for row, y in enumerate(range(40, 360, 14)):
        for x in range(40 + 11 * (row % 2), 360, 22):
            cv2.ellipse(ink, (x, y), (11, 14), 0, 0, 180, BLACK, 1, cv2.LINE_AA)
    assert find_regions(ink, 3).count > 280


def test_a_wall_of_bricks_stays():
    ink = np.zeros((SIZE, SIZE), np.uint8)
    for row in range(16):
        top = 20 + row * 14
        ink[top : top + 3, 20:359] = ink[top + 14 : top + 17, 20:359] = BLACK
        for x in range(20 + 14 * (row % 2), 357, 28):
            ink[top : top + 14, x : x + 3] = BLACK
    assert find_regions(ink, 3).count > 16 * 11


def toned_page(tone: np.ndarray, line: int) -> np.ndarray:
    """Five boxes with lines of a width of `line`, one of them full of `tone`."""
    ink = np.zeros((SIZE, 5 * SIZE), np.uint8)
    ink[20:-20, 20:380] = tone[20:-20, 20:380]
    for left in range(0, 5 * SIZE, SIZE):
        cv2.rectangle(ink, (left + 20, 20), (left + SIZE - 20, SIZE - 20), BLACK, line)
    return ink


@pytest.mark.parametrize("line", [3, 8])
@pytest.mark.parametrize(("kind", "pitch", "covered"), [("dots", 4, 0.2), ("dots", 10, 0.4), ("holes", 14, 0.65)])
def test_screentone_does_not_change_the_width_of_the_lines(kind: str, pitch: float, covered: float, line: int):
    plain = find_regions(toned_page(np.zeros((SIZE, SIZE), np.uint8), line), WidestGap())
    toned = find_regions(toned_page(screen(kind, pitch, covered, 0.8), line), WidestGap())
    assert toned.line_width == pytest.approx(plain.line_width, rel=0.2)


def test_a_coarse_mesh_is_cut_on_a_page_of_fine_dots():
    ink, fine = toned_page(screen("holes", 14, 0.65, 0.8), 8), screen("dots", 6, 0.3, 0.8)
    for left in range(SIZE, 5 * SIZE, SIZE):
        box = ink[20:-20, left + 20 : left + 380]
        np.maximum(box, fine[20:-20, 20:380], out=box)
    assert find_regions(ink, WidestGap()).count <= 30
