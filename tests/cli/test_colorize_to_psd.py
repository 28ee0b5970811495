"""`huebrush colorize --output page.psd`: the same page as in an .ora, in layers for Photoshop."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.cli.main import main
from huebrush_backend.engine.request import ColorizeResult, ResultLayer
from huebrush_backend.imaging.color import flatten_on_white
from huebrush_backend.imaging.files import read_picture
from huebrush_backend.imaging.files.psd_size import LONGEST_SIDES
from line_drawing import HEIGHT, WIDTH
from PIL import Image
from psd_tools import PSDImage
from psd_tools.api.layers import Layer
from psd_tools.constants import Resource


def colorize(page: Path, output: str, *words: str) -> int:
    lines = str(page / "paper.png")
    flats = ("--model", "none", "--result", "flats", "--palette", "#d23c28,#2850c8,#f0f0dc")
    return main(["colorize", lines, *flats, *words, "--output", str(page / output)])


def described(layers: list[Layer]) -> list[tuple[str, str, bool]]:
    return [(layer.name, layer.blend_mode.name, layer.clipping) for layer in layers]


@pytest.mark.parametrize("layers", ["one", "color", "area"])
def test_the_page_is_the_same_as_in_an_ora(page: Path, layers: str) -> None:
    for output in ("out.ora", "out.psd", "out.psb"):
        assert colorize(page, output, "--layers", layers, "--overwrite") == 0
    expected = flatten_on_white(read_picture(page / "out.ora").merged().pixels)
    names = [source.name for source in read_picture(page / "out.ora").layers]
    for output in ("out.psd", "out.psb"):
        document = PSDImage.open(page / output)
        drawn = np.asarray(document.composite(ignore_preview=True, force=True))
        for seen in (drawn, read_picture(page / output).merged().pixels):
            assert np.abs(flatten_on_white(seen).astype(int) - expected).max() <= 1
        found = [source.name for source in read_picture(page / output).layers]
        assert [name for name in found if name != "Colours"] == names
        assert ("Colours" in found) == (layers != "one")
        assert json.loads((page / "out.recipe.json").read_text())["model"] == "none"


def test_shade_and_light_are_clipped_to_the_flats(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(color: tuple[int, int, int, int]) -> np.ndarray:
        return np.full((HEIGHT, WIDTH, 4), color, np.uint8)

    shading = (
        ResultLayer("Shadow", full((0, 0, 0, 90)), kind="shade", blend="multiply"),
        ResultLayer("Light", full((255, 255, 255, 40)), kind="light", blend="screen"),
    )
    one = (ResultLayer("Flats", full((200, 60, 40, 255)), kind="flats"), *shading)
    stack = (
        ResultLayer("red", full((200, 60, 40, 255)), kind="color", color="#c83c28"),
        ResultLayer("blue", full((40, 60, 200, 255))[:9, :9], 3, 4, kind="color", color="#283cc8"),
        *shading,
    )
    shading_told = [("Shadow", "MULTIPLY", True), ("Light", "SCREEN", True)]
    for layers, below in (
        (one, [("Flats", "NORMAL", False)]),
        (stack, [("Colours", "NORMAL", False), ("red", "NORMAL", False), ("blue", "NORMAL", False)]),
    ):
        told = ColorizeResult(layers, {"model": "none"})
        monkeypatch.setattr("huebrush_backend.cli.carry_out.Carrier.carry_out", lambda *_, told=told: told)
        for name in ("out.psd", "out.ora"):
            assert colorize(page, name, "--overwrite") == 0
        found = described(list(PSDImage.open(page / "out.psd").descendants()))
        assert found == [("Huebrush", "NORMAL", False), *below, *shading_told, ("paper", "MULTIPLY", False)]
        seen, expected = (read_picture(page / name).merged().pixels for name in ("out.psd", "out.ora"))
        assert np.array_equal(seen, expected)


def test_profile_and_resolution_of_the_page_are_kept(page: Path) -> None:
    with Image.open(page / "paper.png") as picture:
        picture.save(page / "paper.png", dpi=(600, 600))
    assert colorize(page, "out.psd") == 0
    document = PSDImage.open(page / "out.psd")
    resolution = document.image_resources.get_data(Resource.RESOLUTION_INFO)
    assert round(resolution.horizontal / 65536) == round(resolution.vertical / 65536) == 600
    assert document.image_resources.get_data(Resource.ICC_PROFILE)[16:20] == b"RGB "


def test_a_page_that_is_too_long_is_refused_before_the_work(
    page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(LONGEST_SIDES, ".psd", WIDTH - 1)
    monkeypatch.setattr(
        "huebrush_backend.cli.carry_out.Carrier.carry_out", lambda *_: pytest.fail("the work has begun")
    )
    assert colorize(page, "out.psd") == 2
    assert "give it a name that ends with .psb" in capsys.readouterr().err
    assert not list(page.glob("out*"))


def test_an_existing_psd_or_recipe_is_not_overwritten(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("out.psd", "out.recipe.json"):
        (page / name).write_bytes(b"mine")
        assert colorize(page, "out.psd") == 2
        assert f"{name} exists already" in capsys.readouterr().err
        assert (page / name).read_bytes() == b"mine"
        (page / name).unlink()
