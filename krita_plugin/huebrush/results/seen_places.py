"""Places to check that the artist has seen and found right, kept in a note of the document."""

from __future__ import annotations

from collections.abc import Set
from typing import TYPE_CHECKING

from ..base.strings import text
from ..documents.notes import read_note, write_note
from .flats_report import PlaceKey

if TYPE_CHECKING:
    from krita import Document

NOTE = "huebrush/places-seen"
MOST = 2000
"""Number of places that a document keeps."""


def read_seen(document: Document) -> frozenset[PlaceKey]:
    """Return the places of `document` that were seen; what cannot be read is left out."""
    noted = read_note(document, NOTE)
    rows = [tuple(row) for row in noted if isinstance(row, list)] if isinstance(noted, list) else []
    return frozenset(
        (row[0], row[1], row[2], row[3], row[4])
        for row in rows
        if len(row) == 5 and isinstance(row[0], str) and all(type(number) is int for number in row[1:])
    )


def write_seen(document: Document, seen: Set[PlaceKey]) -> None:
    """Keep `seen` in `document`."""
    write_note(document, NOTE, text("places_to_check.note"), sorted(seen)[:MOST])
