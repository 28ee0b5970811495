"""TIFF in the layouts that programs write, and files that leave something out."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from huebrush_backend.imaging.files import PictureError, read_picture
from numpy.typing import NDArray
from PIL import Image

FILES = Path(__file__).parents[3] / "data" / "files"
SIZE = (7, 5)
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE = range(4)


def stored(
    path: Path,
    rows: list[bytes],
    bits: int,
    photometric: int,
    samples: int = 1,
    order: str = "<",
    extra: tuple[int, ...] | None = None,
    colors: NDArray | None = None,
) -> Path:
    """Write an uncompressed TIFF of `SIZE` with exactly these tags."""
    tags: list[tuple[int, int, list[int]]] = [
        (256, 3, [SIZE[0]]),
        (257, 3, [SIZE[1]]),
        (258, 3, [bits] * samples),
        (259, 3, [1]),
        (262, 3, [photometric]),
        (273, 4, [8]),
        (277, 3, [samples]),
        (278, 3, [SIZE[1]]),
        (279, 4, [len(b"".join(rows))]),
    ]
    if colors is not None:
        tags.append((320, 3, colors.T.ravel().tolist()))
    if extra is not None:
        tags.append((338, 3, list(extra)))
    pixels = b"".join(rows)
    pixels += bytes(len(pixels) % 2)
    begin = 8 + len(pixels)
    later = begin + 2 + 12 * len(tags) + 4
    directory, values = struct.pack(order + "H", len(tags)), b""
    for tag, kind, numbers in tags:
        data = struct.pack(f"{order}{len(numbers)}{'H' if kind == 3 else 'I'}", *numbers)
        if len(data) > 4:
            place = struct.pack(order + "I", later + len(values))
            values += data
        else:
            place = data.ljust(4, b"\0")
        directory += struct.pack(order + "HHI", tag, kind, len(numbers)) + place
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, begin)
    path.write_bytes(head + pixels + directory + bytes(4) + values)
    return path


def packed(samples: NDArray, bits: int) -> list[bytes]:
    """Return rows of (H,W,n) samples with 1, 2, 4 or 8 bits each."""
    shifts = np.arange(bits - 1, -1, -1)
    flat = samples.reshape(len(samples), -1).astype(np.uint16)
    return [np.packbits((row[:, None] >> shifts & 1).astype(np.uint8).ravel()).tobytes() for row in flat]


def noise(bits: int, channels: int = 1) -> NDArray:
    return np.random.default_rng(bits).integers(0, 1 << bits, (SIZE[1], SIZE[0], channels))


def read(path: Path) -> NDArray[np.int64]:
    return read_picture(path).merged().pixels.astype(int)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("photometric", [WHITE_IS_ZERO, BLACK_IS_ZERO, PALETTE])
def test_few_bits(tmp_path: Path, order: str, bits: int, photometric: int) -> None:
    samples = noise(bits)
    colors = np.random.default_rng(0).integers(0, 256, (1 << bits, 3))
    colors[0] = 255
    wide = colors * 257 if photometric == PALETTE else None
    pixels = read(stored(tmp_path / "a.tif", packed(samples, bits), bits, photometric, order=order, colors=wide))
    grey = samples * 255 // ((1 << bits) - 1)
    wanted = {WHITE_IS_ZERO: 255 - grey, BLACK_IS_ZERO: grey, PALETTE: colors[samples[..., 0]]}[photometric]
    assert np.array_equal(pixels[..., :3], np.broadcast_to(wanted, (*wanted.shape[:2], 3)))
    assert np.all(pixels[..., 3] == 255)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_colour_maps_of_eight_bits(tmp_path: Path, bits: int) -> None:
    samples = noise(bits)
    colors = np.random.default_rng(0).integers(0, 255, (1 << bits, 3))
    pixels = read(stored(tmp_path / "a.tif", packed(samples, bits), bits, PALETTE, colors=colors))
    assert np.array_equal(pixels[..., :3], colors[samples[..., 0]])


@pytest.mark.parametrize("compression", ["tiff_lzw", "packbits", "tiff_adobe_deflate"])
@pytest.mark.parametrize("divisor", [1, 256])
def test_colour_maps_under_compression(tmp_path: Path, compression: str, divisor: int) -> None:
    samples = noise(8)[..., 0].astype(np.uint8)
    picture = Image.fromarray(samples, "P")
    colors = np.random.default_rng(0).integers(0, 256, (256, 3))
    picture.putpalette(colors.astype(np.uint8).tobytes())
    picture.save(tmp_path / "a.tif", compression=compression)
    if divisor > 1:
        data = bytearray((tmp_path / "a.tif").read_bytes())
        with tifffile.TiffFile(tmp_path / "a.tif") as tiff:
            tag = tiff.pages.first.tags[320]
            values = struct.unpack(f"<{tag.count}H", data[tag.valueoffset : tag.valueoffset + 2 * tag.count])
        data[tag.valueoffset : tag.valueoffset + 2 * tag.count] = struct.pack(
            f"<{len(values)}H", *(value >> 8 for value in values)
        )
        (tmp_path / "a.tif").write_bytes(data)
    assert np.array_equal(read(tmp_path / "a.tif")[..., :3], colors[samples])


def lines_on_nothing(dtype: type, channels: int) -> NDArray:
    """Return black strokes, some half covered, on transparent black."""
    samples = np.zeros((SIZE[1], SIZE[0], channels), dtype)
    samples[1:4, 2, -1] = np.iinfo(dtype).max
    samples[1:4, 3, -1] = np.iinfo(dtype).max // 2
    return samples


@pytest.mark.parametrize("extra", [None, (0,), (1,), (2,)])
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(("bits", "channels"), [(8, 4), (16, 4), (8, 2), (16, 2)])
def test_alpha_with_and_without_a_kind(
    tmp_path: Path, extra: tuple[int, ...] | None, order: str, bits: int, channels: int
) -> None:
    samples = lines_on_nothing(np.uint8 if bits == 8 else np.uint16, channels)
    rows = [row.astype(f"{order}u{bits // 8}").tobytes() for row in samples]
    photometric = RGB if channels == 4 else BLACK_IS_ZERO
    pixels = read(stored(tmp_path / "a.tif", rows, bits, photometric, channels, order, extra))
    assert np.array_equal(pixels[..., 3], np.rint(samples[..., -1] * 255.0 / np.iinfo(samples.dtype).max))
    assert np.all(pixels[..., :3] == 0)


@pytest.mark.parametrize("compression", ["tiff_lzw", "packbits", "tiff_adobe_deflate", None])
@pytest.mark.parametrize("kind", [0, 2])
def test_alpha_under_compression(tmp_path: Path, compression: str | None, kind: int) -> None:
    samples = lines_on_nothing(np.uint8, 4)
    Image.fromarray(samples).save(tmp_path / "a.tif", compression=compression)
    with tifffile.TiffFile(tmp_path / "a.tif") as tiff:
        place = tiff.pages.first.tags[338].valueoffset
    data = bytearray((tmp_path / "a.tif").read_bytes())
    data[place] = kind
    (tmp_path / "a.tif").write_bytes(data)
    assert np.array_equal(read(tmp_path / "a.tif"), samples)


@pytest.mark.parametrize("compression", ["tiff_lzw", None])
def test_a_selection_under_compression_hides_nothing(tmp_path: Path, compression: str | None) -> None:
    samples = noise(8, 4).astype(np.uint8)
    samples[:3, :, 3] = 0
    for name, alpha in (("selection", samples[..., 3]), ("zeros", np.zeros(SIZE[::-1], np.uint8))):
        Image.fromarray(np.dstack([samples[..., :3], alpha])).save(tmp_path / f"{name}.tif", compression=compression)
        with tifffile.TiffFile(tmp_path / f"{name}.tif") as tiff:
            place = tiff.pages.first.tags[338].valueoffset
        data = bytearray((tmp_path / f"{name}.tif").read_bytes())
        data[place] = 0
        (tmp_path / f"{name}.tif").write_bytes(data)
        pixels = read(tmp_path / f"{name}.tif")
        assert np.array_equal(pixels[..., :3], samples[..., :3])
        assert np.all(pixels[..., 3] == 255)


def test_a_selection_hides_nothing(tmp_path: Path) -> None:
    """Photoshop writes saved selections as samples of no kind."""
    samples = noise(8, 4).astype(np.uint8)
    samples[:3, :, 3] = 0
    rows = [row.tobytes() for row in samples]
    pixels = read(stored(tmp_path / "a.tif", rows, 8, RGB, 4, extra=(0,)))
    assert np.array_equal(pixels[..., :3], samples[..., :3])
    assert np.all(pixels[..., 3] == 255)
    samples[..., 3] = 0
    pixels = read(stored(tmp_path / "b.tif", [row.tobytes() for row in samples], 8, RGB, 4, extra=(0,)))
    assert np.all(pixels[..., 3] == 255)


def test_alpha_behind_another_channel(tmp_path: Path) -> None:
    samples = noise(8, 5).astype(np.uint8)
    pixels = read(stored(tmp_path / "a.tif", [row.tobytes() for row in samples], 8, RGB, 5, extra=(0, 2)))
    assert np.array_equal(pixels, samples[..., [0, 1, 2, 4]])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32, np.float16, np.float32, np.float64])
@pytest.mark.parametrize("photometric", ["minisblack", "miniswhite", "rgb"])
@pytest.mark.parametrize("layout", ["contig", "separate", "tiles"])
def test_sample_types(tmp_path: Path, dtype: type, photometric: str, layout: str) -> None:
    channels = 3 if photometric == "rgb" else 1
    eight = noise(8, channels)
    top = 1 if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max
    samples = (eight / 255 * top).astype(dtype) if top == 1 else (eight * (top // 255)).astype(dtype)
    options: dict = {"tile": (16, 16)} if layout == "tiles" else {}
    if layout == "separate" and channels == 3:
        samples, options = np.moveaxis(samples, -1, 0), {"planarconfig": "separate"}
    samples = samples if channels == 3 else samples[..., 0]
    tifffile.imwrite(tmp_path / "a.tif", samples, photometric=photometric, **options)
    wanted = 255 - eight if photometric == "miniswhite" else eight
    assert np.abs(read(tmp_path / "a.tif")[..., :3] - wanted).max() <= (1 if dtype == np.float16 else 0)


@pytest.mark.parametrize(("mode", "name"), [("YCbCr", "ycbcr"), ("LAB", "lab"), ("CMYK", "cmyk"), ("LA", "la")])
@pytest.mark.parametrize("compression", [None, "tiff_lzw"])
def test_modes_of_pillow(tmp_path: Path, mode: str, name: str, compression: str | None) -> None:
    color = {"YCbCr": (100, 90, 180), "LAB": (128, 148, 108), "CMYK": (0, 255, 255, 0), "LA": (70, 90)}[mode]
    Image.new(mode, SIZE, color).save(tmp_path / f"{name}.tif", compression=compression)
    wanted = {
        "YCbCr": Image.new(mode, (1, 1), color).convert("RGBA").getpixel((0, 0)),
        "LAB": (138, 109, 154, 255),
        "CMYK": (255, 0, 0, 255),
        "LA": (70, 70, 70, 90),
    }[mode]
    assert np.abs(read(tmp_path / f"{name}.tif")[2, 2] - wanted).max() <= 3


@pytest.mark.parametrize("quality", [95])
def test_jpeg_inside(tmp_path: Path, quality: int) -> None:
    Image.new("RGB", (32, 32), (200, 60, 30)).save(tmp_path / "a.tif", compression="jpeg", quality=quality)
    assert np.abs(read(tmp_path / "a.tif")[9, 9] - (200, 60, 30, 255)).max() <= 4


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_ccitt"])
def test_fax(tmp_path: Path, compression: str) -> None:
    samples = noise(1)[..., 0] * 255
    Image.fromarray(samples.astype(np.uint8)).convert("1").save(tmp_path / "a.tif", compression=compression)
    assert np.array_equal(read(tmp_path / "a.tif")[..., 0], samples)


def test_sixteen_bit_alpha_with_lzw(tmp_path: Path) -> None:
    samples = noise(16, 4).astype(np.uint16)
    assert cv2.imwrite(str(tmp_path / "a.tif"), samples[..., [2, 1, 0, 3]], [cv2.IMWRITE_TIFF_COMPRESSION, 5])
    pixels = read(tmp_path / "a.tif")
    assert np.array_equal(pixels[..., 3], (samples[..., 3].astype(int) + 128) // 257)


def test_a_smaller_copy_is_not_the_page(tmp_path: Path) -> None:
    page = noise(8, 3).astype(np.uint8)
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        writer.write(page[::2, ::2], photometric="rgb", subfiletype=1)
        writer.write(page, photometric="rgb", subfiletype=0)
    assert np.array_equal(read(tmp_path / "a.tif")[..., :3], page)


def test_no_pages(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PictureError, match="it has no pages"):
        read_picture(FILES / "15-tiff-no-pages.tif")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("file", ["07-gray-2-bit.tif", "07-gray-4-bit.tif"])
def test_given_greys(file: str) -> None:
    assert sorted(set(read(FILES / file)[..., 0].ravel())) in ([0, 170, 255], [0, 136, 255])


@pytest.mark.parametrize("file", ["08-rgba-no-extrasamples.tif", "08-rgba-extrasamples-0.tif"])
def test_given_lines_on_nothing(file: str) -> None:
    assert np.array_equal(read(FILES / file), read(FILES / "08-same-as-lzw-works.tif"))
    assert 0 < read(FILES / file)[..., 3].mean() < 128


def test_given_palette() -> None:
    pixels = read(FILES / "08-palette-8-bit-colormap.tif")
    assert {tuple(color) for color in pixels.reshape(-1, 4)} == {(255, 255, 255, 255), (0, 0, 0, 255)}
