"""What typings/krita says of Krita's scripting interface is so in the Krita at hand."""

from __future__ import annotations

import ast
import re

from krita_program import ROOT

STUB = ROOT / "typings" / "krita" / "__init__.pyi"
SINCE = re.compile(r"Since (\d+)\.(\d+)\.")


def read_names() -> dict[str, tuple[int, ...]]:
    """Return all classes and members that the stub names, "Class" and "Class.member", with the version they came in."""
    names: dict[str, tuple[int, ...]] = {}

    def read(node: ast.ClassDef, name: str, since: tuple[int, ...]) -> None:
        names[name] = since = _since(node, since)
        for member in node.body:
            if isinstance(member, ast.ClassDef):
                read(member, f"{name}.{member.name}", since)
            elif isinstance(member, ast.FunctionDef) and not member.name.startswith("__"):
                names[f"{name}.{member.name}"] = _since(member, since)
            elif isinstance(member, ast.AnnAssign):
                names[f"{name}.{ast.unparse(member.target)}"] = since

    for node in ast.parse(STUB.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef):
            read(node, node.name, ())
    return names


def test_krita_has_all_that_the_stub_names(lonely_krita):
    """Classes and members: those of later versions in these."""
    names = read_names()
    assert len(names) > 100 and names["ColorizeMask.updateMask"] == (5, 2)
    version = tuple(int(number) for number in re.findall(r"\d+", lonely_krita.value("app.version()"))[:2])
    expected = [name for name, since in names.items() if version >= since]
    missing = lonely_krita.value(f"[name for name in {expected!r} if not hands.krita_has(name)]")
    assert missing == []


def _since(node: ast.ClassDef | ast.FunctionDef, outer: tuple[int, ...]) -> tuple[int, ...]:
    found = SINCE.match(ast.get_docstring(node) or "")
    return tuple(int(number) for number in found.groups()) if found else outer
