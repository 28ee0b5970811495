"""Search for documents by key and for layers by id: Krita makes a new wrapper object at each call.

A layer's id says which layer it is within one document only: a copy of a document has the layers of the original, with
the same ids, and the same id of the root node, while *Flatten Image* and the Snapshot docker give a document another
root node. So documents have keys of our own, which Krita's comparison of two wrapper objects tells apart.

A task in slices may find its document closed between two slices. Krita answers None to most questions about
a closed document, and crashes when one is closed again or added to.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeVar

from krita import Krita

from ..base.problems import Problem, ProblemError
from ..base.qt import never_none
from ..base.tasks import Steps

if TYPE_CHECKING:
    from krita import Document, Node

T = TypeVar("T")

LAYER_TYPES = ("paintlayer", "grouplayer", "vectorlayer", "filelayer", "filllayer", "clonelayer")
"""The kinds of node that have a picture of their own and can serve as line art or as a reference."""


@dataclass(frozen=True)
class LayerEntry:
    """A layer for a list: its id, name, type, how deep it lies in groups (0 = top level), and whether it is a
    result's."""

    uid: str
    name: str
    kind: str
    depth: int
    is_result: bool = False


def node_id(node: Node) -> str:
    """Return the id of `node`, which stays the same for the node's life and in a saved .kra."""
    return node.uniqueId().toString()


@lru_cache(maxsize=1)
def _keys() -> list[tuple[Document, str]]:
    """Return the documents that were asked about in this Krita, with their keys. No open document equals the wrapper of
    a closed one."""
    return []


def document_key(document: Document) -> str:
    """Return the key of an open `document`: the same at each call, and no other document's, not even a copy's."""
    keys = _keys()
    known = next((key for other, key in keys if other == document), None)
    if known is not None:
        return known
    opened = Krita.instance().documents()
    # The wrapper that a script got from `createDocument` closes its document when it goes: that one is not kept.
    kept = next((other for other in opened if other == document), document)
    keys[:] = [entry for entry in keys if entry[0] in opened]
    keys.append((kept, str(uuid.uuid4())))
    return keys[-1][1]


def copied_from(document: Document) -> str:
    """Return the key of the document that `document` looks like a copy of, "" for none: it has the same root node."""
    root = node_id(root_node(document))
    others = (other for other in open_documents() if other != document and node_id(root_node(other)) == root)
    return next((document_key(other) for other in others), "")


def root_node(document: Document) -> Node:
    """Return the node that holds all layers of an open `document`."""
    return never_none(document.rootNode())


def active_document() -> Document | None:
    """Return the document the artist works on, or None while there is none or it is still being set up."""
    document = Krita.instance().activeDocument()  # for a moment after the last one was closed, Krita gives that one
    return document if document is not None and is_open(document) and document.rootNode() is not None else None


def open_documents() -> list[Document]:
    """Return the documents that are open, without those that are still being set up."""
    return [document for document in Krita.instance().documents() if document.rootNode() is not None]


def find_document(key: str) -> Document | None:
    """Return the open document with this `key`, or None when it was closed."""
    return next((document for document in open_documents() if document_key(document) == key), None)


def is_open(document: Document) -> bool:
    """Return False once `document` was closed."""
    return any(document == other for other in Krita.instance().documents())


def require_open(document: Document, otherwise: Problem) -> None:
    """Raise `ProblemError` with `otherwise` once `document` was closed."""
    if not is_open(document):
        raise ProblemError(otherwise)


def while_open(document: Document, steps: Steps[T], otherwise: Problem) -> Steps[T]:
    """Do `steps` while `document` is open, and return their result. Raises `ProblemError` with `otherwise` as soon as
    the document is closed."""
    try:
        while True:
            require_open(document, otherwise)
            yield next(steps)
    except StopIteration as end:
        return end.value
    finally:
        steps.close()


def walk(node: Node, depth: int = 0) -> Iterator[tuple[Node, int]]:
    """Yield the nodes below `node`, topmost first as the Layers docker shows them, with their depth."""
    for child in reversed(node.childNodes()):
        yield child, depth
        if child.type() == "grouplayer":
            yield from walk(child, depth + 1)


def find_node(document: Document, uid: str) -> Node | None:
    """Return the node of `document` with this id, or None when it was deleted."""
    return next((node for node, _ in walk(root_node(document)) if node_id(node) == uid), None)


def layer_entries(document: Document) -> list[LayerEntry]:
    """Return the layers that can be picked, topmost first."""
    return [
        LayerEntry(node_id(node), node.name(), node.type(), depth)
        for node, depth in walk(root_node(document))
        if node.type() in LAYER_TYPES
    ]


def document_title(document: Document) -> str:
    """Return the name of `document` for the artist: its file's name, otherwise its title."""
    return PurePath(document.fileName()).name or document.name() or "?"
