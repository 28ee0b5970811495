"""Recolouring of a place in a picture that keeps its shading."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.imaging.oklab import oklab_to_srgb, srgb_to_oklab

LIGHTNESS_SHARE = 0.3
"""Weight of a squared difference in lightness, compared with one in hue and chroma: shade is mainly lightness."""
SAME, OTHER = 0.08, 0.14
"""Two distances from a place's colour: up to the first a pixel fully has that colour, from the second it has
another."""
SURE = 0.92
"""Fit from which a pixel certainly belongs to the place, if the best fit is 1."""
LIKE, UNLIKE = 0.08, 0.2
"""Two distances from the colour that a text names: up to the first a pixel may fully be meant, from the second it is
not. Words for colours are wide."""
LEAST_LIKELY = 0.2
"""Smallest product of fit and colour; below it the named colour is not there."""


def shift_to_color(
    picture: NDArray[np.uint8], inside: NDArray[np.bool_], color: tuple[int, int, int]
) -> NDArray[np.uint8]:
    """Return `picture` (H,W,3) uint8 sRGB, all of it moved in Oklab so that its median `inside` (H,W) is `color`.

    Pixels in shade or light differ from `color` as they differed from the median; pixels of exactly the median's colour
    become exactly `color`. The picture is unchanged if `inside` is empty.
    """
    if not inside.any():
        return picture
    lab = srgb_to_oklab(picture)
    wanted = np.array(color, np.uint8)
    middle = np.median(lab[inside], axis=0)
    shifted = oklab_to_srgb(lab + (srgb_to_oklab(wanted) - middle))
    same = np.all(np.abs(lab - middle) < 1e-6, axis=-1, keepdims=True)
    return np.where(same, wanted, shifted)


def recolor_where_fit(
    picture: NDArray[np.uint8],
    fit: NDArray[np.float32],
    least: float,
    color: tuple[int, int, int],
    share: float = 1.0,
    present: tuple[int, int, int] | None = None,
) -> NDArray[np.uint8]:
    """Return `picture` with one thing in it moved in Oklab so that its median is `color`.

    * `picture`: (H,W,3) uint8 sRGB
    * `fit`: (rows,columns), coarse map of how well the picture fits, 1 at its best
    * `least`: fit from which a place can belong to the thing
    * `color`: sRGB of the result
    * `share`: how far the thing is moved, 0..1
    * `present`: approximate colour that the text names, if known; fitting places of another colour do not count

    The thing has the colour of the places that fit best. Lines and neighbours within a coarse place have another colour
    and stay.
    """
    height, width = picture.shape[:2]
    fine = np.asarray(cv2.resize(fit, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    lab = srgb_to_oklab(picture)
    sure = _certain_pixels(fine, lab, present)
    # A border within one coarse place counts half for each side, so the thing reaches a little further than it fits.
    rows, columns = fit.shape
    reach = np.ones((max(1, round(height / (2 * rows))), max(1, round(width / (2 * columns)))), np.uint8)
    near = cv2.dilate(fine, reach) >= least
    alike = _color_likeness(lab, np.median(lab[sure], axis=0)) * near
    whole = alike > 0.5
    middle = np.median(lab[whole if whole.any() else sure], axis=0)
    wanted = srgb_to_oklab(np.array(color, np.uint8))
    moved = oklab_to_srgb(lab + (share * alike[..., None] * (wanted - middle)).astype(np.float32))
    return np.where(alike[..., None] > 0, moved, picture)


def _certain_pixels(
    fine: NDArray[np.float32], lab: NDArray[np.float32], present: tuple[int, int, int] | None
) -> NDArray[np.bool_]:
    """Return (H,W) bool: pixels that certainly belong to the thing. They have the highest `fine` fit, and the colour
    `present` if it is known and there."""
    if present is not None:
        likely = fine * _color_likeness(lab, srgb_to_oklab(np.array(present, np.uint8)), LIKE, UNLIKE)
        if likely.max() >= LEAST_LIKELY:
            return likely >= SURE * likely.max()
    return fine >= min(SURE, float(fine.max()))


def _color_likeness(
    lab: NDArray[np.float32], color: NDArray[np.float32], same: float = SAME, other: float = OTHER
) -> NDArray[np.float32]:
    """Return the share, 0..1, to which each pixel of `lab` (H,W,3) has `color` (3,), in light or in shade."""
    apart = (lab - color) ** 2
    distance = np.sqrt(LIGHTNESS_SHARE * apart[..., 0] + apart[..., 1] + apart[..., 2])
    return np.clip((other - distance) / (other - same), 0, 1).astype(np.float32)
