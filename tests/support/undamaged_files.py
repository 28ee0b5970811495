"""Small files of every kind that Huebrush reads, to be damaged: they show as much of each format as fits."""

from __future__ import annotations

import io
import itertools
import json
import struct
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tifffile
from huebrush_backend.imaging.files import Group, Layer, write_ora
from huebrush_backend.imaging.files.blending import MULTIPLY
from huebrush_backend.imaging.files.print_settings import PrintSettings
from huebrush_backend.imaging.files.psd_writing import write_psd
from huebrush_backend.imaging.profiles import srgb_profile
from numpy.typing import NDArray
from PIL import Image
from psd_tools import PSDImage

WIDTH, HEIGHT = 13, 9


def undamaged() -> dict[str, list[tuple[str, bytes]]]:
    """Return files by the kind of reader; each is the end of its name, and its content."""
    with tempfile.TemporaryDirectory() as folder:
        return {
            "ora": [(".ora", _ora(Path(folder)))],
            "psd": [(".psd", content) for content in _psd(Path(folder))],
            "kra": [(".kra", _kra())],
            "tiff": [(".tif", content) for content in _tiff()],
            "png": [(".png", content) for content in _png()],
            "jpeg": [(".jpg", content) for content in _by_pillow("JPEG", ("L", "RGB", "CMYK"))],
            "webp": [(".webp", content) for content in _by_pillow("WEBP", ("RGB", "RGBA"))],
            "other pictures": [
                *((".gif", content) for content in _by_pillow("GIF", ("P", "L"))),
                *((".bmp", content) for content in _by_pillow("BMP", ("1", "P", "RGB", "RGBA"))),
            ],
            "palette": _palettes(),
            "fixes": [(".json", _fixes())],
            "recipe": [],  # made by a run; see fuzz_readers
        }


def pixels(channels: int = 4, dtype: type = np.uint8) -> NDArray:
    shape = (HEIGHT, WIDTH) if channels == 1 else (HEIGHT, WIDTH, channels)
    return np.random.default_rng(5).integers(0, np.iinfo(dtype).max, shape, endpoint=True).astype(dtype)


def _layers() -> list[Layer | Group]:
    lines = Layer("線 Lines", pixels()[:5, :6], -2, 3, opacity=0.5, blending=MULTIPLY)
    return [Layer("Paper", pixels()), Group("Hero", [Layer("Flats", pixels()[2:], 1, 1), lines])]


def _ora(folder: Path) -> bytes:
    write_ora(folder / "a.ora", _layers(), (WIDTH, HEIGHT), {"recipe.json": {"model": "none"}})
    return (folder / "a.ora").read_bytes()


def _psd(folder: Path) -> list[bytes]:
    made = []
    for name in ("a.psd", "a.psb"):
        write_psd(folder / name, _layers(), (WIDTH, HEIGHT), PrintSettings(srgb_profile(), 300))
        made.append((folder / name).read_bytes())
    for mode, depth in itertools.product(("RGB", "L", "CMYK", "LAB"), (8, 16, 32)):
        document = PSDImage.new(mode, (WIDTH, HEIGHT), depth=depth)  # type: ignore[arg-type]
        if mode in ("RGB", "L"):
            layer = document.create_pixel_layer(Image.fromarray(pixels()), name="Lines", top=1, left=2)  # with a mask
            document.create_group([layer], name="Group")
        stream = io.BytesIO()
        document.save(stream)
        made.append(stream.getvalue())
    return made


def _kra() -> bytes:
    layers = (
        '<layer name="Group" nodetype="grouplayer" uuid="{1}"><layers><layer name="In" uuid="{2}"/></layers></layer>'
    )
    image = f'<IMAGE name="a" width="{WIDTH}" height="{HEIGHT}" x-res="300"><layers>{layers}</layers></IMAGE>'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/x-krita")
        archive.writestr("maindoc.xml", f'<DOC xmlns="http://www.calligra.org/DTD/krita">{image}</DOC>')
        archive.writestr("mergedimage.png", _saved(Image.fromarray(pixels()), "PNG"))
    return made.getvalue()


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    made = io.BytesIO()
    image.save(made, kind, **options)
    return made.getvalue()


def _by_pillow(kind: str, modes: tuple[str, ...]) -> list[bytes]:
    exif = Image.Exif()
    exif[274] = 6
    options = {} if kind in ("GIF", "BMP") else {"icc_profile": srgb_profile(), "exif": exif}
    return [_saved(Image.fromarray(pixels()).convert(mode), kind, **options) for mode in modes]


