"""Notes that the plugin keeps in a document: plain values, saved with it. Undo does not change them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ..base.qt import QtCore, to_bytes

if TYPE_CHECKING:
    from krita import Document


def read_note(document: Document, note: str) -> object:
    """Return the value that `note` of `document` holds, None if there is no such note or it cannot be read."""
    if note not in document.annotationTypes():
        return None
    try:
        return json.loads(to_bytes(document.annotation(note)).decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def write_note(document: Document, note: str, title: str, value: object) -> None:
    """Keep `value` as `note` of `document`, with a `title` for people; an empty value removes the note."""
    if value:
        content = json.dumps(value, sort_keys=True).encode("utf-8")
        document.setAnnotation(note, title, QtCore.QByteArray(content))
    elif note in document.annotationTypes():
        document.removeAnnotation(note)
