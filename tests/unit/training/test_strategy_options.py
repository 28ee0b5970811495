"""The table of the training strategies in the documents is complete and true."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from huebrush_backend.training.strategies.options import Strategies

DOCS = Path(__file__).resolve().parents[3] / "docs"
ROW = re.compile(r"^\| `--([\w-]+)` \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def in_words(value: object) -> str:
    """Return a default as the table writes it."""
    if value is None or isinstance(value, bool):
        return {None: "–", True: "yes", False: "no"}[value]
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "1/3" if value == 1 / 3 else str(value)


def test_the_table_has_every_option_with_its_default_in_order() -> None:
    text = (DOCS / "training.md").read_text("utf-8")
    section = text.partition("\n## The strategies\n")[2].partition("\n## ")[0]
    table = {name: default.replace("`", "") for name, _, default in ROW.findall(section)}
    expected = {
        entry.name.replace("_", "-"): in_words(getattr(Strategies(), entry.name)) for entry in fields(Strategies)
    }
    assert list(table.items()) == list(expected.items())


def test_the_method_has_a_formula_for_every_option() -> None:
    method = (DOCS / "method.md").read_text("utf-8")
    named = {formula for _, formula, _ in ROW.findall((DOCS / "training.md").read_text("utf-8"))}
    assert {formula for formula in named if f"**{formula}" not in method and f"## {formula}" not in method} == set()
