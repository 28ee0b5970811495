"""The references of a request as pictures and masks of the size that encoders want, and what of them counts."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import torch

from huebrush_backend.engine.request import ColorizeRequest, EngineError, Reference
from huebrush_backend.imaging.color import flatten_on_white
from huebrush_backend.imaging.covering import paint_over

REFERENCE_LIMIT = 1024
"""References are reduced to this length of the longer side first; every encoder looks at far fewer pixels."""
MASK_DILATION = 11
"""Width in pixels by which a reference's mask is widened (docs/method.md, "Split attention")."""
EMPTY_PART_REMEDY = "Brush over a place of it that something is painted in, and leave out less."


def check_references(request: ColorizeRequest) -> None:
    """Raise EngineError where a mask is not of its reference's size, or nothing of a reference is left to count."""
    for item in request.references:
        for role, mask in item.masks:
            if mask.pixels.shape != item.pixels.shape[:2]:
                sizes = [f"{found[1]} x {found[0]}" for found in (mask.pixels.shape, item.pixels.shape)]
                raise EngineError(
                    "bad_input",
                    f"The {role.replace('_', ' ')} of {item.name!r} is {sizes[0]} pixels, the reference {sizes[1]}.",
                    "Give a mask of the reference's own size.",
                )
        if item.masks and item.pixels[..., 3].any() and not _has_colors(item):
            message = f"Nothing of the reference {item.name!r} is left to take colours from."
            raise EngineError("bad_input", message, EMPTY_PART_REMEDY)


def reference_picture(item: Reference, padding: float) -> np.ndarray:
    """Return the reference on white (h,w,3) uint8, on a canvas `padding` times as wide: white outside its part, and
    painted over with what lies around where it is left out, so that no encoder sees what does not count."""
    picture = reduced(item.pixels)
    if item.left_out is not None:
        picture = paint_over(picture, _plane(item, item.left_out.pixels, touched=True))
    if item.part is not None:
        picture = np.where(_plane(item, item.part.pixels)[..., None], picture, np.uint8(255))
    return padded(picture, padding, 255)


def part_tensor(item: Reference, padding: float) -> torch.Tensor | None:
    """Return where `reference_picture` counts, (1,1,h,w) of 0 and 1; None where all of it does."""
    if not item.masks:
        return None
    counts = counting(item).astype(np.uint8)
    beside = 1 if item.part is None else 0
    return torch.from_numpy(padded(counts, padding, beside))[None, None].float()


def _has_colors(item: Reference) -> bool:
    return bool((counting(item) & _plane(item, item.pixels[..., 3], touched=True)).any())


def counting(item: Reference) -> np.ndarray:
    """Return where of a reference something counts, (h,w) bool of the reduced picture's size."""
    counts = _plane(item, np.ones(item.pixels.shape[:2], bool))
    if item.part is not None:
        counts = _plane(item, item.part.pixels)
    if item.left_out is not None:
        counts = counts & ~_plane(item, item.left_out.pixels, touched=True)
    return counts


def _plane(item: Reference, mask: np.ndarray, touched: bool = False) -> np.ndarray:
    """Return `mask` (H,W) over a reference as (h,w) bool over its reduced picture: where half of a pixel is in it, or,
    if `touched` or nothing is so thick, any of one."""
    small = cut_to_content(item.pixels, "A reference", lambda part: mask[part].astype(np.uint8))
    half = small > (127 if mask.dtype != bool else 0)
    return small > 0 if touched or not half.any() else half


def reduced(pixels: np.ndarray, what: str = "A reference") -> np.ndarray:
    """Return a picture on white (h,w,3), cut to what is painted and at most `REFERENCE_LIMIT` long."""
    return cut_to_content(pixels, what, lambda part: flatten_on_white(pixels[part]))


def widened(plane: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    """Return a mask (H,W) of `pixels` cut and reduced as they are, its figure widened."""
    small = cut_to_content(pixels, "A reference", lambda part: plane[part])
    return cv2.dilate(small, np.ones((MASK_DILATION, MASK_DILATION), np.uint8))


def cut_to_content(pixels: np.ndarray, what: str, picture: Callable[[tuple[slice, slice]], np.ndarray]) -> np.ndarray:
    left, top, width, height = cv2.boundingRect((pixels[..., 3] > 0).astype(np.uint8))
    if width == 0 or height == 0:
        raise EngineError("bad_input", f"{what} is empty: all of it is transparent.", "Choose a layer with a picture.")
    found = np.ascontiguousarray(picture((slice(top, top + height), slice(left, left + width))))
    ratio = REFERENCE_LIMIT / max(width, height)
    if ratio >= 1:
        return found
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    return cv2.resize(found, size, interpolation=cv2.INTER_AREA)


def padded(picture: np.ndarray, padding: float, value: int) -> np.ndarray:
    """Return `picture` in the middle of a canvas of `value`, `padding` times as wide."""
    extra = int(picture.shape[1] * padding) - picture.shape[1]
    left = extra // 2
    fill = (value,) * 4
    return cv2.copyMakeBorder(picture, 0, 0, left, extra - left, cv2.BORDER_CONSTANT, value=fill) if extra else picture
