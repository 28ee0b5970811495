"""`huebrush colorize`: colorize files without Krita."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.parameter_ranges import MAX_SEED, MAX_STEPS, RANGES
from huebrush_protocol.parameters import PANELS, SAMPLERS, Parameters
from huebrush_protocol.regions import WITHOUT_MODEL
from huebrush_protocol.texts import Text

from huebrush_backend.cli.carry_out import JobFailedError, carrier
from huebrush_backend.cli.control_options import add_control_options, control_parameters
from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.model_choice import available_model
from huebrush_backend.cli.options import add_device_option, number, whole
from huebrush_backend.cli.places import place_lines
from huebrush_backend.cli.region_options import add_region_options, region_parameters

if TYPE_CHECKING:
    from huebrush_backend.cli.colorize_page import DonePage, Task

WITHOUT = ModelInfo(WITHOUT_MODEL, "No model", "", "", available=True)
EXIT_FAILED = 1
"""Exit status when the colorization was started but failed. Mistakes in the request end with 2."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `colorize`."""
    parser.description = (
        "Colorize line art from one or more reference pictures. Reads PNG, JPEG, WebP, TIFF, PSD, ORA and KRA (single "
        "layers of a KRA need an installed Krita), 8 or 16 bit, any colour model. The line art may be black on white, "
        "lines on a transparent layer, coloured, light on dark, or a scan."
    )
    parser.epilog = "Exit status: 0 done, 1 a colorization failed, 2 the request is wrong, 130 cancelled."
    parser.add_argument(
        "pages",
        type=Path,
        nargs="+",
        metavar="LINEART",
        help="picture with the lines to colorize; several with --output-folder",
    )
    parser.add_argument(
        "--reference",
        type=Path,
        action="append",
        default=[],
        metavar="REF",
        help="picture to take the colours from; may be given several times",
    )
    for option, meaning in (
        ("--take-from", "take its colours only from where MASK is white, or painted on transparency"),
        ("--leave-out", "take no colours from where MASK is white, or painted on transparency"),
    ):
        parser.add_argument(
            option,
            action="append",
            default=[],
            metavar="MASK",
            help=f"{meaning}; a picture of the reference's size. The n-th mask is for the n-th reference; - is none",
        )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="OUT",
        help="where to write: .ora or .psd (layers: the lines on top, the colours in a group below; .psb beyond 30,000 "
        "pixels), or .png (flat). A .psd or .png has the recipe beside it. Default: LINEART's name with -colored.ora, "
        "numbered if that exists",
    )
    parser.add_argument(
        "--output-folder",
        type=Path,
        metavar="DIR",
        help="colorize each LINEART into a file NAME.ora in DIR, which is made if it is missing; the model is loaded "
        "once, a page that fails does not stop the others, and a table shows at the end what became of each",
    )
    parser.add_argument(
        "--resume", action="store_true", help="with --output-folder: leave out pages whose result is there already"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace OUT if it exists (never an input)")
    parser.add_argument("--line-art-layer", metavar="NAME", help="layer or group of LINEART that holds the lines")
    parser.add_argument(
        "--reference-layer",
        metavar="NAME",
        help="layer or group to use as the reference, of REF or, without --reference, of LINEART itself",
    )
    parser.add_argument(
        "--colored",
        type=Path,
        metavar="FILE",
        help="the page coloured in any way, of any size: rough paint, a scan of markers, another program's result. "
        "Each region gets the colour that it mostly shows there, without a model (implies --model none --result flats)",
    )
    parser.add_argument(
        "--colored-layer",
        metavar="NAME",
        help="the same, a layer or group of FILE or, without --colored, of LINEART itself",
    )
    defaults = Parameters()
    tuning = parser.add_argument_group("how to colorize")
    tuning.add_argument(
        "--model",
        metavar="NAME",
        help="see `huebrush models list`; none: flats from a coloured picture, hints or a palette, or with none of "
        "them a colour of its own for each region (default: demo)",
    )
    tuning.add_argument(
        "--seed",
        type=whole(0, MAX_SEED),
        default=defaults.seed,
        metavar="N",
        help="same seed and inputs, same picture (default: %(default)s)",
    )
    tuning.add_argument(
        "--steps",
        type=whole(1, MAX_STEPS),
        default=defaults.steps,
        metavar="N",
        help=f"denoising steps, 1 to {MAX_STEPS} (default: %(default)s)",
    )
    for option, limits, default, meaning in (
        (
            "--reference-scale",
            RANGES["reference_guidance"],
            defaults.reference_guidance,
            "guidance scale of the reference; None chooses by the model",
        ),
        (
            "--sketch-scale",
            RANGES["sketch_guidance"],
            defaults.sketch_guidance,
            "guidance scale of the line art; None chooses by the model",
        ),
        (
            "--reference-strength",
            RANGES["reference_strength"],
            defaults.reference_strength,
            "how strongly the reference counts",
        ),
        ("--sketch-strength", RANGES["sketch_strength"], defaults.sketch_strength, "how strongly the lines count"),
    ):
        low, high = limits
        tuning.add_argument(
            option,
            type=number(low, high),
            default=default,
            metavar="X",
            help=f"{meaning}, {low:g} to {high:g} (default: %(default)s)",
        )
    tuning.add_argument(
        "--sampler",
        choices=SAMPLERS,
        default=defaults.sampler,
        metavar="NAME",
        help=f"{', '.join(SAMPLERS)} (default: %(default)s)",
    )
    tuning.add_argument(
        "--fast",
        action="store_true",
        help="faster, with slightly different colours: at most 8 steps, guidance in a part of them, an early end",
    )
    tuning.add_argument(
        "--panels",
        choices=PANELS,
        default=defaults.panels,
        help="comic pages and strips: find panels, gutters and balloons, and paint each panel on its own; or see every "
        "page as one drawing (default: %(default)s)",
    )
    add_control_options(parser)
    add_region_options(parser)
    add_device_option(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object about the result")


def run(arguments: argparse.Namespace) -> int:
    """Colorize; return the exit status. Raises `CommandError` for mistakes in the request."""
    from huebrush_backend.cli.colorize_batch import colorize_pages, pages_meant
    from huebrush_backend.cli.colorize_outputs import choose_output
    from huebrush_backend.cli.colorize_page import Task, further_inputs

    _choose_defaults(arguments)
    parameters = _parameters(arguments)
    model = WITHOUT if arguments.model == WITHOUT_MODEL else available_model(arguments.model).info
    others = further_inputs(arguments)
    pages = pages_meant(arguments.pages)
    if arguments.output_folder is not None:
        return colorize_pages(arguments, pages, others, model, parameters)
    if len(pages) > 1:
        raise CommandError(f"{len(pages)} pages need --output-folder, a folder for the results.")
    if arguments.resume:
        raise CommandError("--resume goes with --output-folder.")
    report = arguments.flats_report
    output = choose_output(
        pages[0], others, arguments.output, arguments.overwrite, further=[] if report is None else [report]
    )
    replaceable = [path for path in (arguments.output, report) if path is not None and arguments.overwrite]
    return _colorize_one(arguments, Task(pages[0], output, replaceable, report), model, parameters)


def _colorize_one(arguments: argparse.Namespace, task: Task, model: ModelInfo, parameters: Parameters) -> int:
    from huebrush_backend.cli.colorize_page import colorize_page
    from huebrush_backend.imaging.files import PictureError
    from huebrush_backend.imaging.lineart import LineArtError

    started = time.monotonic()
    try:
        with carrier(arguments.device) as carries:
            done = colorize_page(arguments, task, model, parameters, carries)
    except (PictureError, LineArtError) as error:
        raise CommandError(str(error)) from error
    except JobFailedError as error:
        print(f"huebrush colorize: {error}", file=sys.stderr)
        return EXIT_FAILED
    _report(arguments=arguments, model=model, done=done, seconds=time.monotonic() - started)
    return 0


def _choose_defaults(arguments: argparse.Namespace) -> None:
    """Choose the model and the result where they are left open: a coloured picture needs no model, and gives flats."""
    has_colors = arguments.colored is not None or arguments.colored_layer is not None
    if arguments.model is None:
        arguments.model = WITHOUT_MODEL if has_colors else "demo"
    if arguments.result is None:
        arguments.result = "flats" if has_colors else "picture"


def _parameters(arguments: argparse.Namespace) -> Parameters:
    return Parameters(
        seed=arguments.seed,
        steps=arguments.steps,
        reference_guidance=arguments.reference_scale,
        sketch_guidance=arguments.sketch_scale,
        reference_strength=arguments.reference_strength,
        sketch_strength=arguments.sketch_strength,
        sampler=arguments.sampler,
        fast=arguments.fast,
        panels=arguments.panels,
        regions=region_parameters(arguments),
        **control_parameters(arguments),
    )


def _report(arguments: argparse.Namespace, model: ModelInfo, done: DonePage, seconds: float) -> None:
    """Print what was made and with which model, in so many seconds. Says so if it was the small built-in model."""
    note = Text.of("note.builtin") if model.builtin else ""
    if arguments.json:
        print(json.dumps(done.summary(model, seconds, note), indent=2, sort_keys=True))
        return
    print(f"{done.written[0]}  ({done.size[0]} x {done.size[1]} px, {seconds:.1f} s)")
    if done.result.flats_report:
        print("\n".join(place_lines(done.result.flats_report)), file=sys.stderr)
    if note:
        print(note, file=sys.stderr)
