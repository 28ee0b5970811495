"""Photoshop documents that are written: the same pixels to psd-tools, to the own reader and to a real Krita."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.imaging.color import flatten_on_white
from huebrush_backend.imaging.files import Group, Layer, PictureError, read_picture, write_ora, write_png
from huebrush_backend.imaging.files.blending import MULTIPLY, SCREEN
from huebrush_backend.imaging.files.krita_document import find_kritarunner
from huebrush_backend.imaging.files.print_settings import PrintSettings, read_print_settings
from huebrush_backend.imaging.files.psd_size import require_size
from huebrush_backend.imaging.files.psd_writing import composite_clipped, write_psd
from huebrush_backend.imaging.profiles import from_srgb, srgb_profile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from psd_tools import PSDImage
from psd_tools.psd import PSD

from .test_krita_document import run_in_krita
from .test_raster import linear_profile

SIZE = WIDTH, HEIGHT = 60, 50
NOTHING_SAID = PrintSettings()

# Runs inside Krita: the pixels that Krita shows, and what it knows of the document.
LOOK = """
from krita import Krita

def names(node):
    return [name for child in node.childNodes() for name in (child.name().rstrip("\\0"), *names(child))]

def main(arguments):
    document = Krita.instance().openDocument(arguments[0])
    document.waitForDone()
    with open(arguments[1], "wb") as out:
        out.write(bytes(document.pixelData(0, 0, document.width(), document.height())))
    with open(arguments[2], "w", encoding="utf-8") as out:
        out.write("\\n".join([str(document.resolution()), *names(document.rootNode())]))
    document.setModified(False)
    document.close()
