"""Options of `huebrush colorize` for flats: layers, colours, and gaps in the lines."""

from __future__ import annotations

import argparse
import json
import os
import re
from pathlib import Path
from typing import Any

from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.palettes.files import read_swatches
from huebrush_protocol.palettes.swatches import PaletteError, Swatch
from huebrush_protocol.parameter_ranges import RANGES
from huebrush_protocol.regions import (
    COLORS_FROM,
    FROM_REFERENCE,
    LINES,
    MAX_COLOR_NAME,
    MAX_PALETTE,
    MILLIMETRES,
    MOST_LAYERS,
    PICTURE,
    PIXELS,
    RegionFix,
    RegionParameters,
    validate_regions,
)

from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.options import number, whole

GAP_UNITS_BY_WORD = {"": PIXELS, "px": PIXELS, "lw": LINES, "lines": LINES, "mm": MILLIMETRES}
"""Words behind the number of `--gap`, each with the protocol's unit."""
_GAP = re.compile(r"([0-9.eE+-]*[0-9.])\s*(px|lw|lines|mm|)", re.IGNORECASE)

LAYERS = {"one": "flats", "color": "flats_by_color", "area": "flats_by_area"}
"""Values of `--layers`, each with the protocol's result."""


def add_region_options(parser: argparse.ArgumentParser) -> None:
    """Add the options, in a group; `region_parameters` reads them."""
    group = parser.add_argument_group("flats")
    group.add_argument(
        "--result",
        choices=("picture", "flats", "colorize-mask"),
        help="the model's picture; flats that end exactly at the page's lines; or the key strokes of a Colorize Mask "
        "(default: picture; flats with a coloured picture)",
    )
    group.add_argument(
        "--layers",
        choices=tuple(LAYERS),
        default="one",
        help="flats on one layer, on a layer for each colour, or on a layer for each colour area",
    )
    group.add_argument("--shading", action="store_true", help="add the model's light and shade as separate layers")
    group.add_argument(
        "--keep-picture", action="store_true", help="add the model's picture, or the coloured one, below the flats"
    )
    group.add_argument(
        "--palette",
        metavar="COLOURS",
        help="a palette file (.gpl, .kpl, .ase, .aco, .act, .pal, .hex) or hex codes with commas between them; every "
        "region gets exactly one of its colours",
    )
    group.add_argument(
        "--palette-size",
        type=whole(1, MAX_PALETTE),
        default=0,
        metavar="N",
        help="make a palette of up to N colours from the references or the coloured picture",
    )
    group.add_argument(
        "--most-layers",
        type=whole(*(int(end) for end in RANGES["regions.most_layers"])),
        default=MOST_LAYERS,
        metavar="N",
        help="with --layers color and no palette: about how many layers at most; what can hardly be told apart shares "
        "one (default: %(default)s)",
    )
    group.add_argument(
        "--colors-from",
        choices=COLORS_FROM,
        default=FROM_REFERENCE,
        help="take the regions' colours from the reference, or as the model painted them (default: reference)",
    )
    group.add_argument(
        "--unlocked", action="store_true", help="the palette is only a help; regions keep the voted colours"
    )
    group.add_argument(
        "--gap",
        type=gap_width,
        metavar="WIDTH",
        help="close gaps in the lines up to this width: 24 or 24px, 8lw for 8 line widths, 1.5mm (with --dpi); 0 "
        "closes none (default: by the width of the lines)",
    )
    group.add_argument(
        "--dpi",
        type=number(*RANGES["regions.dots_per_inch"]),
        default=0.0,
        metavar="N",
        help="the page's resolution, for a --gap in millimetres",
    )
    group.add_argument(
        "--paint-paper",
        action="store_true",
        help="also paint the gutters and balloons of comic pages, which otherwise stay paper",
    )
    group.add_argument("--hard-edges", action="store_true", help="no mixed colours where two colours meet")
    group.add_argument(
        "--no-color-borders",
        action="store_true",
        help="never part a region between two colours of the picture where a line is open",
    )
    group.add_argument(
        "--hints", type=Path, metavar="FILE", help="strokes of colour on transparency, of LINEART's size"
    )
    group.add_argument("--hints-layer", metavar="NAME", help="the same, a layer or group of LINEART")
    group.add_argument(
        "--fixes", type=Path, metavar="FILE.json", help="corrections: a list of fixes as in a flats report"
    )
    group.add_argument(
        "--flats-report", "--report", type=Path, metavar="FILE.json", help="write the places to check on the page"
    )


