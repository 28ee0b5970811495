"""`install.py demo` keeps the README's promise: a Krita document colorized from a reference layer, under its lines."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from huebrush_installer.checkout import Checkout
from huebrush_installer.environment import RUNTIME, Environment
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
NEEDS_KRITA = pytest.mark.skipif(shutil.which("kritarunner") is None, reason="Krita (kritarunner) is not installed")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the demo filled, run by a user with a new home."""
    checkout = Checkout(ROOT)
    if not Environment(checkout.environment).is_ready(checkout, RUNTIME):
        pytest.skip("the demo would install packages: run the tests by `python3 install.py test`")
    top = tmp_path_factory.mktemp("demo")
    (top / "home" / ".local" / "share" / "krita").mkdir(parents=True)
    (top / "run").mkdir(mode=0o700)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "HUEBRUSH_"))}
    environment |= {"HOME": str(top / "home"), "XDG_RUNTIME_DIR": str(top / "run")}
    words = [sys.executable, str(ROOT / "install.py"), "demo", "--output", str(top / "results"), "--steps", "6"]
    done = subprocess.run(words, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(top / "results" / "colorized.png") in done.stdout
    return top / "results"


def colorfulness(picture: Image.Image) -> float:
    """Return the mean distance between the largest and smallest channel, 0 (grey) to 255."""
    pixels = np.asarray(picture.convert("RGB")).astype(int)
    return float((pixels.max(axis=2) - pixels.min(axis=2)).mean())


def layer_pixels(document: Path) -> dict[str, bytes]:
    """Return layer name to the bytes that the .kra holds for it, for paint layers."""
    with zipfile.ZipFile(document) as archive:
        content = {Path(name).name: archive.read(name) for name in archive.namelist()}
    layers = ElementTree.fromstring(content["maindoc.xml"]).findall(".//{*}layer")
    return {
        layer.attrib["name"]: content[layer.attrib["filename"]]
        for layer in layers
        if layer.attrib["filename"] in content
    }


def test_the_picture_has_colours_and_a_recipe(results: Path) -> None:
    with Image.open(results / "colorized.png") as picture, Image.open(ROOT / "docs/example/line_art.png") as lines:
        assert picture.size == lines.size
        assert colorfulness(picture) > 5
    recipe = json.loads((results / "colorized.recipe.json").read_text("utf-8"))
    assert recipe["model"] == "demo"


@NEEDS_KRITA
def test_the_colours_lie_in_a_group_under_the_lines(results: Path) -> None:
    with zipfile.ZipFile(results / "colorized.kra") as archive:
        image = ElementTree.fromstring(archive.read("maindoc.xml")).find("{*}IMAGE/{*}layers")
    assert image is not None
    top, group = list(image)[:2]
    assert (top.attrib["name"], top.attrib["nodetype"]) == ("Line art", "paintlayer")
    assert group.attrib["nodetype"] == "grouplayer"
    assert group.attrib["name"].startswith("Picture 1")
    assert group.findall("{*}layers/{*}layer")


@NEEDS_KRITA
def test_the_lines_and_the_reference_are_untouched(results: Path) -> None:
    before, after = layer_pixels(results / "colorized-before.kra"), layer_pixels(results / "colorized.kra")
    for name in ("Line art", "Reference"):
        assert before[name] == after[name]


@NEEDS_KRITA
def test_what_krita_shows_is_coloured(results: Path) -> None:
    with Image.open(results / "colorized-in-krita.png") as picture:
        assert colorfulness(picture) > 5
