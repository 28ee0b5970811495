"""Palettes in the encodings and spellings of many programs: the same colours and names, and no black for nothing."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from huebrush_backend.cli.region_options import palette_swatches
from huebrush_protocol.palettes.files import read_swatches
from huebrush_protocol.palettes.swatches import PaletteError
from huebrush_protocol.texts import Text
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageCms

FILES = Path(__file__).parents[2] / "data" / "files"


def colors(path: Path) -> list[tuple[str, str]]:
    return [(swatch.hex, swatch.name) for swatch in read_swatches(path).swatches]


def stored(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("04-aseprite-rgba.gpl", [("#fe5b59", ""), ("#f7a547", "Orange")]),
        ("04-jasc-rgba.pal", [("#ff0000", ""), ("#00ff00", "")]),
        ("05-shift-jis-names.gpl", [("#ff0000", "フレッシュ肌"), ("#00ff00", "影")]),
        ("06-bom.gpl", [("#ff0000", "Red")]),
        ("06-comments.hex", [("#ff0000", ""), ("#00ff00", "")]),
        ("06-cp1252-names.gpl", [("#ff0000", "Rot…"), ("#00ff00", "Grün")]),
        ("06-microsoft-riff.pal", [("#ff0000", ""), ("#00ff00", "")]),
        ("06-paintnet.txt", [("#ff0000", ""), ("#00ff00", "")]),
    ],
)
def test_given_files(file: str, wanted: list[tuple[str, str]]) -> None:
    assert colors(FILES / file) == wanted
    assert [(swatch.hex, swatch.name) for swatch in palette_swatches(str(FILES / file))] == wanted


def test_a_damaged_palette_of_kritas_is_refused() -> None:
    with pytest.raises(PaletteError) as caught:
        read_swatches(FILES / "06-damaged.kpl")
    assert Text.about(caught.value).id == "palette.damaged_in_krita"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932", "gb18030", "cp949", "cp1252", "cp1251"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_ends_of_lines(tmp_path: Path, encoding: str, end: str) -> None:
    names = {
        "gb18030": ["肤色", "头发"],
        "cp949": ["피부", "머리"],
        "cp1252": ["Haut…", "Blässe"],
        "cp1251": ["Кожа", "Волосы"],
    }.get(encoding, ["肌の色", "髪"])
    text = end.join(("GIMP Palette", "Name: T", "Columns: 2", "#", f"255 0 0\t{names[0]}", f"0 255 0 {names[1]}", ""))
    assert colors(stored(tmp_path, "a.gpl", text.encode(encoding))) == [("#ff0000", names[0]), ("#00ff00", names[1])]
    text = end.join((f"#ff0000 {names[0]}", f"00ff00 {names[1]}"))
    assert colors(stored(tmp_path, "a.hex", text.encode(encoding))) == [("#ff0000", names[0]), ("#00ff00", names[1])]
    text = end.join(("JASC-PAL", "0100", "2", "255 0 0", "0 255 0"))
    assert colors(stored(tmp_path, "a.pal", text.encode(encoding))) == [("#ff0000", ""), ("#00ff00", "")]


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ("255 0 0 255 Red\n0 0 0 0 None\n", [("#ff0000", "255 Red"), ("#000000", "0 None")]),
        ("Channels: RGBA\n255 0 0 128 Half\n1 2 3 0\n", [("#ff0000", "Half")]),
        ("Channels: RGB\n255 0 0 5th\n", [("#ff0000", "5th")]),
        ("255, 0, 0, Red\n", [("#ff0000", "Red")]),
        ("  0   0   1\tIndex\n  0   0   2 untitled\n", [("#000001", ""), ("#000002", "")]),
    ],
)
def test_columns_of_gimp_palettes(tmp_path: Path, rows: str, wanted: list[tuple[str, str]]) -> None:
    assert colors(stored(tmp_path, "a.gpl", "GIMP Palette\n" + rows)) == wanted


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ("# My palette\n#ff0000\n", ["#ff0000"]),
        ("#\n##\n#!\n# fff\nff0000 # red\n", ["#ff0000"]),
        ("#Palette\n#made by me\nff0000\n", ["#ff0000"]),
        ("; note\n// note\nff0000\n", ["#ff0000"]),
        ("#fff\n#123\n", ["#ffffff", "#112233"]),
        ("0xff0000\n0X80FF0000\n0x0000ff00\n", ["#ff0000"]),
        ("#ff000080\n#00ff0000\n", ["#ff0000"]),
        ("ff0000ff\n00ff00ff\n", ["#ff0000", "#00ff00"]),
        (";paint.net Palette File\nff0000ff\n00ff00ff\n", ["#0000ff"]),
        ("ff0000ff\n0000ff00\n", ["#0000ff"]),
        ("255 0 0\n0 255 0\n", ["#ff0000", "#00ff00"]),
        ("\ufeffff0000\r\r\n00ff00\x1a", ["#ff0000", "#00ff00"]),
    ],
)
def test_spellings_of_hex_codes(tmp_path: Path, lines: str, wanted: list[str]) -> None:
    assert [color for color, _ in colors(stored(tmp_path, "a.hex", lines))] == wanted


def test_a_name_behind_a_code(tmp_path: Path) -> None:
    text = "ff0000 # Red\n#00ff00 // green\n0000ff\tdeep, blue\n"
    assert [name for _, name in colors(stored(tmp_path, "a.txt", text))] == ["Red", "green", "deep, blue"]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ('#ffd8b1 skin, #1f77b4 "coat, dark"', [("#ffd8b1", "skin"), ("#1f77b4", "coat, dark")]),
        ("#ffd8b1, #1f77b4 coat", [("#ffd8b1", ""), ("#1f77b4", "coat")]),
        ("skin: #ffd8b1; coat = #1f77b4", [("#ffd8b1", "skin"), ("#1f77b4", "coat")]),
        ("  --skin: #ffd8b1;", [("#ffd8b1", "--skin")]),
        ("#ffd8b1 #1f77b4 #123", [("#ffd8b1", ""), ("#1f77b4", ""), ("#112233", "")]),
        ("ffd8b1 facade", [("#ffd8b1", ""), ("#facade", "")]),
    ],
)
def test_lists_as_the_docker_shows_them_and_style_sheets(
    tmp_path: Path, line: str, wanted: list[tuple[str, str]]
) -> None:
    assert colors(stored(tmp_path, "a.txt", line)) == wanted


@pytest.mark.parametrize("line", ["#ggg", "#ff000", "#gggggg", "red", "12345", "ff0000ff0", "0xfff"])
def test_what_is_no_colour_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(PaletteError, match=f'line 2: "{line}" is not a colour'):
        read_swatches(stored(tmp_path, "a.hex", f"ff0000\n{line}\n"))


def test_only_transparent_colours_are_none(tmp_path: Path) -> None:
    for name, text in (("a.txt", "#ff000000\n"), ("a.gpl", "GIMP Palette\nChannels: RGBA\n1 2 3 0\n")):
        with pytest.raises(PaletteError, match="no colours"):
            read_swatches(stored(tmp_path, name, text))


def riff(chunks: list[tuple[bytes, bytes]]) -> bytes:
    body = b"".join(kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for kind, data in chunks)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"PAL " + body


def test_microsofts_palettes(tmp_path: Path) -> None:
    data = struct.pack("<HH", 0x300, 2) + bytes([255, 0, 0, 0, 0, 255, 0, 4])
    assert len(colors(stored(tmp_path, "a.pal", riff([(b"plth", b"123"), (b"data", data)])))) == 2
    for broken in (riff([(b"data", data[:9])]), riff([(b"plth", b"")]), riff([])[:11]):
        with pytest.raises(PaletteError, match=r"damaged|\.pal"):
            read_swatches(stored(tmp_path, "b.pal", broken))


def test_other_kinds_of_pal(tmp_path: Path) -> None:
    table = bytes([63, 0, 0, 0, 63, 0]) + bytes(762)
    assert colors(stored(tmp_path, "vga.pal", table))[:2] == [("#ff0000", ""), ("#00ff00", "")]
    with pytest.raises(PaletteError, match=r"kinds of \.pal .* Save it as \.gpl"):
        read_swatches(stored(tmp_path, "nes.pal", bytes(192)))


def test_the_transparent_entry_of_a_colour_table_is_left_out(tmp_path: Path) -> None:
    table = bytes([0, 0, 0, 255, 0, 0, 0, 255, 0]) + bytes(759)
    found = colors(stored(tmp_path, "a.act", table + struct.pack(">HH", 3, 0)))
    assert found == [("#ff0000", ""), ("#00ff00", "")]
    assert len(colors(stored(tmp_path, "a.act", table + struct.pack(">HH", 3, 0xFFFF)))) == 3


def test_swatches_that_are_no_numbers(tmp_path: Path) -> None:
    body = struct.pack(">HH", 1, 0) + b"RGB " + struct.pack(">3f", float("nan"), 0, 0) + b"\0\2"
    data = b"ASEF" + struct.pack(">HHI", 1, 0, 1) + struct.pack(">HI", 1, len(body)) + body
    with pytest.raises(PaletteError, match="damaged"):
        read_swatches(stored(tmp_path, "a.ase", data))


def kpl(path: Path, entries: str, profiles: dict[str, bytes] | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "krita/x-colorset")
        archive.writestr("colorset.xml", f'<ColorSet version="2.0" name="T">{entries}</ColorSet>')
        listed = "".join(f'<Profile filename="{name}.icc" name="{name}"/>' for name in profiles or {})
        archive.writestr("profiles.xml", f"<Profiles>{listed}</Profiles>")
        for name, data in (profiles or {}).items():
            archive.writestr(f"{name}.icc", data)
    return path


def profile_with(gamma: float, channels: int = 3) -> bytes:
    """Return sRGB's profile with a plain exponent for its curves."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    (count,) = struct.unpack_from(">I", data, 128)
    for place in range(132, 132 + 12 * count, 12):
        name, begin, _ = struct.unpack_from(">4sII", data, place)
        if name in (b"rTRC", b"gTRC", b"bTRC"):
            data[begin : begin + 16] = b"para" + bytes(4) + struct.pack(">HHi", 0, 0, round(gamma * 65536))
    return bytes(data)


