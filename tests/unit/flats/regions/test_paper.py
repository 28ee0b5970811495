"""Regions that stay paper: as a whole, parted where they run into drawings, and under black gutters."""

from __future__ import annotations

import cv2
import numpy as np
from huebrush_backend.flats.regions.find_regions import find_regions
from huebrush_backend.flats.regions.paper import Paper, on_page, set_paper_apart


def two_boxes(opening: int = 0) -> np.ndarray:
    ink = np.zeros((300, 400), np.uint8)
    cv2.rectangle(ink, (20, 20), (380, 280), 255, 3)
    cv2.line(ink, (200, 20), (200, 280), 255, 3)
    ink[150 : 150 + opening, 196:205] = 0
    return ink


def paper_on_the_left(scale: int = 1) -> Paper:
    places = np.zeros((300 // scale, 400 // scale), np.uint8)
    places[22 // scale : 278 // scale, 22 // scale : 199 // scale] = 1
    return Paper(places, np.zeros_like(places))


def test_a_region_in_a_place_of_paper_is_paper_and_others_are_not() -> None:
    ink = two_boxes()
    regions, paper = set_paper_apart(find_regions(ink, 3), ink, paper_on_the_left(4))
    assert paper[regions.at(100, 100)]
    assert not paper[regions.at(300, 100)] and not paper[regions.at(5, 5)] and not paper[0]
    assert len(paper) == regions.count + 1


def test_a_region_that_runs_into_paper_is_parted_there() -> None:
    ink = two_boxes(opening=40)
    found = find_regions(ink, 3)
    assert found.at(100, 100) == found.at(300, 100)
    regions, paper = set_paper_apart(found, ink, paper_on_the_left(4))
    left, right = regions.at(100, 100), regions.at(300, 100)
    assert left != right and paper[left] != paper[right] and paper[left]
    assert regions.areas[left] + regions.areas[right] == (ink[:, :][np.isin(regions.labels, (left, right))] < 64).sum()
    x, y, width, height = regions.boxes[right]
    assert x >= 190 and width <= 195 and y >= 15 and height <= 270


def test_ink_in_covered_places_becomes_paper() -> None:
    ink = two_boxes()
    ink[:, 190:210] = 255
    covered = np.zeros((300, 400), np.uint8)
    covered[:, 190:210] = 1
    regions, paper = set_paper_apart(find_regions(ink, 3), ink, Paper(np.zeros_like(covered), covered))
    assert paper[regions.labels[150, 195]] and paper[regions.labels[150, 205]]
    assert not paper[regions.at(100, 100)]


def test_masks_are_enlarged_to_the_page() -> None:
    mask = np.array([[1, 0], [0, 1]], np.uint8)
    whole = np.concatenate([on_page(mask, 0, 3, (6, 4)), on_page(mask, 3, 6, (6, 4))])
    assert (whole == np.kron(mask, np.ones((3, 2), np.uint8))).all()
