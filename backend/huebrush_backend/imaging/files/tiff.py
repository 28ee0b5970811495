"""TIFF: 8 and 16 bit (and float), grey, RGB, palette, CMYK and Lab, with alpha and ICC profile."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from huebrush_backend.imaging.color import lab_to_srgb, with_alpha
from huebrush_backend.imaging.files.limits import require_size
from huebrush_backend.imaging.files.picture import DAMAGE, Layer, Picture, PictureError
from huebrush_backend.imaging.files.raster import decode_raster, turn_upright
from huebrush_backend.imaging.profiles import to_eight_bit, to_srgb

_ICC_PROFILE = 34675
_ORIENTATION = 274
_EXTRA_SAMPLES = 338
_UNSPECIFIED, _PREMULTIPLIED, _STRAIGHT = 0, 1, 2
_REDUCED_OR_MASK = 1 | 4
"""Bits of a page's subfile type: a smaller copy of another page, or its mask."""
_COLOR_SAMPLES = {"MINISBLACK": 1, "MINISWHITE": 1, "RGB": 3, "YCBCR": 3, "SEPARATED": 4, "CIELAB": 3, "ICCLAB": 3}


def read_tiff(path: Path) -> Picture:
    """Open the first page of a TIFF that is no smaller copy of another. Raises `PictureError`."""
    try:
        with _quiet(), tifffile.TiffFile(path) as tiff:
            page = _page(tiff)
            if page is None:
                raise PictureError(path, "the TIFF file is damaged: it has no pages.")
            require_size(path, page.imagewidth, page.imagelength)
            pixels = _decode(path, page)
    except tifffile.TiffFileError as error:
        raise PictureError(path, f"the TIFF file is damaged: {error}.") from error
    except (ImportError, *DAMAGE) as error:
        raise PictureError(path, f"this kind of TIFF cannot be read: {error}.") from error
    layer = Layer(path.stem, pixels)
    height, width = layer.pixels.shape[:2]
    return Picture(path, width, height, (), lambda: layer)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what tifffile logs about odd files from the user, who can do nothing about it."""
    logger = logging.getLogger("tifffile")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def _page(tiff: tifffile.TiffFile) -> tifffile.TiffPage | None:
    first = None
    for page in tiff.pages:
        if isinstance(page, tifffile.TiffPage):
            if not page.subfiletype & _REDUCED_OR_MASK:
                return page
            first = first or page
    return first


def _decode(path: Path, page: tifffile.TiffPage) -> NDArray[np.uint8]:
    """Return one page as (H,W,4) 8-bit sRGB RGBA, upright; what tifffile cannot read, Pillow or OpenCV may."""
    profile = page.tags.valueof(_ICC_PROFILE)
    orientation = int(page.tags.valueof(_ORIENTATION, 1))
    try:
        return turn_upright(_to_rgba(page, page.asarray(), profile), orientation)
    except (ImportError, *DAMAGE) as error:
        try:
            if page.bitspersample > 8 and "imagecodecs" in str(error):
                return turn_upright(_to_rgba(page, _decoded_by_opencv(path, page), profile), orientation)
            return _decoded_by_pillow(path, page)
        except (OSError, PictureError, *DAMAGE):
            raise error from None


def _decoded_by_opencv(path: Path, page: tifffile.TiffPage) -> NDArray:
    """Return samples of more than 8 bits whose compression tifffile leaves to another package (LZW …)."""
    flags = cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION
    samples = None
    if page.photometric in (tifffile.PHOTOMETRIC.RGB, tifffile.PHOTOMETRIC.MINISBLACK) and page.index == 0:
        samples = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), flags)
    if samples is None or samples.dtype != page.dtype:
        compression, model = tifffile.COMPRESSION(page.compression).name, tifffile.PHOTOMETRIC(page.photometric).name
        raise ValueError(
            f"{page.bitspersample}-bit {model.lower()} with {compression} compression. Save it without compression or"
            " with Deflate (ZIP)"
        )
    samples = np.atleast_3d(samples)
    return samples if samples.shape[2] < 3 else samples[..., [2, 1, 0, *range(3, samples.shape[2])]]


def _decoded_by_pillow(path: Path, page: tifffile.TiffPage) -> NDArray[np.uint8]:
    """Return the page as Pillow reads it, (H,W,4) upright, with the palette and alpha as they are meant here."""
    data = bytearray(path.read_bytes())
    extra = page.tags.get(_EXTRA_SAMPLES)
    if extra is not None and extra.count == 1 and _alpha(page, None) is not None:
        number = int(_STRAIGHT if extra.value in (_UNSPECIFIED, (_UNSPECIFIED,)) else page.extrasamples[0])
        data[extra.valueoffset : extra.valueoffset + 2] = number.to_bytes(
            2, "big" if page.parent.byteorder == ">" else "little"
        )
    if _photometric(page) == "PALETTE":
        with Image.open(io.BytesIO(data)) as image:
            image.seek(page.index)
            return _from_palette(page, np.asarray(image)[..., None])
    if page.index > 0:
        raise ValueError("its first page is only a smaller copy. Save it as one page")
    pixels = decode_raster(bytes(data), path, path.stem).pixels
    has_kind = any(kind in (_PREMULTIPLIED, _STRAIGHT) for kind in map(int, page.extrasamples))
    if not has_kind and not _is_transparency(pixels[..., :3], pixels[..., 3]):
        pixels[..., 3] = 255
    return pixels


def _photometric(page: tifffile.TiffPage) -> str:
    model = page.photometric
    return model.name if isinstance(model, tifffile.PHOTOMETRIC) else str(model)


def _alpha(page: tifffile.TiffPage, samples: NDArray | None) -> tuple[int, int] | None:
    """Return the place and kind of the sample that is alpha, None if there is none.

    One that has no kind, or a wrong one, is alpha if it looks like transparency. `samples`: (H,W,n), or None if they
    are not known yet.
    """
    color = _COLOR_SAMPLES.get(_photometric(page), 1)
    count = page.samplesperpixel if samples is None else samples.shape[2]
    kinds = [int(kind) for kind in page.extrasamples]
    for place, kind in enumerate(kinds):
        if kind in (_PREMULTIPLIED, _STRAIGHT) and color + place < count:
            return color + place, kind
    if count != color + 1 or (not kinds and color not in (1, 3)):
        return None
    if samples is None or _is_transparency(samples[..., :color], samples[..., color]):
        return color, _STRAIGHT
    return None


def _is_transparency(color: NDArray, alpha: NDArray) -> bool:
    """Return whether everything that `alpha` hides has one colour: programs write the transparency of layers without a
    kind, but also selections, which hide a part of a picture, or nothing but zeros."""
    hidden = color[alpha == 0]
    return len(hidden) < alpha.size and bool((hidden == hidden[:1]).all())


def _from_palette(page: tifffile.TiffPage, samples: NDArray) -> NDArray[np.uint8]:
    if page.colormap is None:
        raise ValueError("it has no palette")
    # The standard asks for 16 bits; some programs write 8, and others leave the low ones 0.
    colors = (page.colormap if page.colormap.max() < 256 else page.colormap >> 8).astype(np.uint8)
    found = _alpha(page, samples)
    alpha = None if found is None else to_eight_bit(samples[..., found[0]])
    return with_alpha(np.moveaxis(colors[:, samples[..., 0]], 0, -1), alpha)


def _to_rgba(page: tifffile.TiffPage, samples: NDArray, profile: bytes | None) -> NDArray[np.uint8]:
    """Return a page's decoded samples as (H,W,4) 8-bit sRGB RGBA."""
    axes = page.axes
    if samples.ndim == 3 and axes and axes[0] == "S":
        samples = np.moveaxis(samples, 0, -1)
    if samples.ndim == 2:
        samples = samples[..., None]
    photometric = _photometric(page)
    if samples.ndim != 3:
        raise ValueError("it has more than two dimensions")
    if photometric == "PALETTE":
        return _from_palette(page, samples)
    count = _COLOR_SAMPLES.get(photometric)
    if count is None or samples.shape[2] < count:
        raise ValueError(f"its colour model ({photometric.lower()}, {samples.shape[2]} channels) is not supported")
    if samples.dtype.kind == "i" and photometric != "CIELAB":
        raise ValueError("its samples are signed")
    found = _alpha(page, samples)
    color = samples[..., :count]
    if photometric == "MINISWHITE":
        color = 1 - color if color.dtype.kind == "f" else ~color
    if found is None:
        return with_alpha(_to_srgb(color, photometric, profile))
    place, kind = found
    alpha = samples[..., place]
    if kind == _PREMULTIPLIED and photometric in ("RGB", "MINISBLACK"):
        color = _unmultiply(color, alpha)
    return with_alpha(_to_srgb(color, photometric, profile), to_eight_bit(alpha))


