"""`huebrush colorize --result flats`: real flats without a model, what the options say, and what they refuse."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from huebrush_backend.cli.main import main
from huebrush_backend.cli.region_options import gap_width, palette_swatches
from huebrush_backend.engine.request import ColorizeRequest
from huebrush_backend.imaging.files import Layer, read_picture, write_ora, write_png
from huebrush_protocol.regions import MAX_PALETTE, RegionFix, RegionParameters
from line_drawing import HEIGHT, WIDTH, line_drawing

CENTER, CORNER = (HEIGHT // 2, WIDTH // 2), (2, 2)


@pytest.fixture
def hints(page: Path) -> Path:
    """hints.png: a red stroke within the circle, a blue one without."""
    strokes = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    cv2.circle(strokes, CENTER[::-1], 5, (200, 30, 40, 255), -1)
    cv2.circle(strokes, (6, 6), 4, (30, 60, 210, 255), -1)
    write_png(page / "hints.png", strokes)
    return page / "hints.png"


def colorize(*words: object) -> int:
    return main(["colorize", *map(str, words)])


def test_hints_make_flats_without_a_model_or_a_reference(page: Path, hints: Path) -> None:
    output, report = page / "out.ora", page / "report.json"
    words = ("--model", "none", "--result", "flats", "--hints", hints, "--output", output, "--flats-report", report)
    assert colorize(page / "lines.png", *words) == 0
    picture = read_picture(output)
    flats = picture.layer("Flats").on_canvas(WIDTH, HEIGHT)
    assert tuple(flats[CENTER]) == (200, 30, 40, 255) and tuple(flats[CORNER]) == (30, 60, 210, 255)
    assert (flats[..., 3] == 255).all()
    assert json.loads(report.read_text())["clean"] is True


@pytest.mark.parametrize(
    ("words", "gap"),
    [
        ("24", (24.0, "px")),
        ("24px", (24.0, "px")),
        ("8lw", (8.0, "lines")),
        ("7.5 lines", (7.5, "lines")),
        ("1.5mm", (1.5, "mm")),
    ],
)
def test_a_gap_has_a_unit(words: str, gap: tuple[float, str]) -> None:
    assert gap_width(words) == gap


@pytest.mark.parametrize("words", ["", "px", "8 inches", "-3", "600", "8lw8"])
def test_what_is_no_width_of_a_gap_is_refused(words: str) -> None:
    with pytest.raises((argparse.ArgumentTypeError, ValueError)):
        gap_width(words)


def test_the_report_says_how_wide_gaps_in_pixels_were_closed(page: Path, hints: Path) -> None:
    report = page / "report.json"
    words = ("--model", "none", "--result", "flats", "--hints", hints, "--output", page / "out.png")
    assert colorize(page / "lines.png", *words, "--flats-report", report, "--gap", "6lw") == 0
    told = json.loads(report.read_text())
    assert told["line_width"] > 0 and told["gap"] == pytest.approx(6 * told["line_width"], abs=0.05)


def test_a_gap_in_millimetres_asks_for_the_resolution(page: Path, hints: Path, capsys) -> None:
    words = ("--model", "none", "--result", "flats", "--hints", hints, "--output", page / "out.png", "--gap", "1mm")
    assert colorize(page / "lines.png", *words) == 2
    assert "resolution" in capsys.readouterr().err
    assert colorize(page / "lines.png", *words, "--dpi", "300") == 0


def test_a_list_of_colours_may_be_longer_than_a_path() -> None:
    colors = [f"#{number:02x}0000" for number in range(MAX_PALETTE)]
    assert len(palette_swatches(",".join(colors))) == MAX_PALETTE


@pytest.mark.parametrize(
    "content", ['[{"kind": "close", "x": 1' + "0" * 400 + ', "y": 2}]', "[" * 100_000], ids=["number", "nested"]
)
def test_fixes_that_no_number_and_no_list_can_be(page: Path, content: str, capsys) -> None:
    (page / "fixes.json").write_text(content)
    words = ("--model", "none", "--result", "flats", "--palette", "#fff", "--fixes", page / "fixes.json")
    assert colorize(page / "lines.png", *words, "--output", page / "out.ora") == 2
    assert "not a list of fixes" in capsys.readouterr().err


def test_a_palette_file_and_a_layer_a_colour(page: Path) -> None:
    (page / "two.gpl").write_text("GIMP Palette\nName: Two\n#\n200 30 40 Coat\n30 60 210 Sky\n")
    words = ("--model", "none", "--result", "flats", "--layers", "color", "--palette", page / "two.gpl")
    assert colorize(page / "lines.png", *words, "--output", page / "out.ora") == 0
    names = [layer.name for layer in read_picture(page / "out.ora").layers]
    assert {"Coat #c81e28", "Sky #1e3cd2"} <= set(names)


def test_key_strokes_are_painted_in_their_colours(page: Path, hints: Path) -> None:
    words = ("--model", "none", "--result", "colorize-mask", "--hints", hints, "--output", page / "out.ora")
    assert colorize(page / "lines.png", *words) == 0
    strokes = read_picture(page / "out.ora").layer("#c81e28").on_canvas(WIDTH, HEIGHT)
    assert tuple(strokes[CENTER]) == (200, 30, 40, 255) and tuple(strokes[CORNER]) == (0, 0, 0, 0)


def test_every_option_reaches_the_engine(page: Path, hints: Path, requests_seen: list[ColorizeRequest]) -> None:
    fixes = [{"kind": "close", "x": 1, "y": 2, "x2": 3, "y2": 4, "text": "close it"}]
    (page / "fixes.json").write_text(json.dumps(fixes))
    words = ["--result", "flats", "--layers", "area", "--shading", "--keep-picture", "--unlocked", "--hard-edges"]
    words += ["--paint-paper", "--colors-from", "picture"]
    words += ["--palette", "#AABBCC,def", "--palette-size", "9", "--gap", "7", "--dpi", "600"]
    words += ["--fixes", str(page / "fixes.json"), "--hints", str(hints)]
    assert colorize(page / "lines.png", "--reference", page / "ref.png", *words) == 0
    (request,) = requests_seen
    assert request.parameters.regions == RegionParameters(
        result="flats_by_area",
        shading=True,
        keep_picture=True,
        gap=7.0,
        dots_per_inch=600.0,
        palette=("#aabbcc", "#ddeeff"),
        palette_names=("", ""),
        palette_size=9,
        colors_from="picture",
        locked=False,
        hard_edges=True,
        paint_paper=True,
        fixes=(RegionFix("close", 1, 2, 3, 4),),
    )
    assert request.hints is not None and request.hints.shape == (HEIGHT, WIDTH, 4)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--palette", "#fff"], "add --result flats"),
        (["--model", "none", "--result", "flats", "--reference", "ref.png"], "nothing to take colours from"),
        (["--model", "none"], "Without a model there is no picture"),
        (["--model", "none", "--result", "flats", "--palette", "nowhere.gpl"], "no such file"),
        (["--model", "none", "--result", "flats", "--hints", "ref.png"], "the hints ref.png are 20 x 30"),
        (["--model", "none", "--result", "flats", "--palette", "#fff", "--fixes", "ref.png"], "not a list of fixes"),
        (["--model", "none", "--result", "flats", "--palette", "#fff", "--flats-report", "ref.png"], "exists already"),
        (["--model", "none", "--result", "flats", "--palette", "#fff", "--report", "ref.png"], "exists already"),
    ],
)
def test_what_cannot_be_is_said_with_the_remedy(
    page: Path, words: list[str], says: str, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(page)
    assert colorize("lines.png", *words) == 2
    assert says in capsys.readouterr().err


def test_check_lists_what_is_wrong_with_painted_flats(page: Path, capsys: pytest.CaptureFixture) -> None:
    flats = np.full((HEIGHT, WIDTH, 4), (30, 60, 210, 255), np.uint8)
    cv2.circle(flats, CENTER[::-1], 22, (200, 30, 40, 255), -1)
    flats[CENTER[0], CENTER[1], 3] = 0
    layers = [Layer("Flats", flats), Layer("Lines", line_drawing())]
    write_ora(page / "page.ora", layers, (WIDTH, HEIGHT), {})
    words = ["check", str(page / "page.ora"), "--line-art-layer", "Lines", "--flats-layer", "Flats"]
    assert main(words) == 1
    assert "1 px left unpainted within #c81e28" in capsys.readouterr().out
    assert main([*words, "--json"]) == 1
    (place,) = json.loads(capsys.readouterr().out)["places_to_check"]
    assert (place["x"], place["y"]) == CENTER[::-1]
    flats[CENTER] = (200, 30, 40, 255)
    write_ora(page / "page.ora", layers, (WIDTH, HEIGHT), {})
    assert main(words) == 0 and "page clean" in capsys.readouterr().out


def test_check_names_a_layer_that_is_not_there(page: Path, capsys: pytest.CaptureFixture) -> None:
    write_ora(page / "page.ora", [Layer("Lines", line_drawing())], (WIDTH, HEIGHT), {})
    assert main(["check", str(page / "page.ora"), "--line-art-layer", "Lines", "--flats-layer", "Flats"]) == 2
    assert "Flats" in capsys.readouterr().err
