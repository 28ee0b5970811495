"""What is published has the version of its tag, and a section of the changelog."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from huebrush_installer.checkout import Checkout
from huebrush_installer.errors import InstallError
from huebrush_installer.release_notes import release_notes
from simulated_files import write

ROOT = Path(__file__).resolve().parents[2]
CHANGELOG = """# Changelog

## Unreleased (1.3.0)

- To come.

## 1.2.0 - 2026-12-24

### Added

- A thing.

## 1.1.0 - 2026-11-01

- Older.
"""


def project(folder: Path, version: str) -> Checkout:
    write(folder / "protocol" / "huebrush_protocol" / "version.py", f'VERSION = "{version}"\n')
    write(folder / "CHANGELOG.md", CHANGELOG)
    return Checkout(folder)


@pytest.mark.parametrize(("version", "notes"), [("1.2.0", "### Added\n\n- A thing.\n"), ("1.1.0", "- Older.\n")])
def test_the_notes_are_the_section_of_the_version(tmp_path: Path, version: str, notes: str) -> None:
    assert release_notes(project(tmp_path, version), f"v{version}") == notes


@pytest.mark.parametrize(("version", "tag"), [("1.3.0", "v1.3.0"), ("1.2.0", "v1.1.0"), ("1.2.0", "1.2.0")])
def test_what_does_not_agree_is_refused(tmp_path: Path, version: str, tag: str) -> None:
    with pytest.raises(InstallError, match=r"1\.[23]\.0"):
        release_notes(project(tmp_path, version), tag)


def test_the_program_fails_with_the_reason(tmp_path: Path) -> None:
    project(tmp_path, "1.3.0")
    command = [sys.executable, "-m", "huebrush_installer.release_notes", "v1.3.0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "backend")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 1 and done.stdout == ""
    assert "## 1.3.0 - DATE" in done.stderr


def test_the_changelog_of_this_project_names_its_version() -> None:
    version = Checkout(ROOT).version
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"## Unreleased ({version})" in text or f"## {version} - " in text
