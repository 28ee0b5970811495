"""Storage of settings: the plugin's own, and those of each document.

A document's settings lie in a small file beside the plugin's own (found by the document's path), and those of its
results in the document itself, with their recipes.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, get_args, get_type_hints

from huebrush_protocol.parameter_ranges import MAX_SEED
from huebrush_protocol.parameters import Parameters

from ..base.files import path_digest, write_atomically
from ..documents.find import LayerEntry, copied_from, document_key
from ..documents.layer_guess import REFERENCE_WORDS, has_word, likely_line_art
from ..results.recipes import read_newest_settings
from .advanced import AdvancedSettings, without_pictures
from .flats import RegionSettings, for_other_document
from .reopened import NOTE, find_again, note_whereabouts
from .sources import ReferenceSource
from .text_edits import TextEditSettings

if TYPE_CHECKING:
    from krita import Document

SETTINGS_FILE = "settings.json"
DOCUMENT_FOLDER = "documents"
MOST_DOCUMENTS = 500
LARGEST_NUMBER = 2**31 - 1
"""Largest number that Qt's fields for whole numbers take; only seeds are larger."""

T = TypeVar("T")


@dataclass(frozen=True)
class PluginSettings:
    """Settings of the plugin, for all documents.

    * `device`: for the backend's `--device`; empty: automatic
    * `endpoint`: path of an endpoint file of a backend that the user runs; empty: start our own
    * `show_preview`: show the picture while it emerges
    * `page`: name of the docker's page that is shown
    * `was_shown`: the docker was seen before
    * `keep_brush`: the text brush's layer stays when its strokes have become a result
    * `load_ahead`: start the backend and load the model when the docker is seen beside a document, not at the first job
    * `in_selection`: results are limited to what is selected when Colorize is pressed
    * `history_megabytes`: most megabytes that results kept in files take; 0 keeps none
    """

    device: str = ""
    endpoint: str = ""
    show_preview: bool = True
    page: str = ""
    was_shown: bool = False
    keep_brush: bool = False
    load_ahead: bool = True
    in_selection: bool = True
    history_megabytes: int = 1000


@dataclass(frozen=True)
class DocumentSettings:
    """Settings that the docker shows for one document; `line_art` is a layer id, strengths are in percent.

    * `colored`: a coloured picture of the page or nothing; regions take their colours from it, without a model
    * `initial`: a layer with a picture of the page that the model goes on from, or nothing
    * `change`: how far it moves away from that one
    """

    line_art: str = ""
    references: tuple[ReferenceSource, ...] = field(default=())
    reference_strength: int = 100
    sketch_strength: int = 100
    seed: int = field(default=0, metadata={"largest": MAX_SEED})
    steps: int = 20
    model: str = "demo"
    advanced: AdvancedSettings = field(default=AdvancedSettings())
    regions: RegionSettings = field(default=RegionSettings())
    colored: tuple[ReferenceSource, ...] = field(default=())
    initial: tuple[ReferenceSource, ...] = field(default=())
    change: int = round(Parameters.change * 100)
    edits: tuple[TextEditSettings, ...] = field(default=())


class SettingsStore:
    """Store of settings below `folder`; a file that cannot be read counts as missing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.plugin = _build(PluginSettings, _read(folder / SETTINGS_FILE))
        self._open: dict[str, tuple[DocumentSettings, str]] = {}
        """Settings of open documents, by key, and the file whose settings they were written as."""

    def save_plugin(self, settings: PluginSettings) -> None:
        """Remember `settings`. Raises OSError when the folder cannot be written."""
        self.plugin = settings
        write_atomically(
            self.folder / SETTINGS_FILE, json.dumps(dataclasses.asdict(settings), indent=1).encode("utf-8")
        )

    def load(self, document: Document) -> DocumentSettings | None:
        """Return the settings remembered for `document`, or None. A copy begins with those of the original."""
        known = self._open.get(document_key(document)) or self._open.get(copied_from(document))
        if known is not None:
            return known[0]
        values = _read(self._file(document.fileName())) if document.fileName() else {}
        values = find_again(document, values) or read_newest_settings(document)
        return _build(DocumentSettings, values) if values else None

    def remember(self, document: Document, settings: DocumentSettings) -> None:
        """Keep `settings` for as long as `document` is open, and on disk when it has a file.

        Raises OSError when the folder cannot be written.
        """
        key, path = document_key(document), document.fileName()
        if self._open.get(key) == (settings, path):
            return
        self._open[key] = settings, path
        if path:
            values = dataclasses.asdict(settings)
            content = {**values, NOTE: note_whereabouts(document, values)}
            write_atomically(self._file(path), json.dumps(content, indent=1).encode("utf-8"))
            self._prune()

    def follow_file(self, document: Document) -> None:
        """Write what is remembered for `document` again if it was saved as another file since.

        Raises OSError when the folder cannot be written.
        """
        known = self._open.get(document_key(document))
        if known is not None:
            self.remember(document, known[0])

    def _file(self, document_path: str) -> Path:
        return self.folder / DOCUMENT_FOLDER / f"{path_digest(document_path)}.json"

    def _prune(self) -> None:
        files = list((self.folder / DOCUMENT_FOLDER).glob("*.json"))
        if len(files) > MOST_DOCUMENTS:
            for file in sorted(files, key=lambda path: path.stat().st_mtime)[: len(files) - MOST_DOCUMENTS]:
                file.unlink(missing_ok=True)


def read_settings(values: Mapping[str, object]) -> DocumentSettings:
    """Return the settings of a result's record."""
    return _build(DocumentSettings, values)


