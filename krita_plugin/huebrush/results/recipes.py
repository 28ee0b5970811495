"""Recipes of results (model, seed, parameters, SHA-256 of every input) with their settings, kept in the document for as
long as the result's group is among its layers.

Krita's scripts can attach data to a document, but not to a layer, and undo does not change such data. So `RecipeKeeper`
looks after each undo and redo which results are there: it removes the recipe of a vanished group from the document, and
puts it back when the group comes back. A saved file has the recipes of exactly the layers in it.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from krita import Krita

from ..base.qt import QtCore, Signal, to_bytes
from ..documents.find import active_document, document_key, find_document, node_id, root_node, walk

if TYPE_CHECKING:
    from krita import Document

PREFIX = "huebrush/recipe/"
TITLE = "Huebrush recipe"
UNDO_ACTIONS = ("edit_undo", "edit_redo")
"""Krita's actions that show each change of the active document's undo stack, whoever made it."""
EDITED = "edited"
"""In a record's settings: the id of the layer or group that was edited, "" where the page was coloured."""
SELECTED = "selected"
"""In a record's settings: the part of the page that the result is limited to, missing for the whole page."""
LARGEST_REPORT = 2**18
"""Largest report that a document keeps, in characters; a .kra packs it to a tenth."""
BUSY_MILLISECONDS = 50
"""Milliseconds to wait before looking again at a document that Krita is still changing."""


@dataclass(frozen=True)
class Record:
    """Record of a result, kept as JSON: `group` is the id of its layers' group, `applied` its time (ISO 8601).

    `report` is the backend's on a result with regions, {} for others.
    """

    job: str
    group: str
    applied: str
    recipe: dict[str, object]
    settings: dict[str, object]
    report: dict[str, object]

    @classmethod
    def of(
        cls,
        job: str,
        group: str,
        recipe: dict[str, object],
        settings: dict[str, object],
        report: Mapping[str, object] = MappingProxyType({}),
    ) -> Record:
        """Return the record of a result that is placed now. A report that would make the file much larger is left
        out."""
        kept = dict(report) if len(json.dumps(dict(report))) <= LARGEST_REPORT else {}
        return cls(job, group, datetime.now(timezone.utc).isoformat(), recipe, settings, kept)


def read_records(document: Document) -> list[Record]:
    """Return the readable records of `document` whose groups are there, oldest first."""
    read = (parse_record(to_bytes(document.annotation(name))) for name in _names(document))
    layers = _layers(document)
    return sorted(
        (record for record in read if record is not None and record.group in layers),
        key=lambda record: record.applied,
    )


def read_short_records(document: Document) -> list[Record]:
    """Return the records that `read_records` gives, without their reports; fast when most have been read before."""
    known, layers = _known_records(), _layers(document)
    found: list[Record] = []
    for name in _names(document):
        data = to_bytes(document.annotation(name))
        stamp = hash(data)
        if name not in known or known[name][0] != stamp:
            record = parse_record(data)
            known[name] = stamp, record and dataclasses.replace(record, report={})
        short = known[name][1]
        if short is not None and short.group in layers:
            found.append(short)
    return sorted(found, key=lambda record: record.applied)


def recipes(document: Document) -> dict[str, dict[str, object]]:
    """Return the recipes in `document`, by the id of the group they made, oldest first."""
    return {record.group: record.recipe for record in read_records(document)}


def result_groups(document: Document) -> frozenset[str]:
    """Return the ids of the groups and layers of the results in `document`; fast when nothing has changed."""
    known = _known_groups()
    names = _names(document)
    for name in names:
        if name not in known:
            record = parse_record(to_bytes(document.annotation(name)))
            known[name] = record.group if record is not None else ""
    return frozenset(known[name] for name in names) - {""}


@lru_cache(maxsize=1)
def _known_groups() -> dict[str, str]:
    """Return the groups by the names of the records that were looked at in this Krita; each job has its own name."""
    return {}


@lru_cache(maxsize=1)
def _known_records() -> dict[str, tuple[int, Record | None]]:
    """Return the short records that were read in this Krita, by their names, each with a hash of its bytes."""
    return {}


def read_newest_settings(document: Document) -> dict[str, object]:
    """Return the settings that the newest result in `document` was made with, {} when there is none. Those of a mix of
    two results are no choice of the artist's."""
    records = [record for record in read_records(document) if not _is_mix(record)]
    return records[-1].settings if records else {}


