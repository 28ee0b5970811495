"""Converts image frames to NumPy pixels for the engine, and back."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from huebrush_protocol.frames import CHANNELS, Image
from huebrush_protocol.messages import ImageHeader

from huebrush_backend.imaging.figure_masks import mask_of


def to_rgba(image: Image) -> np.ndarray:
    """Return the pixels as (H, W, 4) uint8 RGBA with straight alpha. 16-bit samples are rounded to 8 bits.

    The result may be a read-only view of the received frame, if the frame is packed RGBA.
    """
    header = image.header
    sample = np.dtype("<u2") if header.dtype == "uint16" else np.dtype("u1")
    channels = CHANNELS[header.order]
    pixels = np.ndarray(
        (header.height, header.width, channels),
        dtype=sample,
        buffer=image.data,
        strides=(image.stride, channels * sample.itemsize, sample.itemsize),
    )
    if header.dtype == "uint16":
        pixels = ((pixels.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
    if header.order == "RGBA":
        return np.ascontiguousarray(pixels)
    if header.order == "BGRA":
        return cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_BGRA2RGBA)
    rgba = np.empty((header.height, header.width, 4), np.uint8)
    rgba[..., :3] = pixels  # a single grey channel fills all three
    rgba[..., 3] = 255
    return rgba


def to_mask(mask: Image, picture: ImageHeader) -> np.ndarray:
    """Return a mask as (H, W) uint8 of the size of its `picture`, positioned by the `x` and `y` of both."""
    return _placed(mask_of(to_rgba(mask)), mask.header, picture)


def placed(image: Image, picture: ImageHeader) -> np.ndarray:
    """Return `image` as (H, W, 4) uint8 RGBA of the size of `picture`, positioned over it and transparent elsewhere."""
    return _placed(to_rgba(image), image.header, picture)


def _placed(pixels: np.ndarray, header: ImageHeader, picture: ImageHeader) -> np.ndarray:
    placed = np.zeros((picture.height, picture.width, *pixels.shape[2:]), np.uint8)
    left, top = header.x - picture.x, header.y - picture.y
    right, bottom = min(left + pixels.shape[1], picture.width), min(top + pixels.shape[0], picture.height)
    column, row = max(left, 0), max(top, 0)
    if right > column and bottom > row:
        placed[row:bottom, column:right] = pixels[row - top : bottom - top, column - left : right - left]
    return placed


def from_rgba(pixels: np.ndarray, order: str) -> np.ndarray:
    """Reorder the channels of (H, W, 4) uint8 RGBA pixels to `order`, "RGBA" or "BGRA". The result is packed."""
    packed = np.ascontiguousarray(pixels)
    return packed if order == "RGBA" else cv2.cvtColor(packed, cv2.COLOR_RGBA2BGRA)


def result_order(headers: Sequence[ImageHeader]) -> str:
    """Return the channel order for a job's result: "BGRA" if the client sent its line art in it, else "RGBA"."""
    return "BGRA" if any(header.role == "line_art" and header.order == "BGRA" for header in headers) else "RGBA"
