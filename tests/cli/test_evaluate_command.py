"""`huebrush evaluate` and `huebrush bench`, as they are called."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import pytest
from huebrush_backend.cli.main import main

FLOORS = ("chance", "no_reference", "copy_by_position")


def test_the_built_in_model_beats_chance_and_looks_at_the_reference(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.png"
    assert main(["evaluate", "--pairs", "4", "--steps", "4", "--json", "--sheet", str(sheet)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["model"], report["pairs"], report["steps"], report["seed"]) == ("demo", 4, 4, 0)
    assert len(report["model_sha256"]) == 64
    assert report["left_out"] == ["eye white", "mouth"]
    for figures in (report, *(report[floor] for floor in FLOORS)):
        assert 0 <= figures["part_colour_accuracy"] <= 1
        assert figures["median_delta_e"] >= 0
        assert {"recall", "precision"} <= set(figures["line_fidelity"])
    assert report["parts_scored"] > 10
    assert report["part_colour_accuracy"] > report["chance"]["part_colour_accuracy"]
    assert report["part_colour_accuracy"] > report["no_reference"]["part_colour_accuracy"]
    picture = cv2.imread(str(sheet))
    assert picture is not None
    assert picture.shape[1] > 8 * 256


def test_the_fast_way_is_scored_beside_the_full_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--pairs", "1", "--steps", "10", "--fast", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["fast"] is True
    change = report["change"]
    assert change["parts"] > 2
    assert 0 < change["median_delta_e"] < 10


@pytest.mark.parametrize("subject", ["lines", "masks"])
def test_what_is_found_without_a_model_is_scored(subject: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["evaluate", subject, "--pages", "3", "--size", "128", "--seed", "4"]
    assert main([*words, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["pages"], report["size"], report["seed"]) == (3, 128, 4)
    row = {"lines": "scanned lines", "masks": "reference"}[subject]
    assert row in report["scores"]
    assert main(words) == 0
    assert row in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["evaluate", "--pairs", "0"], "--pairs"),
        (["evaluate", "--steps", "151"], "--steps"),
        (["evaluate", "--seed", "-1"], "--seed"),
        (["evaluate", "--model", "nothing"], "no model 'nothing'"),
        (["evaluate", "--weights", "no-such-folder"], "not an exported model"),
        (["evaluate", "--sheet", "no-such-folder/sheet.png"], "does not exist"),
        (["evaluate", "nothing"], "invalid choice"),
        (["evaluate", "lines", "--seed", "-1"], "--seed"),
        (["evaluate", "masks", "--pages", "0"], "--pages"),
        (["bench", "nothing"], "no bench 'nothing'"),
        (["bench", "--repeats", "0"], "--repeats"),
        (["bench", "--steps", "151"], "within 1 to 150"),
        (["bench", "--weights", "no-such-folder"], "not an exported model"),
    ],
)
def test_mistakes_are_told(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status = main(words)
    except SystemExit as error:  # argparse
        status = error.code
    assert status == 2
    assert says in capsys.readouterr().err
