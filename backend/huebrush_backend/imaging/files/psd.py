"""Photoshop documents: layers and groups by name, 8, 16 and 32 bit, RGB, grey, CMYK and Lab.

With 32 bits, samples are light: linear, or as the profile says, which Photoshop makes linear too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from huebrush_protocol.icc_profile import XYZ_TO_LINEAR_SRGB, parse_icc_profile
from huebrush_protocol.legacy_names import readings
from numpy.typing import NDArray
from PIL import Image
from psd_tools import PSDImage
from psd_tools.composite import composite
from psd_tools.constants import ColorMode, Resource, Tag

from huebrush_backend.imaging.color import lab_to_srgb, with_alpha
from huebrush_backend.imaging.color_encoding import light_to_srgb
from huebrush_backend.imaging.files.layer_names import clean_name
from huebrush_backend.imaging.files.limits import require_size
from huebrush_backend.imaging.files.picture import DAMAGE, Layer, LayerSource, Picture, PictureError
from huebrush_backend.imaging.profiles import to_eight_bit, to_srgb

_COLOR_CHANNELS = {
    ColorMode.BITMAP: 1,
    ColorMode.GRAYSCALE: 1,
    ColorMode.DUOTONE: 1,
    ColorMode.RGB: 3,
    ColorMode.LAB: 3,
    ColorMode.CMYK: 4,
    ColorMode.INDEXED: 3,
}
_DEPTH_OF_LIGHT = 32
_CURVE_SAMPLES = 4097
_ROWS = 256


def read_psd(path: Path) -> Picture:
    """Open a Photoshop document (PSD or PSB). Raises `PictureError`."""
    try:
        document = PSDImage.open(path, max_alloc_bytes="unlimited")
    except (OSError, *DAMAGE) as error:
        raise PictureError(path, f"the Photoshop file is damaged: {error}.") from error
    if document.color_mode not in _COLOR_CHANNELS:
        raise PictureError(
            path, f"Photoshop's {document.color_mode.name} mode cannot be read; convert the picture to RGB."
        )
    require_size(path, document.width, document.height)
    profile = document.image_resources.get_data(Resource.ICC_PROFILE)
    reader = _Reader(path, document, profile if isinstance(profile, bytes) else None)
    sources = tuple(reader.sources(document, ()))
    return Picture(path, document.width, document.height, sources, reader.merged)


@attrs.frozen(eq=False)
class _Reader:
    """An open document. Single layers are read with their mask, but without opacity and effects."""

    path: Path
    document: PSDImage
    profile: bytes | None

    def sources(self, parent: Any, path: tuple[str, ...]) -> Iterator[LayerSource]:
        for layer in parent:
            name, *others = _names(layer)
            here = (*path, name)
            if layer.is_group():
                yield from self.sources(layer, here)
            yield LayerSource(here, _LayerLoader(self, layer, name), layer.is_group(), tuple(others))

    def merged(self) -> Layer:
        """Return the picture as Photoshop merged it, or merge it here if the file has no merged picture."""
        try:
            if self.document.has_preview() or len(self.document) == 0:
                color = self.document.numpy("color")
                alpha = self.document.numpy("shape")
                pixels = self._pixels(color, alpha)
            else:
                pixels = self._composited(self.document).pixels
        except (ImportError, *DAMAGE) as error:
            raise PictureError(self.path, f"its layers cannot be merged: {error}.") from error
        return Layer(self.path.stem, pixels)

    def layer(self, layer: Any) -> Layer:
        try:
            if layer.is_group() or layer.kind != "pixel":
                return self._composited(layer)
            color = layer.numpy("color")
            if color is None:
                return Layer(layer.name, np.zeros((1, 1, 4), np.uint8))
            shape = layer.numpy("shape")
            coverage = np.ones(color.shape[:2], np.float32) if shape is None else shape[..., 0]
            pixels = self._pixels(color, coverage * self._mask(layer))
        except (ImportError, *DAMAGE) as error:
            raise PictureError(self.path, f'the layer "{layer.name}" cannot be read: {error}.') from error
        return Layer(layer.name, pixels, layer.left, layer.top, opacity=1.0)

    def _composited(self, layer: Any) -> Layer:
        """Return the appearance of a group, text, shape or fill layer, or of the document."""
        viewport = (0, 0, self.document.width, self.document.height)
        if self.document.depth == _DEPTH_OF_LIGHT:
            color, _, alpha = composite(layer, viewport=viewport, force=True)
            return Layer(layer.name, self._pixels(color, alpha))
        return Layer(layer.name, _rgba_array(layer.composite(viewport=viewport, force=True)))

    def _mask(self, layer: Any) -> NDArray[np.float32] | float:
        """Return the layer's mask over the layer's own rectangle, 0..1."""
        mask = layer.mask
        if mask is None or mask.disabled:
            return 1.0
        values = layer.numpy("mask")
        outside = mask.background_color / 255
        coverage = np.full((layer.height, layer.width), outside, np.float32)
        if values is None:
            return coverage
        top, left = max(mask.top, layer.top), max(mask.left, layer.left)
        bottom, right = min(mask.bottom, layer.bottom), min(mask.right, layer.right)
        if top < bottom and left < right:
            inside = values[top - mask.top : bottom - mask.top, left - mask.left : right - mask.left, 0]
            coverage[top - layer.top : bottom - layer.top, left - layer.left : right - layer.left] = inside
        return coverage

    def _pixels(self, color: NDArray, alpha: NDArray | None) -> NDArray[np.uint8]:
        """Return colour (H,W,n) float 0..1 of the document's own colour model, and alpha, as (H,W,4) 8-bit sRGB."""
        mode = self.document.color_mode
        color = color[..., : _COLOR_CHANNELS[mode]]
        coverage = None if alpha is None else to_eight_bit(alpha.reshape(alpha.shape[:2]))
        if mode == ColorMode.LAB:
            return with_alpha(lab_to_srgb(color * (100, 255, 255) - (0, 128, 128)), coverage)
        profile = self.profile
        if self.document.depth == _DEPTH_OF_LIGHT and mode in (ColorMode.RGB, ColorMode.GRAYSCALE):
            color, profile = _light_to_srgb(color, profile), None
        if mode == ColorMode.CMYK:
            # Photoshop stores the amount of paper that stays visible, not of ink.
            color = 1 - color
        values = np.ascontiguousarray(to_eight_bit(color))
        height, width, channels = values.shape
        image = Image.frombytes({1: "L", 3: "RGB", 4: "CMYK"}[channels], (width, height), values.tobytes())
        return with_alpha(to_srgb(image, profile), coverage)


