"""PNG in every depth and colour type: transparent colours, texts of any length, and how colours are stored."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.imaging.files import PictureError, read_picture
from huebrush_backend.imaging.files.png_chunks import read_png_text
from huebrush_backend.imaging.files.raster import decode_raster
from numpy.typing import NDArray
from PIL import Image, ImageCms, PngImagePlugin

FILES = Path(__file__).parents[3] / "data" / "files"
GREY, RGB, INDEXED, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, INDEXED: 1, GREY_ALPHA: 2, RGBA: 4}
KINDS = [(GREY, depth) for depth in (1, 2, 4, 8, 16)] + [(RGB, 8), (RGB, 16), (GREY_ALPHA, 8), (GREY_ALPHA, 16)]
KINDS += [(RGBA, 8), (RGBA, 16)]


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(samples: NDArray, kind: int, depth: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """Return a PNG of (H,W,n) samples with more chunks before the pixels."""
    height, width = samples.shape[:2]
    flat = samples.reshape(height, -1).astype(np.uint32)
    if depth == 16:
        rows = [row.astype(">u2").tobytes() for row in flat]
    else:
        shifts = np.arange(depth - 1, -1, -1)
        rows = [np.packbits((row[:, None] >> shifts & 1).astype(np.uint8).ravel()).tobytes() for row in flat]
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunk(*pair) for pair in chunks) + body


def decoded(data: bytes) -> NDArray[np.int64]:
    return decode_raster(data, Path("a.png"), "a").pixels.astype(int)


def ramp(kind: int, depth: int) -> NDArray:
    top = (1 << depth) - 1
    return np.random.default_rng(depth).integers(0, top + 1, (5, 7, CHANNELS[kind]))


def to_eight(samples: NDArray, depth: int) -> NDArray:
    return np.rint(samples * 255 / ((1 << depth) - 1)).astype(int)


@pytest.mark.parametrize(("kind", "depth"), KINDS)
def test_every_kind(kind: int, depth: int) -> None:
    samples = ramp(kind, depth)
    wanted = to_eight(samples, depth)
    pixels = decoded(png(samples, kind, depth))
    colors = wanted[..., :3] if kind in (RGB, RGBA) else np.repeat(wanted[..., :1], 3, axis=2)
    assert np.array_equal(pixels[..., :3], colors)
    assert np.array_equal(pixels[..., 3], wanted[..., -1] if kind in (GREY_ALPHA, RGBA) else 255 + 0 * wanted[..., 0])


@pytest.mark.parametrize("junk", [0, 0xFF00])
@pytest.mark.parametrize(("kind", "depth"), [pair for pair in KINDS if pair[0] in (GREY, RGB)])
def test_one_colour_is_transparent(kind: int, depth: int, junk: int) -> None:
    """Bits of the colour above those of a sample do not count."""
    samples = ramp(kind, depth)
    key = samples[2, 3]
    stored = [int(value) | (junk & ~((1 << depth) - 1)) for value in key]
    pixels = decoded(png(samples, kind, depth, (b"tRNS", struct.pack(f">{len(stored)}H", *stored))))
    assert np.array_equal(pixels[..., 3] == 0, (samples == key).all(axis=2))
    assert np.array_equal(pixels[..., 0], to_eight(samples, depth)[..., 0])


def test_sixteen_bits_that_differ_in_the_low_ones_only_are_not_transparent() -> None:
    samples = np.array([[[0x1234], [0x1235]]])
    pixels = decoded(png(samples, GREY, 16, (b"tRNS", b"\x12\x34")))
    assert pixels[0, :, 3].tolist() == [0, 255]


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_palettes(depth: int) -> None:
    samples = ramp(INDEXED, depth)
    colors = np.random.default_rng(9).integers(0, 256, (1 << depth, 3)).astype(np.uint8)
    alpha = bytes([0, 100])
    pixels = decoded(png(samples, INDEXED, depth, (b"PLTE", colors.tobytes()), (b"tRNS", alpha)))
    assert np.array_equal(pixels[..., :3], colors[samples[..., 0]])
    assert np.array_equal(pixels[..., 3], np.array([0, 100, *[255] * 254])[samples[..., 0]])


@pytest.mark.parametrize("file", ["10-gray4-trns.png", "10-gray16-trns.png"])
def test_white_is_transparent_in_given_files(file: str) -> None:
    pixels = read_picture(FILES / file).merged().pixels
    ink = pixels[..., 3] > 0
    assert 0 < ink.sum() < ink.size
    assert not ink[0].any()
    assert pixels[ink][:, :3].max() < 200


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"tEXt"])
def test_long_texts_do_no_harm(kind: bytes) -> None:
    text = b"x" * 70_000_000 if kind != b"tEXt" else b"x" * 2_000_000
    body = {
        b"zTXt": b"note\0\0" + zlib.compress(text),
        b"iTXt": b"note\0\1\0\0\0" + zlib.compress(text),
        b"tEXt": b"note\0" + text,
    }[kind]
    samples = ramp(RGBA, 8)
    assert np.array_equal(decoded(png(samples, RGBA, 8, (kind, body))), samples)


def test_a_given_file_with_a_long_text() -> None:
    assert read_picture(FILES / "09-large-ztxt.png").merged().pixels[..., 3].any()


def test_damaged_texts_do_no_harm() -> None:
    samples = ramp(RGBA, 8)
    good = png(samples, RGBA, 8, (b"zTXt", b"note\0\0no zlib"), (b"iCCP", b"x\0\0no zlib"), (b"tIME", b"1"))
    assert np.array_equal(decoded(good), samples)


def test_texts_are_found_beside_long_ones(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("note", "x" * 70_000_000, zip=True)
    info.add_itxt("huebrush", "{“ä”}", zip=True)
    info.add_itxt("plain", "線")
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png", pnginfo=info)
    assert read_png_text(tmp_path / "a.png", "huebrush", 1000) == "{“ä”}"
    assert read_png_text(tmp_path / "a.png", "plain", 1000) == "線"
    assert read_png_text(tmp_path / "a.png", "none", 1000) is None
    with pytest.raises(ValueError, match="too long"):
        read_png_text(tmp_path / "a.png", "huebrush", 3)


def test_a_turned_picture_with_texts(tmp_path: Path) -> None:
    """Some programs say in XMP how the picture is turned."""
    xmp = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
    )
    samples = ramp(RGB, 8)
    text = b"XML:com.adobe.xmp\0\0\0\0\0" + xmp.encode()
    assert np.array_equal(decoded(png(samples, RGB, 8, (b"iTXt", text)))[..., :3], np.rot90(samples, -1))


def gama(gamma: float) -> tuple[bytes, bytes]:
    return b"gAMA", struct.pack(">I", round(gamma * 100000))


def chrm(*values: float) -> tuple[bytes, bytes]:
    return b"cHRM", struct.pack(">8I", *(round(value * 100000) for value in values))


SRGB_POINTS = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
P3_POINTS = (0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060)
PROFILE = (b"iCCP", b"x\0\0" + zlib.compress(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()))
MIDDLE = np.full((2, 3, 3), 55)


@pytest.mark.parametrize(
    ("chunks", "wanted"),
    [
        ([gama(1.0)], 128),
        ([gama(1 / 1.8)], 71),
        ([gama(0.45455)], 55),
        ([gama(0.45455), chrm(*SRGB_POINTS)], 55),
        ([gama(1.0), (b"sRGB", b"\0")], 55),
        ([(b"cICP", bytes([1, 8, 0, 1])), gama(0.45455)], 128),
        ([(b"cICP", bytes([1, 13, 0, 1])), gama(1.0)], 55),
        ([(b"cICP", bytes([12, 8, 0, 1]))], 128),
        ([(b"cICP", bytes([1, 13, 0, 0]))], 45),
        ([gama(0.0)], 55),
        ([chrm(*SRGB_POINTS[:2], *[0.3] * 6)], 55),
    ],
)
@pytest.mark.parametrize(("kind", "depth"), [(GREY, 8), (GREY_ALPHA, 8), (RGB, 8), (RGBA, 8), (RGB, 16), (GREY, 16)])
def test_how_greys_are_stored(chunks: list[tuple[bytes, bytes]], wanted: int, kind: int, depth: int) -> None:
    samples = np.full((2, 3, CHANNELS[kind]), 55 if depth == 8 else 55 * 257)
    if kind in (GREY_ALPHA, RGBA):
        samples[..., -1] = 99
    pixels = decoded(png(samples, kind, depth, *chunks))
    assert np.abs(pixels[..., :3] - wanted).max() <= 1
    assert np.all(pixels[..., 3] == (99 if kind in (GREY_ALPHA, RGBA) else 255))


def test_a_profile_counts_more_than_gamma_and_less_than_code_points() -> None:
    assert np.all(decoded(png(MIDDLE, RGB, 8, gama(1.0), PROFILE))[..., :3] == 55)
    pixels = decoded(png(MIDDLE, RGB, 8, (b"cICP", bytes([1, 8, 0, 1])), PROFILE))
    assert np.abs(pixels[..., :3] - 128).max() <= 1


@pytest.mark.parametrize(
    "chunks", [[(b"cICP", bytes([12, 13, 0, 1]))], [chrm(*P3_POINTS)], [gama(0.45455), chrm(*P3_POINTS)]]
)
def test_wide_colours(chunks: list[tuple[bytes, bytes]]) -> None:
    """Display P3's (0.5, 0.3, 0.2) is about (0.528, 0.290, 0.178) in sRGB."""
    samples = np.full((2, 2, 3), (128, 77, 51))
    pixels = decoded(png(samples, RGB, 8, *chunks))[0, 0, :3]
    assert np.abs(pixels - (135, 74, 45)).max() <= 1
    white = decoded(png(np.full((1, 1, 3), 255), RGB, 8, *chunks))
    assert np.all(white == 255)


