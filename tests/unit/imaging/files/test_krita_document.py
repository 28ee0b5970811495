"""Layers of a .kra made by a real Krita, read back through a real Krita."""

from __future__ import annotations

import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from huebrush_backend.imaging.files import Group, Layer, PictureError, read_picture, write_ora
from huebrush_backend.imaging.files.blending import MULTIPLY
from huebrush_backend.imaging.files.krita_document import RUNNER_VARIABLE, find_kritarunner
from krita_scripts import run_in_krita
from PIL import Image

FILES = Path(__file__).parents[3] / "data" / "files"
WIDTH, HEIGHT = 60, 40

# Runs inside Krita: an 8-bit RGB document with a group, and a 16-bit CMYK one.
MAKE_DOCUMENTS = f"""
from krita import Krita

def main(arguments):
    app = Krita.instance()
    folder = arguments[0]
    document = app.createDocument({WIDTH}, {HEIGHT}, "made", "RGBA", "U8", "", 72.0)
    document.setBatchmode(True)
    root = document.rootNode()
    for node in root.childNodes():
        node.remove()
    def paint(name, parent, color, x, y, width, height):
        layer = document.createNode(name, "paintlayer")
        parent.addChildNode(layer, None)
        layer.setPixelData(bytes(color) * (width * height), x, y, width, height)
    paint("Paper", root, (255, 255, 255, 255), 0, 0, {WIDTH}, {HEIGHT})
    group = document.createGroupLayer("Figure")
    root.addChildNode(group, None)
    paint("Flats", group, (30, 60, 200, 255), 10, 5, 20, 10)
    paint("Lines & more", root, (0, 0, 0, 128), -3, 2, 8, 4)
    document.refreshProjection()
    document.waitForDone()
    document.saveAs(folder + "/rgb.kra")
    document.setColorSpace("CMYKA", "U16", "Chemical proof")
    document.waitForDone()
    document.saveAs(folder + "/cmyk.kra")
    document.setModified(False)
    document.close()
"""

needs_krita = pytest.mark.skipif(find_kritarunner() is None, reason="Krita is not installed")


# Runs inside Krita: write what Krita sees in a file as text, bottom to top.
DESCRIBE = """
from krita import Krita

def describe(node, depth):
    lines = []
    for child in node.childNodes():
        lines.append("%d %s %s %s %s" % (depth, child.type(), child.blendingMode(), child.visible(), child.name()))
        lines += describe(child, depth + 1)
    return lines

def main(arguments):
    document = Krita.instance().openDocument(arguments[0])
    document.waitForDone()
    pixel = bytes(document.pixelData(3, 3, 1, 1))
    with open(arguments[1], "w") as out:
        out.write("\\n".join([repr(list(pixel))] + describe(document.rootNode(), 0)))
    document.setModified(False)
    document.close()
"""