"""


def paint(
    width: int, height: int, color: tuple[int, int, int], alpha: int | NDArray[np.uint8] = 255
) -> NDArray[np.uint8]:
    pixels = np.empty((height, width, 4), np.uint8)
    pixels[..., :3], pixels[..., 3] = color, alpha
    return pixels


def page() -> list[Layer | Group]:
    """Colours with light and shade clipped to them, below lines of soft edges that begin outside the page."""
    soft = np.linspace(0, 255, 8 * 40).reshape(8, 40).astype(np.uint8)
    colors = [Layer("肌 skin", paint(40, 30, (240, 200, 180)), 3, 4), Layer("blue", paint(10, 10, (0, 0, 200)), 12, 30)]
    shade = Layer("Shadow", paint(20, 50, (0, 0, 0), 100), blending=MULTIPLY, clipped=True)
    light = Layer("Light", paint(30, 50, (255, 255, 255), 60), 20, blending=SCREEN, clipped=True)
    hidden = Layer("Sketch", paint(60, 50, (1, 2, 3)), visible=False)
    group = Group("Huebrush", [Group("Colours", colors), shade, light])
    return [hidden, group, Layer("Lines", paint(40, 8, (10, 10, 10), soft), -3, 2, opacity=0.8)]


def difference(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> int:
    return int(np.abs(flatten_on_white(first).astype(int) - flatten_on_white(second)).max())


def test_psd_tools_and_the_own_reader_see_the_same_pixels(tmp_path: Path) -> None:
    write_psd(tmp_path / "page.psd", page(), SIZE, NOTHING_SAID)
    merged = composite_clipped(page(), *SIZE)
    document = PSDImage.open(tmp_path / "page.psd")
    drawn = np.asarray(document.composite(ignore_preview=True, force=True))
    stored = np.asarray(document.composite())
    own = read_picture(tmp_path / "page.psd")
    for seen in (drawn, stored, own.merged().pixels):
        assert difference(seen, merged) <= 2
        assert np.abs(seen[..., 3].astype(int) - merged[..., 3]).max() <= 1
    assert np.array_equal(own.layer("blue").on_canvas(*SIZE), page()[1].children[0].children[1].on_canvas(*SIZE))  # type: ignore[union-attr]


def test_layers_keep_names_groups_and_settings(tmp_path: Path) -> None:
    write_psd(tmp_path / "page.psd", page(), SIZE, NOTHING_SAID)
    found = {layer.name: layer for layer in PSDImage.open(tmp_path / "page.psd").descendants()}
    assert list(found) == ["Sketch", "Huebrush", "Colours", "肌 skin", "blue", "Shadow", "Light", "Lines"]
    assert [name for name, layer in found.items() if layer.clipping] == ["Shadow", "Light"]
    assert [name for name, layer in found.items() if not layer.visible] == ["Sketch"]
    assert {name: layer.blend_mode.name for name, layer in found.items() if layer.blend_mode.name != "NORMAL"} == {
        "Shadow": "MULTIPLY",
        "Light": "SCREEN",
    }
    assert found["Lines"].opacity == 204
    paths = [source.full_name for source in read_picture(tmp_path / "page.psd").layers]
    assert "Huebrush/Colours/肌 skin" in paths and "Lines" in paths


@settings(max_examples=60, deadline=None)
@given(
    name=st.text(min_size=1, max_size=300),
    opacity=st.floats(0, 1),
    place=st.integers(-20, 20),
    alpha=st.integers(0, 255),
)
def test_any_layer_can_be_written(
    tmp_path_factory: pytest.TempPathFactory, name: str, opacity: float, place: int, alpha: int
) -> None:
    path = tmp_path_factory.mktemp("psd") / "page.psd"
    layer = Layer(name, paint(7, 5, (90, 120, 200), alpha), place, -place, opacity=opacity)
    write_psd(path, [Group(name, [layer])], (9, 8), NOTHING_SAID)
    group = PSDImage.open(path)[0]
    expected = name.replace("\0", "").encode("utf-16", "replace").decode("utf-16")
    assert group.name == expected and group[0].name == expected  # type: ignore[index]
    seen = read_picture(path).merged().pixels
    assert difference(seen, composite_clipped([layer], 9, 8)) <= 1


def test_a_layer_without_paint_is_kept(tmp_path: Path) -> None:
    write_psd(
        tmp_path / "page.psd", [Layer("Empty", paint(4, 4, (9, 9, 9), 0)), Group("None", [])], (4, 4), NOTHING_SAID
    )
    picture = read_picture(tmp_path / "page.psd")
    assert [source.name for source in picture.layers] == ["Empty", "None"]
    assert not picture.merged().pixels[..., 3].any()


def test_profile_and_resolution_of_the_page_are_passed_on(tmp_path: Path) -> None:
    profile = linear_profile()
    Image.fromarray(paint(60, 50, (250, 250, 250))[..., :3]).save(
        tmp_path / "page.png", icc_profile=profile, dpi=(350, 350)
    )
    said = read_print_settings(tmp_path / "page.png")
    assert said.profile == profile and said.pixels_per_inch == pytest.approx(350, abs=0.1)
    write_psd(tmp_path / "page.psd", page(), SIZE, said)
    again = read_print_settings(tmp_path / "page.psd")
    assert again.profile == profile and again.pixels_per_inch == pytest.approx(350, abs=0.1)
    blue = read_picture(tmp_path / "page.psd").layer("blue").pixels
    assert np.abs(blue[0, 0].astype(int) - (0, 0, 200, 255)).max() <= 1
    stored = next(PSDImage.open(tmp_path / "page.psd").findall("blue")).numpy("color")
    assert stored is not None
    assert round(float(stored[0, 0, 2]) * 255) == from_srgb(paint(1, 1, (0, 0, 200)), profile)[0, 0, 2] == 147  # type: ignore[index]


@pytest.mark.parametrize("profile", [None, b"no profile", b"\0" * 200, srgb_profile()])
def test_without_a_profile_of_rgb_the_pixels_are_said_to_be_srgb(tmp_path: Path, profile: bytes | None) -> None:
    write_psd(tmp_path / "page.psd", page(), SIZE, PrintSettings(profile))
    assert read_print_settings(tmp_path / "page.psd") == PrintSettings(srgb_profile(), None)


def test_files_of_every_kind_say_their_resolution(tmp_path: Path) -> None:
    picture = Image.new("RGB", (4, 4))
    for name in ("page.png", "page.jpg", "page.tif"):
        picture.save(tmp_path / name, dpi=(300, 300), icc_profile=srgb_profile())
        said = read_print_settings(tmp_path / name)
        assert said.profile == srgb_profile() and said.pixels_per_inch == pytest.approx(300, abs=0.1)
    write_png(tmp_path / "plain.png", np.zeros((4, 4, 4), np.uint8))
    write_ora(tmp_path / "plain.ora", [Layer("Lines", paint(4, 4, (0, 0, 0)))], (4, 4))
    (tmp_path / "damaged.psd").write_bytes(b"8BPS\0\1")
    (tmp_path / "damaged.ora").write_bytes(b"PK\3\4")
    for name in ("plain.png", "plain.ora", "damaged.psd", "damaged.ora", "missing.png"):
        assert read_print_settings(tmp_path / name) == NOTHING_SAID


def test_a_page_of_more_than_30000_pixels_is_a_psb(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"30,000 pixels along a side; give it a name that ends with \.psb"):
        write_psd(tmp_path / "long.psd", [], (1, 30_001), NOTHING_SAID)
    with pytest.raises(PictureError, match=r"300,000 pixels along a side; use \.ora"):
        require_size(tmp_path / "long.psb", (300_001, 1))
    require_size(tmp_path / "long.ora", (300_001, 1))
    assert not list(tmp_path.iterdir())
    write_psd(tmp_path / "long.psb", [Layer("Lines", paint(2, 30_001, (7, 8, 9)))], (2, 30_001), NOTHING_SAID)
    with (tmp_path / "long.psb").open("rb") as stream:
        document = PSD.read(stream)
    assert (document.header.version, document.header.height) == (2, 30_001)
    assert document.image_data.get_data(document.header) == [bytes([value]) * 60_002 for value in (7, 8, 9)]


def test_a_psb_has_the_same_pixels(tmp_path: Path) -> None:
    write_psd(tmp_path / "page.psb", page(), SIZE, NOTHING_SAID)
    assert PSDImage.open(tmp_path / "page.psb").version == 2
    picture = read_picture(tmp_path / "page.psb")
    assert difference(picture.merged().pixels, composite_clipped(page(), *SIZE)) <= 1
    assert np.array_equal(picture.layer("Sketch").pixels, paint(60, 50, (1, 2, 3)))


def test_a_file_that_cannot_be_finished_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page.psd").write_bytes(b"mine")

    def fail(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("psd_tools.psd.image_data.ImageData.write", fail)
    with pytest.raises(PictureError, match="No space left on device"):
        write_psd(tmp_path / "page.psd", page(), SIZE, NOTHING_SAID)
    assert [(entry.name, entry.read_bytes()) for entry in tmp_path.iterdir()] == [("page.psd", b"mine")]


@pytest.mark.skipif(find_kritarunner() is None, reason="Krita is not installed")
def test_krita_sees_the_same_pixels(tmp_path: Path) -> None:
    write_psd(tmp_path / "page.psd", page(), SIZE, PrintSettings(None, 350))
    run_in_krita(tmp_path, "look", LOOK, tmp_path / "page.psd", tmp_path / "pixels", tmp_path / "said")
    said = (tmp_path / "said").read_text("utf-8").splitlines()
    assert said == ["350", "Sketch", "Huebrush", "Colours", "肌 skin", "blue", "Shadow", "Light", "Lines"]
    seen = np.fromfile(tmp_path / "pixels", np.uint8).reshape(HEIGHT, WIDTH, 4)[..., [2, 1, 0, 3]]
    merged = composite_clipped(page(), *SIZE)
    flats = composite_clipped([page()[1].children[0]], *SIZE)[..., 3] == 255  # type: ignore[union-attr]
    assert difference(seen[None, flats], merged[None, flats]) <= 1
