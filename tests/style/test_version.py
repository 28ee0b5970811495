"""The version is said once, in protocol/huebrush_protocol/version.py, and everything else has it from there."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path

import huebrush_backend
from huebrush_installer.checkout import Checkout
from huebrush_protocol.version import VERSION

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("protocol", "backend", "krita_plugin", "install.py", "pyproject.toml")


def test_backend_installer_and_package_have_the_version_of_the_protocol_package() -> None:
    assert huebrush_backend.__version__ == VERSION
    assert Checkout(ROOT).version == VERSION
    assert importlib.metadata.version("huebrush") == VERSION, "run `python3 install.py test` or `demo` once"


def test_no_other_source_file_says_the_version() -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for name in SOURCES
        for path in ([ROOT / name] if (ROOT / name).is_file() else sorted((ROOT / name).rglob("*")))
        if path.suffix in (".py", ".toml", ".desktop") and f'"{VERSION}"' in path.read_text("utf-8")
    ]
    assert found == ["protocol/huebrush_protocol/version.py"]


def test_the_changelog_begins_with_the_version() -> None:
    (first, *_) = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert VERSION in first
