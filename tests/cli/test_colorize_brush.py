"""Edits in one place of the page: `huebrush colorize … --edit '… @ mask.png'`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.cli.main import main
from huebrush_backend.engine.request import ColorizeRequest
from huebrush_backend.imaging.files import Layer, read_picture, write_ora, write_png
from huebrush_protocol.parameters import TextEdit
from line_drawing import HEIGHT, WIDTH, line_drawing

MASK = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
MASK[HEIGHT // 4 : HEIGHT // 2, WIDTH // 4 : WIDTH // 2] = 255


def run(page: Path, *words: object) -> int:
    write_png(page / "mask.png", MASK)
    return main(["colorize", str(page / "lines.png"), "--reference", str(page / "ref.png"), *map(str, words)])


def test_an_edit_has_the_region_of_its_mask(page: Path, requests_seen: list[ColorizeRequest]) -> None:
    other = page / "other mask.png"
    write_png(other, MASK[::-1])
    lines = [f"brown hair -> blonde hair @ {page / 'mask.png'}", "red hat", f"-> #C81E28 @ {other}"]
    lines.append(f"blue eyes @ {page / 'mask.png'}")
    assert run(page, *(word for line in lines for word in ("--edit", line)), "--feather", 2) == 0
    (request,) = requests_seen
    assert request.parameters.edits == (
        TextEdit("blonde hair", "brown hair", "brown hair", mask=0, feather=2.0),
        TextEdit("red hat"),
        TextEdit("#c81e28", mask=1, feather=2.0),
        TextEdit("blue eyes", mask=0, feather=2.0),
    )
    assert [mask.name for mask in request.edit_masks] == ["mask.png", "other mask.png"]
    assert np.array_equal(request.edit_masks[0].pixels, MASK[..., 3])
    assert request.before is None


def test_a_target_can_be_a_patch_of_another_picture(page: Path, requests_seen: list[ColorizeRequest]) -> None:
    lace = np.zeros((9, 12, 4), np.uint8)
    lace[2:7, 3:9] = (20, 160, 60, 255)
    write_png(page / "my lace.png", lace)
    place = f"@{page / 'my lace.png'} @ {page / 'mask.png'}"
    assert run(page, "--edit", f"sleeve -> {place}", "--edit", f"-> {place}", "--edit", "red hat") == 0
    (request,) = requests_seen
    assert request.parameters.edits == (
        TextEdit("my lace.png", "sleeve", "sleeve", mask=0, patch=0),
        TextEdit("my lace.png", mask=0, patch=0),
        TextEdit("red hat"),
    )
    (patch,) = request.edit_patches
    assert patch.name == "my lace.png" and np.array_equal(patch.pixels, lace)


def test_masks_can_be_strokes_that_mean_regions(page: Path, requests_seen: list[ColorizeRequest]) -> None:
    lines = [f"blue hair @ {page / 'mask.png'}", "red hat"]
    assert run(page, *(word for line in lines for word in ("--edit", line)), "--whole-regions") == 0
    (request,) = requests_seen
    assert [edit.whole_regions for edit in request.parameters.edits] == [True, False]


def test_what_is_edited_is_a_file_or_a_layer(page: Path, requests_seen: list[ColorizeRequest]) -> None:
    flats = np.full((HEIGHT, WIDTH, 4), (90, 160, 220, 255), np.uint8)
    write_png(page / "flats.png", flats)
    edit = ["--edit", f"-> #c81e28 @ {page / 'mask.png'}"]
    assert run(page, *edit, "--before", page / "flats.png") == 0
    write_ora(page / "page.ora", [Layer("Flats", flats[2:], 0, 2), Layer("Lines", line_drawing())], (WIDTH, HEIGHT))
    words = ["colorize", str(page / "page.ora"), "--line-art-layer", "Lines", "--reference", str(page / "ref.png")]
    assert main([*words, *edit, "--before-layer", "Flats"]) == 0
    file, layer = (request.before for request in requests_seen)
    assert file is not None and layer is not None
    assert (file.name, layer.name) == ("flats.png", "Flats")
    assert np.array_equal(file.pixels, flats)
    assert np.array_equal(layer.pixels[2:], flats[2:]) and not layer.pixels[:2].any()


def test_a_picture_to_go_on_from_is_a_file_or_a_layer(
    page: Path, requests_seen: list[ColorizeRequest], capsys: pytest.CaptureFixture[str]
) -> None:
    start = np.full((HEIGHT, WIDTH, 4), (90, 160, 220, 255), np.uint8)
    write_png(page / "start.png", start)
    assert run(page, "--initial", page / "start.png", "--change", 0.2) == 0
    write_ora(page / "page.ora", [Layer("Colours", start[2:], 0, 2), Layer("Lines", line_drawing())], (WIDTH, HEIGHT))
    words = ["colorize", page / "page.ora", "--line-art-layer", "Lines", "--reference", page / "ref.png"]
    assert main([*map(str, words), "--initial-layer", "Colours"]) == 0
    of_file, of_layer = requests_seen
    assert of_file.initial is not None and np.array_equal(of_file.initial.pixels, start)
    assert of_file.parameters.change == 0.2
    assert of_layer.initial is not None and np.array_equal(of_layer.initial.pixels[2:], start[2:])
    assert of_layer.initial.name == "Colours" and not of_layer.initial.pixels[:2].any()
    write_png(page / "small.png", start[1:])
    assert run(page, "--initial", page / "small.png") == 2
    assert "use the same size" in capsys.readouterr().err


def test_outside_the_mask_the_written_layer_is_the_one_given(page: Path) -> None:
    """With the real engine."""
    flats = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 4), np.uint8)
    flats[..., 3] = 255
    write_png(page / "flats.png", flats)
    words = ["--edit", f"-> #c81e28 @ {page / 'mask.png'}", "--before", page / "flats.png", "--steps", 1]
    assert run(page, *words, "--output", page / "out.ora") == 0
    found = read_picture(page / "out.ora").layer("Colour").on_canvas(WIDTH, HEIGHT)
    outside = MASK[..., 3] == 0
    assert np.array_equal(found[outside], flats[outside])
    assert not np.array_equal(found[~outside], flats[~outside])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--edit", "-> #c81e28"], "so it needs a mask"),
        (["--edit", "blue hair @ "], "names no mask after the @"),
        (["--edit", "blue hair @ missing.png"], "missing.png"),
        (["--edit", "-> @flats.png"], "has a patch, so it needs a mask: '-> @flats.png @ MASK'"),
        (["--edit", "-> @ @ mask.png"], "names no picture after the @"),
        (["--edit", "-> @missing.png @ mask.png"], "missing.png"),
        (["--edit", "-> @nothing.png @ mask.png"], "is empty: all of it is transparent"),
        (["--edit", "blue hair @ ref.png"], "use the same size"),
        (["--edit", "blue hair @ nothing.png"], "is empty: paint where"),
        (["--before", "flats.png"], "end an --edit with"),
        (
            ["--edit", "blue hair @ mask.png", "--before", "flats.png", "--result", "flats", "--layers", "color"],
            "leave out --layers",
        ),
        (["--edit", "blue hair", "--feather", "3"], "--feather needs an edit with a mask"),
        (["--edit", "blue hair", "--whole-regions"], "--whole-regions needs an edit with a mask"),
        (["--edit", "blue hair @ mask.png", "--before", "ref.png"], "use the same size"),
    ],
)
def test_mistakes_are_explained(
    page: Path,
    requests_seen: list[ColorizeRequest],
    words: list[str],
    says: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(page)
    write_png(page / "nothing.png", np.zeros_like(MASK))
    write_png(page / "flats.png", np.full_like(MASK, 255))
    assert run(page, *words) == 2
    assert says in capsys.readouterr().err
    assert not requests_seen


@pytest.mark.parametrize("option", ["mask", "before"])
def test_masks_and_layers_are_never_overwritten(page: Path, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    write_png(page / "mine.png", MASK)
    kept = (page / "mine.png").read_bytes()
    mask = page / ("mine.png" if option == "mask" else "mask.png")
    words = ["--edit", f"blue hair @ {mask}", "--before", page / ("mask.png" if option == "mask" else "mine.png")]
    assert run(page, *words, "--output", page / "mine.png", "--overwrite") == 2
    assert "is one of the inputs" in capsys.readouterr().err
    assert (page / "mine.png").read_bytes() == kept
