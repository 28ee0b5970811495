"""`huebrush replay`: make a result again from its recipe."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from huebrush_protocol.regions import WITHOUT_MODEL

from huebrush_backend.cli.carry_out import carry_out
from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.model_choice import available_model
from huebrush_backend.cli.options import add_device_option

EXIT_FAILED = 1
SAME = ("huebrush", "model_sha256", "device", "dtype", "torch")
"""Entries of a recipe that have to be the same for the same bytes, beside model, parameters and inputs."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `replay`."""
    parser.description = (
        "Make a result again from its recipe. The inputs are found by their SHA-256, whatever they are called now: "
        "files, and layers of files. With the same model on the same device it has the same bytes; what is different "
        "now is said."
    )
    parser.epilog = "Exit status: 0 done, 1 the colorization failed, 2 an input is missing, 130 cancelled."
    parser.add_argument("recipe", type=Path, metavar="RECIPE", help="a result (.ora or .png), or a .recipe.json")
    parser.add_argument(
        "--look-in",
        type=Path,
        action="append",
        metavar="PLACE",
        help="a file or folder with inputs; may be given several times (default: the recipe's own folder)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="OUT",
        help="where to write: .ora, .psd or .psb (layers) or .png (flat)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace OUT if it exists (never an input)")
    add_device_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Make the result again; return the exit status. Raises `CommandError` for what is missing."""
    from huebrush_backend.cli.colorize_inputs import ColorizeInputs
    from huebrush_backend.cli.colorize_outputs import choose_output, deliver_result
    from huebrush_backend.cli.recipe_inputs import find_inputs, make_request, read_recipe
    from huebrush_backend.engine.page_lines import reading_of
    from huebrush_backend.imaging.files import Layer, Picture, PictureError
    from huebrush_backend.imaging.files.psd_size import require_size
    from huebrush_backend.imaging.lineart import LineArtError, separate_lines

    recipe = read_recipe(arguments.recipe)
    places = arguments.look_in or [arguments.recipe.absolute().parent]
    if recipe.model != WITHOUT_MODEL:
        available_model(recipe.model)
    found, files = find_inputs(recipe, places)
    output = choose_output(arguments.recipe, files, arguments.output, arguments.overwrite)
    request = make_request(recipe, found)
    height, width = request.line_art.shape[:2]
    try:
        require_size(output, (width, height))
    except PictureError as error:
        raise CommandError(str(error)) from error
    result = carry_out("replay", arguments.device, request)
    if result is None:
        return EXIT_FAILED
    lines = Layer(request.line_art_name or "Line art", request.line_art)
    is_drawn = request.parameters.sketch_mode == "extract"
    try:
        separated = None if is_drawn else separate_lines(request.line_art, reading_of(request.parameters))
        page = Picture(arguments.recipe, width, height, (), lambda: lines)
        inputs = ColorizeInputs((width, height), page, lines, separated, ())
        written = deliver_result(output, inputs, result, [output] if arguments.overwrite else [])
    except (PictureError, LineArtError) as error:
        raise CommandError(str(error)) from error
    print(written[0])
    changes = changed(recipe.said, result.recipe)
    if changes:
        print("Not all is as it was, so the bytes may differ: " + "; ".join(changes) + ".", file=sys.stderr)
    return 0


def changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return the entries in `SAME` that two recipes say differently, each in words for people."""
    names = [name for name in SAME if before.get(name) != now.get(name)]
    return [f"{name} was {before.get(name)!r}, is {now.get(name)!r}" for name in names]
