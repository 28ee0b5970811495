"""Places to check on the command line: the first 20, how many more there are, and all when asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from huebrush_backend.cli.main import main
from huebrush_backend.cli.places import FIRST, place_lines
from huebrush_backend.imaging.files import Layer, write_ora
from line_drawing import HEIGHT, WIDTH, line_drawing


def report(count: int) -> dict[str, Any]:
    text = {"english": "not sure of this colour"}
    places = [{"x": number, "y": 2, "kind": "unsure", "text": text} for number in range(count)]
    return {"clean": not places, "places_to_check": places}


def test_a_clean_page_is_one_line() -> None:
    assert place_lines(report(0)) == ["page clean"]


def test_twenty_are_listed_and_the_others_are_counted() -> None:
    lines = place_lines(report(25))
    assert lines[0] == "0,2  unsure: not sure of this colour"
    assert len(lines) == FIRST + 2 and lines[FIRST:] == ["and 5 more, of which less can be seen", "25 places to check"]
    assert len(place_lines(report(25), None)) == 26


def test_check_finds_a_stroke_across_a_line(page: Path, capsys: pytest.CaptureFixture) -> None:
    flats = np.full((HEIGHT, WIDTH, 4), (30, 60, 210, 255), np.uint8)
    cv2.circle(flats, (WIDTH // 2, HEIGHT // 2), 22, (200, 30, 40, 255), -1)
    flats[HEIGHT // 2 - 4 : HEIGHT // 2 + 4, 2 : WIDTH - 2] = (250, 240, 40, 255)
    layers = [Layer("Flats", flats), Layer("Lines", line_drawing())]
    write_ora(page / "page.ora", layers, (WIDTH, HEIGHT), {})
    words = ["check", str(page / "page.ora"), "--line-art-layer", "Lines", "--flats-layer", "Flats", "--all"]
    assert main(words) == 1
    assert "across: " in capsys.readouterr().out.splitlines()[0]
