"""`huebrush replay`: a result is made again from its recipe, whatever its inputs are called now."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.cli.main import main
from huebrush_backend.imaging.files import Layer, read_picture, write_ora, write_png
from huebrush_backend.imaging.files.png import SIGNATURE, encode_png
from line_drawing import HEIGHT, WIDTH, line_drawing


def run(*words: object) -> int:
    return main(list(map(str, words)))


def colorize(page: Path, output: str) -> int:
    words = ("--reference", page / "ref.png", "--steps", 1, "--seed", 4, "--output", page / output)
    return run("colorize", page / "lines.png", *words)


def pixels(path: Path) -> np.ndarray:
    return read_picture(path).merged().pixels


@pytest.fixture
def inputs(page: Path) -> Path:
    """The page with two references, the first with a mask of a part, and hints."""
    part = np.zeros((30, 20, 4), np.uint8)
    part[:15, :, :] = 255
    write_png(page / "part.png", part)
    write_png(page / "blue.png", np.full((25, 25, 4), (30, 60, 210, 255), np.uint8))
    hints = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    hints[2:6, 2:6] = (10, 200, 80, 255)
    write_png(page / "hints.png", hints)
    return page


@pytest.mark.parametrize("ending", [".ora", ".png"])
@pytest.mark.parametrize(
    "words",
    [
        ("--result", "picture"),
        ("--result", "flats", "--hints", "hints.png"),
        ("--initial", "hints.png", "--change", ".5"),
        ("--pin", "hints.png"),
    ],
)
def test_a_result_of_the_built_in_model_comes_out_to_the_same_bytes(
    inputs: Path, ending: str, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(inputs)
    first = inputs / f"first{ending}"
    references = ("--reference", "ref.png", "--take-from", "part.png", "--reference", "blue.png")
    assert run("colorize", "lines.png", *references, "--steps", 2, "--seed", 9, *words, "--output", first) == 0
    sidecar = inputs / "first.recipe.json"
    for number, name in enumerate(("lines", "ref", "part", "blue", "hints")):
        (inputs / f"{name}.png").rename(inputs / f"was_{number}.png")
    again = inputs / f"again{ending}"
    capfd.readouterr()
    assert run("replay", first, "--output", again) == 0
    assert "Not all is as it was" not in capfd.readouterr().err
    assert np.array_equal(pixels(again), pixels(first))
    if ending == ".png":
        assert (inputs / "again.recipe.json").read_bytes() == sidecar.read_bytes()


def test_inputs_are_found_among_layers_and_what_is_missing_is_named(
    page: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert colorize(page, "out.png") == 0
    recipe = page / "out.recipe.json"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    layers = [Layer("Ground", np.full((HEIGHT, WIDTH, 4), 255, np.uint8)), Layer("Ink", line_drawing())]
    write_ora(elsewhere / "page.ora", layers, (WIDTH, HEIGHT), {})
    (elsewhere / "broken.png").write_bytes(b"no picture")
    assert run("replay", recipe, "--look-in", elsewhere, "--output", page / "again.png") == 2
    told = capsys.readouterr().err
    assert 'reference "ref.png", 20 x 30' in told and "--look-in" in told and "line_art" not in told
    assert not (page / "again.png").exists()
    places = ("--look-in", elsewhere, "--look-in", page / "ref.png")
    assert run("replay", recipe, *places, "--output", page / "again.png") == 0
    assert np.array_equal(pixels(page / "again.png"), pixels(page / "out.png"))


def test_what_is_different_now_is_said(page: Path, capsys: pytest.CaptureFixture) -> None:
    assert colorize(page, "out.png") == 0
    recipe = page / "out.recipe.json"
    said = json.loads(recipe.read_text())
    recipe.write_text(json.dumps({**said, "device": "Another computer"}))
    assert run("replay", recipe, "--output", page / "again.png") == 0
    assert "device was 'Another computer'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content",
    [
        *(encode_png(np.zeros((4, 4, 4), np.uint8)), SIGNATURE, SIGNATURE + bytes(40)),
        *(b"", b"{", b"[]", b"{}", b'{"model": 5}', b"PK\x03\x04"),
        b'{"model": "demo", "parameters": [], "inputs": []}',
        b'{"model": "demo", "parameters": {}, "inputs": [{"role": "line_art"}]}',
    ],
)
def test_what_is_no_recipe_is_a_sentence(page: Path, content: bytes, capsys: pytest.CaptureFixture) -> None:
    (page / "some.recipe.json").write_bytes(content)
    assert run("replay", page / "some.recipe.json", "--output", page / "again.png") == 2
    assert "this is no recipe" in capsys.readouterr().err


def test_the_recipe_and_inputs_are_never_written_over(page: Path, capsys) -> None:
    assert colorize(page, "out.ora") == 0
    assert run("replay", page / "out.ora", "--output", page / "out.ora", "--overwrite") == 2
    assert "one of the inputs" in capsys.readouterr().err
    assert run("replay", page / "out.ora", "--output", page / "lines.png") == 2
    assert run("replay", page / "out.ora", "--output", page / "lines.png", "--overwrite") == 2
