"""Chunks of a PNG: those that say what its pixels mean, without those that a decoder may stumble over."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import attrs

from huebrush_backend.imaging.files.png import SIGNATURE

GREY, TRUE_COLOR, PALETTE, GREY_WITH_ALPHA, TRUE_COLOR_WITH_ALPHA = 0, 2, 3, 4, 6
"""Colour types of PNG."""
_PIXELS = (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"eXIf")
_ORIENTATION_IN_TEXTS = (b"XML:com.adobe.xmp", b"Raw profile type exif")
"""Keywords of texts that may say how a picture is turned."""
_LONGEST_TEXT = 1 << 16
_LONGEST_PROFILE = 1 << 26


@attrs.frozen
class PngPixels:
    """A PNG as far as its pixels go.

    `data`: the file without texts, profiles and transparent colours. `depth`: bits a sample. `kind`: colour type.
    `transparent`: samples of the transparent colour, one or three; of a palette, `data` keeps them. `profile`: the ICC
    profile. `cicp`: code points of colour primaries, transfer function, matrix and range. `is_srgb`: it says that it is
    sRGB. `gamma`: exponent that its samples were encoded with. `chromaticities`: x and y of white, red, green and blue.
    """

    data: bytes
    depth: int
    kind: int
    transparent: tuple[int, ...] | None
    profile: bytes | None
    cicp: tuple[int, int, int, int] | None
    is_srgb: bool
    gamma: float | None
    chromaticities: tuple[float, ...] | None


def png_pixels(data: bytes) -> PngPixels | None:
    """Return all about the pixels of a PNG; None if `data` is not the beginning of one."""
    if not data.startswith(SIGNATURE) or len(data) < 33 or data[12:16] != b"IHDR":
        return None
    depth, kind = data[24], data[25]
    kept: list[bytes | memoryview] = [SIGNATURE]
    found: dict[bytes, bytes] = {}
    for name, body, whole in _chunks(data):
        if name in _PIXELS or (name == b"tRNS" and kind == PALETTE) or _may_turn(name, body):
            kept.append(whole)
        elif name not in found:
            found[name] = bytes(body)
    gamma = _numbers(">I", found.get(b"gAMA"))
    return PngPixels(
        b"".join(kept),
        depth,
        kind,
        _transparent(found.get(b"tRNS"), depth, kind),
        _profile(found.get(b"iCCP")),
        _numbers("4B", found.get(b"cICP")),  # type: ignore[arg-type]
        b"sRGB" in found,
        gamma[0] / 100000 if gamma and gamma[0] else None,
        tuple(value / 100000 for value in _numbers(">8I", found.get(b"cHRM")) or ()) or None,
    )


def read_png_text(path: Path, keyword: str, most_bytes: int) -> str | None:
    """Return the international text with this keyword of a PNG, None if there is none. Raises OSError for a file that
    cannot be read, and ValueError for a text that is damaged or longer than `most_bytes`."""
    begin = keyword.encode("latin-1") + b"\0"
    for name, body, _ in _chunks(path.read_bytes()):
        if name == b"iTXt" and bytes(body[: len(begin)]) == begin:
            # A mark for compression, its method, the language and the keyword in it, and the text.
            fields = bytes(body[len(begin) + 2 :]).split(b"\0", 2)
            if len(fields) < 3:
                raise ValueError("the text is cut off")
            text = _inflate(fields[2], most_bytes) if body[len(begin)] else fields[2]
            if text is None or len(text) > most_bytes:
                raise ValueError("the text is damaged or too long")
            return text.decode("utf-8")
    return None


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview, memoryview]]:
    """Yield name, contents and all bytes of each chunk; of one that is cut off, what is there."""
    view, place = memoryview(data), len(SIGNATURE)
    while place + 8 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        end = place + 12 + length
        yield data[place + 4 : place + 8], view[place + 8 : place + 8 + length], view[place:end]
        place = end


def _may_turn(name: bytes, body: memoryview) -> bool:
    if name not in (b"tEXt", b"zTXt", b"iTXt") or len(body) > _LONGEST_TEXT:
        return False
    keyword, _, text = bytes(body).partition(b"\0")
    if keyword not in _ORIENTATION_IN_TEXTS:
        return False
    return name != b"zTXt" or _inflate(text[1:], _LONGEST_TEXT) is not None


def _transparent(body: bytes | None, depth: int, kind: int) -> tuple[int, ...] | None:
    count = {GREY: 1, TRUE_COLOR: 3}.get(kind)
    if body is None or count is None or len(body) < 2 * count:
        return None
    return tuple(value & ((1 << depth) - 1) for value in struct.unpack_from(f">{count}H", body))


def _profile(body: bytes | None) -> bytes | None:
    if body is None:
        return None
    _, _, packed = body.partition(b"\0")
    return _inflate(packed[1:], _LONGEST_PROFILE)


def _inflate(packed: bytes, most_bytes: int) -> bytes | None:
    """Return unpacked data of zlib; None if it is damaged or longer than `most_bytes`."""
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(packed, most_bytes)
        return data if unpacker.eof else None
    except zlib.error:
        return None


def _numbers(form: str, body: bytes | None) -> tuple[int, ...] | None:
    if body is None or len(body) != struct.calcsize(form):
        return None
    return struct.unpack(form, body)
