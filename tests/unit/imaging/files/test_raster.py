"""Flat pictures, TIFF and Photoshop files in every depth and colour model come out as 8-bit sRGB."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import pytest
import tifffile
from huebrush_backend.imaging.files import Layer, PictureError, read_picture, write_ora, write_png
from huebrush_backend.imaging.files.raster import decode_raster
from huebrush_backend.imaging.profiles import to_eight_bit
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps
from psd_tools import PSDImage

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SIZE = (11, 7)


def random_pixels(channels: int, dtype: type = np.uint8, seed: int = 0) -> NDArray:
    shape = (SIZE[1], SIZE[0]) if channels == 1 else (SIZE[1], SIZE[0], channels)
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max, shape, endpoint=True).astype(dtype)


def linear_profile() -> bytes:
    """sRGB's primaries with linear light: the smallest profile that visibly changes values."""
    profile = bytearray(SRGB)
    tags = struct.unpack_from(">I", profile, 128)[0]
    for index in range(tags):
        name, offset, _ = struct.unpack_from(">4sII", profile, 132 + 12 * index)
        if name in (b"rTRC", b"gTRC", b"bTRC"):
            profile[offset : offset + 12] = b"curv" + bytes(4) + struct.pack(">I", 0)
    return bytes(profile)


@given(arrays.arrays(np.uint16, st.tuples(st.integers(1, 6), st.integers(1, 6))))
def test_sixteen_bits_are_rounded_to_nearest(values: NDArray[np.uint16]) -> None:
    assert np.array_equal(to_eight_bit(values), np.rint(values / 257).astype(np.uint8))


@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20), st.sampled_from([3, 4]))))
def test_png_round_trip_keeps_every_byte(tmp_path_factory: pytest.TempPathFactory, pixels: NDArray[np.uint8]) -> None:
    path = tmp_path_factory.mktemp("png") / "a.png"
    write_png(path, pixels)
    read = read_picture(path).merged().pixels
    assert np.array_equal(read[..., : pixels.shape[2]], pixels)
    assert [entry.name for entry in path.parent.iterdir()] == ["a.png"]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_png_mode(tmp_path: Path, mode: str) -> None:
    rgba = random_pixels(4)
    image = Image.fromarray(rgba).convert(mode)
    image.save(tmp_path / "a.png")
    pixels = read_picture(tmp_path / "a.png").merged().pixels
    assert np.array_equal(pixels, np.asarray(image.convert("RGBA")))


def test_palette_with_transparency(tmp_path: Path) -> None:
    image = Image.fromarray(random_pixels(1) % 4).convert("P")
    image.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9])
    image.save(tmp_path / "a.png", transparency=1)
    pixels = read_picture(tmp_path / "a.png").merged().pixels
    assert np.array_equal(pixels[..., 3] == 0, np.asarray(image) == 1)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bit_png(tmp_path: Path, channels: int) -> None:
    samples = random_pixels(channels, np.uint16)
    stored = samples if channels == 1 else samples[..., [2, 1, 0, 3][:channels]]
    assert cv2.imwrite(str(tmp_path / "a.png"), stored)
    pixels = read_picture(tmp_path / "a.png").merged().pixels
    wanted = to_eight_bit(samples)
    for channel in range(3):
        assert np.array_equal(pixels[..., channel], wanted if channels == 1 else wanted[..., channel])
    assert np.array_equal(pixels[..., 3], wanted[..., 3] if channels == 4 else np.full(SIZE[::-1], 255))


def test_sixteen_bit_png_with_grey_and_alpha() -> None:
    samples = random_pixels(2, np.uint16)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", *SIZE, 16, 4, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    pixels = decode_raster(data, Path("a.png"), "a").pixels
    wanted = to_eight_bit(samples)
    assert np.array_equal(pixels[..., 0], wanted[..., 0])
    assert np.array_equal(pixels[..., 2], wanted[..., 0])
    assert np.array_equal(pixels[..., 3], wanted[..., 1])


def test_profile_is_converted_to_srgb(tmp_path: Path) -> None:
    rgb = np.full((4, 4, 3), 55, np.uint8)
    Image.fromarray(rgb).save(tmp_path / "linear.png", icc_profile=linear_profile())
    pixels = read_picture(tmp_path / "linear.png").merged().pixels
    # 55/255 of linear light is 0.503 in sRGB's curve.
    assert np.abs(pixels[..., :3].astype(int) - 128).max() <= 2


