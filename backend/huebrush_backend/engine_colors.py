"""Which colours edits ask for, and what a model that knows the words for them does with those."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from huebrush_protocol import parameters as protocol
from huebrush_protocol.regions import is_color

from huebrush_backend.imaging.color_codes import rgb_from_hex
from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.models.catalog import ModelEntry
from huebrush_backend.pipeline.brushing import Color
from huebrush_backend.pipeline.colorization_pipeline import ColorizationPipeline
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.recolored_reference import recolored_reference
from huebrush_backend.synthesis.color_words import named_color

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


def with_named_colors(
    references: Sequence[np.ndarray], edits: Sequence[TextEdit], entry: ModelEntry, pipeline: ColorizationPipeline
) -> tuple[list[np.ndarray], list[TextEdit], tuple[str, ...]]:
    """Return the `references` (H,W,3) uint8 after those of `edits` that give a place a colour that the model knows by
    its name, the other edits, and notes of what was done. All as it is for models that know no colours."""
    pictures, others, notes = list(references), list[TextEdit](), list[str]()
    for edit in edits:
        color = asked_color(edit, knows_colors(entry))
        if color is None or edit.control is None or edit.strength <= 0 or not isinstance(pipeline, ColorizePipeline):
            others.append(edit)
            continue
        pictures = [recolored_reference(pipeline, picture, edit, color) for picture in pictures]
        notes.append(RECOLORED_NOTE.format(target=edit.target, control=edit.control))
    return pictures, others, tuple(notes)
