"""`huebrush heatmap`, and how edits are written on the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.cli.edit_lines import parse_edit
from huebrush_backend.cli.main import CommandError, main
from huebrush_backend.imaging.files import read_picture, write_png
from huebrush_protocol.parameters import TextEdit


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    """A picture of 60 x 40 px, red above and blue below, transparent at its left side."""
    pixels = np.zeros((60, 40, 4), np.uint8)
    pixels[:30, 10:] = (220, 30, 20, 255)
    pixels[30:, 10:] = (20, 40, 210, 255)
    write_png(tmp_path / "reference.png", pixels)
    return tmp_path / "reference.png"


def heatmap(reference: Path, *options: str) -> np.ndarray:
    output = reference.with_name("heatmap.png")
    words = ["heatmap", str(reference), "red hair", "--output", str(output), "--device", "cpu", "--overwrite", *options]
    assert main(words) == 0
    return read_picture(output).merged().pixels


def test_a_heatmap_covers_the_reference_and_follows_text_edits_and_thresholds(reference: Path) -> None:
    plain = heatmap(reference)
    assert plain.shape == (60, 40, 4)
    assert np.array_equal(heatmap(reference), plain)
    assert not np.array_equal(heatmap(reference, "--edit", "[target] blue coat; [control] red hair; [scale] 12"), plain)
    everywhere = heatmap(reference, "--thresholds", "0", "0", "0", "0")[..., :3].astype(int)
    shown = everywhere[everywhere.any(axis=-1)]  # without the lines of the grid
    assert (shown[:, 0] > shown[:, 2]).all()


def test_a_released_model_shows_heatmaps_too(released_files: Path, models_folder: Path, reference: Path) -> None:
    clip = str(released_files / "open_clip_model.safetensors")
    assert main(["models", "add", str(released_files / "mult-eps-ft.safetensors"), "--clip", clip]) == 0
    assert heatmap(reference, "--model", "mult-eps-ft").shape == (60, 40, 4)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--thresholds", "0.5", "0.4", "0.6", "0.9"], "four ascending numbers"),
        (["--model", "none"], "no model 'none'"),
        (["--edit", "[anchor] hair"], "lacks a [target]"),
        (["--device", "abacus"], "abacus"),
    ],
)
def test_mistakes_are_told(reference: Path, options: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["heatmap", str(reference), "hair", "--output", str(reference.with_name("x.png")), *options]) == 2
    assert says in capsys.readouterr().err
    assert not reference.with_name("x.png").exists()


@pytest.mark.parametrize("options", [[], ["--overwrite"]])
def test_the_reference_is_never_written_over(
    reference: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = reference.read_bytes()
    output = reference.parent / "." / reference.name
    assert main(["heatmap", str(reference), "hair", "--output", str(output), *options]) == 2
    assert "is one of the inputs" in capsys.readouterr().err
    assert reference.read_bytes() == before


def test_a_file_is_replaced_only_when_asked_to(reference: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = reference.with_name("heatmap.png")
    output.write_bytes(b"mine")
    assert main(["heatmap", str(reference), "hair", "--output", str(output), "--device", "cpu"]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert output.read_bytes() == b"mine"
    assert heatmap(reference).shape == (60, 40, 4)


def test_a_missing_reference_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["heatmap", str(tmp_path / "none.png"), "hair", "--output", str(tmp_path / "x.png")]
    assert main(words) == 2
    assert "no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "edit"),
    [
        ("blue hair", TextEdit("blue hair")),
        ("[target] blue hair", TextEdit("blue hair")),
        ("brown hair -> blue hair", TextEdit("blue hair", "brown hair", "brown hair")),
        ("-> blue hair", TextEdit("blue hair")),
        (
            "[target] the girl's blonde hair; [anchor] the girl's brown hair; [control] the girl's brown hair; "
            "[scale] 8; [enhanced] False; [ts0] 0.5; [ts1] 0.55; [ts2] 0.65; [ts3] 0.95",
            TextEdit("the girl's blonde hair", "the girl's brown hair", "the girl's brown hair"),
        ),
        (" [Target] hair;[anchor] none; [enhanced]", TextEdit("hair", enhanced=True)),
        (
            "[target] a; b; [control]; [scale] .25; [ts3] 0.8",
            TextEdit("a; b", None, None, 0.25, False, (0.5, 0.55, 0.65, 0.8)),
        ),
    ],
)
def test_edits_are_read(line: str, edit: TextEdit) -> None:
    assert parse_edit(line) == edit


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "lacks a [target]"),
        ("[target] hair; [color] red", "field [color]"),
        ("[target] hair; [target] coat", "[target] twice"),
        ("[target] hair; [scale] much", "[scale] is a number, not 'much'"),
        ("[target] hair; [enhanced] perhaps", "True or False"),
        ("[target] hair; [ts0] 0.9", "ascending"),
        ("[target] hair; [scale] 16", "strength is 16"),
    ],
)
def test_edits_that_make_no_sense_are_refused(line: str, says: str) -> None:
    with pytest.raises(CommandError) as refusal:
        parse_edit(line)
    assert says in str(refusal.value)
