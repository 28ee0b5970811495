"""`huebrush evaluate` and `huebrush bench`, as they are called."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import cv2
import pytest
from huebrush_backend.cli.main import main
from huebrush_backend.imaging.files import PictureError
from huebrush_backend.models.catalog import builtin_folder

QUICK = ("evaluate", "--references", "cross,none")
FLOORS = ("chance", "no_reference", "copy_by_position")


def test_the_built_in_model_beats_chance_and_looks_at_the_reference(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.png"
    assert main([*QUICK, "--pairs", "3", "--steps", "4", "--json", "--sheet", str(sheet)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["model"], report["pairs"], report["steps"], report["seed"]) == ("demo", 3, 4, 0)
    assert len(report["model_sha256"]) == 64
    assert report["left_out"] == ["eye white", "mouth"]
    for figures in (report, *(report[floor] for floor in FLOORS)):
        assert 0 <= figures["part_colour_accuracy"] <= 1
        assert figures["median_delta_e"] >= 0
        assert {"recall", "precision"} <= set(figures["line_fidelity"])
    assert report["set"] == "frozen"
    assert list(report["references"]) == ["cross", "none"], "nothing else is computed unless it is asked for"
    assert report["references"]["cross"]["part_colour_accuracy"] == report["part_colour_accuracy"]
    assert report["references"]["none"]["part_colour_accuracy"] == report["no_reference"]["part_colour_accuracy"]
    assert report["references"]["cross"]["standard_error"] > 0
    assert report["references"]["none"]["invented"] > report["references"]["cross"]["invented"]
    assert report["parts_scored"] > 10
    assert report["part_colour_accuracy"] > report["chance"]["part_colour_accuracy"]
    assert report["part_colour_accuracy"] > report["no_reference"]["part_colour_accuracy"]
    picture = cv2.imread(str(sheet))
    assert picture is not None
    assert picture.shape[1] > 8 * 256


def test_all_references_are_scored_unless_some_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--pairs", "1", "--steps", "1", "--threads", "1", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    names = "aligned cross contradicting mirrored shifted_15 shifted_30 scaled_70 half_on_white upside_down none"
    assert list(report["references"]) == names.split()
    keys = {"part_colour_accuracy", "median_delta_e", "invented", "standard_error"}
    assert all(keys <= set(block) for block in report["references"].values())
    assert {"distribution_gap", "entanglement"} <= set(report)


def test_the_fast_way_is_scored_beside_the_full_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*QUICK, "--pairs", "1", "--steps", "10", "--fast", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["fast"] is True
    change = report["change"]
    assert change["parts"] > 2
    assert 0 < change["median_delta_e"] < 10


def test_references_and_guidance_are_chosen_and_batches_change_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["evaluate", "--pairs", "2", "--steps", "1", "--references", "mirrored,cross", "--guidance", "1,2.5/1.5"]
    reports = []
    for batch in ("1", "2"):
        assert main([*words, "--batch", batch, "--threads", "1", "--json"]) == 0
        reports.append(json.loads(capsys.readouterr().out))
    alone, together = reports
    assert list(alone["guidance"]) == ["1", "2.5/1.5"]
    assert (alone["reference_guidance"], alone["sketch_guidance"]) == (1, 1)
    assert list(alone["references"]) == ["cross", "mirrored"]
    for name, figures in alone["guidance"].items():
        for kind, block in figures["references"].items():
            other = together["guidance"][name]["references"][kind]
            assert other["median_delta_e"] == pytest.approx(block["median_delta_e"], abs=0.3)
            assert other["line_recall"] == pytest.approx(block["line_recall"], abs=0.01)
    assert "cross.line_recall" in alone["guidance"]["2.5/1.5"]["difference"]


def test_a_model_is_compared_with_another_on_the_same_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["evaluate", "--pairs", "2", "--steps", "1", "--references", "cross", "--against", str(builtin_folder())]
    assert main([*words, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    against = report["against"]
    assert against["model_sha256"] == report["model_sha256"]
    assert against["references"] == report["references"]
    assert against["differences"]["cross.part_colour_accuracy"] == {
        "difference": 0,
        "standard_error": 0,
        "verdict": "same",
    }
    assert against["verdict"]["publish"] is None, "not all judged references were asked for"


def test_ctrl_c_prints_what_is_known_of_the_finished_pairs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    painted = []

    def press_after_two(display: object) -> Callable[[int], None]:
        def on_picture(done: int) -> None:
            painted.append(done)
            if done == 2:
                signal.raise_signal(signal.SIGINT)

        return on_picture

    counted = contextmanager(lambda what, total, shown: iter([press_after_two(total)]))
    monkeypatch.setattr("huebrush_backend.cli.evaluate.progress_bar", counted)
    words = ["evaluate", "--pairs", "5", "--steps", "1", "--references", "cross"]
    assert main(words) == 130
    output = capsys.readouterr()
    assert painted == [1, 2]
    assert "2 pairs of set frozen 0" in output.out
    for title in ("2 pairs of set frozen 0, 1 steps", "By part"):
        table = output.out[output.out.index(title) :].partition("└")[0]
        assert "two standard errors" in " ".join(table.split())
        assert " ± " in table
    assert "Cancelled after 2 of 5 pairs." in output.err


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
        (["evaluate", "--threads", "99999999999"], "within 1 to 1024"),
        (["evaluate", "--model", "nothing"], "no model 'nothing'"),
        (["evaluate", "--weights", "no-such-folder"], "not an exported model"),
        (["evaluate", "--sheet", "no-such-folder/sheet.png"], "does not exist"),
        (["evaluate", "--sheet", "."], "written as .png"),
        (["evaluate", "--sheet", ""], "--sheet is empty"),
        (["evaluate", "--sheet", "sheet.jpg"], "written as .png"),
        (["evaluate", "--sheet", "s" * 300 + ".png"], "cannot be written"),
        (["evaluate", "nothing"], "invalid choice"),
        (["evaluate", "--set", "nothing"], "there is no set 'nothing'"),
        (["evaluate", "--references", "cross,nothing"], "there is no reference 'nothing'"),
        (["evaluate", "--references", " , "], "--references names none; there are: aligned"),
        (["evaluate", "--guidance", "0.5"], "within 1 to 15"),
        (["evaluate", "--guidance", " , "], "no scale is given; give default, a scale within 1 to 15"),
        (["evaluate", "--guidance", "1/"], "'1/' is no guidance; give default"),
        (["evaluate", "--guidance", "1/2/3"], "'1/2/3' is no guidance; give default"),
        (["evaluate", "--guidance", "default/2"], "'default/2' is no guidance; give default"),
        (["evaluate", "--guidance", "nan"], "nan is not within 1 to 15"),
        (["evaluate", "--guidance", "default,much"], "--guidance"),
        (["evaluate", "--against", "nothing"], "no model 'nothing'"),
        (["evaluate", "--edits", "0"], "--edits"),
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


def test_a_sheet_in_a_folder_that_cannot_be_written_is_refused_before_computing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: Path, mode: str = "r") -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert main([*QUICK, "--sheet", str(tmp_path / "sheet.png")]) == 2
    assert "sheet.png cannot be written: Permission denied; choose another --sheet" in capsys.readouterr().err


def test_a_sheet_that_fails_at_the_end_leaves_the_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(path: Path, pixels: object) -> None:
        raise PictureError(path, "it cannot be written: No space left on device.")

    monkeypatch.setattr("huebrush_backend.imaging.files.write_png", fail)
    words = ["evaluate", "--pairs", "1", "--steps", "1", "--references", "cross,", "--json"]
    assert main([*words, "--sheet", str(tmp_path / "sheet.png")]) == 2
    output = capsys.readouterr()
    assert list(json.loads(output.out)["references"]) == ["cross"]
    assert "No space left on device" in output.err
    assert list(tmp_path.iterdir()) == []
