"""Finds the target colours of edits. Imports no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from huebrush_protocol import parameters as protocol
from huebrush_protocol.regions import is_color

from huebrush_backend.engine.request import ColorizeRequest
from huebrush_backend.imaging.color import flatten
from huebrush_backend.imaging.color_codes import Rgb, rgb_from_hex
from huebrush_backend.imaging.color_words import named_color
from huebrush_backend.models.catalog import ModelEntry

if TYPE_CHECKING:
    from huebrush_backend.manipulation.edits import TextEdit


def knows_colors(entry: ModelEntry | None) -> bool:
    """Return whether colour words mean the colours of the project's own drawings: built-in model, or no model.

    The built-in model is known by its vocabulary.
    """
    return entry is None or bool(entry.info.vocabulary)


def color_of_text(edit: protocol.TextEdit | TextEdit, knows_colors: bool) -> Rgb | None:
    """Return the sRGB of the target of `edit`: a colour, or a word for a colour if the model `knows_colors`."""
    if is_color(edit.target):
        return rgb_from_hex(edit.target)
    return named_color(edit.target) if knows_colors else None


def target_color(request: ColorizeRequest, edit: protocol.TextEdit, knows_colors: bool) -> Rgb | None:
    """Return the sRGB that `edit`, an edit of `request`, gives to its mask: the colour of its patch or target."""
    if edit.patch == protocol.NO_PATCH:
        return color_of_text(edit, knows_colors)
    return patch_color(request.edit_patches[edit.patch].pixels)


def patch_picture(pixels: np.ndarray) -> np.ndarray:
    """Return a patch (H,W,4) uint8 cut to its painted pixels, (h,w,3) uint8, over the patch's own colour."""
    left, top, width, height = cv2.boundingRect((pixels[..., 3] > 0).astype(np.uint8))
    part = pixels[top : top + height, left : left + width]
    return flatten(part, patch_color(pixels))


def patch_color(pixels: np.ndarray) -> Rgb:
    """Return the median sRGB of the opaque pixels of a patch (H,W,4) uint8, which is not empty."""
    solid = pixels[..., 3] >= min(128, int(pixels[..., 3].max()))
    red, green, blue = np.rint(np.median(pixels[solid][:, :3], axis=0)).astype(int)
    return int(red), int(green), int(blue)
