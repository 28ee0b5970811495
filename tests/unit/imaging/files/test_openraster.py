"""OpenRaster files keep every pixel, place and name, and follow the specification."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
from huebrush_backend.imaging.files import Group, Layer, PictureError, read_picture, write_ora, write_png
from huebrush_backend.imaging.files.blending import MULTIPLY, SCREEN
from huebrush_backend.imaging.files.picture import composite
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from openraster_attachments import read_attachment
from PIL import Image

SIZE = (24, 16)

pixel_arrays = arrays.arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20), st.just(4)))
layer_names = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1)


def plain(color: tuple[int, int, int, int], name: str = "plain", **options: object) -> Layer:
    return Layer(name, np.full((SIZE[1], SIZE[0], 4), color, np.uint8), **options)  # type: ignore[arg-type]


@given(pixel_arrays, st.integers(-30, 30), st.integers(-30, 30), layer_names)
@settings(deadline=None)
def test_round_trip(
    tmp_path_factory: pytest.TempPathFactory, pixels: NDArray[np.uint8], x: int, y: int, name: str
) -> None:
    path = tmp_path_factory.mktemp("ora") / "a.ora"
    write_ora(path, [Group("group", [Layer(name, pixels, x, y)]), plain((1, 2, 3, 4), "top")], SIZE)
    picture = read_picture(path)
    assert (picture.width, picture.height) == SIZE
    assert [source.name for source in picture.layers] == [name, "group", "top"]
    layer = picture.layers[0].load()
    assert (layer.name, layer.x, layer.y) == (name, x, y)
    assert np.array_equal(layer.pixels, pixels)


def test_archive_follows_the_specification(tmp_path: Path) -> None:
    path = tmp_path / "a.ora"
    nodes = [Group("below", [plain((255, 0, 0, 255), "red")]), plain((0, 0, 0, 0), "lines", blending=MULTIPLY)]
    write_ora(path, nodes, SIZE, {"recipe.json": {"seed": 7}})
    assert path.read_bytes()[30:58] == b"mimetypeimage/openrasterPK\3\4"[:28]
    with zipfile.ZipFile(path) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        stack = ElementTree.fromstring(archive.read("stack.xml"))
        assert (stack.tag, stack.get("w"), stack.get("h")) == ("image", "24", "16")
        top, below = stack.find("stack") or []
        assert (top.tag, top.get("name"), top.get("composite-op")) == ("layer", "lines", "svg:multiply")
        assert (below.tag, below.get("name")) == ("stack", "below")
        merged = Image.open(io.BytesIO(archive.read("mergedimage.png")))
        assert (merged.size, merged.getpixel((3, 3))) == (SIZE, (255, 0, 0, 255))
        thumbnail = Image.open(io.BytesIO(archive.read("Thumbnails/thumbnail.png")))
        assert max(thumbnail.size) <= 256
    assert read_attachment(path, "recipe.json") == {"seed": 7}


def test_large_pictures_get_a_small_thumbnail(tmp_path: Path) -> None:
    write_ora(tmp_path / "a.ora", [Layer("a", np.zeros((300, 900, 4), np.uint8))], (900, 300))
    with zipfile.ZipFile(tmp_path / "a.ora") as archive:
        assert Image.open(io.BytesIO(archive.read("Thumbnails/thumbnail.png"))).size == (256, 85)


def test_sixteen_bit_line_art_is_passed_on_byte_for_byte(tmp_path: Path) -> None:
    samples = np.random.default_rng(0).integers(0, 65536, (SIZE[1], SIZE[0], 4)).astype(np.uint16)
    assert cv2.imwrite(str(tmp_path / "lines.png"), samples)
    write_ora(tmp_path / "a.ora", [read_picture(tmp_path / "lines.png").merged()], SIZE)
    with zipfile.ZipFile(tmp_path / "a.ora") as archive:
        assert archive.read("data/layer000.png") == (tmp_path / "lines.png").read_bytes()


def test_group_and_merged_picture_are_composited(tmp_path: Path) -> None:
    nodes = [
        plain((255, 255, 255, 255), "paper"),
        Group("colours", [plain((200, 100, 50, 255), "flat"), plain((0, 0, 0, 255), "hidden", visible=False)]),
        plain((128, 128, 128, 255), "lines", blending=MULTIPLY),
    ]
    write_ora(tmp_path / "a.ora", nodes, SIZE)
    picture = read_picture(tmp_path / "a.ora")
    assert np.all(picture.layer("colours").pixels == (200, 100, 50, 255))
    assert np.all(picture.merged().pixels == (100, 50, 25, 255))
    # The same without the stored merged picture.
    bare = tmp_path / "bare.ora"
    with zipfile.ZipFile(tmp_path / "a.ora") as archive, zipfile.ZipFile(bare, "w") as copy:
        for name in archive.namelist():
            if name != "mergedimage.png":
                copy.writestr(name, archive.read(name))
    assert np.all(read_picture(bare).merged().pixels == (100, 50, 25, 255))


@pytest.mark.parametrize(
    ("blending", "opacity", "wanted"),
    [
        ("svg:src-over", 0.5, (150, 100, 75, 255)),
        (SCREEN, 1.0, (217, 139, 139, 255)),
        (MULTIPLY, 1.0, (83, 61, 11, 255)),
    ],
)
def test_blending(blending: str, opacity: float, wanted: tuple[int, ...]) -> None:
    top = plain((100, 100, 100, 255) if opacity < 1 else (106, 157, 56, 255), blending=blending, opacity=opacity)
    bottom = plain((200, 100, 50, 255))
    expected = np.array(wanted)
    if opacity == 1:
        first, second = np.array((106, 157, 56)), np.array((200, 100, 50))
        mixed = first * second / 255 if blending == MULTIPLY else 255 - (255 - first) * (255 - second) / 255
        expected = np.array([*np.rint(mixed), 255])
    assert np.abs(composite([bottom, top], *SIZE).astype(int) - expected).max() <= 1


def test_names_that_occur_twice(tmp_path: Path) -> None:
    nodes = [Group("a", [plain((1, 0, 0, 255), "Lines")]), Group("b", [plain((2, 0, 0, 255), "Lines")])]
    write_ora(tmp_path / "a.ora", nodes, SIZE)
    picture = read_picture(tmp_path / "a.ora")
    with pytest.raises(PictureError, match='"b/Lines", "a/Lines"'):
        picture.layer("Lines")
    assert picture.layer("b/Lines").pixels[0, 0, 0] == 2


def rewritten(path: Path, changes: dict[str, bytes]) -> Path:
    copy = path.with_name("changed.ora")
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(copy, "w") as out:
        for name in archive.namelist():
            data = changes.get(name, archive.read(name))
            if data:
                out.writestr(name, data)
    return copy


@pytest.mark.parametrize(
    "changes",
    [
        {"mimetype": b"application/zip"},
        {"stack.xml": b""},
        {"stack.xml": b"<image"},
        {"stack.xml": b'<image w="x" h="1"/>'},
        {"stack.xml": b'<image w="0" h="0"/>'},
        {"stack.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><image w="4" h="4"/>'},
        {"data/layer000.png": b""},
        {"data/layer000.png": b"not a picture"},
    ],
)
def test_damaged_archives_give_a_clear_error(tmp_path: Path, changes: dict[str, bytes]) -> None:
    write_ora(tmp_path / "a.ora", [plain((1, 2, 3, 4), "lines")], SIZE)
    with pytest.raises(PictureError, match=r"changed\.ora"):
        read_picture(rewritten(tmp_path / "a.ora", changes)).layer("lines")


def test_failed_writing_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.ora"
    write_ora(path, [plain((1, 2, 3, 4))], SIZE)
    before = path.read_bytes()
    with pytest.raises(TypeError):
        write_ora(path, [plain((1, 2, 3, 4))], SIZE, {"recipe.json": object()})
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.ora"]


def test_a_plain_zip_is_no_picture(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(PictureError, match="not an OpenRaster"):
        read_picture(tmp_path / "a.zip")


def test_layers_are_cut_and_padded_to_the_canvas() -> None:
    layer = Layer("a", np.full((4, 4, 4), 9, np.uint8), x=-2, y=14)
    canvas = layer.on_canvas(*SIZE)
    assert canvas.shape == (16, 24, 4)
    assert np.argwhere(canvas[..., 0] == 9).tolist() == [[14, 0], [14, 1], [15, 0], [15, 1]]
    assert not Layer("b", layer.pixels, x=100).on_canvas(*SIZE).any()


def test_png_written_from_a_composite_is_readable(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", composite([plain((5, 6, 7, 255))], *SIZE))
    assert np.all(read_picture(tmp_path / "a.png").merged().pixels == (5, 6, 7, 255))
