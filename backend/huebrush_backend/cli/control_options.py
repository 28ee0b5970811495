"""Options of `huebrush colorize` for the controls of the authors' interface, and their conversion to parameters."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.parameter_ranges import RANGES, validate_parameters
from huebrush_protocol.parameters import (
    ENHANCEMENTS,
    EXTRACT,
    NOISE_SCHEDULES,
    SKETCH_MODES,
    Enhancement,
    GuidanceWindow,
    Injection,
    LevelStrengths,
    Parameters,
    TextEdit,
)

from huebrush_backend.cli.edit_lines import EDIT_HELP, MASK_HELP, parse_edits
from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.options import number

RULING_HELP = "take printed lines, squares or dots of the paper away"


def add_control_options(parser: argparse.ArgumentParser) -> None:
    """Add the options, in groups, to `parser`; `control_parameters` reads them."""
    reading = parser.add_argument_group("how to read the line art")
    modes = reading.add_mutually_exclusive_group()
    modes.add_argument(
        "--sketch-mode",
        choices=[mode for mode in SKETCH_MODES if mode != EXTRACT],
        default=Parameters.sketch_mode,
        help="any line art, only dark or only light lines, or one of the authors' own ways (default: %(default)s)",
    )
    modes.add_argument(
        "--extract-lines",
        action="store_true",
        help="LINEART is a coloured, shaded or scanned picture: draw its lines first (see `huebrush lines`)",
    )
    reading.add_argument("--remove-ruling", action="store_true", help=RULING_HELP)

    picture = parser.add_argument_group("the picture")
    initial = picture.add_mutually_exclusive_group()
    initial.add_argument(
        "--initial",
        type=Path,
        metavar="FILE",
        help="a picture of LINEART's size to go on from: an earlier result, or one that was painted on",
    )
    initial.add_argument("--initial-layer", metavar="NAME", help="the same, a layer or group of LINEART")
    picture.add_argument(
        "--pin",
        type=Path,
        metavar="FILE",
        help="an earlier result of the page, or a part cut out of it: what it shows stays exactly as it is",
    )
    picture.add_argument(
        "--pin-layer", metavar="NAME", help="the same, a layer or group of FILE or, without --pin, of LINEART"
    )
    picture.add_argument(
        "--pin-mask", type=Path, metavar="MASK", help="pin only where MASK is white, or painted on transparency"
    )
    _add_number(picture, "--change", "change", Parameters.change, "how far to move away from it; 1 keeps nothing of it")
    picture.add_argument(
        "--keep-to-lines",
        action=argparse.BooleanOptionalAction,
        default=Parameters.keep_to_lines,
        help="pull colour that the model spilled over lines back to what each region has away from its borders "
        "(default: yes)",
    )
    sampling = parser.add_argument_group("sampling")
    sampling.add_argument(
        "--noise-schedule",
        choices=NOISE_SCHEDULES,
        default=Parameters.noise_schedule,
        help="how the steps are spaced between noise and picture (default: %(default)s)",
    )
    window = GuidanceWindow()
    _add_number(sampling, "--guidance-start", "guidance_window.start", window.start, "share at which guidance begins")
    _add_number(sampling, "--guidance-end", "guidance_window.end", window.end, "share at which guidance ends")
    sampling.add_argument(
        "--guidance-pause",
        type=number(*RANGES["guidance_window.pause_start"]),
        nargs=2,
        metavar=("START", "END"),
        default=(window.pause_start, window.pause_end),
        help="a part of the way in which the reference is not seen (default: none)",
    )

    strengths = parser.add_argument_group("strength of the reference, by level")
    levels = LevelStrengths()
    for option, level, meaning in (
        ("--encoder-strength", "encoder", "on the way down"),
        ("--colour-strength", "middle", "at the level of colours"),
        ("--content-strength", "low", "at the level of what things are"),
    ):
        _add_number(strengths, option, f"reference_levels.{level}", getattr(levels, level), meaning)
    strengths.add_argument(
        "--block-strengths",
        type=_numbers(*RANGES["block_strengths"]),
        metavar="X,X,…",
        default=(),
        help="one strength for each transformer block, in place of the levels",
    )
    _add_number(
        strengths,
        "--reference-padding",
        "reference_padding",
        Parameters.reference_padding,
        "put references on a white sheet so many times as wide",
    )

    editing = parser.add_argument_group("edits by text")
    editing.add_argument("--edit", action="append", default=[], metavar="EDIT", help=EDIT_HELP + MASK_HELP)
    _add_number(editing, "--feather", "edits.feather", TextEdit.feather, "pixels over which edits with a mask fade out")
    editing.add_argument(
        "--whole-regions",
        action="store_true",
        help="masks of edits are strokes; each stands for the regions that its middle runs through",
    )
    before = editing.add_mutually_exclusive_group()
    before.add_argument(
        "--before",
        type=Path,
        metavar="FILE",
        help="the picture, of LINEART's size, that edits with a mask change inside their masks only "
        "(default: the model's picture without these edits)",
    )
    before.add_argument("--before-layer", metavar="NAME", help="the same, a layer or group of LINEART")

    injection = parser.add_argument_group("attention injection")
    injection.add_argument(
        "--inject",
        action="store_true",
        help="let the network see the first reference as it would paint it, at twice the cost",
    )
    usual = Injection()
    for option, field, meaning in (
        ("--injection-reference-fidelity", "reference_fidelity", "how strongly guidance brings that out"),
        ("--injection-sketch-fidelity", "sketch_fidelity", "strength of the reference's own outlines"),
        ("--injection-start", "start", "share of the way after which it begins"),
    ):
        _add_number(injection, option, f"injection.{field}", getattr(usual, field), meaning)

    _add_enhancement_options(parser.add_argument_group("figure and background"))


def _add_enhancement_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--enhance",
        choices=ENHANCEMENTS,
        action="append",
        default=[],
        help="colour the background or the foreground apart, or take the reference's style; may be given several times",
    )
    group.add_argument(
        "--clear-background", action="store_true", help="take the figure out of the picture for the background"
    )
    group.add_argument("--cut-out", action="store_true", help="leave the result transparent outside the figure")
    for what, meaning in (
        ("background", "a picture to colour the background after"),
        ("line-art-mask", "a mask of LINEART, white where its figure is (default: what its outer lines enclose)"),
        ("reference-mask", "a mask of REF, white where its figure is (default: what stands out from its ground)"),
    ):
        choice = group.add_mutually_exclusive_group()
        choice.add_argument(f"--{what}", type=Path, metavar="FILE", help=meaning)
        choice.add_argument(f"--{what}-layer", metavar="NAME", help="the same as a layer of LINEART")
    usual = Enhancement()
    for option, field, meaning in (
        ("--sketch-threshold", "sketch_threshold", "value of the line art's mask that begins the figure"),
        ("--reference-threshold", "reference_threshold", "value of the reference's mask that begins the figure"),
        ("--foreground-strength", "foreground_strength", "how strongly the reference counts in the figure"),
        ("--background-strength", "background_strength", "and in the background"),
        ("--merge", "merge", "share of the background in the figure"),
        ("--background-factor", "background_factor", "strength of the background's shapes (v2)"),
    ):
        _add_number(group, option, f"enhancement.{field}", getattr(usual, field), meaning)


def _add_number(group: argparse._ArgumentGroup, option: str, range_name: str, default: float, meaning: str) -> None:
    low, high = RANGES[range_name]
    group.add_argument(
        option,
        type=number(low, high),
        default=default,
        metavar="X",
        help=f"{meaning}, {low:g} to {high:g} (default: {default:g})",
    )


def _numbers(low: float, high: float) -> Callable[[str], tuple[float, ...]]:
    """Return the argparse type of numbers from `low` to `high` with commas between them."""
    each = number(low, high)

    def real_numbers(text: str) -> tuple[float, ...]:
        return tuple(each(item) for item in text.split(","))

    return real_numbers


def control_parameters(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the fields of `Parameters` that these options give. Raises `CommandError` when they cannot be."""
    pause_start, pause_end = arguments.guidance_pause
    if pause_start > pause_end:
        raise CommandError(f"--guidance-pause begins at {pause_start:g}, after its end at {pause_end:g}; swap the two.")
    injection = Injection(
        arguments.injection_reference_fidelity, arguments.injection_sketch_fidelity, arguments.injection_start
    )
    fields: dict[str, Any] = {
        "sketch_mode": EXTRACT if arguments.extract_lines else arguments.sketch_mode,
        "remove_ruling": arguments.remove_ruling,
        "change": arguments.change,
        "keep_to_lines": arguments.keep_to_lines,
        "noise_schedule": arguments.noise_schedule,
        "guidance_window": GuidanceWindow(arguments.guidance_start, arguments.guidance_end, pause_start, pause_end),
        "reference_levels": LevelStrengths(
            arguments.encoder_strength, arguments.colour_strength, arguments.content_strength
        ),
        "block_strengths": arguments.block_strengths,
        "reference_padding": arguments.reference_padding,
        "edits": parse_edits(arguments.edit, arguments.feather, arguments.whole_regions)[0],
        "injection": injection if arguments.inject else None,
        "enhancement": Enhancement(
            background="background" in arguments.enhance,
            foreground="foreground" in arguments.enhance,
            style="style" in arguments.enhance,
            sketch_threshold=arguments.sketch_threshold,
            reference_threshold=arguments.reference_threshold,
            foreground_strength=arguments.foreground_strength,
            background_strength=arguments.background_strength,
            merge=arguments.merge,
            background_factor=arguments.background_factor,
            clear_background_picture=arguments.clear_background,
            cut_out=arguments.cut_out,
        ),
    }
    try:
        validate_parameters(Parameters(**fields))
    except ProtocolError as error:
        raise CommandError(error.message) from error
    return fields
