"""`huebrush evaluate edits`, as it is called, with the real engine on one page."""

from __future__ import annotations

import json

import pytest
from huebrush_backend.cli.main import main

FIGURES = {
    "edits",
    "reached",
    "reached_by_model",
    "median_delta_e",
    "pixels_changed_outside",
    "locality",
    "standard_errors",
}


def test_each_way_has_its_figures_and_a_brush_changes_nothing_outside(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "edits", "--json", "--seed", "5", "--pages", "1", "--steps", "2"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["model"], report["seed"], report["pages"], report["steps"]) == ("demo", 5, 1, 2)
    for way in ("brushed", "automatic", "everywhere"):
        figures = report[way]
        assert figures.keys() >= FIGURES
        assert figures["edits"] == figures["large"]["edits"] + figures["small"]["edits"] > 0
        assert 0 <= figures["locality"] <= 1
        assert figures["standard_errors"].keys() == {"reached", "reached_by_model", "median_delta_e", "locality"}
    assert report["brushed"]["reached"] == 1
    assert report["brushed"]["pixels_changed_outside"] == 0
    assert report["everywhere"]["pixels_changed_outside"] > 0
    assert report["brushed"]["locality"] > report["everywhere"]["locality"]


def test_the_table_names_each_way(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from huebrush_backend.evaluation import edit_suite

    figures = {"edits": 1, "reached": 1.0, "reached_by_model": 0.0, "median_delta_e": 0.3} | {
        "pixels_changed_outside": 7,
        "locality": 0.123,
        "standard_errors": {"reached": 0.01, "reached_by_model": 0.02, "locality": 0.0345},
    }
    unknown = dict.fromkeys(figures["standard_errors"])
    nothing = dict.fromkeys(figures) | {"edits": 0, "pixels_changed_outside": 0, "standard_errors": unknown}
    found = {way: figures | {"large": figures, "small": nothing} for way in edit_suite.WAYS}
    monkeypatch.setattr(edit_suite, "evaluate_edits", lambda **words: found)
    monkeypatch.setenv("COLUMNS", "140")
    assert main(["evaluate", "edits", "--pages", "1"]) == 0
    told = capsys.readouterr().out
    for words in ("brushed", "automatic", "everywhere", "large", "12.3 % ± 6.9", "–"):
        assert words in told


@pytest.mark.parametrize(("words", "says"), [(["--pages", "0"], "--pages"), (["--model", "nothing"], "nothing")])
def test_mistakes_are_told(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status = main(["evaluate", "edits", *words])
    except SystemExit as end:
        status = end.code
    assert status == 2
    assert says in capsys.readouterr().err
