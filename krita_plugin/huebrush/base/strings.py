"""Sentences that the artist reads, by id, in the language Krita runs in (English where a translation is missing)."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from huebrush_protocol.texts import Text

from .qt import QtCore

CATALOGUE_FOLDER = Path(__file__).resolve().parents[1] / "catalogue"
FALLBACK_LANGUAGE = "en"


@lru_cache(maxsize=8)
def catalogue(language: str) -> dict[str, str]:
    """Return the sentences of `language` (two letters); a missing sentence is in English."""
    sentences: dict[str, str] = {}
    for name in dict.fromkeys((FALLBACK_LANGUAGE, language)):
        file = CATALOGUE_FOLDER / f"{name}.json"
        if file.is_file():
            sentences.update(json.loads(file.read_text(encoding="utf-8")))
    return sentences


def text(key: str, **values: object) -> str:
    """Return the sentence `key` with `values` filled in. Raises KeyError for an unknown key."""
    sentence = catalogue(QtCore.QLocale().name()[:2])[key]
    return sentence.format(**values) if values else sentence


def catalogue_has(key: str) -> bool:
    """True when there is a sentence `key`."""
    return key in catalogue(FALLBACK_LANGUAGE)


def translated(said: str) -> str:
    """Translate a text that the backend has `said` to the language Krita runs in; English if there is no translation.

    Translations are by id, in the folder `backend` of the catalogues; a detail without an id stays as it is.
    """
    sentence = _backend_catalogue(QtCore.QLocale().name()[:2]).get(said.id) if isinstance(said, Text) else None
    if sentence is None or not isinstance(said, Text):
        return str(said)
    values = {name: translated(value) if isinstance(value, str) else value for name, value in said.arguments.items()}
    try:
        return sentence.format(**values)
    except (KeyError, IndexError, ValueError, AttributeError):  # a backend whose sentence has other arguments
        return str(said)


@lru_cache(maxsize=8)
def _backend_catalogue(language: str) -> dict[str, str]:
    file = CATALOGUE_FOLDER / "backend" / f"{language}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


@lru_cache(maxsize=64)
def every_text(key: str) -> frozenset[str]:
    """Return the sentence `key` in each language: a layer may have been named by a Krita in another language."""
    return frozenset(catalogue(file.stem)[key] for file in CATALOGUE_FOLDER.glob("*.json"))