@pytest.mark.parametrize("profile", [SRGB, b"not a profile"])
def test_srgb_and_broken_profiles_change_nothing(tmp_path: Path, profile: bytes) -> None:
    rgba = random_pixels(4)
    Image.fromarray(rgba).save(tmp_path / "a.png", icc_profile=profile)
    assert np.array_equal(read_picture(tmp_path / "a.png").merged().pixels, rgba)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_honoured(tmp_path: Path, orientation: int) -> None:
    rgb = random_pixels(3)
    image = Image.fromarray(rgb)
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(tmp_path / "a.png", exif=exif)
    with Image.open(tmp_path / "a.png") as stored:
        wanted = np.asarray(ImageOps.exif_transpose(stored))
    picture = read_picture(tmp_path / "a.png")
    assert np.array_equal(picture.merged().pixels[..., :3], wanted)
    assert (picture.width, picture.height) == wanted.shape[1::-1]


@pytest.mark.parametrize(("suffix", "options"), [("jpg", {"quality": 95}), ("webp", {"lossless": True}), ("bmp", {})])
def test_other_formats(tmp_path: Path, suffix: str, options: dict[str, object]) -> None:
    rgb = np.full((16, 16, 3), (200, 60, 30), np.uint8)
    Image.fromarray(rgb).save(tmp_path / f"a.{suffix}", **options)  # type: ignore[arg-type]
    pixels = read_picture(tmp_path / f"a.{suffix}").merged().pixels
    assert np.abs(pixels[..., :3].astype(int) - rgb).max() <= 4


def test_cmyk_jpeg(tmp_path: Path) -> None:
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(tmp_path / "a.jpg", quality=95)
    red, green, blue, _ = read_picture(tmp_path / "a.jpg").merged().pixels[8, 8].astype(int)
    assert red > 200
    assert max(green, blue) < 60


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("compression", [None, "deflate"])
@pytest.mark.parametrize(
    ("photometric", "channels"), [("minisblack", 1), ("miniswhite", 1), ("rgb", 3), ("rgb", 4), ("separated", 4)]
)
def test_tiff(tmp_path: Path, dtype: type, compression: str | None, photometric: str, channels: int) -> None:
    samples = random_pixels(channels, dtype)
    extra = ["unassalpha"] if (photometric, channels) == ("rgb", 4) else None
    tifffile.imwrite(tmp_path / "a.tif", samples, photometric=photometric, compression=compression, extrasamples=extra)
    pixels = read_picture(tmp_path / "a.tif").merged().pixels
    values = to_eight_bit(samples)
    if photometric == "separated":
        wanted = np.asarray(Image.frombytes("CMYK", SIZE, values.tobytes()).convert("RGB"))
    elif channels == 1:
        grey = to_eight_bit(~samples) if photometric == "miniswhite" else values
        wanted = np.repeat(grey[..., None], 3, axis=2)
    else:
        wanted = values[..., :3]
    assert np.array_equal(pixels[..., :3], wanted)
    assert np.array_equal(
        pixels[..., 3], values[..., 3] if photometric == "rgb" and channels == 4 else wanted[..., 0] | 255
    )


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_tiff_with_lzw(tmp_path: Path, dtype: type, channels: int) -> None:
    samples = random_pixels(channels, dtype)
    stored = samples if channels == 1 else samples[..., [2, 1, 0, 3][:channels]]
    assert cv2.imwrite(str(tmp_path / "a.tif"), stored, [cv2.IMWRITE_TIFF_COMPRESSION, 5])
    with tifffile.TiffFile(tmp_path / "a.tif") as tiff:
        assert tiff.pages.first.compression == tifffile.COMPRESSION.LZW
    pixels = read_picture(tmp_path / "a.tif").merged().pixels
    wanted = to_eight_bit(np.repeat(samples[..., None], 3, axis=2) if channels == 1 else samples[..., :3])
    assert np.array_equal(pixels[..., :3], wanted)


