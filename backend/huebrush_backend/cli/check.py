"""`huebrush check`: check painted flats, without a model."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.parameter_ranges import RANGES
from huebrush_protocol.parameters import DARK_LINES, LIGHT_LINES, Parameters
from huebrush_protocol.regions import WITHOUT_MODEL, RegionParameters, validate_regions

from huebrush_backend.cli.control_options import RULING_HELP
from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.options import number
from huebrush_backend.cli.places import FIRST, place_lines
from huebrush_backend.cli.region_options import gap_parameters, gap_width, palette_swatches

EXIT_PLACES_TO_CHECK = 1
"""Exit status when there are places to check. Mistakes in the request end with 2."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `check`."""
    parser.description = (
        "Check painted flats for unpainted specks, colour that ran over a line or lies across several, regions without "
        "colour, and colours outside the palette. What shows most comes first; nothing is changed."
    )
    parser.epilog = "Exit status: 0 page clean, 1 places to check, 2 the request is wrong."
    parser.add_argument("page", type=Path, metavar="PAGE", help="picture with the layers of lines and flats")
    parser.add_argument("--line-art-layer", required=True, metavar="NAME", help="layer or group with the lines")
    parser.add_argument("--flats-layer", required=True, metavar="NAME", help="layer or group with the flats")
    parser.add_argument("--palette", metavar="COLOURS", help="a palette file or hex codes; other colours are reported")
    parser.add_argument(
        "--gap", type=gap_width, metavar="WIDTH", help="close gaps up to this width, such as 24, 24px, 8lw or 1.5mm"
    )
    parser.add_argument(
        "--dpi", type=number(*RANGES["regions.dots_per_inch"]), default=0.0, metavar="N", help="the page's resolution"
    )
    parser.add_argument(
        "--sketch-mode",
        choices=("lines", DARK_LINES, LIGHT_LINES),
        default="lines",
        help="any line art, or only dark or only light lines (default: %(default)s)",
    )
    parser.add_argument("--remove-ruling", action="store_true", help=RULING_HELP)
    parser.add_argument("--all", action="store_true", help=f"list all places, not only the first {FIRST}")
    parser.add_argument("--json", action="store_true", help="print the whole flats report as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Check the page and print the places to check. Raises `CommandError`."""
    from huebrush_backend.engine.flats import RegionMaker
    from huebrush_backend.engine.page_ink import PageInk
    from huebrush_backend.engine.page_lines import PageLines
    from huebrush_backend.engine.picture_cache import ModelPicture
    from huebrush_backend.engine.plan import make_plan
    from huebrush_backend.engine.request import ColorizeRequest, EngineError
    from huebrush_backend.imaging.files import PictureError, read_picture
    from huebrush_backend.imaging.lineart import LineArtError
    from huebrush_backend.models.catalog import find_model

    swatches = palette_swatches(arguments.palette)
    regions = RegionParameters(
        result="check",
        **gap_parameters(arguments.gap),
        dots_per_inch=arguments.dpi,
        palette=tuple(swatch.hex for swatch in swatches),
        palette_names=tuple(swatch.name for swatch in swatches),
    )
    try:
        validate_regions(regions)
        page = read_picture(arguments.page)
        size = page.width, page.height
        lines, flats = (page.layer(name).on_canvas(*size) for name in (arguments.line_art_layer, arguments.flats_layer))
        parameters = Parameters(
            sketch_mode=arguments.sketch_mode, remove_ruling=arguments.remove_ruling, regions=regions
        )
        request = ColorizeRequest(WITHOUT_MODEL, lines, (), parameters, flats=flats)
        plan = make_plan(request, find_model)
        painted = ModelPicture(None, parameters, None, ())
        ink = PageInk(PageLines(request).ink_bytes)
        report = RegionMaker().make(request, plan.palette, ink, painted, lambda: None).flats_report
    except ProtocolError as error:
        raise CommandError(error.message) from error
    except (PictureError, LineArtError) as error:
        raise CommandError(str(error)) from error
    except EngineError as error:
        raise CommandError(error.sentence) from error
    if arguments.json:
        print(json.dumps(report, indent=2))
    else:
        print("\n".join(place_lines(report, None if arguments.all else FIRST)))
    return 0 if report["clean"] else EXIT_PLACES_TO_CHECK
