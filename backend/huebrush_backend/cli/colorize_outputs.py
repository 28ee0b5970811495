"""Outputs of `huebrush colorize`: a layered OpenRaster file, or a flat PNG with its recipe beside it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import numpy as np
from numpy.typing import NDArray
from PIL import ImageColor

from huebrush_backend.cli.colorize_inputs import ColorizeInputs
from huebrush_backend.cli.main import CommandError
from huebrush_backend.imaging.files import Group, Layer, write_ora, write_png
from huebrush_backend.imaging.files.blending import MULTIPLY, NORMAL, SCREEN
from huebrush_backend.imaging.files.picture import composite
from huebrush_backend.imaging.files.png import write_atomically

if TYPE_CHECKING:
    from huebrush_backend.engine.request import ColorizeResult, ResultLayer

_BLENDINGS = {"normal": NORMAL, "multiply": MULTIPLY, "screen": SCREEN}
RECIPE_NAME = "recipe.json"
"""Name of the recipe in a layered result."""
RECIPE_KEYWORD = "huebrush recipe"
"""Keyword of the recipe in a flat result."""
_FORMATS = (".ora", ".png")


def choose_output(line_art: Path, others: Iterable[Path], output: Path | None, overwrite: bool) -> Path:
    """Choose where the result goes, before any other work. `others`: the inputs beside `line_art`.

    Raises `CommandError` when `output` is neither .ora nor .png, is one of the inputs, exists already (unless
    `overwrite`), or its folder is missing.
    """
    if output is None:
        return _free_name(line_art)
    if output.suffix.lower() not in _FORMATS:
        raise CommandError(
            f"{output}: the result can be written as {' or '.join(_FORMATS)}; give the output such a name."
        )
    if output.is_dir():
        raise CommandError(f"{output}: this is a folder; give a file name.")
    if not output.parent.is_dir():
        raise CommandError(f"{output}: the folder {output.parent} does not exist. Make it first.")
    written = [output] if output.suffix.lower() == ".ora" else [output, sidecar(output)]
    require_writable(written, (line_art, *others), overwrite)
    return output


def require_writable(written: Iterable[Path], inputs: Iterable[Path], overwrite: bool) -> None:
    """Raise `CommandError` when a file to be written is one of the `inputs`, or exists already (unless `overwrite`)."""
    sources = tuple(inputs)
    for path in written:
        if any(_is_same_file(path, source) for source in sources):
            raise CommandError(f"{path} is one of the inputs; choose another --output.")
        if path.exists() and not overwrite:
            raise CommandError(f"{path} exists already. Choose another --output, or add --overwrite.")


def sidecar(picture: Path) -> Path:
    """Return the path of a flat picture's recipe: "page.png" has "page.recipe.json"."""
    return picture.with_suffix(".recipe.json")


def write_result(output: Path, inputs: ColorizeInputs, result: ColorizeResult) -> list[Path]:
    """Write the result and return the files made, the picture first. Raises `PictureError`."""
    layers = [
        Layer(layer.name, _pixels(layer), layer.x, layer.y, blending=_BLENDINGS[layer.blend]) for layer in result.layers
    ]
    if output.suffix.lower() == ".ora":
        write_ora(output, _page(inputs, Group("Huebrush", layers)), inputs.size, {RECIPE_NAME: result.recipe})
        return [output]
    lines = [] if inputs.separated is None else [Layer("lines", inputs.separated.lines)]
    recipe = json.dumps(result.recipe, indent=2, sort_keys=True)
    write_png(output, composite([*layers, *lines], *inputs.size), texts={RECIPE_KEYWORD: recipe})
    write_atomically(sidecar(output), lambda stream: stream.write(recipe.encode()))
    return [output, sidecar(output)]


def write_flats_report(file: Path, result: ColorizeResult) -> Path:
    """Write the flats report with the places to check as JSON and return the file. Raises `PictureError`."""
    report = json.dumps(result.flats_report, indent=2).encode()
    write_atomically(file, lambda stream: stream.write(report))
    return file


def _pixels(layer: ResultLayer) -> NDArray[np.uint8]:
    """Return a layer's pixels (h,w,4); a key stroke is painted in its colour."""
    if layer.pixels.ndim == 3:
        return layer.pixels
    painted = np.zeros((*layer.pixels.shape, 4), np.uint8)
    painted[layer.pixels > 0] = (*ImageColor.getrgb(layer.color or "#ffffff"), 255)
    return painted


def _page(inputs: ColorizeInputs, result: Group) -> list[Layer | Group]:
    """Return the layers of the page, bottom to top: the result and the artist's layer with unchanged pixels.

    The lines lie on top. If their paper is painted, they get a blending mode that shows the colours below. A picture
    from which lines were drawn is kept below and hidden, because the result has its own lines.
    """
    if inputs.separated is None:
        return [attrs.evolve(inputs.line_art, visible=False), result]
    blending = inputs.line_art.blending
    if blending == NORMAL and inputs.separated.paper_is_painted:
        blending = SCREEN if inputs.separated.paper_is_dark else MULTIPLY
    return [result, attrs.evolve(inputs.line_art, blending=blending, visible=True)]


def _free_name(line_art: Path) -> Path:
    for number in itertools.count(1):
        suffix = "" if number == 1 else f"-{number}"
        candidate = line_art.with_name(f"{line_art.stem}-colored{suffix}.ora")
        if not candidate.exists():
            return candidate
    raise AssertionError("unreachable")


def _is_same_file(first: Path, second: Path) -> bool:
    try:
        return first.samefile(second)
    except OSError:
        return False
