"""`huebrush bench start`: the program and what it cannot do without are run, and compared."""

from __future__ import annotations

import json

import pytest
from huebrush_backend.cli.main import main
from huebrush_backend.evaluation import start_bench


def test_the_figures_of_whole_runs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_bench, "MODEL_LIBRARIES", "import json")
    assert main(["bench", "start", "--repeats", "1", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)["start"]
    assert figures["seconds"] > 0 and figures["libraries_seconds"] > 0
    assert figures["ratio"] == pytest.approx(figures["seconds"] / figures["libraries_seconds"], abs=0.05)
    assert figures["model_libraries_seconds"] > 0


def test_where_the_libraries_of_models_are_missing_there_is_no_figure_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_bench, "MODEL_LIBRARIES", "import no_such_library")
    assert start_bench.measure_start(1)["model_libraries_seconds"] is None


def test_a_program_that_fails_says_why(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_bench, "LIBRARIES", "import no_such_library")
    assert main(["bench", "start", "--repeats", "1"]) == 2
    assert "no_such_library" in capsys.readouterr().err
