"""`huebrush evaluate flats`: score flats on drawn pages whose regions are known."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence

from huebrush_protocol.parameter_ranges import MAX_SEED

from huebrush_backend.cli.flat_tables import print_tables
from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.name_lists import names_in
from huebrush_backend.cli.options import whole
from huebrush_backend.cli.progress import StepDisplay

_SECONDS_OF_STEPS = {"drawing": 3.0, "variant": 1.0, "vote": 0.5}
"""Time that the steps on a page take, relative to each other."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `evaluate flats`."""
    parser.description = (
        "Score flats, mostly without a model, on pages whose regions and colours are known. Comic pages are drawn with "
        "every kind of line, also with known gaps; the found regions are painted in the right colours, all errors are "
        "counted, and a small soft picture of each page votes for the regions' colours. Other drawings are such as "
        "people make: open sketches with a right picture, closed shapes with a mottled one, pages with a coloured "
        "picture such as rough paint or a scan, pictures that spill over the lines, drawings that the built-in model "
        "colours after a reference, photographs whose ink is known. All pages depend only on --seed. "
        "Ctrl+C prints the figures of the parts that are done."
    )
    parser.add_argument("--seed", type=whole(0, MAX_SEED), default=0, help="which set of pages (default 0)")
    parser.add_argument(
        "--kinds",
        metavar="LIST",
        help="kinds of pages, with commas: closed, shaded, dense and gapped, which are comic pages in several variants "
        "and sizes, and open, mottled, colored, spilled, reference_colors, suggestions, comic, strips, reading "
        "(default: all, or with --variants only those)",
    )
    parser.add_argument(
        "--sizes",
        default="2k,4k,8.6k",
        metavar="LIST",
        help="sizes of the comic pages, with commas (default: 2k,4k,8.6k)",
    )
    parser.add_argument("--pages", type=whole(1, 999), default=1, help="how many comic pages of each size (default 1)")
    parser.add_argument("--variants", metavar="LIST", help="kinds of line art of the comic pages (default: all)")
    parser.add_argument(
        "--drawings", type=whole(1, 9999), metavar="N", help="how many drawings of each of the other kinds"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Score flats and print the figures; return 0, or 130 after Ctrl+C."""
    from huebrush_backend.evaluation.flat_kinds import DRAWN_KINDS, FLAT_KINDS
    from huebrush_backend.evaluation.flat_making import make_flats
    from huebrush_backend.evaluation.flat_suite import LINE_KINDS, SIZES, evaluate_flats

    sizes = names_in("--sizes", arguments.sizes, tuple(SIZES))
    known = tuple(variant for members in LINE_KINDS.values() for variant in members)
    variants = names_in("--variants", arguments.variants, known) if arguments.variants else known
    if arguments.kinds:
        kinds = names_in("--kinds", arguments.kinds, FLAT_KINDS)
    else:
        kinds = tuple(LINE_KINDS) if arguments.variants else FLAT_KINDS
    variants = tuple(variant for kind in kinds for variant in LINE_KINDS.get(kind, ()) if variant in variants)
    drawn = {name: kind for name, kind in DRAWN_KINDS.items() if name in kinds}
    if not variants and not drawn:
        raise CommandError("--variants has none of the --kinds")
    sizes = sizes if variants else ()
    counts = {name: arguments.drawings or kind.pages for name, kind in drawn.items()}
    begin = time.monotonic()
    with StepDisplay(shown=not arguments.json) as display:
        display.expect(_steps(sizes, SIZES, arguments.pages, len(variants)))
        report = evaluate_flats(make_flats, sizes, variants, arguments.pages, arguments.seed, display.step)
        report.update(dict.fromkeys(DRAWN_KINDS))
        for name, kind in drawn.items():
            if "stopped" in report:
                break
            display.expect([1.0] * counts[name])
            try:
                report[name] = kind.evaluate(counts[name], arguments.seed, display.step)
            except KeyboardInterrupt:
                report["stopped"] = True
    report["seconds"] = round(time.monotonic() - begin, 1)
    if arguments.json:
        print(json.dumps(report, indent=2))
    else:
        print_tables(report)
    return 130 if "stopped" in report else 0


def _steps(sizes: Sequence[str], extents: dict[str, tuple[int, int]], pages: int, variants: int) -> list[float]:
    """Return the duration of each step on the comic pages, relative to the others."""
    weights = _SECONDS_OF_STEPS
    page = [weights["drawing"], *[weights["variant"]] * variants, weights["vote"]]
    return [step * extents[size][0] * extents[size][1] / 1e6 for size in sizes for _ in range(pages) for step in page]
