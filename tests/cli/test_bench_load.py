"""`huebrush bench load` paints alone and beside busy programs, in real backends."""

from __future__ import annotations

import json

import psutil
import pytest
from huebrush_backend.cli.main import main
from huebrush_backend.evaluation import load_bench


def test_the_figures_are_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    ways = {name: load_bench.WAYS[name] for name in ("as_shipped", "one_thread")}
    monkeypatch.setattr(load_bench, "WAYS", ways)
    assert main(["bench", "load", "--json", "--steps", "1", "--repeats", "1"]) == 0
    load = json.loads(capsys.readouterr().out)["load"]
    assert set(load["seconds"]) == set(ways) and load["steps"] == load["repeats"] == 1
    for ratio in (load["quiet_ratio"], load["loaded_ratio"]):
        assert ratio > 0
    for times in load["seconds"].values():
        assert times["quiet"] > 0 and times["loaded"] > 0
    left = [child for child in psutil.Process().children(recursive=True) if load_bench.BUSY_PROGRAM in child.cmdline()]
    assert not left, "a busy program was left behind"


def test_an_unknown_subject_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "weight"]) != 0
    assert "load" in capsys.readouterr().err
