"""Colour arithmetic on sRGB pixel arrays: compositing, CIELAB and colour difference."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000, lab2rgb, rgb2lab

WHITE = (255, 255, 255)


def with_alpha(color: NDArray[np.uint8], alpha: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    """Join (H,W,3) colour and (H,W) alpha (None: opaque) to (H,W,4) uint8."""
    if alpha is None:
        alpha = np.full(color.shape[:2], 255, np.uint8)
    return np.dstack([color, alpha])


def flatten(pixels: NDArray[np.uint8], background: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Composite (H,W,4) uint8 RGBA with straight alpha over one opaque colour; returns (H,W,3) uint8 RGB."""
    alpha = pixels[..., 3]
    if alpha.size == 0 or alpha.min() == 255:
        return np.ascontiguousarray(pixels[..., :3])
    flat = np.empty((*alpha.shape, 3), np.uint8)
    paper = np.array(background, np.uint32)
    for start in range(0, alpha.shape[0], 256):
        rows = slice(start, start + 256)
        share = alpha[rows, :, None].astype(np.uint32)
        flat[rows] = (pixels[rows, :, :3] * share + paper * (255 - share) + 127) // 255
    return flat


def flatten_on_white(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Composite (H,W,4) uint8 RGBA with straight alpha over white; returns (H,W,3) uint8 RGB."""
    return flatten(pixels, WHITE)


def composite_over(top: NDArray[np.uint8], bottom: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lay (H,W,4) uint8 RGBA `top` over `bottom` of the same shape (straight alpha, normal blending)."""
    if top.shape != bottom.shape or top.ndim != 3 or top.shape[2] != 4:
        raise ValueError(f"two RGBA pictures of one size are needed, got {top.shape} and {bottom.shape}")
    out = np.empty_like(bottom)
    for start in range(0, top.shape[0], 512):
        rows = slice(start, start + 512)
        above = top[rows, :, 3:].astype(np.float32) / 255
        below = bottom[rows, :, 3:].astype(np.float32) / 255 * (1 - above)
        alpha = above + below
        color = top[rows, :, :3] * above + bottom[rows, :, :3] * below
        out[rows, :, :3] = np.rint(color / np.maximum(alpha, 1e-6))
        out[rows, :, 3:] = np.rint(alpha * 255)
    return out


def srgb_to_lab(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Convert (…,3) uint8 sRGB to CIELAB (D65): L 0..100, a and b about -128..127."""
    return rgb2lab(rgb)


def lab_to_srgb(lab: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Convert (…,3) CIELAB (D65) to uint8 sRGB; colours out of gamut are clipped."""
    return np.rint(np.clip(lab2rgb(lab), 0, 1) * 255).astype(np.uint8)


def color_difference(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return CIEDE2000 between two uint8 sRGB arrays (…,3) that broadcast; 1 is about the smallest visible
    difference."""
    return deltaE_ciede2000(srgb_to_lab(first), srgb_to_lab(second))


def resize_rgba(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Resize (H,W,4) uint8 RGBA so that the hidden colour of transparent pixels does not bleed in."""
    if pixels.shape[:2] == (height, width):
        return pixels
    shrinking = width * height < pixels.shape[0] * pixels.shape[1]
    method = cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC
    alpha = pixels[..., 3:].astype(np.float32)
    premultiplied = np.concatenate([pixels[..., :3] * (alpha / 255), alpha], axis=2)
    small = cv2.resize(premultiplied, (width, height), interpolation=method)
    # Cubic enlargement overshoots: divide before clipping, otherwise colour and alpha would no longer match.
    alpha = small[..., 3:]
    color = np.where(alpha > 0, small[..., :3] * 255 / np.maximum(alpha, 1e-3), 0)
    return np.rint(np.clip(np.concatenate([color, alpha], axis=2), 0, 255)).astype(np.uint8)
