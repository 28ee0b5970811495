"""Parameters of the result on the page: flats that follow the lines, their colours, their layers.

docs/parameters.md describes what each choice does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from huebrush_protocol.errors import ProtocolError, refused

PICTURE = "picture"
CHECK = "check"
RESULTS = (PICTURE, "flats", "flats_by_color", "flats_by_area", "colorize_mask", CHECK)
"""Results of a job: the model's picture; flats on one layer, on one layer for each colour, or on one layer for each
colour area (regions of one colour that touch); or the key strokes for Krita's Colorize Mask. "check" gives no colours,
but a flats report on the artist's own "flats", and with `fixes` a layer that corrects them; beside another result that
is "compared", a report on the regions that differ, and with `fixes` the mix of both."""

STACKS: Mapping[str, str] = MappingProxyType({"flats_by_color": "color", "flats_by_area": "area"})
"""Results that are stacks of layers of one colour each, and the kind of their layers."""

WITHOUT_MODEL = "none"
"""Model name of a job that needs no reference and gives no picture. It takes colours from a coloured picture, hints or
the palette; with none of them, every region gets a colour of its own."""

LAYER_KINDS = ("picture", "lines", "flats", "color", "area", "shade", "light", "stroke")
"""Kinds of layers of a result. "shade" darkens ("multiply") and "light" lightens ("screen") the flats. A "stroke" is
"GRAY", 255 where the key strokes of its `color` are; without a `color`, the regions that they mark stay transparent."""

BLENDS = ("normal", "multiply", "screen")
"""Blending modes of a result's layers."""

FROM_REFERENCE, FROM_PICTURE = "reference", "picture"
COLORS_FROM = (FROM_REFERENCE, FROM_PICTURE)
"""Sources of the regions' colours: the reference's own colours, or the model's picture as it is."""
MAX_SOURCES = 24
"""Most rows of a flats report's `sources`."""
MAX_ALTERNATIVES = 2
"""Most other colours that a row of `sources` offers."""

TAKE = "take"
FIXES = ("close", "merge", "color", TAKE)
MAX_FIXES = 1000
MAX_PALETTE = 256
MAX_COLOR_NAME = 128
"""Longest name of a colour, in characters."""
MAX_PAGE_EDGE = 131072
"""Furthest coordinate on a page, in pixels."""
PIXELS, LINES, MILLIMETRES = "px", "lines", "mm"
GAP_UNITS = (PIXELS, LINES, MILLIMETRES)
"""Units of the widest gap: pixels of the page, widths of the page's lines, millimetres on paper."""
MAX_GAP = 512.0
"""Widest gap in the lines that can be closed, in any unit; what comes out wider in pixels is that many pixels."""
MAX_DOTS_PER_INCH = 10_000.0
MOST_LAYERS = 24
"""Usual number of layers of flats with a layer for each colour: as many as a person can handle."""
MAX_LAYERS = 1000

_COLOR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True)
class RegionFix:
    """A correction of the regions, in pixels of the line-art image; (0, 0) is the corner of its top left pixel.

    * `kind`: "close": a line between two points, which colours do not cross; "merge": the regions at the two points
      become one; "color": the region at the first point gets the `color`; "take": it is taken from the result that is
      "compared"
    * `x`, `y`: the first point
    * `x2`, `y2`: the second point
    * `color`: "#rrggbb"
    """

    kind: str
    x: float
    y: float
    x2: float = 0.0
    y2: float = 0.0
    color: str = ""


@dataclass(frozen=True)
class RegionParameters:
    """Layers to make, and how; with the `result` "picture", only `paint_paper` has an effect.

    * `shading`: add the model's light and shade as two layers
    * `keep_picture`: add the model's picture as the lowest layer
    * `gap`: widest gap in the lines that is closed, in `gap_unit`; None: chosen by the width of the page's lines
    * `gap_unit`: one of GAP_UNITS; "mm" needs `dots_per_inch`
    * `dots_per_inch`: resolution of the page, 0 if not known
    * `palette`: colours "#rrggbb" to choose from
    * `palette_names`: a name for each colour of the palette, used for layers; or empty
    * `palette_size`: with an empty `palette`, the most colours to take from the references; 0: no palette
    * `colors_from`: one of COLORS_FROM; without a reference and a picture of a model it has no effect
    * `locked`: regions get exactly a colour of the palette, else they keep the voted colour
    * `most_layers`: with the result "flats_by_color" and no locked palette, how many colours there should be at most:
      those that can hardly be told apart become one
    * `paint_paper`: also paint gutters and balloons of comic pages, which otherwise stay paper
    * `hard_edges`: no mixed colours where two regions meet
    * `color_borders`: part a region that holds clearly different colours of the picture where the lines suggest it
    * `fixes`: corrections, made in this order
    """

    result: str = PICTURE
    shading: bool = False
    keep_picture: bool = False
    gap: float | None = None
    gap_unit: str = PIXELS
    dots_per_inch: float = 0.0
    palette: tuple[str, ...] = ()
    palette_names: tuple[str, ...] = ()
    palette_size: int = 0
    colors_from: str = FROM_REFERENCE
    locked: bool = True
    most_layers: int = MOST_LAYERS
    hard_edges: bool = False
    color_borders: bool = True
    paint_paper: bool = False
    fixes: tuple[RegionFix, ...] = ()


def is_color(text: str) -> bool:
    """Return True if `text` is an sRGB colour of this protocol: "#" and six lower-case hexadecimal digits."""
    return _COLOR.fullmatch(text) is not None


def validate_regions(regions: RegionParameters) -> None:
    """Raise `ProtocolError` ("bad_input") for an invalid choice, colour or number of entries.

    `parameter_ranges` checks the ranges of numbers.
    """
    if regions.result not in RESULTS:
        raise _not_one_of("result", regions.result, RESULTS)
    if regions.gap_unit not in GAP_UNITS:
        raise _not_one_of("gap_unit", regions.gap_unit, GAP_UNITS)
    if regions.colors_from not in COLORS_FROM:
        raise _not_one_of("colors_from", regions.colors_from, COLORS_FROM)
    if regions.gap is not None and regions.gap_unit == MILLIMETRES and regions.dots_per_inch <= 0:
        raise refused("message.gap_resolution")
    for what, items, most in (("palette", regions.palette, MAX_PALETTE), ("fixes", regions.fixes, MAX_FIXES)):
        if len(items) > most:
            raise refused("message.too_many_entries", field=what, count=len(items), most=most)
    for index, color in enumerate(regions.palette):
        _check_color(color, f"palette[{index}]")
    if regions.palette_names and len(regions.palette_names) != len(regions.palette):
        raise refused("message.palette_names", count=len(regions.palette_names), colors=len(regions.palette))
    if any(len(name) > MAX_COLOR_NAME for name in regions.palette_names):
        raise refused("message.palette_name_length", most=MAX_COLOR_NAME)
    for index, fix in enumerate(regions.fixes):
        if fix.kind not in FIXES:
            raise _not_one_of(f"fixes[{index}].kind", fix.kind, FIXES)
        if fix.kind == "color" or fix.color:
            _check_color(fix.color, f"fixes[{index}].color")


def _check_color(text: str, where: str) -> None:
    if not is_color(text):
        raise refused("message.color", field=where, value=text[:64])


def _not_one_of(field: str, value: str, names: Iterable[str]) -> ProtocolError:
    return refused("message.not_one_of", field=field, value=value[:64], names=", ".join(names))
