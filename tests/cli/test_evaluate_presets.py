"""`huebrush evaluate presets`, as it is called, with the real engine in few steps."""

from __future__ import annotations

import json

import pytest
from huebrush_backend.cli.main import main
from huebrush_backend.evaluation import preset_pages, preset_suite
from huebrush_backend.evaluation.preset_suite import HIGHER_IS_BETTER


def test_flats_from_inks_are_more_even_than_a_picture(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preset_pages, "INKED_SIDE", 256)
    words = ["evaluate", "presets", "--json", "--presets", "inks", "--pages", "3", "--steps", "3", "--device", "cpu"]
    assert main(words) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["presets"].keys() == {"inks", "sketch", "comic"}
    assert report["presets"]["sketch"] is report["presets"]["comic"] is None
    found = report["presets"]["inks"]
    assert found["pages"] == 3 and found.keys() > set(HIGHER_IS_BETTER)
    assert found["one_color"]["preset"] > found["one_color"]["default"] + 0.3
    assert found["one_color"]["gain"] > 2 * found["one_color"]["gain_error"]
    assert found["paper_painted"]["default"] is None, "a drawing has no gutters"
    assert "stopped" not in report


def test_the_table_tells_both_ways_and_the_verdict(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def scored(colorizer, pages, seed, presets, on_step, steps):
        figure = {"default": 0.5, "preset": 0.75, "gain": 0.25, "gain_error": 0.02}
        figures = dict.fromkeys(HIGHER_IS_BETTER, figure) | {"pages": pages, "goals": ["right"], "better": False}
        yield "comic", figures | {"layers": {"default": 1.0, "preset": 9.5}, "most_layers": 12}
        raise KeyboardInterrupt

    monkeypatch.setattr(preset_suite, "evaluate_presets", scored)
    monkeypatch.setenv("COLUMNS", "120")
    assert main(["evaluate", "presets", "--pages", "7", "--device", "cpu"]) == 130
    told = capsys.readouterr().out
    for words in ("comic, 7 pages", "right *", "50.0 %", "75.0 %", "25.0 % ± 4.0", "NOT better", "9.5", "Stopped"):
        assert words in told


@pytest.mark.parametrize(
    ("words", "says"), [(["--presets", "nothing"], "nothing"), (["--presets", ","], "names nothing")]
)
def test_mistakes_are_told(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "presets", *words]) != 0
    assert says in capsys.readouterr().err
