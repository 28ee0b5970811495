"""Two results compared and mixed through a real front, worker and engine, and the mix made again from its recipe."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
from huebrush_backend.cli.recipe_inputs import make_request, read_recipe
from huebrush_backend.engine.engine import Engine
from huebrush_protocol.messages import CAPABILITIES, ImageHeader, Result
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.regions import TAKE, WITHOUT_MODEL, RegionFix, RegionParameters

WIDTH, HEIGHT = 240, 160
COLORS = {"flats": ((200, 30, 40), (30, 60, 210)), "compared": ((20, 160, 60), (240, 200, 20))}
"""Colours of the left and the right box in each of two results."""


def lines() -> np.ndarray:
    """Two boxes side by side, (H,W,4) RGBA."""
    pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    for left in (20, 120):
        cv2.rectangle(pixels, (left, 20), (left + 100, 140), (0, 0, 0, 255), 3)
    return pixels


def result_of(role: str) -> np.ndarray:
    """One of the two results, (H,W,4) RGBA."""
    pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    pixels[20:141, 20:121], pixels[20:141, 121:221] = ((*color, 255) for color in COLORS[role])
    return pixels


def test_a_mix_has_the_taken_region_and_its_recipe_makes_it_again(start_backend, tmp_path: Path):
    assert "compared" in CAPABILITIES
    client = start_backend("--device", "cpu", engine=None).client()
    given = {"line_art": lines(), "flats": result_of("flats"), "compared": result_of("compared")}
    names = {"line_art": "Inks", "flats": "Evening", "compared": "Morning"}
    images = [(ImageHeader(role, WIDTH, HEIGHT, "RGBA", name=names[role]), pixels) for role, pixels in given.items()]
    asked = Parameters(regions=RegionParameters(result="check"))
    found = client.result(client.submit(WITHOUT_MODEL, asked, images), silence=300.0).message
    assert isinstance(found, Result) and found.images == ()
    places = found.flats_report["places_to_check"]
    assert found.flats_report["compared"] is True and [place["kind"] for place in places] == ["differs"] * 2

    (left,) = [place for place in places if place["x"] < 100]
    fix = left["fixes"][0]
    taken = Parameters(regions=RegionParameters(result="check", fixes=(RegionFix(TAKE, fix["x"], fix["y"]),)))
    received = client.result(client.submit(WITHOUT_MODEL, taken, images), silence=300.0)
    assert isinstance(received.message, Result)
    (header,) = received.message.images
    mix = np.frombuffer(received.images[0].data, np.uint8).reshape(HEIGHT, WIDTH, 4)
    if header.order == "BGRA":
        mix = mix[..., [2, 1, 0, 3]]
    assert tuple(mix[80, 70]) == (*COLORS["compared"][0], 255) and tuple(mix[80, 170]) == (*COLORS["flats"][1], 255)
    recipe = received.message.recipe
    assert [(item["role"], item["name"]) for item in recipe["inputs"]] == list(names.items())
    assert [fix["kind"] for fix in recipe["parameters"]["regions"]["fixes"]] == [TAKE]

    file = tmp_path / "mix.recipe.json"
    file.write_text(json.dumps(recipe), "utf-8")
    read = read_recipe(file)
    request = make_request(read, {item.sha256: given[item.role] for item in read.inputs})
    again = Engine("cpu").colorize(request, lambda _event: None, lambda: False)
    assert np.array_equal(again.layers[0].pixels, mix)
    assert [item["name"] for item in again.recipe["inputs"]] == list(names.values())
