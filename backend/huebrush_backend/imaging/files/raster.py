"""Flat pictures: PNG with 8 or 16 bits, and all other formats that Pillow reads (JPEG, WebP, BMP, GIF …)."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from huebrush_backend.imaging.color import with_alpha
from huebrush_backend.imaging.files.picture import DAMAGE, Layer, Picture, PictureError
from huebrush_backend.imaging.files.png import SIGNATURE
from huebrush_backend.imaging.profiles import to_eight_bit, to_srgb

_TRUE_COLOR_WITH_ALPHA = 6
_ORIENTATION = 0x0112


def read_raster(path: Path) -> Picture:
    """Open a picture without layers. Raises `PictureError`."""
    layer = decode_raster(path.read_bytes(), path, path.stem)
    height, width = layer.pixels.shape[:2]
    return Picture(path, width, height, (), lambda: layer)


def decode_raster(data: bytes, file: Path, name: str) -> Layer:
    """Decode one picture to a layer called `name`: 8-bit sRGB, turned upright. `file` is for error messages."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            # After loading: Pillow turns TIFF itself and then drops the tag.
            orientation = image.getexif().get(_ORIENTATION, 1)
            profile = image.info.get("icc_profile")
            deep = _deep_png(data) if image.format == "PNG" else None
            pixels = _from_pillow(image) if deep is None else _convert(deep, profile)
            original = image.format == "PNG" and orientation == 1 and _worth_keeping(data)
    except UnidentifiedImageError as error:
        raise PictureError(
            file, "this is not a picture that can be read (PNG, JPEG, WebP, TIFF, PSD, ORA and KRA can)."
        ) from error
    except Image.DecompressionBombError as error:
        raise PictureError(file, "the picture is too large to be read safely.") from error
    except (OSError, SyntaxError, *DAMAGE) as error:
        raise PictureError(file, f"the picture is damaged: {error}.") from error
    return Layer(name, turn_upright(pixels, orientation), encoded=data if original else None)


def turn_upright(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Undo an EXIF/TIFF orientation (1..8) of an (H,W,4) picture."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _from_pillow(image: Image.Image) -> NDArray[np.uint8]:
    """Return any 8-bit picture of Pillow's as (H,W,4) sRGB."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I;16"):
        return _convert(np.asarray(image).astype(np.uint16), profile)
    if image.mode in ("I", "F"):
        samples = np.asarray(image, dtype=np.float64)
        return _convert(samples / (65535 if image.mode == "I" else 1), profile)
    has_alpha = image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info
    alpha = None
    if has_alpha:
        image = image.convert("RGBA")
        alpha = np.asarray(image.getchannel("A"))
        image = image.convert("RGB")
    elif image.mode not in ("L", "RGB", "CMYK"):
        image = image.convert("L" if image.mode == "1" else "RGB")
    if alpha is not None and profile is not None and _is_grey_profile(profile):
        image = image.convert("L")
    color = to_srgb(image, profile)
    return with_alpha(color, alpha)


def _convert(samples: NDArray, profile: bytes | None) -> NDArray[np.uint8]:
    """Convert samples of any depth to (H,W,4) 8-bit sRGB: (H,W) grey, (H,W,2) grey+alpha, (H,W,3) RGB or (H,W,4)
    RGBA."""
    samples = to_eight_bit(samples)
    if samples.ndim == 2:
        return with_alpha(to_srgb(Image.fromarray(samples), profile))
    channels = samples.shape[2]
    alpha = samples[..., channels - 1] if channels in (2, 4) else None
    color = samples[..., 0] if channels < 3 else samples[..., :3]
    if channels == 4 and profile is not None and _is_grey_profile(profile):
        color = samples[..., 0]
    return with_alpha(to_srgb(Image.fromarray(np.ascontiguousarray(color)), profile), alpha)


def _is_grey_profile(profile: bytes) -> bool:
    return profile[16:20] == b"GRAY"


def _deep_png(data: bytes) -> NDArray | None:
    """Return the samples of a 16-bit PNG, (H,W) or (H,W,3 or 4) RGB(A); None if it has fewer bits.

    Pillow would drop the low bytes of 16-bit colour instead of rounding.
    """
    if _png_depth_and_type(data)[0] != 16:
        return None
    flags = cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION
    samples = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if samples is None:
        raise ValueError("its data cannot be decoded")
    if samples.ndim == 3:
        order = cv2.COLOR_BGRA2RGBA if samples.shape[2] == 4 else cv2.COLOR_BGR2RGB
        samples = cv2.cvtColor(samples, order)
    return samples


def _png_depth_and_type(data: bytes) -> tuple[int, int]:
    """Return bits per sample and colour type from a PNG's header; (0, 0) if it is not a PNG."""
    if not data.startswith(SIGNATURE) or len(data) < 26:
        return 0, 0
    return data[24], data[25]


def _worth_keeping(data: bytes) -> bool:
    """Return whether the original PNG keeps more than its 8-bit RGBA encoded again, and OpenRaster allows it."""
    depth, kind = _png_depth_and_type(data)
    return kind == _TRUE_COLOR_WITH_ALPHA or depth == 16
