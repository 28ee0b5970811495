"""Palettes written as text: GIMP's .gpl, JASC's .pal, and plain lists of hex codes."""

from __future__ import annotations

import re

from huebrush_backend.flats.palettes.palette import Palette, PaletteError, Swatch, make_palette, parse_hex


def parse_gpl(data: bytes) -> Palette:
    """Read GIMP's format: a header, "Name:", then lines "red green blue name" for colours. Raises `PaletteError`."""
    name, swatches = "", []
    for number, line in enumerate(_text(data).splitlines(), 1):
        line = line.strip()
        if number == 1 or not line or line.startswith("#"):
            continue
        if match := re.match(r"(Name|Columns|Channels)\s*:\s*(.*)", line):
            name = match[2].strip() if match[1] == "Name" else name
            continue
        swatches.append(_decimal(line, number))
    return make_palette(swatches, name)


def parse_jasc(data: bytes) -> Palette:
    """Read JASC's format, which Paint Shop Pro and pixel-art programs write. Raises `PaletteError`."""
    lines = _text(data).splitlines()
    swatches = [_decimal(line.strip(), number) for number, line in enumerate(lines, 1) if number > 3 and line.strip()]
    return make_palette(swatches)


def parse_lines(data: bytes) -> Palette:
    """Read a list of hex codes, one or several a line. A line with a single colour may have a name after it.

    Codes are "#rrggbb" or "rrggbb". Eight digits are "#rrggbbaa" with "#", and "aarrggbb" without, as paint.net writes
    them; their opacity is ignored. Lines that begin with ";" or "//" are comments. Raises `PaletteError`.
    """
    swatches = []
    for number, line in enumerate(_text(data).splitlines(), 1):
        line = line.strip()
        if not line or line.startswith((";", "//")):
            continue
        words = [word for word in re.split(r"[\s,;]+", line) if word]
        try:
            swatches.append(Swatch(parse_hex(_without_alpha(words[0]))))
            others = [_hex_or_none(word) for word in words[1:]]
            if others and None not in others:
                swatches += [Swatch(rgb) for rgb in others if rgb is not None]
            elif others:
                swatches[-1] = Swatch(swatches[-1].rgb, line[line.index(words[0]) + len(words[0]) :].strip(" \t,;"))
        except PaletteError as error:
            raise PaletteError(f"line {number}: {error}") from error
    return make_palette(swatches)


def _hex_or_none(word: str) -> tuple[int, int, int] | None:
    try:
        return parse_hex(_without_alpha(word))
    except PaletteError:
        return None


def _without_alpha(word: str) -> str:
    if re.fullmatch(r"#[0-9a-fA-F]{8}", word):
        return word[:7]
    if re.fullmatch(r"[0-9a-fA-F]{8}", word):
        return word[2:]
    return word


def _decimal(line: str, number: int) -> Swatch:
    match = re.match(r"(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})(?:\s+(.*))?$", line)
    values = [int(value) for value in match.groups()[:3]] if match else [256]
    if match is None or max(values) > 255:
        raise PaletteError(
            f'line {number}: "{line[:40]}" is not a colour. Write red, green and blue, 0 to 255, then a name.'
        )
    name = (match[4] or "").strip()
    return Swatch((values[0], values[1], values[2]), "" if name.casefold() in ("untitled", "index") else name)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")
