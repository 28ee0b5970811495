"""History of a document: its results among the layers and those that are kept in files, and which can be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..documents.find import find_node, node_id, root_node, walk
from .kept_results import KeptResult
from .recipes import EDITED, Record, read_short_records

if TYPE_CHECKING:
    from krita import Document, Node


@dataclass(frozen=True)
class HistoryEntry:
    """A result of a document.

    * `record`: what the document or the file keeps of it, without the backend's report
    * `name`: of its layer or group; where that is gone, its last one
    * `is_there`: it is among the layers
    * `is_visible`: its layer or group is switched on
    * `kept`: its files, None if it has none
    """

    record: Record
    name: str
    is_there: bool
    is_visible: bool
    kept: KeptResult | None

    @property
    def is_starred(self) -> bool:
        """Whether the artist has marked it."""
        return self.kept is not None and self.kept.is_starred

    @property
    def model(self) -> str:
        """Name of the model that painted it, "" for none."""
        return str(self.record.settings.get("model", ""))

    @property
    def seed(self) -> str:
        """The seed that it was painted with."""
        return str(self.record.settings.get("seed", ""))

    @property
    def words(self) -> str:
        """Words to search, in small letters: names of the result, of its references and model, seed, text
        edits, and its day (2026-11-30)."""
        settings = self.record.settings
        said = [self.name, self.model, self.seed, self.record.applied[:10]]
        sources = (source for name in SOURCES for source in _items(settings, name))
        said += [str(source.get("name", "")) for source in sources]
        for edit in _items(settings, "edits"):
            said += [value for value in edit.values() if isinstance(value, str) and len(value) < LONGEST_WORDS]
        return "\n".join(said).casefold()


SOURCES = ("references", "colored", "initial")
"""The settings whose sources' names are words to search."""
LONGEST_WORDS = 200
"""Length from which a text of an edit is no words, but where it was painted."""


def read_history(document: Document, kept: Mapping[str, KeptResult]) -> list[HistoryEntry]:
    """Return the results of `document`, marked ones first, then the newest. `kept`: those in files, by the ids of their
    jobs; the ones whose page had another size are left out, unless they are among the layers."""
    nodes = {node_id(node): node for node, _ in walk(root_node(document))}
    entries: dict[str, HistoryEntry] = {}
    for record in read_short_records(document):
        node = nodes[record.group]
        entries[record.job] = HistoryEntry(record, node.name(), True, node.visible(), kept.get(record.job))
    size = document.width(), document.height()
    for job, result in kept.items():
        if job not in entries and (result.width, result.height) == size:
            entries[job] = HistoryEntry(result.record, result.name, False, False, result)
    newest_first = sorted(entries.values(), key=lambda entry: entry.record.applied, reverse=True)
    return sorted(newest_first, key=lambda entry: not entry.is_starred)


def show_result(document: Document, group: str, beside_others: bool = False) -> dict[str, bool]:
    """Show the result with the id `group` and hide the others, but for what it was made on: an edit lies on the result
    that was edited. `beside_others`: leave the others as they are.

    Krita has no undo step for this. Returns which of the layers that were changed could be seen before, by their ids.
    """
    results = {record.group: record for record in read_short_records(document)}
    nodes = {node_id(node): node for node, _ in walk(root_node(document)) if node_id(node) in results}
    shown: list[str] = []
    while group and group in nodes and group not in shown:
        shown.append(group)
        group = _result_of(document, str(results[group].settings.get(EDITED, "")), nodes)
    wanted = dict.fromkeys(shown, True)
    if not beside_others:
        wanted |= {key: False for key in nodes if key not in shown and not _is_around(nodes, key, shown)}
    return show_layers(document, wanted)


def show_layers(document: Document, wanted: Mapping[str, bool]) -> dict[str, bool]:
    """Show or hide layers, given by their ids; those that are gone are passed over. Returns which of the changed ones
    could be seen before."""
    before: dict[str, bool] = {}
    for node, _ in walk(root_node(document)):
        key = node_id(node)
        if key in wanted and node.visible() != wanted[key]:
            before[key] = not wanted[key]
            node.setVisible(wanted[key])
    if before:
        document.refreshProjection()
    return before


def _items(settings: Mapping[str, object], name: str) -> list[dict[str, object]]:
    values = settings.get(name)
    return [each for each in values if isinstance(each, dict)] if isinstance(values, (list, tuple)) else []


def _result_of(document: Document, layer: str, results: Mapping[str, Node]) -> str:
    """Return the id of the result that the layer with this id is, or lies in; "" for none."""
    node = find_node(document, layer) if layer else None
    while node is not None:
        if node_id(node) in results:
            return node_id(node)
        node = node.parentNode()
    return ""


def _is_around(results: Mapping[str, Node], key: str, shown: list[str]) -> bool:
    """True where one of the results `shown` lies in the result `key`, which then has to be seen too."""
    for each in shown:
        node = results[each].parentNode()
        while node is not None:
            if node_id(node) == key:
                return True
            node = node.parentNode()
    return False
