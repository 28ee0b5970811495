"""`install.py test` shares the tests out, those with Krita to one process, and leaves single tests to pytest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from huebrush_installer.commands import test as command
from huebrush_installer.environment import Environment
from huebrush_installer.program import main
from krita_apart import BY_KRITA, place_in_line

TESTS = Path(__file__).resolve().parents[1]
STARTS_KRITA = ('which("kritarunner")', "find_kritarunner()")
"""What tests outside tests/krita call when they start one."""


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[list[str], dict[str, str]]]:
    """What was run instead of the tests: words and environment."""
    calls: list[tuple[list[str], dict[str, str]]] = []

    def run(words: list[str], *, cwd: Path, environment: dict[str, str]) -> int:
        calls.append((words, environment))
        return 3

    monkeypatch.setattr(command, "run_for_status", run)
    monkeypatch.setattr(command, "make_environment", lambda *_: Environment(tmp_path / ".venv"))
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    return calls


def test_the_whole_suite_runs_in_two_processes_that_share_the_cores(
    tmp_path: Path, ran: list[tuple[list[str], dict[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert main(tmp_path, ["test", "--no-system-packages"]) == 3
    ((words, environment),) = ran
    assert words[1:] == ["-m", "pytest", "-n", "2"]
    assert environment["OMP_NUM_THREADS"] == "4"


def test_own_words_go_to_pytest_as_they_are(
    tmp_path: Path, ran: list[tuple[list[str], dict[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert main(tmp_path, ["test", "--no-system-packages", "--", "tests/unit", "-x"]) == 3
    ((words, environment),) = ran
    assert words[1:] == ["-m", "pytest", "tests/unit", "-x"]
    assert environment["OMP_NUM_THREADS"] == "7"


def test_every_test_that_starts_krita_is_begun_early() -> None:
    outside = set(TESTS.rglob("test_*.py")) - set((TESTS / "krita").iterdir()) - {Path(__file__)}
    asking = {path for path in outside if any(call in path.read_text("utf-8") for call in STARTS_KRITA)}
    named = {path.relative_to(TESTS.parent).as_posix() for path in asking}
    assert named and named == set(BY_KRITA)


def test_krita_and_long_tests_are_begun_first() -> None:
    line = ["tests/unit/test_a.py::test", "tests/style/test_style.py::test_ruff", "tests/krita/test_a.py::test_b"]
    assert sorted(line, key=place_in_line) == line[::-1]


def test_pytest_gives_all_tests_in_an_open_krita_to_one_process(tmp_path: Path) -> None:
    tell = "pathlib.Path(__file__ + '.ran').write_text(os.environ['PYTEST_XDIST_WORKER'])"
    for name in ("krita/test_a.py", "krita/test_b.py", "krita/test_c.py", "unit/test_d.py", "unit/test_e.py"):
        path = tmp_path / "tests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"import os, pathlib\n\ndef test():\n    {tell}\n", "utf-8")
    (tmp_path / "tests" / "conftest.py").write_text((TESTS / "conftest.py").read_text("utf-8"), "utf-8")
    (tmp_path / "pytest.ini").write_text(f"[pytest]\npythonpath = {TESTS / 'support'}\n", "utf-8")
    words = [sys.executable, "-m", "pytest", "-n", "2", "-p", "no:cacheprovider"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    processes = {path.name[5]: path.read_text("utf-8") for path in tmp_path.rglob("*.ran")}
    assert processes["a"] == processes["b"] == processes["c"] and set(processes.values()) == {"gw0", "gw1"}
