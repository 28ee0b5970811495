"""Composite operations of OpenRaster, by the formulas of the W3C's Compositing and Blending, as Krita does them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.imaging.color import composite_over

NORMAL = "svg:src-over"
MULTIPLY = "svg:multiply"
SCREEN = "svg:screen"
ATOP = "svg:src-atop"
"""Normal, but only where something lies below; so Krita writes a layer that inherits alpha."""
ERASE = "svg:dst-out"
"""Eraser: what lies below becomes transparent; so Krita writes that blending mode."""

Floats = NDArray[np.floating]
_ROWS = 512
_BRIGHTNESS = np.array([0.299, 0.587, 0.114], np.float32)


def laid_over(top: NDArray[np.uint8], bottom: NDArray[np.uint8], operation: str) -> NDArray[np.uint8]:
    """Lay (H,W,4) uint8 RGBA `top` over `bottom` of the same shape (straight alpha). An operation that is not known
    here is taken as normal."""
    if operation not in _SHARES and operation not in _MIXTURES:
        return composite_over(top, bottom)
    merged = np.empty_like(bottom)
    for start in range(0, top.shape[0], _ROWS):
        rows = slice(start, start + _ROWS)
        above, below = top[rows].astype(np.float32) / 255, bottom[rows].astype(np.float32) / 255
        color, alpha = _merged(above[..., :3], above[..., 3:], below[..., :3], below[..., 3:], operation)
        merged[rows, :, :3] = np.rint(np.clip(color / np.maximum(alpha, 1e-6), 0, 1) * 255)
        merged[rows, :, 3:] = np.rint(alpha * 255)
    return merged


def _merged(top: Floats, over: Floats, bottom: Floats, under: Floats, operation: str) -> tuple[Floats, Floats]:
    """Return the colour, multiplied by alpha, and the alpha of `top` with alpha `over` on `bottom` with `under`."""
    if operation in _SHARES:
        of_top, of_bottom = _SHARES[operation](over, under)
        return top * of_top + bottom * of_bottom, of_top + of_bottom
    top = top * (1 - under) + _MIXTURES[operation](bottom, top) * under
    return top * over + bottom * under * (1 - over), over + under * (1 - over)


_SHARES: dict[str, Callable[[Floats, Floats], tuple[Floats, Floats]]] = {
    ATOP: lambda over, under: (over * under, under * (1 - over)),
    ERASE: lambda over, under: (0 * over, under * (1 - over)),
    "svg:dst-in": lambda over, under: (0 * over, under * over),
    "svg:dst-atop": lambda over, under: (over * (1 - under), under * over),
    "svg:clear": lambda over, under: (0 * over, 0 * under),
}
"""Share of the layer and of what lies below in each pixel, by the alpha of both."""


def _hard_light(bottom: Floats, top: Floats) -> Floats:
    return np.where(top <= 0.5, 2 * bottom * top, 1 - 2 * (1 - bottom) * (1 - top))


def _soft_light(bottom: Floats, top: Floats) -> Floats:
    bent = np.where(bottom <= 0.25, ((16 * bottom - 12) * bottom + 4) * bottom, np.sqrt(bottom))
    darker = bottom - (1 - 2 * top) * bottom * (1 - bottom)
    return np.where(top <= 0.5, darker, bottom + (2 * top - 1) * (bent - bottom))


def _dodge(bottom: Floats, top: Floats) -> Floats:
    return np.where(bottom <= 0, 0, np.minimum(1, bottom / np.maximum(1 - top, 1e-6)))


def _burn(bottom: Floats, top: Floats) -> Floats:
    return np.where(bottom >= 1, 1, 1 - np.minimum(1, (1 - bottom) / np.maximum(top, 1e-6)))


def _brightness(color: Floats) -> Floats:
    return (color @ _BRIGHTNESS)[..., None]


def _with_brightness(color: Floats, brightness: Floats) -> Floats:
    """Return `color` with another brightness, desaturated as far as it would leave 0..1."""
    color = color + (brightness - _brightness(color))
    low, high = color.min(axis=-1, keepdims=True), color.max(axis=-1, keepdims=True)
    shade = color - brightness
    color = np.where(low < 0, brightness + shade * brightness / np.maximum(brightness - low, 1e-6), color)
    shade = color - brightness
    return np.where(high > 1, brightness + shade * (1 - brightness) / np.maximum(high - brightness, 1e-6), color)


def _with_saturation(color: Floats, like: Floats) -> Floats:
    low, high = color.min(axis=-1, keepdims=True), color.max(axis=-1, keepdims=True)
    wanted = like.max(axis=-1, keepdims=True) - like.min(axis=-1, keepdims=True)
    return (color - low) / np.maximum(high - low, 1e-6) * wanted


_MIXTURES: dict[str, Callable[[Floats, Floats], Floats]] = {
    MULTIPLY: lambda bottom, top: bottom * top,
    SCREEN: lambda bottom, top: bottom + top - bottom * top,
    "svg:overlay": lambda bottom, top: _hard_light(top, bottom),
    "svg:darken": np.minimum,
    "svg:lighten": np.maximum,
    "svg:color-dodge": _dodge,
    "svg:color-burn": _burn,
    "svg:hard-light": _hard_light,
    "svg:soft-light": _soft_light,
    "svg:difference": lambda bottom, top: np.abs(bottom - top),
    "svg:exclusion": lambda bottom, top: bottom + top - 2 * bottom * top,
    "svg:plus": lambda bottom, top: np.minimum(1, bottom + top),
    "svg:add": lambda bottom, top: np.minimum(1, bottom + top),
    "svg:hue": lambda bottom, top: _with_brightness(_with_saturation(top, bottom), _brightness(bottom)),
    "svg:saturation": lambda bottom, top: _with_brightness(_with_saturation(bottom, top), _brightness(bottom)),
    "svg:color": lambda bottom, top: _with_brightness(top, _brightness(bottom)),
    "svg:luminosity": lambda bottom, top: _with_brightness(bottom, _brightness(top)),
}
"""Colour where both are opaque, by the colour below and that of the layer, (H,W,3) of 0 to 1."""
