"""Offers of references: the layers of the document, and the other open documents."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from ...documents.find import active_document, document_key, document_title, node_id, open_documents
from ...documents.selected_layers import selected_layers
from ...results.result_layers import layers_to_pick
from ...settings.sources import ReferenceSource


@dataclass(frozen=True)
class Offer:
    """A source, and for a layer how deep it lies in groups (0 = top level) and whether it is a result's."""

    source: ReferenceSource
    depth: int = 0
    is_result: bool = False


def offers(line_art: str) -> list[Offer]:
    """Return the active document's layers except the one with the id `line_art`, those of results last, then the other
    open documents."""
    document = active_document()
    if document is None:
        return []
    offered = [
        Offer(ReferenceSource("layer", entry.uid, entry.name), entry.depth, entry.is_result)
        for entry in layers_to_pick(document)
        if entry.uid != line_art
    ]
    own = document_key(document)
    others = [other for other in open_documents() if document_key(other) != own]
    names = told_apart([(document_title(other), other.fileName()) for other in others])
    return offered + [
        Offer(ReferenceSource("document", document_key(other), name)) for other, name in zip(others, names, strict=True)
    ]


def offered_references(line_art: str) -> list[ReferenceSource]:
    """Return the sources of the same offers."""
    return [offer.source for offer in offers(line_art)]


def told_apart(names: list[tuple[str, str]]) -> list[str]:
    """Return the name of each of `names` and paths, with the folder where another one is called the same."""
    titles = [name for name, _ in names]
    return [
        f"{name} ({PurePath(path).parent.name})" if path and titles.count(name) > 1 else name for name, path in names
    ]


def selected_offers(offered: list[Offer]) -> list[Offer]:
    """Return those of `offered` that are selected in the Layers docker, bottom first, as references are laid out."""
    document = active_document()
    if document is None:
        return []
    selected = {node_id(node) for node in selected_layers(document)}
    return [offer for offer in reversed(offered) if offer.source.kind == "layer" and offer.source.key in selected]
