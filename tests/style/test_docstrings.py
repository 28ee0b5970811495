"""Docstrings are plain English: they begin with a verb or a noun, not with a clause that has to be unfolded."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("protocol", "backend", "krita_plugin", "requirements", "install.py", "tests/support")
CLAUSE = re.compile(
    r"(?:(?:Return|Yield)s? )?"
    r"(?:[Ww]hat|[Hh]ow|[Ww]hich|[Ww]ho|[Ww]hose|[Ww]here|[Ww]hen|[Ww]hy|[Tt]hat|[Aa]ll that|[Ww]hatever)\b"
)


def test_no_docstring_begins_with_a_clause() -> None:
    found = [f"{place}: {text}" for place, text in docstrings() if CLAUSE.match(text)]
    assert found == []


def test_clauses_are_told_from_plain_words() -> None:
    assert all(map(CLAUSE.match, ("What is shown.", "Return how the edits were painted.", "How many rows.")))
    assert not any(
        map(CLAUSE.match, ("Paint the edits.", "Number of rows.", "Return whether it is open.", "Whole page."))
    )


def docstrings() -> Iterator[tuple[str, str]]:
    """Yield "file:line" and first line of each docstring, those of constants and attributes included."""
    files = [
        path for name in SOURCES for path in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("*.py"))
    ]
    for path in sorted(files):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            body = getattr(node, "body", None)
            for statement in body if isinstance(body, list) else ():
                if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Constant):
                    continue
                if isinstance(statement.value.value, str):
                    first = statement.value.value.strip().partition("\n")[0]
                    yield f"{path.relative_to(ROOT).as_posix()}:{statement.lineno}", first