def _read(file: Path) -> dict[str, object]:
    try:
        return _parse(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return {}


def _parse(content: str) -> dict[str, object]:
    try:
        values = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _build(cls: type[T], values: Mapping[str, object]) -> T:
    """Return a `cls` from `values`; a field that is unknown, missing or of another type takes its default.

    The metadata of a field of many items may have a function "read" for one item (None: leave it out), that of a number
    the "largest".
    """
    defaults = cls()
    kinds = get_type_hints(cls)
    chosen: dict[str, object] = {}
    for entry in dataclasses.fields(cls):  # type: ignore[arg-type]
        value, default = values.get(entry.name), getattr(defaults, entry.name)
        if isinstance(default, tuple) and isinstance(value, list):
            read = entry.metadata.get("read") or _reader(get_args(kinds[entry.name])[0])
            chosen[entry.name] = tuple(item for item in map(read, value) if item is not None)
        elif dataclasses.is_dataclass(default) and isinstance(value, dict):
            chosen[entry.name] = _build(type(default), value)
        elif _fits(value, type(default), entry.metadata.get("largest", LARGEST_NUMBER)):
            chosen[entry.name] = value
    return cls(**chosen)


def _reader(kind: type) -> Callable[[object], object]:
    """Return a function that reads one item as a `kind`: a reference, another dataclass, or a plain value."""
    if kind is ReferenceSource:
        return _reference
    if dataclasses.is_dataclass(kind):
        return lambda item: _build(kind, item) if isinstance(item, dict) else None
    return lambda item: item if _fits(item, kind) else None


def _fits(value: object, kind: type, largest: int = LARGEST_NUMBER) -> bool:
    """True for a `value` of this very type; a number must be finite, and at most `largest` above or below 0."""
    return type(value) is kind and (not isinstance(value, (int, float)) or abs(value) <= largest)


def _reference(item: object) -> ReferenceSource | None:
    """Return a stored reference, None for a malformed one."""
    if not isinstance(item, dict) or not all(isinstance(item.get(key), str) for key in ("kind", "key", "name")):
        return None
    weight = item.get("weight")
    if not isinstance(weight, (int, float)) or not _fits(weight, type(weight)):
        weight = 1.0
    return ReferenceSource(item["kind"], item["key"], item["name"], float(weight))


def with_present_line_art(
    document: Document, entries: Sequence[LayerEntry], settings: DocumentSettings
) -> DocumentSettings:
    """Return the remembered `settings` of `document`, which has the layers `entries`. Where the line art is not among
    them, another layer is guessed. Corrections belong to the lines that they were made for."""
    if not settings.line_art or any(entry.uid == settings.line_art for entry in entries):
        return settings
    regions = dataclasses.replace(settings.regions, fixes=())
    return dataclasses.replace(settings, line_art=likely_line_art(document, entries), regions=regions)


def first_settings(document: Document, entries: Sequence[LayerEntry], last: DocumentSettings) -> DocumentSettings:
    """Return the `last` document's settings without its layers, and with a guess which of the layers `entries` of
    `document` has the lines."""
    line_art = likely_line_art(document, entries)
    references = tuple(
        ReferenceSource("layer", entry.uid, entry.name)
        for entry in entries
        if entry.uid != line_art and has_word(entry.name, REFERENCE_WORDS)
    )
    return dataclasses.replace(
        last,
        line_art=line_art,
        references=references[:1],
        advanced=without_pictures(last.advanced),
        regions=for_other_document(last.regions),
        colored=(),
        initial=(),
        edits=(),
    )
