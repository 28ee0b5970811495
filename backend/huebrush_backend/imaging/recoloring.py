"""Give a place of a picture another colour and keep its shading."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.imaging.oklab import oklab_to_srgb, srgb_to_oklab


def shift_to_color(
    picture: NDArray[np.uint8], inside: NDArray[np.bool_], color: tuple[int, int, int]
) -> NDArray[np.uint8]:
    """Return `picture` (H,W,3) uint8 sRGB, all of it moved in Oklab so that its median `inside` (H,W) is `color`.

    What lies in shade or light there is as much darker or lighter than `color` as it was than the median; pixels of
    the median's very colour become `color` to the byte. Unchanged where `inside` is empty.
    """
    if not inside.any():
        return picture
    lab = srgb_to_oklab(picture)
    wanted = np.array(color, np.uint8)
    middle = np.median(lab[inside], axis=0)
    shifted = oklab_to_srgb(lab + (srgb_to_oklab(wanted) - middle))
    same = np.all(np.abs(lab - middle) < 1e-6, axis=-1, keepdims=True)
    return np.where(same, wanted, shifted)