@pytest.fixture(scope="module")
def krita_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the Krita of these tests keeps its settings, filled once: it takes Krita seconds."""
    return tmp_path_factory.mktemp("krita")


@pytest.fixture(scope="module")
def documents(krita_folder: Path) -> Path:
    run_in_krita(krita_folder, "make_documents", MAKE_DOCUMENTS, krita_folder)
    assert (krita_folder / "cmyk.kra").exists()
    return krita_folder


@needs_krita
def test_layer_names_and_merged_picture_need_no_krita(documents: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RUNNER_VARIABLE, "/nowhere/kritarunner")
    picture = read_picture(documents / "rgb.kra")
    assert (picture.width, picture.height) == (WIDTH, HEIGHT)
    assert [source.full_name for source in picture.layers] == ["Paper", "Figure/Flats", "Figure", "Lines & more"]
    merged = picture.merged().pixels
    assert merged.shape == (HEIGHT, WIDTH, 4)
    assert np.all(merged[10, 20] == (200, 60, 30, 255))
    with pytest.raises(PictureError, match="Install Krita"):
        picture.layer("Figure")
    with pytest.raises(PictureError, match='"Lines & more"'):
        picture.layer("Ink")


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for Krita is a shell script")
def test_krita_is_shown_no_display(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Krita 5.3.4 dies of an X error where it sees a display that Qt does not use."""
    runner = tmp_path / "kritarunner"
    runner.write_text('#!/bin/sh\necho "sees <$DISPLAY$WAYLAND_DISPLAY>, Qt <$QT_QPA_PLATFORM>" >&2\n', "utf-8")
    runner.chmod(0o755)
    layer = '<layer name="Lines" uuid="{1}" nodetype="paintlayer"/>'
    with zipfile.ZipFile(tmp_path / "page.kra", "w") as archive:
        archive.writestr("maindoc.xml", f'<DOC><IMAGE width="4" height="4"><layers>{layer}</layers></IMAGE></DOC>')
    for name, value in {
        RUNNER_VARIABLE: str(runner),
        "XDG_CACHE_HOME": str(tmp_path),
        "DISPLAY": ":0",
        "WAYLAND_DISPLAY": "wayland-0",
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(PictureError, match="sees <>, Qt <offscreen>"):
        read_picture(tmp_path / "page.kra").layer("Lines")


# Stand-in for Krita that fails where another one runs in the same settings folder.
ALONE = """#!/bin/sh
mkdir "$XDG_DATA_HOME/busy" || exit 1
sleep 0.3
printf 'abcdefgh' > "$7/pixels.bgra"
echo '{"x": 0, "y": 0, "width": 2, "height": 1}' > "$7/reply.json"
rmdir "$XDG_DATA_HOME/busy"
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for Krita is a shell script")
def test_only_one_krita_runs_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runner = tmp_path / "kritarunner"
    runner.write_text(ALONE, "utf-8")
    runner.chmod(0o755)
    monkeypatch.setenv(RUNNER_VARIABLE, str(runner))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    layer = '<layer name="Lines" uuid="{1}" nodetype="paintlayer"/>'
    with zipfile.ZipFile(tmp_path / "page.kra", "w") as archive:
        archive.writestr("maindoc.xml", f'<DOC><IMAGE width="2" height="1"><layers>{layer}</layers></IMAGE></DOC>')
    with ThreadPoolExecutor(4) as threads:
        read = [threads.submit(read_picture(tmp_path / "page.kra").layer, "Lines") for _ in range(4)]
        assert [layer.result().pixels.shape for layer in read] == [(1, 2, 4)] * 4


@needs_krita
def test_a_file_layer_of_a_grey_scan() -> None:
    """A file layer keeps the colour space of its file, whatever is asked of Krita."""
    pixels = read_picture(FILES / "16-file-layer-grey.kra").layer("File").on_canvas(64, 64)
    with Image.open(FILES / "16-scan.png") as scan:
        assert np.array_equal(pixels, np.asarray(scan.convert("RGBA")))


@needs_krita
@pytest.mark.parametrize("kind", ["16-bit colour", "16-bit grey", "palette", "CMYK", "8-bit colour"])
def test_file_layers_of_other_kinds(tmp_path: Path, kind: str) -> None:
    name = "scan.tif" if kind == "CMYK" else "scan.png"
    samples = np.zeros((64, 64, 3), np.uint16)
    samples[8:, 8:] = (200 * 257, 100 * 257, 50 * 257)
    eight = (samples >> 8).astype(np.uint8)
    if kind == "16-bit colour":
        cv2.imwrite(str(tmp_path / name), samples[..., ::-1])
    elif kind == "16-bit grey":
        cv2.imwrite(str(tmp_path / name), samples[..., 1])
        eight = np.repeat(eight[..., 1:2], 3, axis=2)
    elif kind == "palette":
        Image.fromarray(eight).quantize(4).save(tmp_path / name)
    elif kind == "CMYK":
        Image.fromarray(eight).convert("CMYK").save(tmp_path / name)
    else:
        Image.fromarray(eight).save(tmp_path / name)
    with zipfile.ZipFile(FILES / "16-file-layer-grey.kra") as archive, zipfile.ZipFile(tmp_path / "a.kra", "w") as copy:
        for item in archive.infolist():
            data = archive.read(item)
            if item.filename == "maindoc.xml":
                data = data.replace(b"16-scan.png", name.encode())
            copy.writestr(item, data)
    pixels = read_picture(tmp_path / "a.kra").layer("File").on_canvas(64, 64).astype(int)
    assert np.all(pixels[..., 3] == 255)
    # Krita takes ink by its own profile, so the colour is only near.
    assert np.abs(pixels[..., :3] - eight).max() <= (90 if kind == "CMYK" else 1)


@needs_krita
def test_layers_come_out_exactly(documents: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(documents))
    before = (documents / "rgb.kra").read_bytes()
    picture = read_picture(documents / "rgb.kra")
    lines = picture.layer("Lines & more")
    assert lines.x <= -3
    canvas = lines.on_canvas(WIDTH, HEIGHT)
    assert np.all(canvas[2:6, 0:5] == (0, 0, 0, 128))
    assert np.count_nonzero(canvas[..., 3]) == 4 * 5
    for name in ("Flats", "Figure"):
        canvas = picture.layer(name).on_canvas(WIDTH, HEIGHT)
        assert np.all(canvas[5:15, 10:30] == (200, 60, 30, 255))
        assert np.count_nonzero(canvas[..., 3]) == 20 * 10
    assert (documents / "rgb.kra").read_bytes() == before


@needs_krita
def test_sixteen_bit_cmyk_document(documents: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(documents))
    canvas = read_picture(documents / "cmyk.kra").layer("Figure/Flats").on_canvas(WIDTH, HEIGHT)
    # Out of the CMYK gamut and back: near, not exact.
    assert np.abs(canvas[10, 20].astype(int) - (200, 60, 30, 255)).max() <= 25
    assert np.count_nonzero(canvas[..., 3]) == 20 * 10


def test_damaged_documents_give_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "a.kra"
    for text in (None, "<DOC/>", "<DOC", '<!DOCTYPE a [<!ENTITY b "c">]><DOC><IMAGE/></DOC>'):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("mimetype", "application/x-krita")
            if text is not None:
                archive.writestr("maindoc.xml", text)
        with pytest.raises(PictureError, match=r"a\.kra"):
            read_picture(path)


@needs_krita
def test_krita_opens_the_openraster_files_written_here(krita_folder: Path, tmp_path: Path) -> None:
    paint = np.full((HEIGHT, WIDTH, 4), (200, 100, 50, 255), np.uint8)
    paper = np.full((HEIGHT, WIDTH, 4), (128, 255, 255, 255), np.uint8)
    nodes = [Group("Huebrush", [Layer("Colour", paint)]), Layer("Lines & more", paper, blending=MULTIPLY)]
    write_ora(tmp_path / "a.ora", nodes, (WIDTH, HEIGHT), {"recipe.json": {"seed": 1}})
    run_in_krita(krita_folder, "describe", DESCRIBE, tmp_path / "a.ora", tmp_path / "said.txt")
    pixel, *layers = (tmp_path / "said.txt").read_text("utf-8").splitlines()
    assert pixel == "[50, 100, 100, 255]"
    assert layers == [
        "0 grouplayer normal True Huebrush",
        "1 paintlayer normal True Colour",
        "0 paintlayer multiply True Lines & more",
    ]
