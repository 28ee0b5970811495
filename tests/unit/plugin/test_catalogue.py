"""The plugin's sentences: each that the code asks for exists, in every language, with the same values filled in."""

from __future__ import annotations

import json
import re
import string
from pathlib import Path

import pytest
from huebrush_backend.checkpoints.releases import WEIGHTS_LICENCE
from huebrush_protocol.sentences import ENGLISH as SAID_BY_BACKEND

PLUGIN = Path(__file__).resolve().parents[3] / "krita_plugin" / "huebrush"
CATALOGUES = PLUGIN / "catalogue"
LANGUAGES = sorted(path.stem for path in CATALOGUES.glob("*.json"))
SOURCES = "\n".join(path.read_text("utf-8") for path in PLUGIN.rglob("*.py") if "vendor" not in path.parts)


def values_of(sentence: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def sentences(language: str) -> dict[str, str]:
    """Return the sentences of a language's own file. Raises AssertionError for a key that stands in it twice."""
    pairs = json.loads((CATALOGUES / f"{language}.json").read_text("utf-8"), object_pairs_hook=list)
    assert len(pairs) == len({key for key, _ in pairs})
    return dict(pairs)


ENGLISH = sentences("en")
ENGLISH_VALUES = {key: values_of(sentence) for key, sentence in ENGLISH.items()}


def test_the_licence_to_accept_is_what_the_backend_says():
    """Its translation is shown only in place of exactly this text."""
    assert ENGLISH[f"licence.{WEIGHTS_LICENCE.name}"] == WEIGHTS_LICENCE.terms


def test_every_sentence_asked_for_exists():
    """Literal keys of text() are in the English catalogue."""
    asked = set(re.findall(r"""\btext\("([a-z_.]+)"[,)]""", SOURCES))
    assert len(asked) > 50
    assert asked <= set(ENGLISH)


def test_every_problem_says_what_is_wrong_and_what_to_do():
    """Each problem("code", …) has its message and its advice."""
    codes = set(re.findall(r"""\bproblem\(\s*"([a-z_]+)\"""", SOURCES))
    assert len(codes) > 20
    for code in codes:
        assert ENGLISH[f"problem.{code}"] and ENGLISH[f"problem.{code}.advice"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_sentence(language):
    """The same keys as English, none of them empty, and the same names in braces."""
    translated = sentences(language)
    assert set(translated) == set(ENGLISH)
    assert [key for key, sentence in translated.items() if not sentence.strip()] == []
    assert {key: values_of(sentence) for key, sentence in translated.items()} == ENGLISH_VALUES


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_control_takes_a_letter_with_alt(language):
    """Alt+F, Alt+L and the others open Krita's own menus."""
    assert [key for key, sentence in sentences(language).items() if re.search(r"&\w", sentence)] == []


def test_there_is_german():
    """English and at least one other language are checked here."""
    assert {"de", "en"} <= set(LANGUAGES)


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_every_language_says_all_that_a_backend_can_say(language):
    """The same ids as in the protocol's English, none of them empty, and the same names in braces."""
    pairs = json.loads((CATALOGUES / "backend" / f"{language}.json").read_text("utf-8"), object_pairs_hook=list)
    said = dict(pairs)
    assert len(pairs) == len(said) and set(said) == set(SAID_BY_BACKEND)
    assert [key for key, sentence in said.items() if not sentence.strip()] == []
    assert {key: values_of(sentence) for key, sentence in said.items()} == {
        key: values_of(sentence) for key, sentence in SAID_BY_BACKEND.items()
    }


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_nothing_a_backend_says_was_left_in_english(language):
    """The same sentence may stand in both only if it has no words of its own."""
    said = json.loads((CATALOGUES / "backend" / f"{language}.json").read_text("utf-8"))
    same = [key for key, sentence in said.items() if sentence == SAID_BY_BACKEND[key]]
    assert [key for key in same if re.search("[a-z]", re.sub(r"{[a-z_]+}", "", SAID_BY_BACKEND[key]))] == []