def test_values_of_a_profile_of_its_own(tmp_path: Path) -> None:
    entry = '<ColorSetEntry name="m"><RGB r="0.5" g="0.5" b="0.5" space="Mine"/></ColorSetEntry>'
    assert colors(kpl(tmp_path / "a.kpl", entry, {"Mine": profile_with(1.0)})) == [("#bcbcbc", "m")]
    assert colors(kpl(tmp_path / "a.kpl", entry, {"Mine": profile_with(1.8)})) == [("#929292", "m")]
    assert colors(kpl(tmp_path / "a.kpl", entry, {"Mine": b"damaged"})) == [("#808080", "m")]
    assert colors(kpl(tmp_path / "a.kpl", entry)) == [("#808080", "m")]


def test_srgb_by_its_own_profile_is_exact(tmp_path: Path) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    entries = "".join(
        f'<ColorSetEntry name=""><RGB r="{value / 255}" g="{(255 - value) / 255}" b="0.2" space="Own"/></ColorSetEntry>'
        for value in range(256)
    )
    found = [swatch.rgb for swatch in read_swatches(kpl(tmp_path / "a.kpl", entries, {"Own": srgb})).swatches]
    assert found == [(value, 255 - value, 51) for value in range(256)]


@given(st.binary(max_size=400), st.sampled_from([b"", b"GIMP Palette\n", b"JASC-PAL\n", b"ASEF", b"RIFF\0\0\0\0PAL "]))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes, head: bytes) -> None:
    for ending in (".gpl", ".pal", ".aco", ".act", ".hex"):
        path = stored(tmp_path_factory.getbasetemp(), f"any{ending}", head + data)
        try:
            read_swatches(path)
        except PaletteError as error:
            assert Text.about(error).id.startswith("palette.")