def test_tiff_in_planes_and_floats_and_premultiplied_alpha(tmp_path: Path) -> None:
    samples = random_pixels(3)
    tifffile.imwrite(tmp_path / "planes.tif", np.moveaxis(samples, -1, 0), photometric="rgb", planarconfig="separate")
    assert np.array_equal(read_picture(tmp_path / "planes.tif").merged().pixels[..., :3], samples)
    tifffile.imwrite(tmp_path / "float.tif", (samples / 255).astype(np.float32), photometric="rgb")
    assert np.array_equal(read_picture(tmp_path / "float.tif").merged().pixels[..., :3], samples)
    half = np.full((5, 6, 4), (100, 50, 25, 128), np.uint8)
    tifffile.imwrite(tmp_path / "alpha.tif", half, photometric="rgb", extrasamples=["assocalpha"])
    assert np.array_equal(read_picture(tmp_path / "alpha.tif").merged().pixels[0, 0], (199, 100, 50, 128))


@pytest.mark.parametrize("compression", [None, "tiff_lzw"])
def test_tiff_orientation(tmp_path: Path, compression: str | None) -> None:
    rgb = random_pixels(3)
    Image.fromarray(rgb).save(tmp_path / "a.tif", compression=compression, tiffinfo={274: 6})
    assert np.array_equal(read_picture(tmp_path / "a.tif").merged().pixels[..., :3], np.rot90(rgb, -1))


def make_psd(path: Path, mode: str = "RGB", depth: int = 8) -> None:
    """A document with two layers, one in a group, the upper one set off from the corner."""
    document = PSDImage.new(mode, (40, 30), color=0 if mode != "CMYK" else (0, 0, 0, 0), depth=depth)  # type: ignore[arg-type]
    paint = Image.new("RGBA", (40, 30), (200, 100, 50, 255))
    lines = Image.new("RGBA", (10, 6), (0, 0, 0, 128))
    group = document.create_group(name="Figure")
    layer = document.create_pixel_layer(paint.convert(mode) if mode != "RGB" else paint, name="Paint")
    group.append(layer)
    document.create_pixel_layer(
        lines if mode == "RGB" else lines.convert("LA" if mode == "L" else mode), name="Lines", top=5, left=7
    )
    document.save(path)


def test_psd_layers_by_name(tmp_path: Path) -> None:
    make_psd(tmp_path / "a.psd")
    picture = read_picture(tmp_path / "a.psd")
    assert (picture.width, picture.height) == (40, 30)
    assert [source.full_name for source in picture.layers] == ["Figure/Paint", "Figure", "Lines"]
    lines = picture.layer("Lines")
    assert (lines.x, lines.y, lines.pixels.shape) == (7, 5, (6, 10, 4))
    assert np.all(lines.pixels == (0, 0, 0, 128))
    on_canvas = lines.on_canvas(40, 30)
    assert on_canvas.shape == (30, 40, 4)
    assert on_canvas[..., 3].sum() == 6 * 10 * 128
    for name in ("Paint", "Figure/Paint", "figure/paint", "Figure"):
        assert np.all(picture.layer(name).on_canvas(40, 30)[10, 20] == (200, 100, 50, 255))


@pytest.mark.parametrize(("mode", "wanted"), [("L", 124), ("CMYK", (200, 100, 50))])
def test_psd_in_other_colour_models(tmp_path: Path, mode: str, wanted: object) -> None:
    make_psd(tmp_path / "a.psd", mode)
    pixels = read_picture(tmp_path / "a.psd").layer("Paint").pixels
    assert np.abs(pixels[3, 3, :3].astype(int) - wanted).max() <= 1


def test_sixteen_bit_psd(tmp_path: Path) -> None:
    make_psd(tmp_path / "a.psd", depth=16)
    picture = read_picture(tmp_path / "a.psd")
    assert np.array_equal(picture.layer("Paint").pixels[3, 3], (200, 100, 50, 255))
    assert np.array_equal(picture.layer("Lines").pixels[3, 3], (0, 0, 0, 128))


@pytest.mark.parametrize("depth", [8, 16])
def test_psd_layer_with_its_own_transparency(tmp_path: Path, depth: Literal[8, 16]) -> None:
    samples = random_pixels(4, np.uint8 if depth == 8 else np.uint16)
    document = PSDImage.new("RGB", (40, 30), depth=depth)
    document.create_pixel_layer_from_array(samples, name="Lines", top=5, left=4)
    document.save(tmp_path / "a.psd")
    layer = read_picture(tmp_path / "a.psd").layer("Lines")
    assert (layer.x, layer.y) == (4, 5)
    assert np.array_equal(layer.pixels, to_eight_bit(samples))


