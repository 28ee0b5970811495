"""Places to check that the artist has seen and found right, kept in a note of the document."""

from __future__ import annotations

import json
from collections.abc import Set
from typing import TYPE_CHECKING

from ..base.qt import QtCore, to_bytes
from ..base.strings import text
from .flats_report import PlaceKey

if TYPE_CHECKING:
    from krita import Document

NOTE = "huebrush/places-seen"
MOST = 2000
"""Number of places that a document keeps."""


def read_seen(document: Document) -> frozenset[PlaceKey]:
    """Return the places of `document` that were seen; what cannot be read is left out."""
    if NOTE not in document.annotationTypes():
        return frozenset()
    try:
        noted = json.loads(to_bytes(document.annotation(NOTE)).decode("utf-8"))
    except (ValueError, RecursionError):
        return frozenset()
    rows = [tuple(row) for row in noted if isinstance(row, list)] if isinstance(noted, list) else []
    return frozenset(
        (row[0], row[1], row[2], row[3], row[4])
        for row in rows
        if len(row) == 5 and isinstance(row[0], str) and all(type(number) is int for number in row[1:])
    )


def write_seen(document: Document, seen: Set[PlaceKey]) -> None:
    """Keep `seen` in `document`."""
    if seen:
        content = json.dumps(sorted(seen)[:MOST]).encode("utf-8")
        document.setAnnotation(NOTE, text("places_to_check.note"), QtCore.QByteArray(content))
    elif NOTE in document.annotationTypes():
        document.removeAnnotation(NOTE)
