"""Krita's palettes, .kpl: a zip with a list of colours as XML, and the profiles that their values belong to."""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from huebrush_protocol.icc_profile import IccProfile, Rgb, encode, parse_icc_profile, to_byte
from huebrush_protocol.palettes.conversions import from_cmyk, from_lab
from huebrush_protocol.palettes.swatches import PaletteError, Swatch, SwatchList, list_of
from huebrush_protocol.texts import Text

_LIST, _PROFILES = "colorset.xml", "profiles.xml"
_MOST_BYTES = 16 << 20
_KINDS = {"rgb": "rgb", "srgb": "rgb", "gray": "g", "cmyk": "cmyk", "lab": "Lab"}
"""Elements of colours, in small letters, with the attributes of their channels."""


def parse_kpl(data: bytes) -> SwatchList:
    """Read a Krita palette, group after group, each row by row. Raises `PaletteError`.

    Values are converted by the profile that the file has for them; of sRGB's own they are exact.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            root = _parsed(_contents(archive, _LIST))
            profiles = _Profiles(archive)
            found = [_swatch(entry, profiles) for entry in _entries(root)]
    except KeyError as error:
        raise PaletteError(Text.of("palette.other_zip")) from error
    except PaletteError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise PaletteError(Text.of("palette.damaged_in_krita")) from error
    return list_of((swatch for swatch, _ in found), root.get("name", ""), sum(not exact for _, exact in found))


def _contents(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > _MOST_BYTES:
        raise PaletteError(Text.of("palette.too_large"))
    return archive.read(name)


def _parsed(text: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:  # Krita writes neither, and both can grow huge
        raise PaletteError(Text.of("palette.damaged_in_krita"))
    try:
        return ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise PaletteError(Text.of("palette.damaged_in_krita")) from error


class _Profiles:
    """Profiles in the archive, parsed when they are asked for by name."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._files: dict[str, str] = {}
        self._known: dict[str, IccProfile | None] = {}
        if _PROFILES in archive.NameToInfo:
            for element in _parsed(_contents(archive, _PROFILES)).iter("Profile"):
                file = element.get("filename", "")
                self._files.setdefault(element.get("name", file), file)

    def find(self, space: str) -> IccProfile | None:
        if space not in self._known:
            file = self._files.get(space, space)
            self._known[space] = (
                parse_icc_profile(_contents(self._archive, file)) if file in self._archive.NameToInfo else None
            )
        return self._known[space]


def _entries(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Yield the colours outside groups, then those of each group, by row and column."""

    def place(entry: ElementTree.Element) -> tuple[int, int]:
        position = entry.find("Position")
        return (0, 0) if position is None else (int(position.get("row", 0)), int(position.get("column", 0)))

    for group in (root, *root.iter("Group")):
        yield from sorted(group.findall("ColorSetEntry"), key=place)


def _swatch(entry: ElementTree.Element, profiles: _Profiles) -> tuple[Swatch, bool]:
    """Return a swatch, and whether its sRGB is exact."""
    name = entry.get("name", "").strip()
    for color in entry:
        kind = color.tag.rpartition("}")[2].lower()
        if kind in _KINDS:
            values = _values(color.attrib, _KINDS[kind])
            space = color.get("space", "")
            profile = None if _is_srgb(space) else profiles.find(space)
            if profile is not None and profile.channels == len(values) and kind != "lab":
                return Swatch(profile.to_srgb(values), name), True
            return Swatch(_without_profile(kind, values, space), name), kind in ("rgb", "srgb", "gray")
        if kind != "position":
            raise PaletteError(Text.of("palette.kpl_kind", name=name, kind=color.tag))
    raise PaletteError(Text.of("palette.kpl_entry", name=name))


def _values(attributes: Mapping[str, str], channels: str) -> list[float]:
    values = [float(attributes.get(channel, "")) for channel in channels]
    if not all(map(math.isfinite, values)):
        raise ValueError("not a number")
    return values


def _without_profile(kind: str, values: list[float], space: str) -> Rgb:
    if kind == "cmyk":
        return from_cmyk(values)
    if kind == "lab":
        return from_lab(values)
    if "g10" in space or "linear" in space.lower():  # how Krita names profiles of linear light
        values = [encode(value) for value in values]
    red, green, blue = (to_byte(value) for value in (values * 3)[:3])
    return red, green, blue


def _is_srgb(space: str) -> bool:
    """Return whether the name is one of Krita's for sRGB itself."""
    return space.startswith("sRGB") and "srgbtrc" in space
