"""`huebrush colorize`: colorize files without Krita."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.parameter_ranges import MAX_SEED, MAX_STEPS, RANGES
from huebrush_protocol.parameters import PANELS, SAMPLERS, Parameters
from huebrush_protocol.regions import WITHOUT_MODEL
from huebrush_protocol.texts import Text

from huebrush_backend.cli.carry_out import carry_out
from huebrush_backend.cli.control_options import add_control_options, control_parameters
from huebrush_backend.cli.edit_lines import parse_edits
from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.model_choice import available_model
from huebrush_backend.cli.options import add_device_option, number, whole
from huebrush_backend.cli.places import place_lines
from huebrush_backend.cli.region_options import add_region_options, region_parameters

if TYPE_CHECKING:
    from huebrush_backend.engine.request import ColorizeResult

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
    parser.epilog = "Exit status: 0 done, 1 the colorization failed, 2 the request is wrong, 130 cancelled."
    parser.add_argument("line_art", type=Path, metavar="LINEART", help="picture with the lines to colorize")
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
        help="where to write: .ora (layers: the lines untouched on top, the colours in a group below) or .png (flat, "
        "with the recipe beside it). Default: LINEART's name with -colored.ora, numbered if that exists",
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
    from huebrush_backend.cli.colorize_extras import read_extras
    from huebrush_backend.cli.colorize_inputs import read_inputs
    from huebrush_backend.cli.colorize_outputs import choose_output, require_writable, write_flats_report, write_result
    from huebrush_backend.engine.page_lines import reading_of
    from huebrush_backend.imaging.files import PictureError
    from huebrush_backend.imaging.lineart import LineArtError

    started = time.monotonic()
    _choose_defaults(arguments)
    # Libraries log warnings about odd files for developers. Without a handler these would appear on the terminal.
    logging.basicConfig(handlers=[logging.NullHandler()])
    parameters = _parameters(arguments)
    model = WITHOUT if arguments.model == WITHOUT_MODEL else available_model(arguments.model).info
    extra_files = (
        arguments.background,
        arguments.line_art_mask,
        arguments.reference_mask,
        arguments.hints,
        arguments.colored,
        arguments.fixes,
    )
    _, masks, patches = parse_edits(arguments.edit, arguments.feather, arguments.whole_regions)
    extra_files += (
        arguments.before,
        arguments.initial,
        *masks,
        *patches,
        *map(Path, (*arguments.take_from, *arguments.leave_out)),
    )
    others = [*arguments.reference, *(file for file in extra_files if file is not None)]
    output = choose_output(arguments.line_art, others, arguments.output, arguments.overwrite)
    if arguments.flats_report is not None:
        require_writable([arguments.flats_report], [arguments.line_art, *others, output], arguments.overwrite)
    try:
        inputs = read_inputs(
            arguments.line_art,
            arguments.line_art_layer,
            arguments.reference,
            arguments.reference_layer,
            arguments.extract_lines,
            needs_reference=model is not WITHOUT,
            reading=reading_of(parameters),
        )
        extras = read_extras(arguments, inputs)
    except (PictureError, LineArtError) as error:
        raise CommandError(str(error)) from error
    from huebrush_backend.engine.request import ColorizeRequest

    request = ColorizeRequest(
        model=model.name,
        line_art=inputs.line_art_on_canvas(),
        references=extras.references,
        parameters=parameters,
        line_art_name=inputs.line_art.name,
        background=extras.background,
        line_art_mask=extras.line_art_mask,
        reference_mask=extras.reference_mask,
        hints=extras.hints,
        colored=extras.colored,
        before=extras.before,
        initial=extras.initial,
        edit_masks=extras.edit_masks,
        edit_patches=extras.edit_patches,
    )
    result = carry_out("colorize", arguments.device, request)
    if result is None:
        return EXIT_FAILED
    try:
        written = write_result(output, inputs, result)
        if arguments.flats_report is not None:
            written.append(write_flats_report(arguments.flats_report, result))
    except PictureError as error:
        raise CommandError(str(error)) from error
    _report(
        arguments=arguments,
        model=model,
        result=result,
        written=written,
        size=inputs.size,
        seconds=time.monotonic() - started,
    )
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


def _report(
    arguments: argparse.Namespace,
    model: ModelInfo,
    result: ColorizeResult,
    written: list[Path],
    size: tuple[int, int],
    seconds: float,
) -> None:
    """Print what was made and with which model. Says so if it was the small built-in model.

    `arguments`: the command's arguments.
    `model`: the model that was used.
    `result`: the result.
    `written`: the files made.
    `size`: width and height of the page in pixels.
    `seconds`: duration of the job.
    """
    note = Text.of("note.builtin") if model.builtin else ""
    if arguments.json:
        summary = {
            "outputs": [str(path.resolve()) for path in written],
            "width": size[0],
            "height": size[1],
            "seconds": round(seconds, 3),
            "model": model.name,
            "builtin_model": model.builtin,
            "note": note,
            "recipe": result.recipe,
            "flats_report": result.flats_report,
        }
        print(json.dumps(summary, indent=2, sort_keys=True))
        return
    print(f"{written[0]}  ({size[0]} x {size[1]} px, {seconds:.1f} s)")
    if result.flats_report:
        print("\n".join(place_lines(result.flats_report)), file=sys.stderr)
    if note:
        print(note, file=sys.stderr)
