"""Parameters of the result on the page: flats that follow the lines, their colours, their layers.

What each choice does stands in docs/parameters.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from huebrush_protocol.errors import ProtocolError

PICTURE = "picture"
CHECK = "check"
RESULTS = (PICTURE, "flats", "flats_by_color", "flats_by_area", "colorize_mask", CHECK)
"""Results of a job: the model's picture, flats on one layer, on a layer a colour, on a layer a colour area (regions
of one colour that touch), or the key strokes for a Colorize Mask of Krita's. "check": no colours at all, but a flats
report on the artist's own "flats", and with `fixes` a layer that mends them."""

WITHOUT_MODEL = "none"
"""The model of a job that takes colours from hints or the palette alone; it needs no reference and gives no picture."""

LAYER_KINDS = ("picture", "lines", "flats", "color", "area", "shade", "light", "stroke")
"""Kinds of layers of a result. "shade" darkens ("multiply") and "light" lightens ("screen") the flats. A "stroke" is
"GRAY", 255 where key strokes of its `color` lie; without a `color`, what they mark stays transparent."""

BLENDS = ("normal", "multiply", "screen")
"""Blending modes of a result's layers."""

FIXES = ("close", "merge", "color")
MAX_FIXES = 1000
MAX_PALETTE = 256
MAX_COLOR_NAME = 128
"""Longest name of a colour, in characters."""
MAX_PAGE_EDGE = 32768
"""Furthest coordinate on a page, in pixels."""
MAX_GAP = 512.0
"""Widest gap in the lines that can be closed, in pixels of the page."""
MAX_DOTS_PER_INCH = 10_000.0

_COLOR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True)
class RegionFix:
    """A correction of the regions, in pixels of the line-art image, (0, 0) the corner of its top left pixel.

    * `kind`: "close": a line between two points, which colours do not cross; "merge": the regions at the two points are
      one; "color": the region at the first point has the `color`
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
    """Layers to make, and how; with `result` "picture", nothing here has an effect.

    * `shading`: the model's light and shade, as a pair of layers
    * `keep_picture`: the model's picture too, below
    * `gap`: width of the gaps in the lines to close, in pixels of the page; None: what suits its size and
      `dots_per_inch` (0: not known)
    * `palette`: colours "#rrggbb" to choose from, with as many `palette_names` (or none) that layers are called by
    * `palette_size`: with an empty `palette` and above 0: as many colours at most from the references
    * `locked`: regions get the palette's colours exactly, else they keep the voted ones
    * `hard_edges`: no colour between two where they meet
    * `fixes`: made in this order
    """

    result: str = PICTURE
    shading: bool = False
    keep_picture: bool = False
    gap: float | None = None
    dots_per_inch: float = 0.0
    palette: tuple[str, ...] = ()
    palette_names: tuple[str, ...] = ()
    palette_size: int = 0
    locked: bool = True
    hard_edges: bool = False
    fixes: tuple[RegionFix, ...] = ()


def is_color(text: str) -> bool:
    """True for a colour as this protocol writes it: "#" and six lower-case hexadecimal digits, sRGB."""
    return _COLOR.fullmatch(text) is not None


def validate_regions(regions: RegionParameters) -> None:
    """Raise `ProtocolError` ("bad_input") for a choice, colour or number that cannot be; ranges: `parameter_ranges`."""
    if regions.result not in RESULTS:
        raise _refusal(f"result is {regions.result[:64]!r}; it must be one of {', '.join(RESULTS)}")
    for what, items, most in (("palette", regions.palette, MAX_PALETTE), ("fixes", regions.fixes, MAX_FIXES)):
        if len(items) > most:
            raise _refusal(f"{what} has {len(items)} entries; at most {most} are allowed")
    for index, color in enumerate(regions.palette):
        _check_color(color, f"palette[{index}]")
    if regions.palette_names and len(regions.palette_names) != len(regions.palette):
        raise _refusal(f"palette_names has {len(regions.palette_names)} entries for {len(regions.palette)} colours")
    if any(len(name) > MAX_COLOR_NAME for name in regions.palette_names):
        raise _refusal(f"a palette's names may have {MAX_COLOR_NAME} characters")
    for index, fix in enumerate(regions.fixes):
        if fix.kind not in FIXES:
            raise _refusal(f"fixes[{index}].kind is {fix.kind[:64]!r}; it must be one of {', '.join(FIXES)}")
        if fix.kind == "color" or fix.color:
            _check_color(fix.color, f"fixes[{index}].color")


def _check_color(text: str, where: str) -> None:
    if not is_color(text):
        raise _refusal(f"{where} is {text[:64]!r}; a colour is written as # and six lower-case digits, as in #1f77b4")


def _refusal(message: str) -> ProtocolError:
    return ProtocolError("bad_input", message)
