"""`huebrush evaluate flats`, as it is called."""

from __future__ import annotations

import json

import pytest
from drawn_pages import SMALL_PAGE, drawn_page
from huebrush_backend.cli.main import main
from huebrush_backend.evaluation import flat_suite

KEYS = {"leak_pixels", "halo_pixels", "gap_count", "line_layer_identical", "regions_right", "splits", "merges"}


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(flat_suite.SIZES, "2k", SMALL_PAGE)
    monkeypatch.setattr(flat_suite, "draw_flat_page", drawn_page)


def test_every_size_and_kind_of_line_has_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["evaluate", "flats", "--json", "--seed", "7", "--sizes", "2k", "--variants", "aa,gapped"]
    assert main(words) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["seed"] == 7
    assert list(report["sizes"]) == ["2k"]
    variants = report["sizes"]["2k"]["variants"]
    assert list(variants) == ["aa", "gapped"]
    for figures in (*variants.values(), report["closed"], report["gapped"]):
        assert figures.keys() >= KEYS
        assert figures["regions"] > 50
        assert figures["line_layer_identical"] is True
        assert figures["gap_count"] == 0
        assert 0.8 < figures["regions_right"] <= 1
    assert report["deterministic"] is True
    voted = report["sizes"]["2k"]["voted"]
    assert voted["regions"] > 50
    assert voted["wrong"] < 0.6
    assert voted["marked_that_are_wrong"] > voted["wrong"], "marks tell nothing"


def test_the_table_names_each_kind_of_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "150")
    assert main(["evaluate", "flats", "--seed", "7", "--sizes", "2k", "--variants", "transparent"]) == 0
    told = capsys.readouterr().out
    assert "2k, transparent" in told
    assert "all closed" in told
    assert "all gapped" not in told


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--sizes", "3k"], "--sizes does not know '3k'; choose from 2k, 4k, 8.6k"),
        (["--variants", "aa,oil"], "--variants does not know 'oil'"),
        (["--sizes", ","], "--sizes names nothing"),
        (["--pages", "0"], "--pages"),
        (["--pairs", "3"], "--pairs"),
    ],
)
def test_mistakes_are_told(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status = main(["evaluate", "flats", *words])
    except SystemExit as end:
        status = end.code
    assert status == 2
    assert says in capsys.readouterr().err
