"""Which colours edits ask for, and what a model that knows the words for them does with those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from huebrush_protocol import parameters as protocol
from huebrush_protocol.regions import is_color

from huebrush_backend.engine.request import ColorizeRequest
from huebrush_backend.imaging.color import flatten
from huebrush_backend.imaging.color_codes import rgb_from_hex
from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.models.catalog import ModelEntry
from huebrush_backend.pipeline.brushing import Color
from huebrush_backend.pipeline.colorization_pipeline import ColorizationPipeline
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.synthesis.color_words import named_color
from huebrush_backend.synthesis.palette import COLORS

RECOLORED_NOTE = "The reference was given the colour of {target!r} where it fits {control!r}."


def knows_colors(entry: ModelEntry | None) -> bool:
    """Return whether words for colours mean those of the project's own drawings: to models of their words, or none."""
    return entry is None or bool(entry.info.vocabulary)


def asked_color(edit: protocol.TextEdit | TextEdit, knows_colors: bool) -> Color | None:
    """Return the sRGB that `edit` asks for: its target is a colour, or, where the model `knows_colors` by the words of
    its drawings, names one."""
    if is_color(edit.target):
        return rgb_from_hex(edit.target)
    return named_color(edit.target) if knows_colors else None


def target_color(request: ColorizeRequest, edit: protocol.TextEdit, knows_colors: bool) -> Color | None:
    """Return the sRGB that the place of `edit`, one of `request`, shall have: its patch's, or the one asked for."""
    if edit.patch == protocol.NO_PATCH:
        return asked_color(edit, knows_colors)
    return patch_color(request.edit_patches[edit.patch].pixels)


def patch_picture(pixels: np.ndarray) -> np.ndarray:
    """Return what of a patch (H,W,4) uint8 is opaque, cut out, (h,w,3) uint8: around it is the patch's own colour."""
    left, top, width, height = cv2.boundingRect((pixels[..., 3] > 0).astype(np.uint8))
    part = pixels[top : top + height, left : left + width]
    return flatten(part, patch_color(pixels))


def patch_color(pixels: np.ndarray) -> Color:
    """Return the median sRGB of what is opaque in a patch (H,W,4) uint8, which is not empty."""
    solid = pixels[..., 3] >= min(128, int(pixels[..., 3].max()))
    red, green, blue = np.rint(np.median(pixels[solid][:, :3], axis=0)).astype(int)
    return int(red), int(green), int(blue)


def sought_texts(control: str, entry: ModelEntry) -> tuple[str, ...]:
    """Return what to look for in a reference where `control` is asked for: mostly that itself.

    For a part of the vocabulary without a colour it is that part in any colour: captions in training always had one, so
    the small model finds it better.
    """
    plain = " ".join(control.lower().split())
    if not knows_colors(entry) or plain not in entry.info.vocabulary or named_color(plain) is not None:
        return (control,)
    own = [word for word in entry.info.vocabulary if word.endswith(f" {plain}")]
    return (*own, *(f"{color} {plain}" for color in COLORS))


def with_named_colors(
    edits: Sequence[TextEdit], entry: ModelEntry, pipeline: ColorizationPipeline
) -> tuple[list[TextEdit], tuple[str, ...]]:
    """Return `edits` in their order, with the colours of those that give a place a colour that the model knows by its
    name, and notes of what these do. All as it is for models that know no colours."""
    if not knows_colors(entry) or not isinstance(pipeline, ColorizePipeline):
        return list(edits), ()
    made, notes = list[TextEdit](), list[str]()
    for asked in edits:
        texts = (None,) if asked.control is None else sought_texts(asked.control, entry)
        edit = asked if texts == (asked.control,) else replace(asked, sought=texts)
        color = asked_color(edit, knows_colors=True)
        if color is None or edit.control is None or edit.strength <= 0:
            made.append(edit)
            continue
        made.append(replace(edit, color=color, present=named_color(edit.control) or named_color(edit.anchor or "")))
        notes.append(RECOLORED_NOTE.format(target=edit.target, control=edit.control))
    return made, tuple(notes)
