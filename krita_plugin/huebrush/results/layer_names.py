"""Names of a result's layers, in the language Krita runs in.

A backend names layers in English: by what they are ("Shadow"), or by their colour ("light brown #c68642", "brown 2").
It says which part of a name is the artist's own name of a colour; that stays as it is, also where it is an English word
("skin"), as does any name that is not known here. Nothing looks for a layer by these names: layers are found again by
their ids.
"""

from __future__ import annotations

import re

from huebrush_protocol.messages import ImageHeader

from ..base.strings import catalogue_has, text

_COLOR_KINDS = ("color", "area")


def layer_name(header: ImageHeader) -> str:
    """Return the name of the layer for `header`, "" when the backend gives none."""
    if header.kind in _COLOR_KINDS:
        return _color_layer_name(header.name, header.artists_word)
    key = f"layer.{header.kind}.{header.name}"
    return text(key) if catalogue_has(key) else header.name


def _color_layer_name(name: str, artists_word: str) -> str:
    word = re.escape(artists_word) or ".+?"
    parts = re.fullmatch(rf"(?P<word>{word})(?P<code> #[0-9a-f]{{6}}| \d+)?(?P<small>, small areas)?", name)
    if parts is None:
        return name
    said = f"{artists_word or color_word(parts['word'])}{parts['code'] or ''}"
    return text("layer.small_areas", color=said) if parts["small"] else said


def color_word(name: str) -> str:
    """Return the English name of a colour ("dark sea green") in Krita's language, any other name as it is."""
    if catalogue_has(f"color.{name}"):
        return text(f"color.{name}")
    grade, _, rest = name.partition(" ")
    if catalogue_has(f"color_grade.{grade}") and catalogue_has(f"color.{rest}"):
        return text(f"color_grade.{grade}", color=text(f"color.{rest}"))
    return name
