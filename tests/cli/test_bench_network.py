"""`huebrush bench --random-weights`: figures of each measure, and refusals in words."""

from __future__ import annotations

import json

import pytest
from huebrush_backend.cli.main import main
from huebrush_backend.evaluation import network_bench


def test_each_measure_is_told_on_and_off(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["--random-weights", "--size", "64", "--steps", "10", "--repeats", "1", "--device", "cpu"]
    assert main(["bench", *arguments, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["model"] == "demo" and report["size"] == 64
    assert all(figures["off"] > 0 and figures["on"] >= 0 for figures in report["measures"].values())
    assert report["pictures"]["plain"]["ratio"] == 1
    assert report["peak_mib"] > 100
    monkeypatch.setattr(network_bench, "measure_network", lambda *_: report)  # the same figures, as a table
    assert main(["bench", *arguments]) == 0
    assert "keys and values kept" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--random-weights", "--model", "nonesuch"], "choose from colorize-diffusion-v1, demo"),
        (["--random-weights", "--size", "100"], "multiple of 64"),
        (["--random-weights", "speed"], "leave out the subjects"),
        (["--size", "128"], "need --random-weights"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_words(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", *arguments]) == 2
    assert reason in capsys.readouterr().err
