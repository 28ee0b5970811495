"""Conversion of pixels of any depth and colour model to 8-bit sRGB."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

_CREATION_DATE = slice(24, 36)
"""Place of the creation date in a profile's header."""


def to_eight_bit(values: NDArray) -> NDArray[np.uint8]:
    """Scale whole-range samples to 0..255, rounding to nearest.

    Takes bool and unsigned integers over their full range, and floats over 0..1 (clipped). Raises `TypeError` for
    other sample types.
    """
    if values.dtype == np.uint8:
        return values
    if values.dtype == np.bool_:
        return values.astype(np.uint8) * np.uint8(255)
    if values.dtype.kind == "u" and values.dtype.itemsize == 2:
        table = ((np.arange(65536, dtype=np.uint32) + 128) // 257).astype(np.uint8)
        return table[values]
    if values.dtype.kind == "u" and values.dtype.itemsize in (4, 8):
        return np.rint(values * (255 / np.iinfo(values.dtype).max)).astype(np.uint8)
    if values.dtype.kind == "f":
        return np.rint(np.clip(np.nan_to_num(values), 0, 1) * 255).astype(np.uint8)
    raise TypeError(f"samples of type {values.dtype} are not supported")


def to_srgb(image: Image.Image, icc_profile: bytes | None) -> NDArray[np.uint8]:
    """Convert a picture of mode "L", "RGB" or "CMYK" to (H,W,3) uint8 sRGB, by its ICC profile if it has one.

    Without a profile (or with a broken one) grey and RGB are taken as sRGB, and CMYK is converted by a simple formula.
    A profile that equals sRGB, whatever its name, leaves every value as it is.
    """
    if icc_profile:
        converted = _by_profile(image, icc_profile)
        if converted is not None:
            return np.asarray(converted)
    return np.asarray(image.convert("RGB"))


def srgb_profile() -> bytes:
    """Return an ICC profile of sRGB, always the same bytes."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[_CREATION_DATE] = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    return bytes(made)


def from_srgb(pixels: NDArray[np.uint8], icc_profile: bytes) -> NDArray[np.uint8] | None:
    """Convert (H,W,4) uint8 sRGB RGBA to the colours of an RGB profile.

    A profile that equals sRGB leaves every value as it is. None, if the profile is not one of RGB or cannot be used.
    """
    if icc_profile[16:20] != b"RGB ":
        return None
    try:
        theirs, ours = ImageCms.ImageCmsProfile(io.BytesIO(icc_profile)), ImageCms.createProfile("sRGB")
        if _changes_nothing(_transform(theirs, ours, "RGB"), "RGB"):
            return pixels
        color = Image.fromarray(np.ascontiguousarray(pixels[..., :3]))
        converted = ImageCms.applyTransform(color, _transform(ours, theirs, "RGB"))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
    return None if converted is None else np.dstack([np.asarray(converted), pixels[..., 3]])


def _by_profile(image: Image.Image, icc_profile: bytes) -> Image.Image | None:
    """Return the picture converted by its profile, or None if the profile cannot be used or changes nothing."""
    try:
        theirs = ImageCms.ImageCmsProfile(io.BytesIO(icc_profile))
        transform = _transform(theirs, ImageCms.createProfile("sRGB"), image.mode)
        if image.mode != "CMYK" and _changes_nothing(transform, image.mode):
            return None
        return ImageCms.applyTransform(image, transform)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def _transform(source: Any, target: Any, mode: str) -> ImageCms.ImageCmsTransform:
    """Return the conversion from a profile with pictures of `mode` to one of RGB. Raises `PyCMSError`."""
    return ImageCms.buildTransform(
        source,
        target,
        mode,
        "RGB",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Return whether colours over the whole range change by at most one step."""
    steps = np.arange(0, 256, 17, dtype=np.uint8)
    if mode == "L":
        probe = steps.reshape(1, -1)
        expected = np.repeat(probe[..., None], 3, axis=2)
    else:
        expected = probe = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(16, -1, 3)
    converted = ImageCms.applyTransform(Image.fromarray(probe), transform)
    if converted is None:
        return True
    return int(np.abs(np.asarray(converted).astype(int) - expected).max()) <= 1
