"""Palettes written as text: GIMP's .gpl, JASC's .pal, and plain lists of hex codes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from huebrush_protocol.legacy_names import encoding_of
from huebrush_protocol.palettes.swatches import PaletteError, Swatch, SwatchList, list_of, parse_hex
from huebrush_protocol.texts import Text

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_ROW = re.compile(r"(\d{1,3})[ \t,]+(\d{1,3})[ \t,]+(\d{1,3})(?:[ \t,]+(.*))?")
_ALPHA = re.compile(r"(\d{1,3})(?:\s+(.*))?")
_HEADING = re.compile(r"(Name|Columns|Channels)\s*:\s*(.*)", re.IGNORECASE)
_NO_NAMES = ("untitled", "index")
"""Names that programs give to a colour without one."""
_COMMENTS = (";", "//")
_CODE = re.compile(r"(?<![0-9A-Za-z#&])#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3})(?![0-9A-Za-z])")
_AROUND_NAMES = " \t,;:=|\"'"
_LONGEST_QUOTE = 40


def decoded_lines(data: bytes) -> list[str]:
    """Return the lines of a text in UTF-8 or UTF-16, with a byte order mark or without, or in an old code page."""
    if data.startswith(_UTF_16):
        return re.split(r"\r\n|\r|\n", data.decode("utf-16", "replace").removeprefix("\ufeff"))
    lines = re.split(rb"\r\n|\r|\n", data.removeprefix(b"\xef\xbb\xbf"))
    foreign = b" ".join(line for line in lines if not line.isascii())
    encoding = encoding_of(foreign.replace(b"\t", b" "))
    return [line.decode(encoding, "replace") for line in lines]


def parse_gpl(data: bytes) -> SwatchList:
    """Read GIMP's format: a header, "Name:", then lines "red green blue name" for colours. Raises `PaletteError`.

    "Channels: RGBA", as Aseprite writes it, puts the alpha before the name.
    """
    name, has_alpha, swatches = "", False, []
    for number, line in _rows(data, 1):
        if heading := _HEADING.match(line):
            word = heading[1].lower()
            name = heading[2].strip() if word == "name" else name
            has_alpha = has_alpha or (word == "channels" and "A" in heading[2].upper())
        elif not line.startswith("#"):
            swatches += _decimal(line, number, has_alpha)
    return list_of(swatches, name)


def parse_jasc(data: bytes) -> SwatchList:
    """Read JASC's format, which Paint Shop Pro and pixel-art programs write. Raises `PaletteError`.

    Where all colours have a fourth number, that is their alpha.
    """
    rows = list(_rows(data, 3))
    found = [_ROW.fullmatch(line) for _, line in rows]
    fourth = [_ALPHA.fullmatch(match[4] or "") if match else None for match in found]
    has_alpha = all(match is not None and int(match[1]) <= 255 for match in fourth)
    return list_of(swatch for number, line in rows for swatch in _decimal(line, number, has_alpha))


def parse_lines(data: bytes) -> SwatchList:
    """Read a list of hex codes, one or several a line. A line with a single colour may have a name after it.

    Codes are "#rrggbb", "rrggbb" or "0xrrggbb". Eight digits are "#rrggbbaa" with "#"; without it "aarrggbb", as
    paint.net writes them, unless only the other way makes all colours opaque. Colours without opacity are left out.
    Where codes with "#" stand among words, these are their names: `#ffd8b1 skin, #1f77b4 "coat"` or `skin: #ffd8b1`.
    Where all lines are three numbers, these are red, green and blue. Lines that begin with ";" or "//" are comments,
    and so are words after "#". Raises `PaletteError`.
    """
    rows = list(_rows(data, 0))
    alpha_first = _alpha_is_first([line for _, line in rows])
    rows = [(number, line) for number, line in rows if not line.startswith(_COMMENTS) and not _is_comment(line)]
    if all(_ROW.fullmatch(line) for _, line in rows):
        return list_of(swatch for number, line in rows for swatch in _decimal(line, number, False))
    swatches: list[Swatch] = []
    for number, line in rows:
        try:
            swatches += _coded(line, alpha_first)
        except PaletteError as error:
            raise PaletteError(Text.of("palette.line", number=number, reason=Text.about(error))) from error
    return list_of(swatches)


def _rows(data: bytes, skipped: int) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line that is not empty, after those that are `skipped`."""
    for number, line in enumerate(decoded_lines(data), 1):
        text = line.strip(" \t\0\f\v\x1a\u3000\u00a0")
        if number > skipped and text:
            yield number, text


