"""Layers and documents that settings name, found again after their files were opened anew.

A .kra keeps the ids of its layers; PNG, PSD and other files do not, and no file keeps the key of a document. So a note
says what each of them was called and where it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..documents.find import document_key, node_id, open_documents, root_node

if TYPE_CHECKING:
    from krita import Document, Node

NOTE = "whereabouts"
"""The key of the note among a document's stored settings."""
LAYERS, DOCUMENTS = "layers", "documents"
Place = tuple[str, list[int]]
"""A layer's name and its place: the numbers of its parents and its own, bottom to top, from 0."""


def note_whereabouts(document: Document, values: object) -> dict[str, dict[str, object]]:
    """Return a note on the layers of `document`, and on the other open documents, that are named in `values`."""
    named = set(_texts(values))
    layers: dict[str, object] = {uid: list(place) for uid, place in _places(document) if uid in named}
    others = {document_key(other): other.fileName() for other in open_documents()}
    documents: dict[str, object] = {key: path for key, path in others.items() if key in named and path}
    return {LAYERS: layers, DOCUMENTS: documents}


def find_again(document: Document, values: Mapping[str, object]) -> dict[str, object]:
    """Return stored `values`, whose note tells what was named, as they are right in `document` as it is open now.

    A layer that is gone is taken for the one with its name, at its old place if several have it. What is not found
    keeps its id. Values that are nested deeper than any of ours are {}.
    """
    note = values.get(NOTE)
    note = note if isinstance(note, Mapping) else {}
    renamed = _layers_again(document, note.get(LAYERS)) | _documents_again(note.get(DOCUMENTS))
    try:
        return {key: _renamed(value, renamed) for key, value in values.items() if key != NOTE}
    except RecursionError:
        return {}


def _layers_again(document: Document, noted: object) -> dict[str, str]:
    """Return the present ids of layers by those of the note."""
    present = dict(_places(document))
    renamed: dict[str, str] = {}
    for uid, item in noted.items() if isinstance(noted, Mapping) else ():
        if not isinstance(item, list) or len(item) != 2 or uid in present:
            continue
        alike = [other for other, (name, _) in present.items() if name == item[0]]
        there = [other for other in alike if present[other][1] == item[1]]
        if there or len(alike) == 1:
            renamed[uid] = (there or alike)[0]
    return renamed


def _documents_again(noted: object) -> dict[str, str]:
    """Return the present keys of open documents by those of the note."""
    present = {other.fileName(): document_key(other) for other in open_documents() if other.fileName()}
    paths = noted if isinstance(noted, Mapping) else {}
    return {
        key: present[path]
        for key, path in paths.items()
        if isinstance(path, str) and path in present and key not in present.values()
    }


def _places(document: Document) -> Iterator[tuple[str, Place]]:
    """Yield the id of each layer and mask of `document` with its place."""
    waiting: list[tuple[Node, list[int]]] = [(root_node(document), [])]
    while waiting:
        parent, place = waiting.pop()
        for number, child in enumerate(parent.childNodes()):
            yield node_id(child), (child.name(), [*place, number])
            waiting.append((child, [*place, number]))


def _texts(value: object) -> Iterator[str]:
    """Yield all texts in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)


def _renamed(value: object, renamed: Mapping[str, str]) -> object:
    """Return a JSON value in which the ids among its texts are others."""
    if isinstance(value, str):
        return renamed.get(value, value)
    if isinstance(value, Mapping):
        return {key: _renamed(item, renamed) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_renamed(item, renamed) for item in value]
    return value