@pytest.mark.parametrize(("transfer", "white"), [(16, 0.5807), (18, 0.75)])
def test_high_dynamic_range(transfer: int, white: float) -> None:
    """Diffuse white becomes white, black stays black, and what is brighter is clipped."""
    samples = np.rint(np.array([[[0.0] * 3, [white] * 3, [1.0] * 3, [white * 0.8] * 3]]) * 65535)
    pixels = decoded(png(samples, RGB, 16, (b"cICP", bytes([9, transfer, 0, 1]))))[0, :, 0]
    assert pixels[0] == 0 and pixels[1] >= 252 and pixels[2] == 255 and 80 < pixels[3] < 220


def test_unknown_colours_are_refused() -> None:
    for code in ([3, 13, 0, 1], [1, 200, 0, 1], [1, 13, 1, 1]):
        with pytest.raises(PictureError, match=r"not supported .* Save it as sRGB"):
            decoded(png(MIDDLE, RGB, 8, (b"cICP", bytes(code))))


def test_a_palette_with_a_gamma() -> None:
    colors = bytes([55] * 3 + [0] * 3)
    pixels = decoded(png(np.zeros((1, 1, 1), int), INDEXED, 8, gama(1.0), (b"PLTE", colors), (b"tRNS", b"\x80")))
    assert np.abs(pixels[0, 0] - (128, 128, 128, 128)).max() <= 1


def test_a_transparent_colour_with_a_gamma() -> None:
    samples = np.array([[[55], [200]]])
    pixels = decoded(png(samples, GREY, 8, gama(1.0), (b"tRNS", b"\0\x37")))
    assert pixels[0, :, 3].tolist() == [0, 255]


def test_a_png_is_passed_on_byte_for_byte_only_as_srgb() -> None:
    samples = ramp(RGBA, 8)
    for chunks, kept in (((), True), ((gama(0.45455),), True), ((gama(1.0),), False)):
        data = png(samples, RGBA, 8, *chunks)
        assert (decode_raster(data, Path("a.png"), "a").encoded == data) is kept
