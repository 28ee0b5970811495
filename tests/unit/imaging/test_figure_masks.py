"""Where the figure is: as the artist's mask says it, and as it is found where there is none."""

from __future__ import annotations

import cv2
import numpy as np
from huebrush_backend.imaging.figure_masks import line_art_figure, mask_of, reference_figure
from huebrush_backend.server.pixels import to_mask
from huebrush_protocol.frames import Image
from huebrush_protocol.messages import ImageHeader


def overlap(found: np.ndarray, truth: np.ndarray) -> float:
    """Intersection over union of two masks."""
    first, second = found > 127, truth > 127
    return float((first & second).sum() / (first | second).sum())


def disc(size: int = 300, radius: int = 90) -> np.ndarray:
    plane = np.zeros((size, size), np.uint8)
    cv2.circle(plane, (size // 2, size // 2), radius, 255, -1)
    return plane


def test_a_painted_masks_alpha_counts_where_it_has_any_else_its_brightness() -> None:
    pixels = np.zeros((1, 2, 4), np.uint8)
    pixels[0, 0] = (10, 20, 30, 255)
    assert mask_of(pixels).tolist() == [[255, 0]]
    pixels[0, 1] = (255, 255, 255, 255)
    assert mask_of(pixels).tolist() == [[18, 255]]


def test_what_a_line_with_a_small_gap_encloses_is_the_figure() -> None:
    truth = disc(radius=91)  # the line belongs to it
    ink = np.zeros((300, 300), np.float32)
    cv2.circle(ink, (150, 150), 90, 1.0, 3)
    ink[148:151, 236:246] = 0
    assert overlap(line_art_figure(ink), truth) > 0.95


def test_a_figure_may_be_cut_off_by_the_lower_edge_but_not_a_sky_by_the_others() -> None:
    ink = np.zeros((300, 300), np.float32)
    ink[100:, 100:103] = ink[100:, 200:203] = ink[100:103, 100:203] = 1  # open below
    ink[150:153, :] = 1  # the horizon
    truth = np.zeros((300, 300), np.uint8)
    truth[100:, 100:203] = 255
    assert overlap(line_art_figure(ink), truth) > 0.9


def test_a_reference_is_told_from_its_ground_by_alpha_colour_or_contrast() -> None:
    truth = disc()
    flat = np.full((300, 300, 4), (120, 190, 230, 255), np.uint8)
    flat[truth > 0, :3] = (200, 40, 30)
    cut_out = flat.copy()
    cut_out[..., 3] = truth
    uneven = flat.copy()
    ground = np.linspace(40, 255, 300, dtype=np.uint8)[:, None].repeat(300, 1)
    uneven[..., 2][truth == 0] = ground[truth == 0]
    for pixels, least in ((flat, 0.95), (cut_out, 0.99), (uneven, 0.9)):
        assert overlap(reference_figure(pixels), truth) > least
        assert np.array_equal(reference_figure(pixels), reference_figure(pixels))


def test_a_mask_lies_over_its_picture_and_is_black_beyond_its_edges() -> None:
    header = ImageHeader("line_art_mask", 3, 2, "GRAY", x=9, y=21)
    picture = ImageHeader("line_art", 4, 3, "BGRA", x=10, y=20)
    placed = to_mask(Image(header, memoryview(bytes([1, 2, 3, 4, 5, 6]))), picture)
    assert placed.tolist() == [[0, 0, 0, 0], [2, 3, 0, 0], [5, 6, 0, 0]]
    away = ImageHeader("line_art", 4, 3, "BGRA", x=100, y=20)
    assert not to_mask(Image(header, memoryview(bytes(6))), away).any()


def test_slight_parts_that_stand_apart_are_no_figure() -> None:
    figure, cloud = disc(radius=80), np.zeros((300, 300), np.uint8)
    cv2.circle(cloud, (35, 40), 22, 255, -1)
    pixels = np.full((300, 300, 4), (120, 190, 230, 255), np.uint8)
    pixels[figure > 0, :3] = (200, 40, 30)
    pixels[cloud > 0, :3] = 255
    ink = np.zeros((300, 300), np.float32)
    for plane in (figure, cloud):
        contours, _ = cv2.findContours(plane, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(ink, contours, -1, 1.0, 2)
    for mask in (reference_figure(pixels), line_art_figure(ink)):
        assert overlap(mask, figure) > 0.95
        assert not mask[cloud > 0].any()
    two = np.roll(pixels, 60, axis=1)
    two[figure[:, ::-1] > 0, :3] = (200, 40, 30)
    assert overlap(reference_figure(two), np.where(two[..., 0] == 200, 255, 0)) > 0.9
