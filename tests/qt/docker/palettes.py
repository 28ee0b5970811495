"""Small palette files, written as the programs that they belong to write them."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

COLORSET = """<?xml version="1.0" encoding="UTF-8"?>
<ColorSet rows="1" columns="2" name="One" version="2.0">
 <ColorSetEntry name="Orange" id="" spot="false" bitdepth="U8">
  <RGB r="1" g="0.501960784" b="0" space="sRGB-elle-V2-srgbtrc.icc"/><Position row="0" column="0"/>
 </ColorSetEntry>
 <ColorSetEntry name="Grey" id="" spot="false" bitdepth="U8">
  <Gray g="0.501960784" space="gray"/><Position row="0" column="1"/>
 </ColorSetEntry>
</ColorSet>
"""


def write_kpl(path: Path) -> Path:
    """Krita's: orange and grey."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/x-krita-palette")
        archive.writestr("colorset.xml", COLORSET)
    return path


def write_ase(path: Path) -> Path:
    """Adobe's: a group with orange in RGB, a grey, and a CMYK colour that has no meaning without a profile."""
    colors = (b"RGB ", (1.0, 128 / 255, 0.0)), (b"Gray", (64 / 255,)), (b"CMYK", (0.1, 0.2, 0.3, 0.4))
    blocks = [(0xC001, _text("Group"))]
    for model, samples in colors:
        blocks.append((1, _text("x") + model + struct.pack(f">{len(samples)}f", *samples) + struct.pack(">H", 0)))
    blocks.append((0xC002, b""))
    body = b"".join(struct.pack(">HI", kind, len(data)) + data for kind, data in blocks)
    path.write_bytes(b"ASEF" + struct.pack(">HHI", 1, 0, len(blocks)) + body)
    return path


def _text(words: str) -> bytes:
    return struct.pack(">H", len(words) + 1) + words.encode("utf-16-be") + b"\0\0"
