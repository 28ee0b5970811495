"""What the docker begins with in a document that it has never seen."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from .advanced import without_pictures
from .capture import ReferenceSource
from .documents import LayerEntry, likely_line_art
from .region_settings import elsewhere
from .settings import DocumentSettings

REFERENCE_WORDS = ("reference", "referenz", "colour ref", "color ref")


def first_settings(document: Any, entries: Sequence[LayerEntry], last: DocumentSettings) -> DocumentSettings:
    """Return the `last` document's settings with a guess at the layers of `document`, `entries`, and none of that
    one's."""
    line_art = likely_line_art(document, list(entries))
    references = tuple(
        ReferenceSource("layer", entry.uid, entry.name)
        for entry in entries
        if entry.uid != line_art and any(word in entry.name.lower() for word in REFERENCE_WORDS)
    )
    return dataclasses.replace(
        last,
        line_art=line_art,
        references=references[:1],
        advanced=without_pictures(last.advanced),
        regions=elsewhere(last.regions),
        edits=(),
    )
