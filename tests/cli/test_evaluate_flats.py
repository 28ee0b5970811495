"""`huebrush evaluate flats`, as it is called."""

from __future__ import annotations

import json

import pytest
from drawn_pages import SMALL_PAGE, drawn_page
from huebrush_backend.cli.main import main
from huebrush_backend.evaluation import flat_kinds, flat_sketches, flat_suite
from huebrush_backend.evaluation.flat_kinds import DrawnKind

KEYS = {"leak_pixels", "halo_pixels", "gap_count", "line_layer_identical", "regions_right", "splits", "merges"}


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(flat_suite.SIZES, "2k", SMALL_PAGE)
    monkeypatch.setattr(flat_suite, "draw_flat_page", drawn_page)
    monkeypatch.setattr(flat_sketches, "LONGER_SIDES", (320,))


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
    assert report["shaded"] is report["open"] is report["mottled"] is None
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


def test_kinds_of_drawings_run_on_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["evaluate", "flats", "--json", "--kinds", "open,mottled,colored,spilled,reading", "--drawings", "2"]) == 0
    )
    report = json.loads(capsys.readouterr().out)
    assert report["sizes"] == {}
    assert report["closed"] is report["gapped"] is report["deterministic"] is None
    assert report["open"]["pages"] == report["mottled"]["pages"] == report["reading"]["pages"] == 2
    assert 0 <= report["open"]["lost"] <= 1
    assert 0 <= report["open"]["regions_right"] <= 1
    assert 0 <= report["mottled"]["false_borders"] <= 1
    assert report["reading"]["polarity_right"] == 1
    assert report["spilled"]["pages"] == 2
    assert 0 < report["spilled"]["before"] < 0.5 and 0 < report["spilled"]["after"] < 0.5
    assert report["colored"]["pages"] == 2
    assert report["colored"]["area_right"] > 0.95 and report["colored"]["regions_right"] > 0.9
    assert "stopped" not in report


def test_kinds_choose_variants_too(capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "evaluate",
        "flats",
        "--json",
        "--sizes",
        "2k",
        "--seed",
        "7",
        "--kinds",
        "gapped",
        "--variants",
        "aa,gapped",
    ]
    assert main(words) == 0
    report = json.loads(capsys.readouterr().out)
    assert list(report["sizes"]["2k"]["variants"]) == ["gapped"]
    assert report["closed"] is None


def test_the_table_has_a_row_for_each_kind(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "150")
    made = DrawnKind(lambda pages, seed, on_step: {"pages": pages, "lost": seed / 100}, 12, ("lost",))
    monkeypatch.setattr(flat_kinds, "DRAWN_KINDS", {"open": made, "mottled": made})
    assert main(["evaluate", "flats", "--kinds", "mottled", "--seed", "7"]) == 0
    told = capsys.readouterr().out
    assert "mottled" in told and "lost 7.0 %" in told and " 12 " in told
    assert "open" not in told and "2k" not in told


def test_ctrl_c_keeps_the_figures_of_the_parts_that_are_done(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(pages: int, seed: int, on_step: object) -> dict[str, object]:
        raise KeyboardInterrupt

    done = DrawnKind(lambda pages, seed, on_step: {"pages": pages}, 3, ())
    kinds = {"open": done, "mottled": DrawnKind(interrupted, 3, ()), "comic": done}
    monkeypatch.setattr(flat_kinds, "DRAWN_KINDS", kinds)
    monkeypatch.setattr(flat_kinds, "FLAT_KINDS", tuple(kinds))
    assert main(["evaluate", "flats", "--json", "--kinds", "open,mottled,comic"]) == 130
    report = json.loads(capsys.readouterr().out)
    assert report["open"] == {"pages": 3}
    assert report["mottled"] is report["comic"] is None
    assert report["stopped"] is True


def test_ctrl_c_on_comic_pages_keeps_the_sizes_that_are_done(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(seed: int, width: int, height: int) -> object:
        if width != SMALL_PAGE[0]:
            raise KeyboardInterrupt
        return drawn_page(seed, width, height)

    monkeypatch.setattr(flat_suite, "draw_flat_page", draw)
    assert main(["evaluate", "flats", "--json", "--sizes", "2k,4k", "--variants", "aa", "--seed", "7"]) == 130
    report = json.loads(capsys.readouterr().out)
    assert list(report["sizes"]) == ["2k"]
    assert report["closed"]["pages"] == 1
    assert report["stopped"] is True


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--sizes", "3k"], "--sizes does not know '3k'; choose from 2k, 4k, 8.6k"),
        (["--variants", "aa,oil"], "--variants does not know 'oil'"),
        (["--kinds", "oil"], "--kinds does not know 'oil'; choose from closed, shaded, dense, gapped, open, mottled"),
        (["--kinds", "shaded", "--variants", "aa"], "--variants has none of the --kinds"),
        (["--drawings", "0"], "--drawings"),
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