def _light_to_srgb(color: NDArray, profile: bytes | None) -> NDArray[np.float32]:
    """Return sRGB, 0..1, of (H,W,n) light in the profile's colours, or in linear sRGB if it has none."""
    found = parse_icc_profile(profile) if profile else None
    known = found if found is not None and len(found.curves) == color.shape[2] else None
    places = np.linspace(0, 1, _CURVE_SAMPLES)
    curves = [np.array([curve(place) for place in places]) for curve in known.curves] if known else []
    matrix = np.array(XYZ_TO_LINEAR_SRGB) @ np.array(known.matrix) if known and known.matrix else None
    converted = np.empty(color.shape, np.float32)
    for start in range(0, len(color), _ROWS):
        light = np.clip(np.nan_to_num(color[start : start + _ROWS]), 0, 1)
        for channel, curve in enumerate(curves):
            light[..., channel] = np.interp(light[..., channel], places, curve)
        converted[start : start + _ROWS] = light_to_srgb(light if matrix is None else light @ matrix.T)
    return converted


@attrs.frozen(eq=False)
class _LayerLoader:
    reader: _Reader
    layer: Any
    name: str

    def __call__(self) -> Layer:
        return attrs.evolve(self.reader.layer(self.layer), name=self.name)


def _names(layer: Any) -> list[str]:
    """Return the layer's name in Unicode if the file has it; otherwise all readings of its bytes, the likeliest first.

    psd-tools reads these as MacRoman, in which every byte is a letter.
    """
    if layer.tagged_blocks.get_data(Tag.UNICODE_LAYER_NAME) is not None:
        return [clean_name(layer.name)]
    return [clean_name(name) for name in readings(layer.name.encode("macroman").rstrip(b"\0"))]


def _rgba_array(image: Image.Image) -> NDArray[np.uint8]:
    """Return psd-tools' own composite (already sRGB) as (H,W,4)."""
    return np.asarray(image.convert("RGBA"))
