"""Damages files at random, in the ways in which a careless reader stumbles: the same numbers give the same damage."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Sequence

WORDS = (
    *(b"nan", b"NaN", b"-inf", b"Infinity", b"1e400", b"-1", b"0", b"99999999999999999999", b"1e-9", b"\xef\xbb\xbf"),
    *(
        b"null",
        b"true",
        b"{}",
        b"[]",
        b'""',
        b"[" * 3000,
        b"\0",
        b"\xff\xfe",
        b"<a/>",
        b"&amp;",
        b"&x;",
        b"../x",
        b"''",
    ),
    *(b"acTL", b"fcTL", b"tRNS", b"PLTE", b"iCCP", b"eXIf", b"8BIM", b"luni", b"lsct", b"svg:src-atop", b"svg:dst-out"),
)
_NUMBERS = (0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 64, 127, 128, 255, 256, 32767, 32768, 65535, 2**31 - 1, 2**31, 2**32 - 1)
_PNG = b"\x89PNG\r\n\x1a\n"


def damaged(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """Return `data` with one to six faults. In a zip archive or a PNG the fault is often in one part, and the checksums
    around it are right. `others` are files whose pieces may be put in."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        within_parts = chance.random() < 0.7
        if within_parts and data.startswith(b"PK\3\4"):
            data = _in_archive(data, others, chance)
        elif within_parts and data.startswith(_PNG):
            data = _in_png(data, chance)
        else:
            data = _in_bytes(data, others, chance)
    return data


def _in_bytes(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    content = bytearray(data)
    place = chance.randrange(len(content) + 1)
    if chance.random() < 0.4:  # the headers, where most is decided
        place = min(place, chance.randrange(64))
    end = min(len(content), place + chance.choice((1, 2, 4, 8, 16, 64, 512)))
    kind = chance.randrange(9)
    if kind == 0 and content:
        content[min(place, len(content) - 1)] ^= 1 << chance.randrange(8)
    elif kind == 1:
        content[place:end] = chance.randbytes(end - place)
    elif kind == 2:
        content[place : place + chance.choice((1, 2, 4))] = _number(chance)
    elif kind == 3:
        del content[place:end]
    elif kind == 4:
        content[place:place] = content[place:end] * chance.choice((1, 2, 20))
    elif kind == 5:
        del content[place:]
    elif kind == 6:
        content[place:end] = chance.choice(WORDS)
    elif kind == 7:
        return _with_another_number(data, chance)
    else:
        other = chance.choice(others)
        begin = chance.randrange(len(other) + 1)
        content[place:end] = other[begin : begin + chance.choice((4, 16, 64, 512))]
    return bytes(content)


def _number(chance: random.Random) -> bytes:
    value = chance.choice(_NUMBERS)
    size = chance.choice([size for size in (1, 2, 4) if value < 256**size])
    return value.to_bytes(size, chance.choice(("big", "little")))


def _with_another_number(data: bytes, chance: random.Random) -> bytes:
    """Replace a number that is written in digits, as in XML, JSON and palettes."""
    digits = [place for place, value in enumerate(data[:20000]) if 48 <= value <= 57]
    if not digits:
        return data
    begin = end = chance.choice(digits)
    while end < len(data) and data[end] in b"0123456789.e+-":
        end += 1
    return data[:begin] + chance.choice((*WORDS[:9], b"2147483648", b"-0.5", b"7e9")) + data[end:]


def _in_archive(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
        struct.error,
    ):
        return _in_bytes(data, others, chance)
    if not parts:
        return _in_bytes(data, others, chance)
    place = chance.randrange(len(parts))
    name, content = parts[place]
    kind = chance.randrange(12)
    if kind == 0:
        del parts[place]
    elif kind == 1:
        parts[place] = (name, chance.choice(parts)[1])
    elif kind == 2:
        parts[place] = (chance.choice(parts)[0] + chance.choice(("", "x", "/")), content)
    else:
        parts[place] = (name, damaged(content, [*others, content], chance))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in dict(parts):
            archive.writestr(name, dict(parts)[name], chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))
    return made.getvalue()


def _in_png(data: bytes, chance: random.Random) -> bytes:
    chunks, place = [], len(_PNG)
    while place + 12 <= len(data):
        length = struct.unpack_from(">I", data, place)[0]
        chunks.append((data[place + 4 : place + 8], data[place + 8 : place + 8 + length]))
        place += 12 + length
    if not chunks:
        return _in_bytes(data, [data], chance)
    place = chance.randrange(len(chunks))
    name, content = chunks[place]
    kind = chance.randrange(8)
    if kind == 0:
        del chunks[place]
    elif kind == 1:
        chunks.insert(chance.randrange(len(chunks) + 1), chunks[place])
    elif kind == 2:
        chunks[place] = (chance.choice(WORDS[-11:-5])[:4].ljust(4, b"x"), content)
    elif kind == 3 and name == b"IDAT":
        chunks[place] = (name, zlib.compress(chance.randbytes(chance.randrange(200))))
    else:
        chunks[place] = (name, _in_bytes(content, [data], chance))
    body = b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )
    return _PNG + body