def _to_srgb(color: NDArray, photometric: str, profile: bytes | None) -> NDArray[np.uint8]:
    if photometric in ("CIELAB", "ICCLAB"):
        return lab_to_srgb(_lab(color, signed=photometric == "CIELAB"))
    values = to_eight_bit(color)
    if values.shape[2] == 1:
        return to_srgb(Image.fromarray(np.ascontiguousarray(values[..., 0])), profile)
    mode = {"SEPARATED": "CMYK", "YCBCR": "YCbCr"}.get(photometric, "RGB")
    height, width = values.shape[:2]
    image = Image.frombytes(mode, (width, height), np.ascontiguousarray(values).tobytes())
    return to_srgb(image if mode != "YCbCr" else image.convert("RGB"), profile)


def _lab(color: NDArray, signed: bool) -> NDArray[np.floating]:
    """Convert TIFF's integer Lab to L 0..100, a and b ±128. a and b are signed, or unsigned with 0 in the middle, as in
    ICC profiles, where L of 16 bits is 100 at 0xFF00."""
    if color.dtype.itemsize not in (1, 2):
        raise ValueError("its Lab samples are neither 8 nor 16 bits")
    step = 1 if color.dtype.itemsize == 1 else 256
    whole = color.astype(np.float64) % (256 * step)
    top = 255 * step + (step - 1 if signed else 0)
    chroma = whole[..., 1:] / step
    chroma = np.where(chroma >= 128, chroma - 256, chroma) if signed else chroma - 128
    return np.concatenate([whole[..., :1] * (100 / top), chroma], axis=2)


def _unmultiply(color: NDArray, alpha: NDArray) -> NDArray:
    """Convert colour multiplied by alpha back to straight colour, in the same sample type."""
    top = 1.0 if color.dtype.kind == "f" else float(np.iinfo(color.dtype).max)
    straight = color * (top / np.maximum(alpha, 1e-6 if color.dtype.kind == "f" else 1)[..., None])
    straight = np.clip(straight, 0, top)
    return straight.astype(color.dtype) if color.dtype.kind == "f" else np.rint(straight).astype(color.dtype)
