"""Krita's palettes, .kpl: a zip with a list of colours as XML."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree

import numpy as np

from huebrush_backend.flats.palettes.palette import Palette, PaletteError, Swatch, make_palette
from huebrush_backend.imaging.color import lab_to_srgb

_LIST = "colorset.xml"
_MOST_BYTES = 16 << 20


def parse_kpl(data: bytes) -> Palette:
    """Read a Krita palette, group after group, each row by row. Raises `PaletteError`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if archive.getinfo(_LIST).file_size > _MOST_BYTES:
                raise PaletteError("its list of colours is too large for a palette.")
            text = archive.read(_LIST)
    except KeyError as error:
        raise PaletteError("it is a zip, but not a Krita palette. Choose a .kpl, .gpl or .ase palette.") from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError) as error:
        raise PaletteError("it is damaged. Save the palette again in Krita.") from error
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:  # Krita writes neither, and both can grow huge
        raise PaletteError("its list of colours is not as Krita writes it. Save the palette again in Krita.")
    try:
        root = ElementTree.fromstring(text)
        found = [_swatch(entry) for entry in _entries(root)]
    except (ElementTree.ParseError, TypeError, ValueError) as error:
        if isinstance(error, PaletteError):
            raise
        raise PaletteError("its list of colours is damaged. Save the palette again in Krita.") from error
    return make_palette([swatch for swatch, _ in found], root.get("name", ""), sum(not exact for _, exact in found))


def _entries(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Yield the colours outside groups, then those of each group, by row and column."""

    def place(entry: ElementTree.Element) -> tuple[int, int]:
        position = entry.find("Position")
        return (0, 0) if position is None else (int(position.get("row", 0)), int(position.get("column", 0)))

    for group in (root, *root.iter("Group")):
        yield from sorted(group.findall("ColorSetEntry"), key=place)


def _swatch(entry: ElementTree.Element) -> tuple[Swatch, bool]:
    """Return a swatch, and whether its sRGB is exact."""
    name = entry.get("name", "").strip()
    for color in entry:
        kind = color.tag.lower()
        if kind in ("rgb", "srgb"):
            values = np.array([float(color.get(channel, "")) for channel in "rgb"])
            if _is_linear(color.get("space", "")):
                values = np.where(values <= 0.0031308, 12.92 * values, 1.055 * np.abs(values) ** (1 / 2.4) - 0.055)
            return Swatch(_rgb(values), name), True
        if kind == "gray":
            return Swatch(_rgb(np.repeat(float(color.get("g", "")), 3)), name), True
        if kind == "cmyk":
            inks = np.array([float(color.get(channel, "")) for channel in "cmyk"])
            return Swatch(_rgb((1 - inks[:3]) * (1 - inks[3])), name), False
        if kind == "lab":
            lab = np.array([float(color.get(channel, "")) for channel in ("L", "a", "b")])
            return Swatch(_rgb(lab_to_srgb(lab) / 255), name), False
        if kind != "position":
            raise PaletteError(f'the colour "{name}" is stored as {color.tag}. Change it to RGB in Krita.')
    raise PaletteError(f'the entry "{name}" has no colour. Save the palette again in Krita.')


def _is_linear(space: str) -> bool:
    """Return whether a colour space is linear-light, by the ending of its name in Krita."""
    return "g10" in space or "linear" in space.lower()


def _rgb(values: np.ndarray) -> tuple[int, int, int]:
    if not np.isfinite(values).all():
        raise ValueError("not a number")
    red, green, blue = np.rint(np.clip(values, 0, 1) * 255).astype(int).tolist()
    return red, green, blue