def _png() -> list[bytes]:
    images = [Image.fromarray(pixels()).convert(mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA")]
    made = [_saved(image, "PNG", icc_profile=srgb_profile(), dpi=(300, 300)) for image in images]
    made.append(_saved(images[3], "PNG", transparency=3))
    made.append(_saved(images[4], "PNG", transparency=(1, 2, 3)))
    made.append(_saved(Image.fromarray(pixels(1, np.uint16)), "PNG"))
    made.append(_saved(images[5], "PNG", save_all=True, append_images=[images[5].rotate(180)]))
    return made


def _tiff() -> list[bytes]:
    made = []
    kinds: list[tuple[NDArray, dict[str, object]]] = [
        (pixels(1), {"photometric": "minisblack"}),
        (pixels(1) > 99, {"photometric": "miniswhite"}),
        (pixels(3), {"photometric": "rgb", "compression": "deflate", "predictor": True}),
        (pixels(4), {"photometric": "rgb", "extrasamples": ["assocalpha"]}),
        (pixels(4, np.uint16), {"photometric": "rgb", "extrasamples": ["unassalpha"], "bigtiff": True}),
        (pixels(4), {"photometric": "separated"}),
        (pixels(3).astype(np.float32) / 255, {"photometric": "rgb", "tile": (16, 16)}),
        (pixels(1), {"photometric": "palette", "colormap": np.zeros((3, 256), np.uint16)}),
        (np.moveaxis(pixels(3), -1, 0), {"photometric": "rgb", "planarconfig": "separate"}),
    ]
    for samples, options in kinds:
        stream = io.BytesIO()
        big = bool(options.pop("bigtiff", False))
        with tifffile.TiffWriter(stream, bigtiff=big) as writer:
            writer.write(samples, **options)  # type: ignore[arg-type]
        made.append(stream.getvalue())
    rgba = Image.fromarray(pixels())
    for compression in ("tiff_lzw", "packbits", "jpeg", "group4"):
        mode = {"group4": "1", "jpeg": "RGB"}.get(compression, "RGBA")
        made.append(_saved(rgba.convert(mode), "TIFF", compression=compression, icc_profile=srgb_profile()))
    return made


def _palettes() -> list[tuple[str, bytes]]:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "krita/x-colorset")
        rgb = '<RGB r="1" g="0.5" b="0" space="sRGB"/><Position row="0" column="1"/>'
        cmyk, lab = '<CMYK c="0" m="1" y="1" k="0"/>', '<Lab L="50" a="9" b="-9"/>'
        first, second, third = (
            f'<ColorSetEntry name="a" bitdepth="U8">{color}</ColorSetEntry>' for color in (rgb, cmyk, lab)
        )
        groups = f'{first}<Group name="g">{second}</Group>{third}'
        archive.writestr("colorset.xml", f'<ColorSet name="p" columns="2">{groups}</ColorSet>')
        archive.writestr("profiles.xml", "<Profiles/>")
    name = "a\0".encode("utf-16-be")
    ase_color = struct.pack(">H", 2) + name + b"RGB " + struct.pack(">3fH", 1.0, 0.5, 0.0, 0)
    ase_lab = struct.pack(">H", 2) + name + b"LAB " + struct.pack(">3fH", 0.5, 9.0, -9.0, 0)
    blocks = b"".join(struct.pack(">HI", 1, len(block)) + block for block in (ase_color, ase_lab))
    spaces: list[Callable[[], bytes]] = [
        lambda kind=kind: struct.pack(">5H", kind, 9000, 4, 300, 7) for kind in (0, 1, 2, 7, 8)
    ]
    colors = [made_color() for made_color in spaces]
    named = b"".join(color + struct.pack(">I", 2) + name for color in colors)
    aco = struct.pack(">HH", 1, len(colors)) + b"".join(colors) + struct.pack(">HH", 2, len(colors)) + named
    riff = (
        b"RIFF"
        + struct.pack("<I", 24)
        + b"PAL data"
        + struct.pack("<IHH", 12, 0x300, 2)
        + bytes((255, 0, 0, 0, 0, 255, 0, 0))
    )
    return [
        (".kpl", made.getvalue()),
        (".gpl", b"GIMP Palette\nName: p\nColumns: 2\n# note\n255 0 0 red\n  0 128   7\tdark\n"),
        (".gpl", b"GIMP Palette\nChannels: RGBA\n255 0 0 255 red\n0 0 0 0 nothing\n"),
        (".pal", b"JASC-PAL\r\n0100\r\n2\r\n255 0 0\r\n0 255 0\r\n"),
        (".pal", riff),
        (".hex", b"; note\nff0000\n#00ff00 green\n8000ff00\n"),
        (".txt", b";paint.net Palette File\nFFFF0000\nFF00FF00\n"),
        (".ase", b"ASEF" + struct.pack(">HHI", 1, 0, 2) + blocks),
        (".aco", aco),
        (".act", bytes(range(256)) * 3 + struct.pack(">HH", 9, 0)),
    ]


def _fixes() -> bytes:
    fixes = [
        {"kind": "close", "x": 1, "y": 2.5, "x2": 30, "y2": 4},
        {"kind": "color", "x": 5, "y": 5, "color": "#ff0000"},
        {"kind": "merge", "x": 3, "y": 4, "x2": 40, "y2": 40},
    ]
    return json.dumps(fixes).encode()
