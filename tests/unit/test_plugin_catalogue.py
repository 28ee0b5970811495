"""The plugin's sentences: each that the code asks for exists, and translations fill in the same values."""

from __future__ import annotations

import json
import re
import string
from pathlib import Path

import pytest

PLUGIN = Path(__file__).resolve().parents[2] / "krita_plugin" / "huebrush"
ENGLISH = json.loads((PLUGIN / "catalogue" / "en.json").read_text("utf-8"))
SOURCES = "\n".join(path.read_text("utf-8") for path in PLUGIN.rglob("*.py") if "vendor" not in path.parts)


def values_of(sentence: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


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


@pytest.mark.parametrize("language", ["de"])
def test_translation_fills_in_the_same_values(language):
    """No key of its own, and the same names in braces as English."""
    translated = json.loads((PLUGIN / "catalogue" / f"{language}.json").read_text("utf-8"))
    assert translated
    for key, sentence in translated.items():
        assert values_of(sentence) == values_of(ENGLISH[key]), key