def test_psd_layer_masks_are_applied(tmp_path: Path) -> None:
    document = PSDImage.new("RGB", (40, 30))
    layer = document.create_pixel_layer(Image.new("RGB", (20, 10), (10, 20, 30)), name="Lines", top=5, left=4)
    # Hanging over the layer's upper left corner: only rows 5..8 and columns 4..9 of the picture are let through.
    layer.create_mask(Image.new("L", (10, 7), 128), top=2, left=0)
    document.save(tmp_path / "a.psd")
    alpha = read_picture(tmp_path / "a.psd").layer("Lines").on_canvas(40, 30)[..., 3]
    assert np.all(alpha[5:9, 4:10] == 128)
    assert np.count_nonzero(alpha) == 4 * 6


def test_psd_without_layers_has_its_merged_picture(tmp_path: Path) -> None:
    rgb = random_pixels(3)
    PSDImage.frompil(Image.fromarray(rgb)).save(tmp_path / "a.psd")
    assert np.array_equal(read_picture(tmp_path / "a.psd").merged().pixels[..., :3], rgb)


def test_missing_layer_names_those_there_are(tmp_path: Path) -> None:
    make_psd(tmp_path / "a.psd")
    with pytest.raises(PictureError, match=r'a\.psd.*"Ink".*"Lines", "Figure", "Figure/Paint"'):
        read_picture(tmp_path / "a.psd").layer("Ink")
    write_png(tmp_path / "a.png", random_pixels(4))
    with pytest.raises(PictureError, match="no layers"):
        read_picture(tmp_path / "a.png").layer("Ink")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.png", b""),
        ("a.png", b"hello"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(40)),
        ("a.jpg", b"\xff\xd8\xff\xe0" + bytes(40)),
        ("a.tif", b"II*\0" + bytes(40)),
        ("a.tif", b"II*\0\x08\0\0\0"),
        ("a.psd", b"8BPS" + bytes(10)),
        ("a.psd", b"8BPS\0\1" + bytes(200)),
        ("a.ora", b"PK\3\4" + bytes(40)),
        ("a.kra", b"PK\3\4" + bytes(40)),
    ],
)
def test_damaged_files_give_a_clear_error(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(PictureError, match=name):
        read_picture(tmp_path / name)


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"8BPS\0\1", b"II*\0", b"MM\0*", b"PK\3\4", b"\x89PNG\r\n\x1a\n"])
)
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes, head: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "a.bin"
    path.write_bytes(head + data)
    with pytest.raises(PictureError, match=r"a\.bin"):
        read_picture(path).merged()


@pytest.mark.parametrize("kind", ["png", "tif", "psd"])
def test_cut_off_files_give_a_clear_error(tmp_path: Path, kind: str) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (60, 60, 3)).astype(np.uint8)
    buffer = io.BytesIO()
    if kind == "psd":
        make_psd(tmp_path / "whole.psd")
        whole = (tmp_path / "whole.psd").read_bytes()
    else:
        Image.fromarray(rgb).save(buffer, {"png": "PNG", "tif": "TIFF"}[kind])
        whole = buffer.getvalue()
    (tmp_path / f"cut.{kind}").write_bytes(whole[: len(whole) // 3])
    with pytest.raises(PictureError, match="cut"):
        read_picture(tmp_path / f"cut.{kind}").merged()


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="no such file"):
        read_picture(tmp_path / "none.png")
    with pytest.raises(PictureError, match="not a file"):
        read_picture(tmp_path)
    with pytest.raises(PictureError, match="cannot be written"):
        write_png(tmp_path / "none" / "a.png", random_pixels(4))


def test_files_that_vanish_meanwhile(tmp_path: Path) -> None:
    write_ora(tmp_path / "a.ora", [Layer("Lines", random_pixels(4))], SIZE)
    picture = read_picture(tmp_path / "a.ora")
    (tmp_path / "a.ora").unlink()
    for read in (picture.merged, lambda: picture.layer("Lines")):
        with pytest.raises(PictureError, match=r"a\.ora: it cannot be read"):
            read()