def region_parameters(arguments: argparse.Namespace) -> RegionParameters:
    """Make region parameters of the options. Raises `CommandError`, also when a palette or fixes cannot be read."""
    if arguments.result == "picture":
        _require_flats(arguments)
    result = {"picture": PICTURE, "colorize-mask": "colorize_mask"}.get(arguments.result, LAYERS[arguments.layers])
    swatches = palette_swatches(arguments.palette)
    regions = RegionParameters(
        result=result,
        shading=arguments.shading,
        keep_picture=arguments.keep_picture,
        **gap_parameters(arguments.gap),
        dots_per_inch=arguments.dpi,
        palette=tuple(swatch.hex for swatch in swatches),
        palette_names=tuple(swatch.name[:MAX_COLOR_NAME] for swatch in swatches),
        palette_size=arguments.palette_size,
        colors_from=arguments.colors_from,
        locked=not arguments.unlocked,
        most_layers=arguments.most_layers,
        hard_edges=arguments.hard_edges,
        color_borders=not arguments.no_color_borders,
        paint_paper=arguments.paint_paper,
        fixes=_fixes(arguments.fixes),
    )
    try:
        validate_regions(regions)
    except ProtocolError as error:
        raise CommandError(error.message) from error
    return regions


def gap_width(text: str) -> tuple[float, str]:
    """Return a gap and its unit in the protocol's words: the argparse type of `--gap`."""
    found = _GAP.fullmatch(text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no width such as 24, 24px, 8lw or 1.5mm")
    return number(*RANGES["regions.gap"])(found[1]), GAP_UNITS_BY_WORD[found[2].lower()]


def gap_parameters(gap: tuple[float, str] | None) -> dict[str, Any]:
    """Return the fields of `RegionParameters` for the value of `--gap`."""
    return {} if gap is None else {"gap": gap[0], "gap_unit": gap[1]}


def _require_flats(arguments: argparse.Namespace) -> None:
    given = {
        "--layers": arguments.layers != "one",
        "--shading": arguments.shading,
        "--keep-picture": arguments.keep_picture,
        "--palette": arguments.palette is not None,
        "--palette-size": arguments.palette_size > 0,
        "--colors-from": arguments.colors_from != FROM_REFERENCE,
        "--gap": arguments.gap is not None,
        "--hard-edges": arguments.hard_edges,
        "--no-color-borders": arguments.no_color_borders,
        "--colored": arguments.colored is not None,
        "--colored-layer": arguments.colored_layer is not None,
        "--hints": arguments.hints is not None,
        "--hints-layer": arguments.hints_layer is not None,
        "--fixes": arguments.fixes is not None,
        "--flats-report": arguments.flats_report is not None,
    }
    for option, is_given in given.items():
        if is_given:
            raise CommandError(f"{option} is for flats; add --result flats.")


def palette_swatches(words: str | None) -> tuple[Swatch, ...]:
    from huebrush_backend.flats.palettes.palette import parse_hex_list

    if words is None:
        return ()
    is_file = os.path.exists(words)  # noqa: PTH110 (many colours are too long for a path, and Path.exists raises then)
    try:
        return read_swatches(Path(words)).swatches if is_file else parse_hex_list(words).swatches
    except PaletteError as error:
        where = f"{words}:" if is_file else f"{words}: there is no such file, and"
        raise CommandError(f"{where} {error}") from error


def _fixes(file: Path | None) -> tuple[RegionFix, ...]:
    if file is None:
        return ()
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
        return tuple(
            RegionFix(
                kind=str(entry["kind"]),
                x=float(entry["x"]),
                y=float(entry["y"]),
                x2=float(entry.get("x2", 0.0)),
                y2=float(entry.get("y2", 0.0)),
                color=str(entry.get("color", "")),
            )
            for entry in entries
        )
    except OSError as error:
        raise CommandError(f"{file}: it cannot be read: {error.strerror or error}.") from error
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise CommandError(
            f'{file}: this is not a list of fixes such as [{{"kind": "close", "x": 1, "y": 2, "x2": 3, "y2": 4}}].'
        ) from error