def _is_mix(record: Record) -> bool:
    regions = record.settings.get("regions")
    return isinstance(regions, dict) and bool(regions.get("compared"))


def read_settings_of(document: Document, group: str) -> dict[str, object]:
    """Return the settings that the result with this id was made with, {} when it is none."""
    return next((record.settings for record in read_records(document) if record.group == group), {})


class RecipeKeeper(QtCore.QObject):
    """Keeper of the recipes, which follow the layers. It sleeps until Krita's undo stack changes. Emits
    `looked(document)` when it has looked which layers a document with results has."""

    looked = Signal(object)

    def __init__(self, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._withdrawn: dict[str, dict[str, bytes]] = {}
        """Annotations of groups that are not among the layers now, by document key."""
        self._watched: list[QtCore.QObject] = []
        self._due: set[str] = set()

    def store(self, document: Document, record: Record) -> None:
        """Write `record` into `document`."""
        data = json.dumps(dataclasses.asdict(record), sort_keys=True).encode("ascii")
        document.setAnnotation(PREFIX + record.job, TITLE, QtCore.QByteArray(data))
        self.reconcile(document)

    def reconcile(self, document: Document) -> None:
        """Take recipes without a group out of `document`, and put back those whose group is there again.

        Does not mark an unchanged document as changed: the change of the layers does that already.
        """
        self._watch()
        if not self._concerns(document):
            return
        stored = {name: to_bytes(document.annotation(name)) for name in _names(document)}
        known = self._withdrawn.get(document_key(document), {}) | stored
        layers = _layers(document)
        present = {name: data for name, data in known.items() if _belongs(data, layers)}
        self._withdrawn[document_key(document)] = {name: data for name, data in known.items() if name not in present}
        was_modified = document.modified()
        for name in stored.keys() - present.keys():
            document.removeAnnotation(name)
        for name in present.keys() - stored.keys():
            document.setAnnotation(name, TITLE, QtCore.QByteArray(present[name]))
        if not was_modified and document.modified():
            document.setModified(False)
        self.looked.emit(document)

    def _watch(self) -> None:
        """Listen to the current window's undo and redo."""
        for name in UNDO_ACTIONS:
            action = Krita.instance().action(name)
            if action is not None and action not in self._watched:
                self._watched.append(action)
                action.triggered.connect(lambda *_: self._look_soon())
                action.changed.connect(self._look_soon)

    def _look_soon(self) -> None:
        document = active_document()
        if document is not None and self._concerns(document):
            if not self._due:
                QtCore.QTimer.singleShot(0, self._look)
            self._due.add(document_key(document))

    def _look(self) -> None:
        """Reconcile the documents whose undo stack changed, once Krita has finished the change."""
        self._withdrawn = {key: entries for key, entries in self._withdrawn.items() if find_document(key) is not None}
        for key in tuple(self._due):
            document = find_document(key)
            if document is not None:
                if not document.tryBarrierLock():
                    continue
                document.unlock()
                self.reconcile(document)
            self._due.discard(key)
        if self._due:
            QtCore.QTimer.singleShot(BUSY_MILLISECONDS, self._look)

    def _concerns(self, document: Document) -> bool:
        return bool(self._withdrawn.get(document_key(document)) or _names(document))


def _names(document: Document) -> list[str]:
    return [name for name in document.annotationTypes() if name.startswith(PREFIX)]


def _layers(document: Document) -> set[str]:
    return {node_id(node) for node, _ in walk(root_node(document))}


def _belongs(data: bytes, layers: set[str]) -> bool:
    """True when the group of this record is one of `layers`; a record that cannot be read is left where it is."""
    record = parse_record(data)
    return record is None or record.group in layers


def parse_record(data: bytes) -> Record | None:
    """Return the record in `data` (JSON), or None when another program or a newer version wrote it."""
    try:
        return record_of(json.loads(data.decode("utf-8")))
    except (ValueError, RecursionError):
        return None


def record_of(values: object) -> Record | None:
    """Return the record that plain `values` describe, None where they do not."""
    if not isinstance(values, dict):
        return None
    try:
        job, group, applied = values["job"], values["group"], values["applied"]
        recipe, settings, report = values["recipe"], values["settings"], values.get("report", {})
    except KeyError:
        return None
    has_texts = all(isinstance(value, str) for value in (job, group, applied))
    is_ours = has_texts and all(isinstance(value, dict) for value in (recipe, settings, report))
    return Record(job, group, applied, recipe, settings, report) if is_ours else None
