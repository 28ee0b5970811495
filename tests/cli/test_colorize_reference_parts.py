"""`huebrush colorize --take-from` and `--leave-out`: which part of a reference gives the colours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.cli.main import main
from huebrush_backend.engine.request import ColorizeRequest
from huebrush_backend.imaging.files import write_png

PART = np.zeros((30, 20, 4), np.uint8)
PART[:9] = 255
"""Over the reference: painted on nothing."""


def run(page: Path, *words: object) -> int:
    write_png(page / "part.png", PART)
    return main(["colorize", str(page / "lines.png"), "--reference", str(page / "ref.png"), *map(str, words)])


def test_masks_go_with_their_references_in_order(page: Path, requests_seen: list[ColorizeRequest]) -> None:
    other = page / "other.png"
    write_png(other, np.full((12, 8, 4), (30, 40, 200, 255), np.uint8))
    white = np.zeros((12, 8, 4), np.uint8)
    white[..., 3], white[4:] = 255, 255
    write_png(page / "white.png", white)
    words = ["--reference", other, "--take-from", "-", "--take-from", page / "white.png"]
    assert run(page, *words, "--leave-out", page / "part.png") == 0
    (request,) = requests_seen
    first, second = request.references
    assert first.part is None and first.left_out is not None and second.left_out is None and second.part is not None
    assert first.left_out.name == "part.png" and np.array_equal(first.left_out.pixels, PART[..., 3])
    assert np.array_equal(second.part.pixels, white[..., 0]), "without transparency, white is meant"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--take-from", "wide.png"], "30 x 20 pixels, the reference ref.png 20 x 30"),
        (["--take-from", "part.png", "--take-from", "part.png"], "given 2 times, but there are 1 references"),
        (["--take-from", "empty.png"], "the mask empty.png is empty"),
        (["--leave-out", "missing.png"], "missing.png"),
    ],
)
def test_what_is_wrong_is_said(
    page: Path, capsys: pytest.CaptureFixture[str], requests_seen: list[ColorizeRequest], words: list[str], says: str
) -> None:
    write_png(page / "wide.png", np.full((20, 30, 4), 255, np.uint8))
    write_png(page / "empty.png", np.zeros((30, 20, 4), np.uint8))
    assert run(page, *(page / word if word.endswith("png") else word for word in words)) == 2
    assert says in capsys.readouterr().err and not requests_seen
