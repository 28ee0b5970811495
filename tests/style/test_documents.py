"""The repository stands on its own: what its files cite is in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (
    ".ci",
    ".github",
    "backend",
    "docs",
    "examples",
    "krita_plugin",
    "protocol",
    "requirements",
    "tests",
    "typings",
)
TEXTS = (".html", ".in", ".json", ".md", ".py", ".pyi", ".sh", ".toml", ".txt", ".yaml", ".yml")
DOCUMENT = re.compile(r"(?<![\w./:-])[\w./-]*\w\.md\b")
"""The name of a document, which is no part of a web address."""
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
"""A picture that a document shows."""
METHOD = ROOT / "docs" / "method.md"
CITED_SECTIONS = re.compile(r'docs/method\.md, ("[^"]+"(?:(?:,| and|, and) "[^"]+")*)')
"""The titles after the name of that document, such as "Gaps" and "Regions"."""


def missing_documents(file: Path, text: str) -> list[str]:
    """Return the documents that the `text` of `file` names and that are not found from its folder, the root or docs."""
    folders = (file.parent, ROOT, ROOT / "docs")
    names = dict.fromkeys(DOCUMENT.findall(text))
    return [name for name in names if not any((folder / name).is_file() for folder in folders)]


def missing_sections(text: str) -> list[str]:
    """Return the sections of docs/method.md that `text` cites and that it does not have."""
    titles = set(re.findall(r"^## (.+)$", METHOD.read_text("utf-8"), re.MULTILINE))
    flowing = re.sub(r"\s+(?:# )?", " ", text)
    cited = [title for found in CITED_SECTIONS.findall(flowing) for title in re.findall(r'"([^"]+)"', found)]
    return [title for title in cited if title not in titles]


def test_no_file_cites_a_document_that_is_not_here() -> None:
    missing = {
        str(file.relative_to(ROOT)): names for file, text in _texts() if (names := missing_documents(file, text))
    }
    assert missing == {}


def test_cited_sections_of_the_method_exist() -> None:
    missing = {str(file.relative_to(ROOT)): titles for file, text in _texts() if (titles := missing_sections(text))}
    assert missing == {}


@pytest.mark.parametrize("name", ["nowhere.md", "docs/nowhere.md", "../nowhere.md"])
def test_a_document_that_is_not_here_is_noticed(name: str) -> None:
    assert missing_documents(METHOD, f"As {name} says (see [{name}]({name}), ../README.md and protocol.md).") == [name]


def test_documents_on_the_web_are_not_looked_for() -> None:
    assert missing_documents(METHOD, "See https://example.org/docs/nowhere.md.") == []


def test_a_section_that_is_not_there_is_noticed() -> None:
    text = 'Formulas: docs/method.md, "Gaps" and\n# "No such\n# section".'
    assert missing_sections(text) == ["No such section"]


def test_modules_that_the_method_names_exist() -> None:
    names = re.findall(r"`([a-z_0-9]+/[a-z_0-9/]+\.py)`", METHOD.read_text("utf-8"))
    folders = (ROOT / "backend" / "huebrush_backend", ROOT)
    assert len(names) > 50
    assert [name for name in names if not any((folder / name).is_file() for folder in folders)] == []


def test_documents_show_all_pictures_and_no_others() -> None:
    documents = [file for file, _ in _texts() if file.suffix == ".md"]
    shown = {
        (document.parent / name).resolve()
        for document in documents
        for name in PICTURE.findall(document.read_text("utf-8"))
        if "://" not in name
    }
    kept = set((ROOT / "docs" / "images").rglob("*.png"))
    assert len(kept) > 40
    assert sorted(map(str, kept - shown)) == [], "no document shows these"
    assert sorted(str(file) for file in shown if not file.is_file()) == [], "documents show these"


@pytest.mark.parametrize("name", ["line_art.png", "reference.png"])
def test_the_dockers_example_is_the_documents(name: str) -> None:
    """What "Try the example" opens is what the documents' pictures show."""
    own, shown = ROOT / "krita_plugin" / "huebrush" / "example" / name, ROOT / "docs" / "example" / name
    assert own.read_bytes() == shown.read_bytes()


def _texts() -> Iterator[tuple[Path, str]]:
    """Yield the project's text files and what they say, without this one, which names what is not here."""
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    for file in sorted([*files, *ROOT.iterdir()]):
        if file.suffix in TEXTS and file.is_file() and file != Path(__file__).resolve():
            yield file, file.read_text("utf-8")
