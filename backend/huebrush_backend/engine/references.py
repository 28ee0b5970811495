"""Turns references into pictures and masks of the size that encoders expect, and finds the part that counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from huebrush_backend.engine.request import FigureMask, Reference
from huebrush_backend.imaging.color import flatten_on_white
from huebrush_backend.imaging.covering import paint_over
from huebrush_backend.imaging.margins import content_box

REFERENCE_LIMIT = 1024
"""Longest side, in pixels, to which references are reduced first; every encoder sees far fewer pixels."""
MASK_DILATION = 11
"""Width in pixels by which a reference's mask is widened (docs/method.md, "Split attention")."""


def reference_picture(item: Reference, padding: float) -> np.ndarray:
    """Return the reference on white (h,w,3) uint8, on a canvas `padding` times as wide.

    It is white outside the reference's part. Where the reference is left out, it is painted over with its surroundings.
    So no encoder sees what does not count.
    """
    picture = reduced(item.pixels)
    if item.left_out is not None:
        picture = paint_over(picture, _plane(item, item.left_out.pixels, touched=True))
    if item.part is not None:
        picture = np.where(_plane(item, item.part.pixels)[..., None], picture, np.uint8(255))
    return padded(picture, padding, 255)


def without_margins(item: Reference) -> Reference:
    """Return the reference cut, with its masks, to what a margin of one colour surrounds; itself if none does.

    What does not count is no content: only the part of the reference that counts is left.
    """
    box = content_box(reference_picture(item, 1.0))
    if box is None:
        return item
    left, top, width, height = _painted_box(item.pixels)
    ratio = max(1.0, max(width, height) / REFERENCE_LIMIT)
    rows, columns = (
        slice(start + round(part.start * ratio), min(start + side, start + round(part.stop * ratio)))
        for part, start, side in zip(box, (top, left), (height, width), strict=True)
    )

    def cut(mask: FigureMask | None) -> FigureMask | None:
        return mask and replace(mask, pixels=mask.pixels[rows, columns])

    down, across = item.pixels.shape[:2]
    return replace(
        item,
        pixels=item.pixels[rows, columns],
        part=cut(item.part),
        left_out=cut(item.left_out),
        frame=(columns.start / across, rows.start / down, columns.stop / across, rows.stop / down),
    )


def has_colors(item: Reference) -> bool:
    """Return whether any painted pixel of a reference counts. The reference must not be empty."""
    return bool((counted_part(item) & _plane(item, item.pixels[..., 3], touched=True)).any())


def counted_part(item: Reference) -> np.ndarray:
    """Return the mask of the part of a reference that counts, (h,w) bool of the reduced picture's size."""
    counts = _plane(item, np.ones(item.pixels.shape[:2], bool))
    if item.part is not None:
        counts = _plane(item, item.part.pixels)
    if item.left_out is not None:
        counts = counts & ~_plane(item, item.left_out.pixels, touched=True)
    return counts


def _plane(item: Reference, mask: np.ndarray, touched: bool = False) -> np.ndarray:
    """Return `mask` (H,W) over a reference as (h,w) bool over its reduced picture.

    A pixel is True if half of it is inside the mask. If `touched`, or if there is no such pixel, it is True if any of
    it is inside.
    """
    small = cut_to_content(item.pixels, lambda part: mask[part].astype(np.uint8))
    half = small > (127 if mask.dtype != bool else 0)
    return small > 0 if touched or not half.any() else half


def reduced(pixels: np.ndarray) -> np.ndarray:
    """Return a picture on white (h,w,3), cut to what is painted and at most `REFERENCE_LIMIT` long."""
    return cut_to_content(pixels, lambda part: flatten_on_white(pixels[part]))


def widened(plane: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    """Return the mask `plane` (H,W) of `pixels` with its figure widened, cut and reduced as `reduced` does."""
    small = cut_to_content(pixels, lambda part: plane[part])
    return cv2.dilate(small, np.ones((MASK_DILATION, MASK_DILATION), np.uint8))


def cut_to_content(pixels: np.ndarray, picture: Callable[[tuple[slice, slice]], np.ndarray]) -> np.ndarray:
    """Return the result of `picture` for the painted part of `pixels`, reduced to at most `REFERENCE_LIMIT` long.

    Raises ValueError if all of `pixels` is transparent.
    """
    left, top, width, height = _painted_box(pixels)
    if width == 0 or height == 0:
        raise ValueError("all of the picture is transparent")
    found = np.ascontiguousarray(picture((slice(top, top + height), slice(left, left + width))))
    ratio = REFERENCE_LIMIT / max(width, height)
    if ratio >= 1:
        return found
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    return cv2.resize(found, size, interpolation=cv2.INTER_AREA)


def padded(picture: np.ndarray, padding: float, value: int) -> np.ndarray:
    """Return `picture` in the middle of a canvas filled with `value`, `padding` times as wide."""
    extra = int(picture.shape[1] * padding) - picture.shape[1]
    left = extra // 2
    fill = (value,) * 4
    return cv2.copyMakeBorder(picture, 0, 0, left, extra - left, cv2.BORDER_CONSTANT, value=fill) if extra else picture


def spot_as_sent(item: Reference, padding: float, x: float, y: float) -> tuple[float, float]:
    """Return a spot of `reference_picture`, both in shares 0..1 of the picture's width and height, as one of the
    reference as it was sent."""
    left, top, width, height = _painted_box(item.pixels)
    wider = int(width * padding)
    across = (left + min(max(x * wider - (wider - width) // 2, 0.0), width)) / item.pixels.shape[1]
    down = (top + y * height) / item.pixels.shape[0]
    x0, y0, x1, y1 = item.frame
    return x0 + across * (x1 - x0), y0 + down * (y1 - y0)


def _painted_box(pixels: np.ndarray) -> tuple[int, int, int, int]:
    """Return left, top, width and height of what is not transparent in `pixels` (H,W,4)."""
    left, top, width, height = cv2.boundingRect((pixels[..., 3] > 0).astype(np.uint8))
    return left, top, width, height
