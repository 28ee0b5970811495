"""`huebrush draw`."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from huebrush_backend.cli.draw import EXAMPLE_SEEDS
from huebrush_backend.cli.main import main
from huebrush_backend.synthesis import Part, draw

EXAMPLE = Path(__file__).parents[2] / "docs" / "example"


def read(path: Path) -> np.ndarray:
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return picture


def test_sheet_is_reproducible_and_has_five_pictures_for_each_drawing(tmp_path: Path) -> None:
    for name, seed in (("a.png", "3"), ("b.png", "3"), ("c.png", "4")):
        words = ["draw", "sheet", str(tmp_path / name), "--seed", seed, "--count", "3", "--size", "64"]
        assert main(words) == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert (tmp_path / "a.png").read_bytes() != (tmp_path / "c.png").read_bytes()
    height, width, _ = read(tmp_path / "a.png").shape
    assert height >= 2 * 64
    assert width >= 10 * 64


def test_a_sheet_of_the_rich_set_shows_other_drawings(tmp_path: Path) -> None:
    common = ["--seed", "3", "--count", "2", "--size", "64"]
    assert main(["draw", "sheet", str(tmp_path / "characters.png"), *common]) == 0
    assert main(["draw", "sheet", str(tmp_path / "rich.png"), "--set", "rich", *common]) == 0
    assert main(["draw", "sheet", str(tmp_path / "food.png"), "--set", "rich", "--kind", "food", *common]) == 0
    first, rich, food = (read(tmp_path / f"{name}.png") for name in ("characters", "rich", "food"))
    assert first.shape == rich.shape == food.shape
    assert not np.array_equal(first, rich)
    assert not np.array_equal(rich, food)


def test_a_kind_of_another_set_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", "sheet", str(tmp_path / "x.png"), "--kind", "food"]) == 2
    assert "choose bust, half, figure, scene" in capsys.readouterr().err
    assert not (tmp_path / "x.png").exists()


def test_example_has_transparent_line_art_and_a_reference_of_another_character(tmp_path: Path) -> None:
    assert main(["draw", "example", str(tmp_path / "new"), "--size", "256"]) == 0
    lines = read(tmp_path / "new" / "line_art.png")
    reference = read(tmp_path / "new" / "reference.png")
    truth = read(tmp_path / "new" / "truth.png")
    assert lines.shape == (256, 256, 4)
    assert lines[..., 3].min() == 0
    assert lines[..., 3].max() == 255
    assert not lines[..., :3].any()
    assert reference.shape == truth.shape == (256, 256, 3)
    assert np.abs(reference.astype(int) - truth).mean() > 20


def test_the_documents_example_is_what_the_command_draws(tmp_path: Path) -> None:
    assert main(["draw", "example", str(tmp_path)]) == 0
    for name in ("line_art.png", "reference.png"):
        drawn, kept = read(tmp_path / name), read(EXAMPLE / name)
        assert drawn.shape == kept.shape == (1024, 1024, drawn.shape[2])
        assert np.abs(drawn.astype(int) - kept).mean() < 0.5


def test_the_examples_characters_share_parts() -> None:
    first, second = (draw(np.random.default_rng(seed), 256, kind="half") for seed in EXAMPLE_SEEDS)
    assert first.design != second.design
    shown = [set(np.flatnonzero(np.bincount(d.labels.ravel(), minlength=len(Part)) > 100)) for d in (first, second)]
    assert shown[0] <= shown[1]


@pytest.mark.parametrize(
    ("name", "says"),
    [("", "is empty"), ("x.jpg", "written as .png"), ("x", "written as .png")],
)
def test_a_sheet_needs_the_name_of_a_png_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["draw", "sheet", name, "--count", "1", "--size", "32"]) == 2
    assert says in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_mistakes_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", "sheet", str(tmp_path / "x.png"), "--size", "100000"]) == 2
    assert "--size 100000 is too large" in capsys.readouterr().err
    assert main(["draw", "sheet", str(tmp_path / "x.png"), "--size", "4096"]) == 2
    assert "smaller --count or --size" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    assert main(["draw", "example", str(tmp_path / "file" / "folder"), "--size", "32"]) == 2
    assert "folder cannot be made: Not a directory; choose another folder." in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["draw", "sheet", str(tmp_path / "x.png"), "--count", "0"])
    assert not (tmp_path / "x.png").exists()