@given(st.data())
def test_no_change_breaks_the_reader_of_kritas_palettes(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    entry = '<ColorSetEntry name="m"><RGB r="0.5" g="0.5" b="0.5" space="Mine"/></ColorSetEntry>'
    good = kpl(tmp_path_factory.getbasetemp() / "good.kpl", entry, {"Mine": profile_with(1.0)}).read_bytes()
    broken = bytearray(good)
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    path = stored(tmp_path_factory.getbasetemp(), "any.kpl", bytes(broken))
    try:
        read_swatches(path)
    except PaletteError as error:
        assert Text.about(error).id.startswith("palette.")


def test_profiles_give_what_littlecms_gives() -> None:
    from huebrush_protocol.icc_profile import parse_icc_profile
    from PIL import Image

    for data in (profile_with(1.8), profile_with(2.6), *_installed()):
        profile = parse_icc_profile(data)
        assert profile is not None
        mode = {1: "L", 3: "RGB", 4: "CMYK"}[profile.channels]
        target, intent = ImageCms.createProfile("sRGB"), ImageCms.Intent.RELATIVE_COLORIMETRIC
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(io.BytesIO(data)), target, mode, "RGB", renderingIntent=intent
        )
        for seed in range(40):
            values = [(seed * step + 90) % 256 for step in (37, 91, 53, 11)][: profile.channels]
            pixel = Image.new(mode, (1, 1), tuple(values) if len(values) > 1 else values[0])
            wanted = ImageCms.applyTransform(pixel, transform)
            assert wanted is not None
            found = profile.to_srgb([value / 255 for value in values])
            assert max(abs(a - b) for a, b in zip(found, wanted.tobytes(), strict=True)) <= 8


def _installed() -> list[bytes]:
    """Return Krita's profile for CMYK and one with a table, if Krita is installed."""
    folder = Path("/usr/share/color/icc/krita")
    return [path.read_bytes() for path in (folder / "cmyk.icm", folder / "Rec2020-elle-V4-g10.icc") if path.is_file()]
