"""Every region gets one stroke, inside it."""

from __future__ import annotations

import cv2
import numpy as np
from huebrush_backend.flats.colors.region_colors import RegionColors, override
from huebrush_backend.flats.layers.key_strokes import Stroke, key_strokes
from numpy.typing import NDArray
from simple_regions import SimpleRegions, labelled, ringed_page

RED, BLUE = (200, 30, 40), (20, 60, 220)


def whole(stroke: Stroke, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    page = np.zeros(shape, bool)
    height, width = stroke.mask.shape
    page[stroke.y : stroke.y + height, stroke.x : stroke.x + width] = stroke.mask > 0
    return page


def ask(page: SimpleRegions, colors: dict[int, tuple[int, int, int]]) -> list[Stroke]:
    chosen = override(RegionColors.unpainted(len(page.boxes) - 1), colors)
    return list(key_strokes(page.labels, page.boxes, chosen, page.ink))


def awkward_page() -> SimpleRegions:
    """A slim slanted strand, a speck of one pixel, a line of one pixel, a ring, and what is around them."""
    labels = np.ones((600, 800), np.int32)
    cv2.line(labels, (50, 50), (400, 300), 2, 9)
    labels[500, 700] = 3
    labels[550, 100:300] = 4
    cv2.circle(labels, (600, 200), 90, 5, 6)
    return labelled(labels)


def test_every_region_has_one_connected_stroke_within_it() -> None:
    for page in (ringed_page(), awkward_page()):
        count = len(page.boxes) - 1
        strokes = ask(page, {label: (label, 0, 0) for label in range(1, count + 1)})
        assert len(strokes) == count
        for stroke in strokes:
            assert stroke.color is not None
            at = whole(stroke, page.labels.shape)
            assert (page.labels[at] == stroke.color[0]).all()
            assert cv2.connectedComponents(at.astype(np.uint8), connectivity=8)[0] == 2


def test_a_stroke_keeps_away_from_lines_where_there_is_room() -> None:
    page = ringed_page()
    for stroke in ask(page, {1: RED, 2: BLUE, 3: (1, 1, 1), 4: (2, 2, 2)}):
        at = whole(stroke, page.labels.shape)
        near_ink = cv2.dilate(page.ink, np.ones((5, 5), np.uint8)) > 0
        assert at.sum() >= 9
        assert not (at & near_ink).any()


def test_a_slim_region_gets_a_line_along_it() -> None:
    page = awkward_page()
    strand = next(stroke for stroke in ask(page, {2: RED}) if stroke.color == RED)
    height, width = strand.mask.shape
    assert width >= 8
    assert (strand.mask > 0).sum() < 0.6 * width * height


def test_regions_of_one_colour_share_an_image_and_unpainted_ones_are_transparent() -> None:
    page = ringed_page()
    strokes = ask(page, {2: RED, 3: RED})
    assert [stroke.color for stroke in strokes] == [RED, None]
    for stroke, labels in zip(strokes, ((2, 3), (1, 4)), strict=True):
        assert set(np.unique(page.labels[whole(stroke, page.labels.shape)]).tolist()) == set(labels)


def test_a_region_wholly_under_ink_has_its_stroke_too() -> None:
    page = ringed_page()
    ink = page.ink.copy()
    ink[page.labels == 4] = 200
    covered = SimpleRegions(page.labels, page.boxes, page.areas, ink)
    stroke = next(stroke for stroke in ask(covered, {4: RED}) if stroke.color == RED)
    assert (page.labels[whole(stroke, page.labels.shape)] == 4).all()
    assert (stroke.mask > 0).sum() == 1
