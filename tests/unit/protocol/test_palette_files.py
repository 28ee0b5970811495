"""Palette files come in exact to the byte, and bad ones are refused with a remedy."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest
from huebrush_protocol.palettes.files import read_swatches
from huebrush_protocol.palettes.swatches import PaletteError, Swatch

COLORS = [((252, 214, 186), "Skin, light"), ((1, 2, 3), "Haar – dunkel"), ((54, 200, 196), "")]


def utf16(text: str) -> bytes:
    return (text + "\0").encode("utf-16-be")


def ase(entries: list[tuple[bytes, tuple[float, ...], str]]) -> bytes:
    blocks = [struct.pack(">HI", 0xC001, 2 + len(utf16("G"))) + struct.pack(">H", 2) + utf16("G")]
    for model, values, name in entries:
        body = struct.pack(">H", len(name) + 1) + utf16(name) + model + struct.pack(f">{len(values)}f", *values)
        body += struct.pack(">H", 2)
        blocks.append(struct.pack(">HI", 1, len(body)) + body)
    blocks.append(struct.pack(">HI", 0xC002, 0))
    return b"ASEF" + struct.pack(">HHI", 1, 0, len(blocks)) + b"".join(blocks)


def aco(entries: list[tuple[int, tuple[int, int, int, int], str]]) -> bytes:
    first = struct.pack(">HH", 1, len(entries)) + b"".join(struct.pack(">5H", s, *v) for s, v, _ in entries)
    second = struct.pack(">HH", 2, len(entries))
    for space, values, name in entries:
        second += struct.pack(">5H", space, *values) + struct.pack(">I", len(name) + 1) + utf16(name)
    return first + second


def kpl(path: Path, xml: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "krita/x-colorset")
        archive.writestr("colorset.xml", xml)
    return path


def entry(rgb: tuple[int, int, int], name: str, row: int, column: int, space: str = "sRGB-elle-V2-srgbtrc.icc") -> str:
    red, green, blue = (value / 255 for value in rgb)
    return (
        f'<ColorSetEntry spot="false" id="" name="{name}" bitdepth="U8">'
        f'<RGB r="{red}" g="{green}" b="{blue}" space="{space}"/>'
        f'<Position row="{row}" column="{column}"/></ColorSetEntry>'
    )


def stored(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_gimp_palettes_are_read(tmp_path: Path) -> None:
    rows = "".join(f"{red:3} {green:3} {blue:3}\t{name or '#36c8c4'}\n" for (red, green, blue), name in COLORS)
    palette = read_swatches(stored(tmp_path / "hero.gpl", f"GIMP Palette\nName: Hero\n#\n{rows}".encode()))
    assert palette.name == "Hero"
    assert [swatch.rgb for swatch in palette.swatches] == [rgb for rgb, _ in COLORS]
    assert [swatch.name for swatch in palette.swatches] == ["Skin, light", "Haar – dunkel", "#36c8c4"]


def test_a_gimp_palette_of_another_program_is_read(tmp_path: Path) -> None:
    text = "GIMP Palette\r\nName: Old\r\nColumns: 3\r\n#\r\n# remark\r\n255   0  10\tRed\r\n  0 0 0 Untitled\r\n"
    palette = read_swatches(stored(tmp_path / "old.gpl", text.encode("latin-1")))
    assert palette.swatches == (Swatch((255, 0, 10), "Red"), Swatch((0, 0, 0), ""))


def test_krita_palettes_are_read_group_by_group_and_row_by_row(tmp_path: Path) -> None:
    xml = (
        '<ColorSet version="2.0" name="Cast" columns="2" rows="2">'
        f"{entry((1, 2, 3), 'b', 1, 0)}{entry((252, 214, 186), 'a', 0, 1)}"
        f'<Group name="Hero" rows="1">{entry((54, 200, 196), "c", 0, 0)}</Group></ColorSet>'
    )
    palette = read_swatches(kpl(tmp_path / "cast.kpl", xml))
    assert palette.name == "Cast"
    assert palette.swatches == (
        Swatch((252, 214, 186), "a"), Swatch((1, 2, 3), "b"), Swatch((54, 200, 196), "c"),
    )  # fmt: skip


def test_every_byte_of_a_krita_palette_survives(tmp_path: Path) -> None:
    entries = "".join(entry((value, 255 - value, 0), str(value), value, 0) for value in range(256))
    palette = read_swatches(kpl(tmp_path / "all.kpl", f'<ColorSet name="x">{entries}</ColorSet>'))
    assert [swatch.rgb for swatch in palette.swatches] == [(value, 255 - value, 0) for value in range(256)]


def test_linear_krita_colours_are_converted(tmp_path: Path) -> None:
    xml = '<ColorSet name="x"><ColorSetEntry name="mid"><RGB r="0.2158605" g="0" b="1" space="sRGB-elle-V2-g10.icc"/>'
    palette = read_swatches(kpl(tmp_path / "linear.kpl", xml + "</ColorSetEntry></ColorSet>"))
    assert palette.swatches[0].rgb == (128, 0, 255)


def test_adobe_swatch_exchange_is_read(tmp_path: Path) -> None:
    rgb = [(b"RGB ", tuple(value / 255 for value in color), name) for color, name in COLORS]
    data = ase([*rgb, (b"CMYK", (0.0, 1.0, 1.0, 0.5), "ink"), (b"Gray", (0.2,), "g"), (b"LAB ", (0.5, 0.0, 0.0), "l")])
    palette = read_swatches(stored(tmp_path / "hero.ase", data))
    assert [(swatch.rgb, swatch.name) for swatch in palette.swatches[:3]] == COLORS
    assert [swatch.rgb for swatch in palette.swatches[3:]] == [(128, 0, 0), (51, 51, 51), (119, 119, 119)]
    assert palette.inexact == 2
    assert palette.name == "hero"


def test_photoshop_swatches_are_read_with_their_names(tmp_path: Path) -> None:
    entries = [(0, (*(257 * value for value in color), 0), name) for color, name in COLORS]
    data = aco([*entries, (8, (5000, 0, 0, 0), "g"), (7, (5000, 0, 0, 0), "l")])  # type: ignore[list-item]
    palette = read_swatches(stored(tmp_path / "hero.aco", data))
    assert [(swatch.rgb, swatch.name) for swatch in palette.swatches[:3]] == COLORS
    assert palette.swatches[3].rgb == (128, 128, 128)
    assert palette.inexact == 1


def test_colour_tables_end_where_they_say(tmp_path: Path) -> None:
    colors = bytes([1, 2, 3, 4, 5, 6]) + bytes(762)
    assert len(read_swatches(stored(tmp_path / "a.act", colors + struct.pack(">HH", 2, 0xFFFF))).swatches) == 2
    assert len(read_swatches(stored(tmp_path / "b.act", colors)).swatches) == 3


def test_lists_of_hex_codes_are_read(tmp_path: Path) -> None:
    palette = read_swatches(stored(tmp_path / "a.hex", b"fcd6ba\r\n010203\n"))
    assert [swatch.rgb for swatch in palette.swatches] == [(252, 214, 186), (1, 2, 3)]
    text = "; paint.net Palette File\nFFFCD6BA\nFF010203\n"
    assert [s.rgb for s in read_swatches(stored(tmp_path / "b.txt", text.encode())).swatches] == [
        (252, 214, 186),
        (1, 2, 3),
    ]
    named = read_swatches(stored(tmp_path / "c.txt", b"#fcd6ba skin, light\n#010203, #36c8c4\n"))
    assert named.swatches == (Swatch((252, 214, 186), "skin, light"), Swatch((1, 2, 3)), Swatch((54, 200, 196)))
    jasc = b"JASC-PAL\r\n0100\r\n2\r\n252 214 186\r\n1 2 3\r\n"
    assert [s.rgb for s in read_swatches(stored(tmp_path / "d.pal", jasc)).swatches] == [(252, 214, 186), (1, 2, 3)]


@pytest.mark.parametrize(
    ("name", "data", "remedy"),
    [
        ("a.gpl", b"GIMP Palette\n300 0 0 x\n", "0 to 255"),
        ("a.gpl", b"GIMP Palette\nName: x\n", "at least one swatch"),
        ("a.gpl", b"hello", "Save it again"),
        ("a.ase", b"\x10\0\0\0\xe0\xa5\x01\0", "Aseprite"),
        ("a.ase", b"ASEF\0\x01\0\0\0\0\0\x09\0\x01", "Save the palette again"),
        ("a.aco", b"\0\x01\0\x05\0\0", "Save the palette again"),
        ("a.act", b"123", "Save the palette again"),
        ("a.txt", b"#fcd6ba\nskin\n", "line 2"),
        ("a.bin", b"\x89PNG\0\0", "Save it as one of"),
        ("a.kpl", b"PK\x03\x04broken", "again in Krita"),
    ],
)
def test_bad_files_are_refused_with_a_remedy(tmp_path: Path, name: str, data: bytes, remedy: str) -> None:
    path = stored(tmp_path / name, data)
    with pytest.raises(PaletteError, match=remedy):
        read_swatches(path)


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE x [<!ENTITY a "b">]><ColorSet name="&a;"/>',
        "<ColorSet>",
        '<ColorSet><ColorSetEntry name="x"/></ColorSet>',
        '<ColorSet><ColorSetEntry name="x"><RGB r="nan" g="0" b="0"/></ColorSetEntry></ColorSet>',
        '<ColorSet><ColorSetEntry name="x"><XYZ x="0"/></ColorSetEntry></ColorSet>',
    ],
)
def test_bad_krita_palettes_are_refused(tmp_path: Path, xml: str) -> None:
    with pytest.raises(PaletteError, match=r"Krita|damaged"):
        read_swatches(kpl(tmp_path / "a.kpl", xml))


def test_a_zip_that_is_no_palette_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.kpl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x", "y")
    with pytest.raises(PaletteError, match="not a Krita palette"):
        read_swatches(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PaletteError, match="cannot be read"):
        read_swatches(tmp_path / "none.gpl")