def _is_comment(line: str) -> bool:
    """Return whether a line that begins with "#" has words, not a colour."""
    if not line.startswith("#"):
        return False
    first, *others = re.split(r"[\s,;]+", line[1:].strip(), maxsplit=1)
    if re.fullmatch(r"[0-9a-fA-F]+", first) and not line[1:2].isspace():
        return bool(others) and len(first) not in (3, 6, 8)
    return bool(others) or not first or line[1].isspace() or len(first) not in (3, 6, 8)


def _alpha_is_first(lines: list[str]) -> bool:
    if any("paint.net" in line.lower() for line in lines if line.startswith(";")):
        return True
    codes = [word.lower() for line in lines for word in line.split() if re.fullmatch(r"[0-9a-fA-F]{8}", word)]
    return all(code.startswith("ff") for code in codes) or not all(code.endswith("ff") for code in codes)


def _coded(line: str, alpha_first: bool) -> list[Swatch]:
    words = [word for word in re.split(r"[\s,;]+", line) if word]
    if not words:
        return []
    codes = list(_CODE.finditer(line))
    if codes and (len(codes) > 1 or codes[0].start() > 0) and _color_or_none(words[0], alpha_first) is None:
        return _named(line, codes, alpha_first, before=True)
    if len(codes) > 1 and codes[0].start() == 0 and len(codes) < len(words):
        return _named(line, codes, alpha_first, before=False)
    colors = [_color_and_alpha(words[0], alpha_first)]
    others = [_color_or_none(word, alpha_first) for word in words[1:]]
    if others and None not in others:
        colors += [color for color in others if color is not None]
    swatches = [Swatch(rgb) for rgb, alpha in colors if alpha]
    if others and None in others and swatches:
        name = line[line.index(words[0]) + len(words[0]) :].strip(" \t,;")
        swatches[-1] = Swatch(swatches[-1].rgb, re.sub(r"^(#+|//)\s+", "", name))
    return swatches


def _named(line: str, codes: Sequence[re.Match[str]], alpha_first: bool, before: bool) -> list[Swatch]:
    """Return the colours of `codes` in a line, each with the words before or behind it as its name."""
    edges = [0, *(code.end() for code in codes)] if before else [*(code.start() for code in codes), len(line)]
    swatches = []
    for number, code in enumerate(codes):
        words = line[edges[number] : code.start()] if before else line[code.end() : edges[number + 1]]
        rgb, alpha = _color_and_alpha(code[0], alpha_first)
        if alpha:
            swatches.append(Swatch(rgb, words.strip(_AROUND_NAMES)))
    return swatches


def _color_or_none(word: str, alpha_first: bool) -> tuple[tuple[int, int, int], int] | None:
    try:
        return _color_and_alpha(word, alpha_first)
    except PaletteError:
        return None


def _color_and_alpha(word: str, alpha_first: bool) -> tuple[tuple[int, int, int], int]:
    digits = re.sub(r"^0[xX](?=[0-9a-fA-F]{6})", "", word)
    if re.fullmatch(r"#[0-9a-fA-F]{8}", digits):
        return parse_hex(digits[:7]), int(digits[7:], 16)
    if re.fullmatch(r"[0-9a-fA-F]{8}", digits):
        alpha, code = (digits[:2], digits[2:]) if alpha_first else (digits[6:], digits[:6])
        return parse_hex(code), int(alpha, 16)
    return parse_hex(digits), 255


def _decimal(line: str, number: int, has_alpha: bool) -> list[Swatch]:
    """Return the colour of a line "red green blue", with the alpha and a name after it; none if it is transparent."""
    match = _ROW.fullmatch(line)
    values = [int(value) for value in match.groups()[:3]] if match else [256]
    if match is None or max(values) > 255:
        problem = Text.of("palette.no_row", line=line[:_LONGEST_QUOTE])
        raise PaletteError(Text.of("palette.line", number=number, reason=problem))
    name, alpha = (match[4] or "").strip(), 255
    if has_alpha and (fourth := _ALPHA.fullmatch(name)):
        alpha, name = int(fourth[1]), (fourth[2] or "").strip()
    if alpha == 0:
        return []
    return [Swatch((values[0], values[1], values[2]), "" if name.casefold() in _NO_NAMES else name)]
