"""`huebrush colorize --colored`: flats from a coloured picture, and from nothing, without a model or a reference."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from huebrush_backend.cli.main import main
from huebrush_backend.engine.request import ColorizeRequest
from huebrush_backend.imaging.files import Layer, read_picture, write_ora, write_png
from line_drawing import HEIGHT, WIDTH, line_drawing

CENTER, CORNER = (HEIGHT // 2, WIDTH // 2), (2, 2)
RED, BLUE = (200, 30, 40), (30, 60, 210)


def rough() -> np.ndarray:
    """A red circle over blue, painted over the line."""
    pixels = np.full((HEIGHT, WIDTH, 4), (*BLUE, 255), np.uint8)
    cv2.circle(pixels, CENTER[::-1], 25, (*RED, 255), -1)
    return pixels


@pytest.fixture
def painted(page: Path) -> Path:
    """A file rough.png, half the page's size."""
    small = cv2.resize(rough(), (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_NEAREST)
    write_png(page / "rough.png", np.asarray(small, np.uint8))
    return page / "rough.png"


def colorize(*words: object) -> int:
    return main(["colorize", *map(str, words)])


def flats(path: Path) -> np.ndarray:
    return read_picture(path).layer("Flats").on_canvas(WIDTH, HEIGHT)


def test_a_file_gives_flats_without_further_options(page: Path, painted: Path, capsys: pytest.CaptureFixture) -> None:
    assert colorize(page / "lines.png", "--colored", painted, "--output", page / "out.ora", "--json") == 0
    found = flats(page / "out.ora")
    assert tuple(found[CENTER]) == (*RED, 255) and tuple(found[CORNER]) == (*BLUE, 255)
    told = json.loads(capsys.readouterr().out)
    assert told["model"] == "none" and told["flats_report"]["clean"] is True
    (given,) = [item for item in told["recipe"]["inputs"] if item["role"] == "colored"]
    assert (given["name"], given["width"], given["height"]) == ("rough.png", WIDTH // 2, HEIGHT // 2)


def test_a_layer_of_the_page_or_of_a_file(page: Path) -> None:
    layers = [Layer("Paint", rough()), Layer("Lines", line_drawing())]
    write_ora(page / "page.ora", layers, (WIDTH, HEIGHT), {})
    words = ("--colored-layer", "Paint", "--output", page / "out.ora", "--overwrite")
    assert colorize(page / "page.ora", "--line-art-layer", "Lines", *words) == 0
    assert tuple(flats(page / "out.ora")[CENTER]) == (*RED, 255)
    assert colorize(page / "lines.png", "--colored", page / "page.ora", *words) == 0
    assert tuple(flats(page / "out.ora")[CORNER]) == (*BLUE, 255)
    recipe = json.loads(read_recipe(page / "out.ora"))
    assert "page.ora: Paint" in [item["name"] for item in recipe["inputs"]]


def read_recipe(path: Path) -> str:
    from zipfile import ZipFile

    with ZipFile(path) as archive:
        return archive.read("recipe.json").decode()


def test_nothing_gives_each_region_a_colour_of_its_own(page: Path) -> None:
    words = ("--model", "none", "--result", "flats", "--hard-edges", "--output", page / "out.ora")
    assert colorize(page / "lines.png", *words) == 0
    found = flats(page / "out.ora")
    assert (found[..., 3] == 255).all() and len(np.unique(found.reshape(-1, 4), axis=0)) == 2


def test_what_is_chosen_reaches_the_engine(page: Path, painted: Path, requests_seen: list[ColorizeRequest]) -> None:
    words = ("--colored", painted, "--result", "colorize-mask", "--palette-size", "5", "--reference", page / "ref.png")
    assert colorize(page / "lines.png", *words) == 0
    (request,) = requests_seen
    assert request.model == "none" and len(request.references) == 1
    assert (request.parameters.regions.result, request.parameters.regions.palette_size) == ("colorize_mask", 5)
    assert request.colored is not None and request.colored.pixels.shape == (HEIGHT // 2, WIDTH // 2, 4)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--colored", "rough.png", "--result", "picture"], "--colored is for flats"),
        (["--colored", "nowhere.png"], "nowhere.png"),
        (["--colored-layer", "Paint"], "name the line art too with --line-art-layer"),
        (["--colored", "ref.png"], "differ in shape"),
        (["--colored", "lines.png"], "is the line art itself"),
        (["--colored", "rough.png", "--edit", "red hair"], "no model paints"),
        (["--colored", "rough.png", "--output", "rough.png", "--overwrite"], "rough.png"),
    ],
)
@pytest.mark.usefixtures("painted")
def test_what_cannot_be_is_said_with_the_remedy(
    page: Path, words: list[str], says: str, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(page)
    assert colorize("lines.png", *words) == 2
    assert says in capsys.readouterr().err


def test_a_model_beside_a_coloured_picture_is_refused(
    page: Path, painted: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huebrush_backend.cli import colorize as command
    from huebrush_backend.models import catalog

    entry = catalog.find_model(catalog.BUILTIN_MODEL)
    monkeypatch.setattr(command, "available_model", lambda name: entry)
    words = ("--model", "demo", "--reference", page / "ref.png", "--result", "flats", "--colored", painted)
    assert colorize(page / "lines.png", *words) == 2
    assert "no model can paint" in capsys.readouterr().err
