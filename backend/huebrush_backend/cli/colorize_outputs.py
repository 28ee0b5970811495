"""Outputs of `huebrush colorize`: a layered OpenRaster or Photoshop file, or a flat PNG; the recipe is in the first and
beside the others."""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import numpy as np
from numpy.typing import NDArray
from PIL import ImageColor

from huebrush_backend.cli.colorize_inputs import ColorizeInputs
from huebrush_backend.cli.interruption import uninterrupted
from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.output_places import require_places
from huebrush_backend.imaging.files import Group, Layer, write_ora, write_png
from huebrush_backend.imaging.files.blending import MULTIPLY, NORMAL, SCREEN
from huebrush_backend.imaging.files.picture import composite
from huebrush_backend.imaging.files.psd_size import LONGEST_SIDES
from huebrush_backend.imaging.files.writing import delivery, exists, fitting_name, free_names, write_atomically

if TYPE_CHECKING:
    from huebrush_backend.engine.request import ColorizeResult, ResultLayer

_BLENDINGS = {"normal": NORMAL, "multiply": MULTIPLY, "screen": SCREEN}
RECIPE_NAME = "recipe.json"
"""Name of the recipe in a layered result."""
RECIPE_KEYWORD = "huebrush recipe"
"""Keyword of the recipe in a flat result."""
_FORMATS = (".ora", ".png", *LONGEST_SIDES)
_KINDS_OF_STACKS = ("color", "area")
"""Kinds of layers that come as a stack of many, which lie in a group of their own in a Photoshop document."""


def choose_output(
    line_art: Path, others: Iterable[Path], output: Path | None, overwrite: bool, further: Sequence[Path] = ()
) -> Path:
    """Choose where the result goes, before any other work. `others`: the inputs beside `line_art`. `further`: files
    that are written beside the result, such as a report.

    Raises `CommandError` when `output` has a format that is not written, or when a file to be written is one of the
    inputs or another one of them, exists already (unless `overwrite`), or cannot be made there.
    """
    if output is None:
        output = default_output(line_art)
        require_places([output, *further], (line_art, *others), overwrite)
        return output
    if output.suffix.lower() not in _FORMATS:
        raise CommandError(
            f"{output}: the result can be written as {', '.join(_FORMATS[:-1])} or {_FORMATS[-1]}; give the output such"
            " a name."
        )
    require_places([*files_of(output), *further], (line_art, *others), overwrite)
    return output


def files_of(output: Path) -> list[Path]:
    """Return the files that a result at `output` consists of, the picture first."""
    return [output] if output.suffix.lower() == ".ora" else [output, sidecar(output)]


def sidecar(picture: Path) -> Path:
    """Return the path of a flat picture's recipe: "page.png" has "page.recipe.json"."""
    return picture.with_suffix(".recipe.json")


def write_result(output: Path, inputs: ColorizeInputs, result: ColorizeResult) -> None:
    """Write the files of a result. Raises `PictureError`."""
    layers = [
        Layer(layer.name, _pixels(layer), layer.x, layer.y, blending=_BLENDINGS[layer.blend]) for layer in result.layers
    ]
    if output.suffix.lower() == ".ora":
        write_ora(output, _page(inputs, Group("Huebrush", layers)), inputs.size, {RECIPE_NAME: result.recipe})
        return
    recipe = json.dumps(result.recipe, indent=2, sort_keys=True)
    if output.suffix.lower() in LONGEST_SIDES:
        from huebrush_backend.imaging.files.print_settings import read_print_settings
        from huebrush_backend.imaging.files.psd_writing import write_psd

        group = Group("Huebrush", _with_clipping(result.layers, layers))
        write_psd(output, _page(inputs, group), inputs.size, read_print_settings(inputs.page.file))
    else:
        lines = [] if inputs.separated is None else [Layer("lines", inputs.separated.lines)]
        write_png(output, composite([*layers, *lines], *inputs.size), texts={RECIPE_KEYWORD: recipe})
    write_atomically(sidecar(output), lambda stream: stream.write(recipe.encode()))


def _with_clipping(made: Iterable[ResultLayer], layers: Iterable[Layer]) -> list[Layer | Group]:
    """Return the layers of a result as artists keep them in Photoshop: a stack of colours in a group, and light and
    shade clipped to the flats below them."""
    nodes: list[Layer | Group] = []
    pairs = zip(made, layers, strict=True)
    for is_stack, run in itertools.groupby(pairs, lambda pair: pair[0].kind in _KINDS_OF_STACKS):
        if is_stack:
            nodes.append(Group("Colours", [layer for _, layer in run]))
            continue
        for _, layer in run:
            nodes.append(attrs.evolve(layer, clipped=layer.blending != NORMAL and bool(nodes)))
    return nodes


def deliver_result(
    output: Path,
    inputs: ColorizeInputs,
    result: ColorizeResult,
    replaceable: Collection[Path] = (),
    report: Path | None = None,
) -> list[Path]:
    """Write the result, and its flats report as JSON to `report`; return the files made, the picture first.

    All are put into their places at once, or none. What has appeared there meanwhile stays, unless it is `replaceable`:
    then ours gets the next free name. Raises `PictureError`.
    """
    groups = [files_of(output)] if report is None else [files_of(output), [report]]
    with delivery(*groups) as files:
        write_result(files.staged[output], inputs, result)
        if report is not None:
            text = json.dumps(result.flats_report, indent=2).encode()
            write_atomically(files.staged[report], lambda stream: stream.write(text))
        with uninterrupted():
            return list(files.publish(replaceable))


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


def default_output(line_art: Path) -> Path:
    """Return a free name for a result: "page.png" gives "page-colored.ora", then "page-colored-2.ora"."""
    first = line_art.with_name(fitting_name(line_art.stem, "-colored.ora"))
    return next(name for (name,) in free_names([first]) if not exists(name))
