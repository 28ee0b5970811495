"""Flat pictures: PNG with 8 or 16 bits, and all other formats that Pillow reads (JPEG, WebP, BMP, GIF …)."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from huebrush_backend.imaging.color import with_alpha
from huebrush_backend.imaging.color_encoding import ColorEncoding, UnknownColorsError, by_code_points, by_gamma
from huebrush_backend.imaging.files.limits import MOST_PIXELS, require_size
from huebrush_backend.imaging.files.picture import DAMAGE, Layer, Picture, PictureError
from huebrush_backend.imaging.files.png_chunks import GREY, PALETTE, TRUE_COLOR_WITH_ALPHA, PngPixels, png_pixels
from huebrush_backend.imaging.profiles import to_eight_bit, to_srgb

_ORIENTATION = 0x0112


def read_raster(path: Path) -> Picture:
    """Open a picture without layers. Raises `PictureError`."""
    layer = decode_raster(path.read_bytes(), path, path.stem)
    height, width = layer.pixels.shape[:2]
    return Picture(path, width, height, (), lambda: layer)


def decode_raster(data: bytes, file: Path, name: str) -> Layer:
    """Decode one picture to a layer called `name`: 8-bit sRGB, turned upright. `file` is for error messages."""
    png = png_pixels(data)
    try:
        with _opened(data if png is None else png.data, file) as image:
            image.load()
            # After loading: Pillow turns TIFF itself and then drops the tag.
            orientation = image.getexif().get(_ORIENTATION, 1)
            pixels = _from_pillow(image) if png is None else _from_png(image, png)
    except UnidentifiedImageError as error:
        raise PictureError(
            file, "this is not a picture that can be read (PNG, JPEG, WebP, TIFF, PSD, ORA and KRA can)."
        ) from error
    except UnknownColorsError as error:
        raise PictureError(
            file, f"its colours are stored in a way that is not supported ({error}). Save it as sRGB."
        ) from error
    except (OSError, SyntaxError, *DAMAGE) as error:
        raise PictureError(file, f"the picture is damaged: {error}.") from error
    original = png is not None and orientation == 1 and _worth_keeping(png)
    return Layer(name, turn_upright(pixels, orientation), encoded=data if original else None)


def _opened(data: bytes, file: Path) -> Image.Image:
    """Open a picture, without its pixels yet. Raises `PictureError` if it is too large."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        problem = f"the picture is too large; the limit is {MOST_PIXELS // 10**6} megapixels. Make it smaller."
        raise PictureError(file, problem) from error
    require_size(file, *image.size)
    return image


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


def _from_png(image: Image.Image, png: PngPixels) -> NDArray[np.uint8]:
    """Return a PNG as (H,W,4) sRGB, by the most exact of the descriptions of its colours that it has."""
    samples = _png_samples(image, png)
    transparent = None
    if png.transparent is not None:
        key = np.array(png.transparent) * (255 // ((1 << png.depth) - 1) if png.depth < 8 else 1)
        channels = samples.reshape(*samples.shape[:2], -1)
        transparent = np.logical_and.reduce([channels[..., place] == value for place, value in enumerate(key)])
    encoding = _encoding(png)
    pixels = _convert(samples, png.profile) if encoding is None else _convert_encoded(samples, encoding)
    if transparent is not None:
        pixels[transparent, 3] = 0
    return pixels


def _encoding(png: PngPixels) -> ColorEncoding | None:
    if png.cicp is not None:
        return by_code_points(*png.cicp)
    if png.profile is not None or png.is_srgb:
        return None
    return by_gamma(png.gamma, png.chromaticities)


def _png_samples(image: Image.Image, png: PngPixels) -> NDArray:
    """Return a PNG's samples: (H,W) grey, (H,W,2) grey and alpha, (H,W,3) RGB or (H,W,4) RGBA; uint16 for 16 bits,
    otherwise uint8 over its whole range."""
    if png.depth == 16:
        return _deep_png(png)
    if png.kind == PALETTE:
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif image.mode == "1":
        image = image.convert("L")
    return np.asarray(image)


def _convert_encoded(samples: NDArray, encoding: ColorEncoding) -> NDArray[np.uint8]:
    """Convert samples as `_convert` does, by an encoding instead of a profile."""
    count = 1 if samples.ndim == 2 else samples.shape[2]
    alpha = to_eight_bit(samples[..., -1]) if count in (2, 4) else None
    if count < 3:
        grey = encoding.to_srgb(samples if count == 1 else samples[..., 0])
        return with_alpha(np.repeat(grey[..., None], 3, axis=2), alpha)
    return with_alpha(encoding.to_srgb(samples[..., :3]), alpha)


def _deep_png(png: PngPixels) -> NDArray:
    """Return the samples of a 16-bit PNG, (H,W) or (H,W,3 or 4) RGB(A).

    Pillow would drop the low bytes of 16-bit colour instead of rounding.
    """
    flags = cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION
    samples = cv2.imdecode(np.frombuffer(png.data, np.uint8), flags)
    if samples is None:
        raise ValueError("its data cannot be decoded")
    if png.kind == GREY and samples.ndim == 3:
        samples = samples[..., 0]
    if samples.ndim == 3:
        order = cv2.COLOR_BGRA2RGBA if samples.shape[2] == 4 else cv2.COLOR_BGR2RGB
        samples = cv2.cvtColor(samples, order)
    return samples


def _worth_keeping(png: PngPixels) -> bool:
    """Return whether the original PNG keeps more than its 8-bit RGBA encoded again, and OpenRaster allows it: few
    readers of that look at an encoding other than sRGB or a profile."""
    return (png.kind == TRUE_COLOR_WITH_ALPHA or png.depth == 16) and _encoding(png) is None
