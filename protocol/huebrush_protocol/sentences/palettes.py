"""Sentences about palettes and their files. Those that follow a file's name begin with a small letter."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PALETTES: Mapping[str, str] = MappingProxyType(
    {
        "palette.unusable": "No palette can be made: {reason}",
        "palette.empty": "there are no colours in it. Choose a palette with at least one swatch.",
        "palette.too_many": "{count} colours are too many (at most {most}). Choose a palette with the page's colours.",
        "palette.no_color": '"{word}" is not a colour. Write colours as #rrggbb, such as #f2c9a0.',
        "palette.no_even_colors": "the picture has no even colours. Choose another reference, or a palette file.",
        "palette.too_large": "the file is too large for a palette.",
        "palette.unreadable": "it cannot be read: {reason}.",
        "palette.damaged": "it is damaged or not complete. Save the palette again.",
        "palette.damaged_in_krita": "it is damaged. Save the palette again in Krita.",
        "palette.other_zip": "it is a zip, but not a Krita palette. Choose a .kpl, .gpl or .ase palette.",
        "palette.other_kind": "it is not a {ending} palette, or it is damaged. Save it again, as .gpl for instance.",
        "palette.other_pal": "it is none of the kinds of .pal that can be read: JASC's, Microsoft's, or a table of 256 "
        "colours. Save it as .gpl.",
        "palette.unknown_kind": "it is not a palette that can be read. Save it as one of {endings}.",
        "palette.aseprite": "this is a picture made with Aseprite. Save its palette there as .gpl and choose that.",
        "palette.table_size": "it is not a colour table of 768 or 772 bytes. Save the palette again.",
        "palette.color_kind": "it has a colour of an unknown kind, {kind}. Save the palette with RGB colours.",
        "palette.kpl_kind": 'the colour "{name}" is stored as {kind}. Change it to RGB in Krita.',
        "palette.kpl_entry": 'the entry "{name}" has no colour. Save the palette again in Krita.',
        "palette.line": "line {number}: {reason}",
        "palette.no_row": '"{line}" is not a colour. Write red, green and blue, 0 to 255, then a name.',
    }
)
