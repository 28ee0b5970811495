"""Layer that brushed edits change: the result that the artist has chosen, otherwise the newest visible one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from huebrush_protocol.regions import STACKS

from ..documents.find import find_node, node_id, root_node
from ..documents.own_layers import own_layer_ids
from ..results.recipes import read_settings_of, recipes

if TYPE_CHECKING:
    from krita import Document, Node

KINDS = ("paintlayer", "grouplayer")


def layer_to_edit(document: Document) -> Node | None:
    """Return the layer or group of `document` that edits with a mask change, None if there is no result yet.

    This is the active layer if it is a result or lies in one, otherwise the newest visible result, or the newest. Of a
    stack of layers of one colour each, it is the whole stack.
    """
    results = recipes(document)
    chosen = _within(document, document.activeNode(), frozenset(results))
    if chosen is not None:
        result, settings = result_around(document, chosen)
        return result if stack_of(result, settings) else chosen
    nodes = [node for uid in reversed(results) if (node := find_node(document, uid)) is not None]
    return next((node for node in nodes if is_seen(document, node)), nodes[0] if nodes else None)


def result_around(document: Document, node: Node | None) -> tuple[Node | None, dict[str, object]]:
    """Return the result that `node` is or lies in, with the settings of its record; None and {} if there is none."""
    while node is not None and not read_settings_of(document, node_id(node)):
        node = node.parentNode()
    return node, read_settings_of(document, node_id(node)) if node is not None else {}


def stack_of(node: Node | None, settings: Mapping[str, object]) -> str:
    """Return the one of STACKS that the result `node` is, by its recorded settings; "" for none."""
    regions = settings.get("regions")
    result = regions.get("result") if isinstance(regions, Mapping) else ""
    is_group = node is not None and node.type() == "grouplayer"
    return result if is_group and isinstance(result, str) and result in STACKS else ""


def is_seen(document: Document, node: Node | None) -> bool:
    """True when neither `node` nor a group that it lies in is hidden."""
    root = root_node(document)
    while node is not None and node != root:
        if not node.visible():
            return False
        node = node.parentNode()
    return True


def _within(document: Document, active: Node | None, results: frozenset[str]) -> Node | None:
    """Return `active`, or the layer whose mask it is, if that is a result or lies in one; otherwise None."""
    node = active
    while node is not None and node.type() not in KINDS:
        node = node.parentNode()
    if node is None or node_id(node) in own_layer_ids(document):
        return None
    ancestor: Node | None = node
    while ancestor is not None:
        if node_id(ancestor) in results:
            return node
        ancestor = ancestor.parentNode()
    return None
