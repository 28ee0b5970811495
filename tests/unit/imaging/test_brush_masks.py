"""What of a page is looked at for a brush, how far each pixel is changed, and how a place gets a colour."""

from __future__ import annotations

import numpy as np
from huebrush_backend.imaging.brush_masks import MOST_WINDOWS, brush_shares, brush_windows
from huebrush_backend.imaging.color_words import named_color
from huebrush_backend.imaging.oklab import oklab_to_srgb, srgb_to_oklab
from huebrush_backend.imaging.recoloring import shift_to_color


def mask(*places: tuple[int, int, int, int]) -> np.ndarray:
    """A page of 800 x 1000 with boxes (left, top, width, height)."""
    pixels = np.zeros((800, 1000), np.uint8)
    for left, top, width, height in places:
        pixels[top : top + height, left : left + width] = 255
    return pixels


def test_a_small_place_is_looked_at_with_what_is_around_it():
    ((window, share),) = brush_windows(mask((500, 400, 12, 12)), 96)
    assert (window.width, window.height) == (96, 96)
    assert share.sum() == 255 * 144 and share.shape == (96, 96)
    assert window.left < 500 and window.left + 96 > 512 and window.top < 400 and window.top + 96 > 412


def test_at_the_edge_of_the_page_the_window_stays_on_it():
    ((window, share),) = brush_windows(mask((990, 0, 10, 10)), 96)
    assert (window.left, window.top, window.width, window.height) == (904, 0, 96, 96)
    assert share[:10, -10:].all()


def test_a_large_place_is_looked_at_with_the_whole_page():
    ((window, share),) = brush_windows(mask((100, 100, 500, 300)), 96)
    assert (window.left, window.top, window.width, window.height) == (0, 0, 1000, 800)
    assert np.array_equal(share, mask((100, 100, 500, 300)))


def test_places_far_apart_are_looked_at_one_by_one_and_near_ones_together():
    far = brush_windows(mask((10, 10, 12, 12), (900, 700, 12, 12)), 96)
    assert len(far) == 2 and all(share.sum() == 255 * 144 for _, share in far)
    (near,) = brush_windows(mask((500, 400, 12, 12), (520, 400, 12, 12)), 96)
    assert near[1].sum() == 2 * 255 * 144


def test_a_mask_in_very_many_pieces_takes_few_looks_and_loses_none():
    rng = np.random.default_rng(0)
    many = np.where(rng.random((800, 1000)) < 0.001, 255, 0).astype(np.uint8)
    found = brush_windows(many, 96)
    assert len(found) <= MOST_WINDOWS
    assert sum(int((share > 0).sum()) for _, share in found) == int((many > 0).sum())
    assert brush_windows(mask(), 96) == []


def test_a_feather_never_reaches_beyond_the_mask():
    plain, soft = brush_shares(mask((100, 100, 60, 60)), 0), brush_shares(mask((100, 100, 60, 60)), 10)
    assert set(np.unique(plain)) == {0, 1}
    assert (soft[plain == 0] == 0).all() and soft[130, 130] == 1
    row = soft[130, 100:112]
    assert (np.diff(row) >= 0).all() and 0 < row[0] < 0.1
    assert brush_shares(mask((0, 100, 60, 60)), 10)[130, 0] == 1  # the page's edge is none of the mask's


def test_a_shift_of_colour_keeps_light_and_shade():
    picture = np.full((20, 20, 3), (120, 100, 90), np.uint8)
    picture[:4], picture[16:] = (80, 66, 60), (180, 160, 150)
    found = shift_to_color(picture, np.ones((20, 20), bool), (200, 30, 40))
    assert (found[10] == (200, 30, 40)).all()
    before, after = (srgb_to_oklab(each)[[0, 10, 19], 0, 0] for each in (picture, found))
    assert np.allclose(np.diff(before), np.diff(after), atol=0.03)
    assert shift_to_color(picture, np.zeros((20, 20), bool), (200, 30, 40)) is picture


def test_oklab_goes_back_to_the_same_bytes():
    rgb = np.random.default_rng(0).integers(0, 256, (50, 50, 3), np.uint8)
    assert np.abs(oklab_to_srgb(srgb_to_oklab(rgb)).astype(int) - rgb).max() <= 1


def test_the_colour_that_a_text_names():
    assert named_color("a  Dark Brown coat") == (70, 44, 32)
    assert named_color("yellow green foliage") == (140, 184, 48)
    assert named_color("warm skin") == (240, 188, 148)
    assert named_color("red hair and blue eyes") == (222, 40, 44)
    assert named_color("a bored redhead") is None and named_color("striped shirt") is None
