"""TIFF: 8 and 16 bit (and float), grey, RGB, palette, CMYK and Lab, with alpha and ICC profile."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from huebrush_backend.imaging.color import lab_to_srgb, with_alpha
from huebrush_backend.imaging.files.picture import DAMAGE, Layer, Picture, PictureError
from huebrush_backend.imaging.files.raster import decode_raster, turn_upright
from huebrush_backend.imaging.profiles import to_eight_bit, to_srgb

_ICC_PROFILE = 34675
_ORIENTATION = 274
_PREMULTIPLIED = 1


def read_tiff(path: Path) -> Picture:
    """Open the first page of a TIFF. Raises `PictureError`."""
    try:
        with tifffile.TiffFile(path) as tiff:
            page = tiff.pages.first
            pixels = _decode(path, page)
    except tifffile.TiffFileError as error:
        raise PictureError(path, f"the TIFF file is damaged: {error}.") from error
    except DAMAGE as error:
        raise PictureError(path, f"this kind of TIFF cannot be read: {error}.") from error
    layer = Layer(path.stem, pixels)
    height, width = layer.pixels.shape[:2]
    return Picture(path, width, height, (), lambda: layer)


def _decode(path: Path, page: tifffile.TiffPage) -> NDArray[np.uint8]:
    """Return one page as (H,W,4) 8-bit sRGB RGBA, upright."""
    profile = page.tags.valueof(_ICC_PROFILE)
    orientation = int(page.tags.valueof(_ORIENTATION, 1))
    try:
        samples = page.asarray()
    except (KeyError, ValueError, ImportError) as error:
        if "imagecodecs" not in str(error):
            raise
        if page.bitspersample <= 8:
            return decode_raster(path.read_bytes(), path, path.stem).pixels
        return turn_upright(_decode_deep(path, page, profile), orientation)
    return turn_upright(_to_rgba(page, samples, profile), orientation)


def _to_rgba(page: tifffile.TiffPage, samples: NDArray, profile: bytes | None) -> NDArray[np.uint8]:
    """Return a page's decoded samples as (H,W,4) 8-bit sRGB RGBA."""
    axes = page.axes
    if "S" in axes and axes.index("S") == 0:
        samples = np.moveaxis(samples, 0, -1)
    if samples.ndim == 2:
        samples = samples[..., None]
    photometric = page.photometric.name if isinstance(page.photometric, tifffile.PHOTOMETRIC) else str(page.photometric)
    if photometric == "PALETTE":
        if page.colormap is None:
            raise ValueError("it has no palette")
        return with_alpha(to_eight_bit(np.moveaxis(page.colormap[:, samples[..., 0]], 0, -1)))
    count = {"MINISBLACK": 1, "MINISWHITE": 1, "RGB": 3, "YCBCR": 3, "SEPARATED": 4, "CIELAB": 3}.get(photometric)
    if count is None or samples.shape[2] < count:
        raise ValueError(f"its colour model ({photometric.lower()}, {samples.shape[2]} channels) is not supported")
    alpha_kind = int(page.extrasamples[0]) if page.extrasamples else 0
    has_alpha = samples.shape[2] > count and alpha_kind != 0
    if samples.dtype.kind == "i" and photometric != "CIELAB":
        raise ValueError("its samples are signed")
    color = samples[..., :count]
    if photometric == "MINISWHITE":
        color = ~color if color.dtype != np.bool_ else np.logical_not(color)
    alpha = to_eight_bit(samples[..., count]) if has_alpha else None
    if has_alpha and alpha_kind == _PREMULTIPLIED and photometric in ("RGB", "MINISBLACK"):
        color = _unmultiply(color, samples[..., count])
    return with_alpha(_to_srgb(color, photometric, profile), alpha)


def _to_srgb(color: NDArray, photometric: str, profile: bytes | None) -> NDArray[np.uint8]:
    if photometric == "CIELAB":
        return lab_to_srgb(_lab(color))
    values = to_eight_bit(color)
    if values.shape[2] == 1:
        return to_srgb(Image.fromarray(np.ascontiguousarray(values[..., 0])), profile)
    mode = "CMYK" if photometric == "SEPARATED" else "RGB"
    height, width = values.shape[:2]
    return to_srgb(Image.frombytes(mode, (width, height), np.ascontiguousarray(values).tobytes()), profile)


def _lab(color: NDArray) -> NDArray[np.floating]:
    """Convert TIFF's integer Lab (L over the full unsigned range, a and b signed) to L 0..100, a and b ±128."""
    if color.dtype.itemsize == 1:
        signed = np.ascontiguousarray(color).view(np.int8)
        light, chroma = color[..., :1].astype(np.uint8) * (100 / 255), signed[..., 1:].astype(np.float64)
    elif color.dtype.itemsize == 2:
        signed = np.ascontiguousarray(color).view(np.int16)
        light, chroma = color[..., :1].astype(np.uint16) * (100 / 65535), signed[..., 1:] / 256
    else:
        raise ValueError("its Lab samples are neither 8 nor 16 bits")
    return np.concatenate([light, chroma], axis=2)


def _unmultiply(color: NDArray, alpha: NDArray) -> NDArray:
    """Convert colour multiplied by alpha back to straight colour, in the same sample type."""
    top = 1.0 if color.dtype.kind == "f" else float(np.iinfo(color.dtype).max)
    straight = color * (top / np.maximum(alpha, 1e-6 if color.dtype.kind == "f" else 1)[..., None])
    straight = np.clip(straight, 0, top)
    return straight.astype(color.dtype) if color.dtype.kind == "f" else np.rint(straight).astype(color.dtype)


def _decode_deep(path: Path, page: tifffile.TiffPage, profile: bytes | None) -> NDArray[np.uint8]:
    """Decode 16-bit samples whose compression tifffile leaves to another package (LZW …), with OpenCV; not upright
    yet."""
    if page.photometric in (tifffile.PHOTOMETRIC.RGB, tifffile.PHOTOMETRIC.MINISBLACK):
        flags = cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION
        samples = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), flags)
        if samples is not None:
            values = to_eight_bit(np.atleast_3d(samples))
            if values.shape[2] == 1:
                return with_alpha(_to_srgb(values, "MINISBLACK", profile), None)
            alpha = values[..., 3] if values.shape[2] == 4 else None
            return with_alpha(_to_srgb(np.ascontiguousarray(values[..., 2::-1]), "RGB", profile), alpha)
    compression, model = tifffile.COMPRESSION(page.compression).name, tifffile.PHOTOMETRIC(page.photometric).name
    raise ValueError(
        f"{page.bitspersample}-bit {model.lower()} with {compression} compression. Save it without compression or"
        " with Deflate (ZIP)"
    )
