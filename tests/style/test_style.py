"""The whole project follows the rules in CONTRIBUTING.md that a program can check."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 400
SOURCE_FOLDERS = ("protocol", "backend", "krita_plugin", "requirements")


def run_tool(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a tool of this environment in the project's folder."""
    quiet = {**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    return subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, env=quiet)


@pytest.mark.parametrize("words", [("check", "."), ("format", "--check", ".")])
def test_ruff(words: tuple[str, ...]) -> None:
    done = run_tool("ruff", *words)
    assert done.returncode == 0, done.stdout + done.stderr


def test_pyright() -> None:
    done = run_tool("pyright")
    if done.returncode != 0 and run_tool("pyright", "--version").returncode != 0:
        pytest.skip("pyright needs Node.js and, once, npm's registry")
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_stay_short() -> None:
    files = [ROOT / "install.py", *(path for folder in SOURCE_FOLDERS for path in (ROOT / folder).rglob("*.py"))]
    long = {str(path.relative_to(ROOT)): count for path in files if (count := _lines(path)) > MOST_LINES}
    assert long == {}


def test_installer_uses_the_standard_library_alone() -> None:
    program = (
        "import sys, pathlib; sys.path.insert(0, 'backend'); "
        "import huebrush_installer.program; "
        "print([name for name in {module.partition('.')[0] for module in sys.modules} "
        "if name not in sys.stdlib_module_names and name not in ('huebrush_installer', '__main__')])"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def _lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())
