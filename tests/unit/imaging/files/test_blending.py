"""Layers of OpenRaster files are composed as Krita composes them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.imaging.files import Group, Layer, read_picture, write_ora
from huebrush_backend.imaging.files.blending import ATOP, ERASE, MULTIPLY, NORMAL, laid_over
from huebrush_backend.imaging.files.krita_document import find_kritarunner
from huebrush_backend.imaging.files.picture import composite
from krita_scripts import run_in_krita
from numpy.typing import NDArray
from PIL import Image

FILES = Path(__file__).parents[3] / "data" / "files"
SIZE = 24
MODES = [
    "normal",
    "multiply",
    "screen",
    "overlay",
    "darken",
    "lighten",
    "dodge",
    "burn",
    "hard_light",
    "soft_light_svg",
    "diff",
    "add",
    "color",
    "luminize",
    "hue",
    "saturation",
    "erase",
    "inherit_alpha",
    "pass_through",
    "multiplied_group",
]

# Runs inside Krita: for each mode an .ora of two layers of noise, the upper one with that mode, on a third.
MAKE_FILES = f"""
import random
from krita import Krita

def main(arguments):
    for mode in {MODES!r}:
        document = Krita.instance().createDocument({SIZE}, {SIZE}, mode, "RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc", 72.0)
        document.setBatchmode(True)
        root = document.rootNode()
        for node in root.childNodes():
            node.remove()
        noise = random.Random(7)
        grouped = mode in ("pass_through", "multiplied_group")
        for number in range(3):
            parent = root
            if grouped and number == 2:
                parent = document.createGroupLayer("Group")
                root.addChildNode(parent, None)
                parent.setPassThroughMode(mode == "pass_through")
                if mode == "multiplied_group":
                    parent.setBlendingMode("multiply")
            layer = document.createNode("Layer %d" % number, "paintlayer")
            parent.addChildNode(layer, None)
            pixels = bytearray(noise.randrange(256) for _ in range({SIZE} * {SIZE} * 4))
            for place in range(3, len(pixels), 4):
                pixels[place] = (255, 0, pixels[place])[place // 4 * (number + 3) % 3]
            layer.setPixelData(bytes(pixels), 0, 0, {SIZE}, {SIZE})
            if number == 2 and mode == "inherit_alpha":
                layer.setInheritAlpha(True)
            elif number == 2 and mode == "pass_through":
                layer.setBlendingMode("multiply")
            elif number == 2 and not grouped:
                layer.setBlendingMode(mode)
        document.refreshProjection()
        document.waitForDone()
        document.saveAs(arguments[0] + "/" + mode + ".ora")
        document.setModified(False)
        document.close()
"""

needs_krita = pytest.mark.skipif(find_kritarunner() is None, reason="Krita is not installed")


@pytest.fixture(scope="module")
def made_by_krita(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    run_in_krita(folder, "make_files", MAKE_FILES, folder)
    return folder


@needs_krita
@pytest.mark.parametrize("mode", MODES)
def test_as_krita_composes(made_by_krita: Path, tmp_path: Path, mode: str) -> None:
    with zipfile.ZipFile(made_by_krita / f"{mode}.ora") as archive:
        merged = Image.open(io.BytesIO(archive.read("mergedimage.png"))).convert("RGBA")
        with zipfile.ZipFile(tmp_path / "bare.ora", "w") as bare:
            for name in set(archive.namelist()) - {"mergedimage.png"}:
                bare.writestr(name, archive.read(name))
    wanted, found = np.asarray(merged).astype(int), read_picture(tmp_path / "bare.ora").merged().pixels.astype(int)
    assert np.abs(wanted[..., 3] - found[..., 3]).max() <= 1
    # Where little is left, Krita's 8 bits say little about the colour.
    seen = np.abs(wanted[..., :3] - found[..., :3]).max(axis=2) * wanted[..., 3] / 255
    assert seen.max() <= (6 if mode in ("color", "luminize", "hue", "saturation") else 3)


def test_what_inherits_alpha_and_erases() -> None:
    figure = read_picture(FILES / "03-inherit-alpha-and-eraser.ora").layer("Figure").on_canvas(64, 64)
    assert figure[60, 60, 3] == 0
    assert figure[20, 20, 3] == 0
    assert figure[40, 40, 3] == 255


@needs_krita
def test_the_same_document_as_kra() -> None:
    pictures = [read_picture(FILES / f"03-inherit-alpha-and-eraser.{kind}") for kind in ("ora", "kra")]
    ours, theirs = (picture.layer("Figure").on_canvas(64, 64) for picture in pictures)
    seen = theirs[..., 3] > 0
    assert np.array_equal(ours[..., 3], theirs[..., 3])
    assert np.array_equal(ours[seen], theirs[seen])


def plain(color: tuple[int, int, int, int], **options: object) -> Layer:
    return Layer("plain", np.full((2, 3, 4), color, np.uint8), **options)  # type: ignore[arg-type]


def test_a_group_has_operations_too(tmp_path: Path) -> None:
    red, grey = plain((200, 0, 0, 255)), plain((128, 128, 128, 255))
    nodes = [red, Group("shade", [grey], blending=MULTIPLY)]
    write_ora(tmp_path / "a.ora", nodes, (3, 2))
    assert np.all(read_picture(tmp_path / "a.ora").merged().pixels == (100, 0, 0, 255))
    assert np.all(composite([Group("figure", [red]), Group("rubber", [grey], blending=ERASE)], 3, 2)[..., 3] == 0)
    inside = plain((128, 128, 128, 255), blending=MULTIPLY)
    for isolated, wanted in ((True, 128), (False, 100)):
        assert composite([red, Group("g", [inside], isolated=isolated)], 3, 2)[0, 0, 0] == wanted


def noise(seed: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (40, 30, 4)).astype(np.uint8)


@pytest.mark.parametrize("operation", ["svg:unknown", "krita:linear_burn", ""])
def test_an_unknown_operation_is_normal(operation: str) -> None:
    assert np.array_equal(laid_over(noise(1), noise(2), operation), laid_over(noise(1), noise(2), NORMAL))


def test_alpha_of_what_lies_below_decides() -> None:
    top, bottom = noise(3), noise(4)
    assert np.array_equal(laid_over(top, bottom, ATOP)[..., 3], bottom[..., 3])
    left = bottom[..., 3].astype(float) * (255 - top[..., 3].astype(float)) / 255
    assert np.array_equal(laid_over(top, bottom, ERASE)[..., 3], np.rint(left.astype(np.float32)))
