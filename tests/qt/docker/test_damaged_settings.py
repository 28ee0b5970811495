"""What is stored may be damaged, or come from elsewhere: it counts as missing, and nothing else is lost."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker_jobs import remembered
from hands import show_document, spin, widget
from huebrush.base.qt import QtCore
from huebrush.results.recipes import PREFIX, TITLE, Record, recipes
from huebrush.session import session
from huebrush.settings.flats import RegionSettings
from huebrush.settings.store import SETTINGS_FILE, DocumentSettings, PluginSettings, SettingsStore
from huebrush_protocol.parameter_ranges import MAX_SEED
from krita import Document

HUGE = "1" + "0" * 400
"""A whole number that no float can be."""


def stored(document: Document, content: str) -> DocumentSettings | None:
    """Return the settings of `document` if `content` is stored for it."""
    store = session().store
    store.remember(document, dataclasses.replace(remembered(), seed=1))
    store._file(document.fileName()).write_text(content, "utf-8")
    return SettingsStore(store.folder).load(document)


@pytest.fixture
def saved(document, tmp_path: Path) -> Iterator[Document]:
    """The active document with a file name. Afterwards the docker shows no settings of this file's."""
    document.setFileName(str(tmp_path / "page.kra"))
    yield document
    session().store.remember(document, DocumentSettings())
    show_document(None)
    show_document(document)
    spin()


@pytest.mark.parametrize("content", ["[" * 100_000, '{"a":' * 100_000, "[]", "null", "NaN", '{"steps":', "\\x00"])
def test_what_is_no_map_counts_as_missing(saved, tmp_path, content):
    assert stored(saved, content) is None
    (tmp_path / SETTINGS_FILE).write_text(content, "utf-8")
    assert SettingsStore(tmp_path).plugin == PluginSettings()
    saved.setAnnotation(PREFIX + "x", TITLE, QtCore.QByteArray(content.encode()))
    assert recipes(saved) == {}


@pytest.mark.parametrize("number", [HUGE, "-" + HUGE, "2147483648", "1e999", "NaN"])
def test_numbers_that_qt_cannot_show_take_their_defaults(saved, number):
    content = f"""{{"steps": {number}, "seed": {number}, "advanced": {{"merge": {number}, "sketch_guidance": {number},
        "block_strengths": [{number}, 3]}}, "regions": {{"gap": {number}, "fixes": [
            {{"kind": "close", "x": {number}, "y": 1, "x2": 2, "y2": 3, "color": ""}}]}},
        "references": [{{"kind": "file", "key": "a.png", "name": "a", "weight": {number}}}]}}"""
    read = stored(saved, content)
    assert read is not None
    assert read.steps == DocumentSettings().steps
    assert (read.advanced.merge, read.advanced.sketch_guidance, read.advanced.block_strengths) == (0, 1.0, (3,))
    assert read.regions == RegionSettings()
    assert [(item.key, item.weight) for item in read.references] == [("a.png", 1.0)]
    session().store._open.clear()
    show_document(None)
    show_document(saved)
    spin()
    assert widget("huebrush_steps_number").value() == read.steps


def test_the_largest_seed_is_kept(saved):
    read = stored(saved, json.dumps({"seed": MAX_SEED}))
    assert read is not None and read.seed == MAX_SEED


def test_half_a_character_is_kept(saved):
    """Text of other programs may have half of a pair of surrogates, which UTF-8 cannot write."""
    store, half = session().store, "a\ud83d"
    store.remember(saved, dataclasses.replace(remembered(), line_art=half))
    read = SettingsStore(store.folder).load(saved)
    assert read is not None and read.line_art == half
    group = saved.rootNode().childNodes()[0].uniqueId().toString()
    session().recipes.store(saved, Record.of("job", group, {"name": half}, {}))
    assert [recipe["name"] for recipe in recipes(saved).values()] == [half]
