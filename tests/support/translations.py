#!/usr/bin/env python3
"""Checks the catalogues of each language, and writes those of a new one, for translators.

    python3 tests/support/translations.py                  # checks every language; ends with 1 if something is wrong
    python3 tests/support/translations.py --template fr    # writes the catalogues of a new language, or completes them

The words of the docker are in krita_plugin/huebrush/catalogue, those of the backend in its folder backend. Their ids
come from the plugin's English catalogue and from huebrush_protocol.sentences. A catalogue of the docker may have a note
to translators, which nobody else sees, such as that no native speaker has read it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "protocol"))

from huebrush_protocol.sentences import ENGLISH as SAID_BY_BACKEND  # noqa: E402
from huebrush_protocol.texts import placeholders  # noqa: E402

CATALOGUES = ROOT / "krita_plugin" / "huebrush" / "catalogue"
SOURCE_LANGUAGE = "en"
NOTE = "note"
"""The id of a catalogue's note; it need not be there."""
NEW_NOTE = "Not reviewed by a native speaker."


@dataclass(frozen=True)
class Source:
    """Sentences of one kind: their folder, the English by id, and the note that a new catalogue begins with.

    A sentence of more than `same_words` words that is the same as in English was not translated.
    """

    folder: Path
    english: Mapping[str, str]
    same_words: int
    new_note: Mapping[str, str]

    def file(self, language: str) -> Path:
        """Return the catalogue of a language (two letters)."""
        return self.folder / f"{language}.json"


def sources(catalogues: Path = CATALOGUES) -> tuple[Source, Source]:
    """Return the docker's sentences, where a label may be one word in both languages, and the backend's."""
    docker = dict(_pairs(CATALOGUES / f"{SOURCE_LANGUAGE}.json"))
    note = {NOTE: NEW_NOTE}
    return Source(catalogues, docker, 1, note), Source(catalogues / "backend", SAID_BY_BACKEND, 0, {})


def languages(catalogues: Path = CATALOGUES) -> list[str]:
    """Return the languages of the docker (two letters each), English too."""
    return sorted(path.stem for path in catalogues.glob("*.json"))


def faults(language: str, catalogues: Path = CATALOGUES) -> list[str]:
    """Return the faults of a language's catalogues, a line each. English has only the docker's catalogue."""
    docker, backend = sources(catalogues)
    found = _faults_of(docker, language)
    return found if language == SOURCE_LANGUAGE else found + _faults_of(backend, language)


def write_template(language: str, catalogues: Path = CATALOGUES) -> list[Path]:
    """Write both catalogues of a language, in the order of the ids, and return their paths.

    Translations stay, missing ones are there in English, and ids that are no longer used are left out.
    """
    written = []
    for source in sources(catalogues):
        path = source.file(language)
        there = dict(_pairs(path)) if path.is_file() else dict(source.new_note)
        note = {NOTE: there[NOTE]} if NOTE in there else {}
        sentences = note | {key: there.get(key, english) for key, english in source.english.items()}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(sentences, ensure_ascii=False, indent=1) + "\n", "utf-8")
        written.append(path)
    return written


def main(words: Sequence[str] | None = None) -> int:
    """Check every language, or write a template. Returns the exit status: 1 if something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--template", metavar="LANGUAGE", help="two letters of the language to begin or to complete")
    language = parser.parse_args(words).template
    if language is not None:
        if not re.fullmatch("[a-z]{2}", language) or language == SOURCE_LANGUAGE:
            parser.error(f"{language} is not the two letters of a language other than English")
        for path in write_template(language):
            print(path)
        return 0
    wrong = {language: faults(language) for language in languages()}
    for language, found in wrong.items():
        note = dict(_pairs(CATALOGUES / f"{language}.json")).get(NOTE)
        print(f"{language}: {len(found) or 'no'} faults", *([f"({note})"] if note else []))
        print(*(f"  {fault}\n" for fault in found), sep="", end="")
    return int(any(wrong.values()))


def _faults_of(source: Source, language: str) -> list[str]:
    path = source.file(language)
    if not path.is_file():
        return [f"{path.name} is missing in {path.parent.name}"]
    pairs = [(key, sentence) for key, sentence in _pairs(path) if key != NOTE]
    sentences = dict(pairs)
    found = [f"{key}: missing" for key in source.english if key not in sentences]
    found += [f"{key}: left over" for key in sentences if key not in source.english]
    found += [f"{key}: stands there twice" for key in sentences if sum(key == other for other, _ in pairs) > 1]
    for key, sentence in sentences.items():
        if key in source.english:
            found += [f"{key}: {fault}" for fault in _faults_in(source, key, sentence, language)]
    return found


def _faults_in(source: Source, key: str, sentence: str, language: str) -> list[str]:
    """Return the faults in the translation of one sentence."""
    english = source.english[key]
    found = []
    if not sentence.strip():
        found.append("empty")
    try:
        named, wanted = placeholders(sentence), placeholders(english)
    except ValueError as error:
        return [*found, f"braces: {error}"]
    if named != wanted:
        found.append(f"names in braces are {sorted(named)} instead of {sorted(wanted)}")
    if re.search(r"&\w", sentence):  # Alt+F, Alt+L and the others open Krita's own menus
        found.append("takes a letter with Alt (&)")
    words = re.findall(r"\b[A-Za-z]?[a-z]{2,}\b", re.sub(r"{[a-z_0-9]+}", " ", english))
    if language != SOURCE_LANGUAGE and sentence == english and len(words) > source.same_words:
        found.append("in English")
    return found


def _pairs(path: Path) -> list[tuple[str, str]]:
    """Return the ids and sentences of a file, also of an id that stands there twice."""
    return json.loads(path.read_text("utf-8"), object_pairs_hook=list)


if __name__ == "__main__":
    sys.exit(main())
