"""Inputs of `huebrush colorize`: the layer and file of the line art, and the references."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.cli.main import CommandError
from huebrush_backend.imaging.files import Layer, Picture, PictureError, read_picture
from huebrush_backend.imaging.lineart import ANY_LINE_ART, LineArt, LineArtError, Reading, separate_lines


@attrs.frozen(eq=False)
class ColorizeInputs:
    """Line art and references as read from the files.

    `line_art`: the line-art layer, unchanged. `separated`: its separated lines; None if `line_art` is a picture from
    which lines are still to be drawn. `size`: width and height of the page. `page`: the file with the line art.
    """

    size: tuple[int, int]
    page: Picture
    line_art: Layer
    separated: LineArt | None
    references: tuple[Layer, ...]

    def line_art_on_canvas(self) -> NDArray[np.uint8]:
        """The line art at page size, (H,W,4) uint8 RGBA."""
        return self.line_art.on_canvas(*self.size)


def read_inputs(
    line_art: Path,
    line_art_layer: str | None,
    references: Sequence[Path],
    reference_layer: str | None,
    extract_lines: bool = False,
    needs_reference: bool = True,
    reading: Reading = ANY_LINE_ART,
) -> ColorizeInputs:
    """Read line art and references.

    `line_art`: file with the line art.
    `line_art_layer`: name of its layer or group; None for the whole file.
    `references`: files with references.
    `reference_layer`: layer or group in each of them, or in the line-art file if there are no `references`.
    `extract_lines`: the line art is a picture from which lines are drawn later.
    `needs_reference`: raise an error when there is no reference.
    `reading`: how the line art is read.

    Raises `CommandError`, `PictureError` or `LineArtError`, each with a remedy.
    """
    if needs_reference and not references and reference_layer is None:
        raise CommandError(
            "a reference is missing: give a picture with --reference, or name a layer of the line-art file with"
            " --reference-layer."
        )
    page = read_picture(line_art)
    if reference_layer is not None and not references and line_art_layer is None:
        names = page.names_of_layers()
        raise CommandError(
            f"{line_art}: when the reference is a layer of the same file, name the line art too with --line-art-layer."
            + (f" {names}" if page.layers else " But this file has no layers.")
        )
    lines = page.merged() if line_art_layer is None else page.layer(line_art_layer)
    size = (page.width, page.height)
    try:
        separated = None if extract_lines else separate_lines(lines.on_canvas(*size), reading)
    except LineArtError as error:
        where = f'{line_art}, layer "{line_art_layer}"' if line_art_layer is not None else str(line_art)
        raise LineArtError(f"{where}: {error}") from error
    if references:
        pictures = [read_picture(path) for path in references]
        chosen = [_reference(picture, reference_layer) for picture in pictures]
    else:
        chosen = [] if reference_layer is None else [_reference(page, reference_layer)]
    return ColorizeInputs(size, page, lines, separated, tuple(chosen))


def _reference(picture: Picture, layer_name: str | None) -> Layer:
    layer = picture.merged() if layer_name is None else picture.layer(layer_name)
    if not layer.pixels[..., 3].any():
        where = "the picture" if layer_name is None else f'the layer "{layer_name}"'
        raise PictureError(picture.file, f"{where} is empty, so it cannot be a reference.")
    name = f"{picture.file.name}: {layer_name}" if layer_name is not None else picture.file.name
    return Layer(name, layer.pixels)
