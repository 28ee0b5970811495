"""Edits that name a colour, for models that know words for colours: the reference itself gets the colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from huebrush_protocol.texts import Text

from huebrush_backend.engine.edit_colors import color_of_text, knows_colors
from huebrush_backend.imaging.color_words import COLORS, named_color
from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.models.catalog import ModelEntry
from huebrush_backend.pipeline.colorization_pipeline import ColorizationPipeline
from huebrush_backend.pipeline.colorize import ColorizePipeline


def sought_texts(control: str, entry: ModelEntry) -> tuple[str, ...]:
    """Return the texts to look for in a reference for `control`: usually only `control` itself.

    For a part of the vocabulary without a colour, return that part in every colour: captions in training always had a
    colour, so the small model finds the part better that way.
    """
    plain = " ".join(control.lower().split())
    if not knows_colors(entry) or plain not in entry.info.vocabulary or named_color(plain) is not None:
        return (control,)
    own = [word for word in entry.info.vocabulary if word.endswith(f" {plain}")]
    return (*own, *(f"{color} {plain}" for color in COLORS))


def with_named_colors(
    edits: Sequence[TextEdit], entry: ModelEntry, pipeline: ColorizationPipeline
) -> tuple[list[TextEdit], tuple[Text, ...]]:
    """Return `edits` in order, with a colour for each edit that names one and says where, and notes about these edits.

    For models that know no words for colours, the edits are unchanged.
    """
    if not knows_colors(entry) or not isinstance(pipeline, ColorizePipeline):
        return list(edits), ()
    made, notes = list[TextEdit](), list[Text]()
    for asked in edits:
        texts = (None,) if asked.control is None else sought_texts(asked.control, entry)
        edit = asked if texts == (asked.control,) else replace(asked, sought=texts)
        color = color_of_text(edit, knows_colors=True)
        if color is None or edit.control is None or edit.strength <= 0:
            made.append(edit)
            continue
        made.append(replace(edit, color=color, present=named_color(edit.control) or named_color(edit.anchor or "")))
        notes.append(Text.of("note.recolored", target=edit.target, control=edit.control))
    return made, tuple(notes)
