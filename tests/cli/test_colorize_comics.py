"""`huebrush colorize` with comic pages and strips."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from huebrush_backend.cli.main import main
from huebrush_backend.imaging.files import read_picture, write_png

PALETTE = "#c04040,#40a060,#4060c0,#e0d080"


def panels(width: int, height: int, step: int) -> np.ndarray:
    lines = np.full((height, width, 4), 255, np.uint8)
    for top in range(20, height - step, step):
        cv2.rectangle(lines, (14, top), (width - 15, top + step - 30), (0, 0, 0, 255), 3)
        cv2.circle(lines, (width // 2, top + step // 2), step // 4, (0, 0, 0, 255), 3)
    return lines


def flats(page: Path, *words: str) -> np.ndarray:
    output = page.with_suffix(".ora")
    command = ["colorize", page, "--model", "none", "--result", "flats", "--palette", PALETTE, "--output", output]
    assert main([str(word) for word in (*command, "--overwrite", *words)]) == 0
    height, width = np.asarray(cv2.imread(str(page))).shape[:2]
    return read_picture(output).layer("Flats").on_canvas(width, height)


def test_a_strip_is_coloured_whole_and_its_gutters_stay_paper(tmp_path: Path) -> None:
    write_png(tmp_path / "strip.png", panels(120, 36_000, 180))
    page = flats(tmp_path / "strip.png")
    assert page.shape == (36_000, 120, 4)
    for top in (20, 20 + 100 * 180, 20 + 190 * 180):
        assert page[top + 8, 25, 3] == 255 and page[top + 165, 60, 3] == 0


def test_gutters_are_painted_if_wanted_and_panels_can_be_off(tmp_path: Path) -> None:
    write_png(tmp_path / "page.png", panels(420, 620, 290))
    gutter, panel = (305, 200), (60, 40)
    for words, alpha in (((), 0), (("--paint-paper",), 255), (("--panels", "off"), 255)):
        page = flats(tmp_path / "page.png", *words)
        assert page[gutter][3] == alpha and page[panel][3] == 255
