"""Further pictures of `huebrush colorize`: a coloured picture, a reference for the background, and masks."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import attrs
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.cli.colorize_inputs import ColorizeInputs
from huebrush_backend.cli.edit_lines import parse_edits
from huebrush_backend.cli.main import CommandError
from huebrush_backend.engine.request import FigureMask, Reference
from huebrush_backend.imaging.figure_masks import mask_of
from huebrush_backend.imaging.files import Layer, read_picture

NO_MASK = "-"
"""Value of a mask option for a reference without a mask, when a later reference has one."""


@attrs.frozen(eq=False)
class ColorizeExtras:
    """Pictures beside line art and references; None if not given."""

    background: Reference | None
    line_art_mask: FigureMask | None
    reference_mask: FigureMask | None
    hints: NDArray[np.uint8] | None
    colored: Reference | None
    before: Reference | None
    initial: Reference | None
    pinned: Reference | None
    edit_masks: tuple[FigureMask, ...]
    edit_patches: tuple[Reference, ...]
    references: tuple[Reference, ...]


def read_extras(arguments: argparse.Namespace, inputs: ColorizeInputs) -> ColorizeExtras:
    """Read the files and layers that the options name.

    Raises `PictureError`. Raises `CommandError` when a mask, the hints or a picture of the page have another size than
    what they lie over, or when there is a mask of the reference but more than one reference.
    """
    background = _picture(arguments.background, arguments.background_layer, inputs)
    line_art_mask = _picture(arguments.line_art_mask, arguments.line_art_mask_layer, inputs)
    reference_mask = _picture(arguments.reference_mask, arguments.reference_mask_layer, inputs)
    hints = _picture(arguments.hints, arguments.hints_layer, inputs)
    if hints is not None:
        _require_size(f"the hints {hints.name} are", hints, inputs.size, "the line art")
    before = _picture(arguments.before, arguments.before_layer, inputs)
    _, masks, patches = parse_edits(arguments.edit, arguments.feather, arguments.whole_regions)
    if before is not None:
        _require_size(f"the layer {before.name} is", before, inputs.size, "the line art")
        if not masks:
            raise CommandError("--before needs an edit with a mask; end an --edit with ' @ ' and a mask.")
        if arguments.layers != "one":
            raise CommandError("--before names one layer, which stays one; leave out --layers.")
    initial = _picture(arguments.initial, arguments.initial_layer, inputs)
    if initial is not None:
        _require_size(f"the picture {initial.name} is", initial, inputs.size, "the line art")
    if reference_mask is not None and len(inputs.references) != 1:
        raise CommandError("a mask of the reference needs exactly one reference; give one, or leave out the mask.")
    return ColorizeExtras(
        background=background and Reference(background.pixels, background.name),
        line_art_mask=line_art_mask and _mask(line_art_mask, inputs.size, "the line art"),
        reference_mask=reference_mask and _mask(reference_mask, _size(inputs.references[0].pixels), "the reference"),
        hints=None if hints is None else hints.pixels,
        colored=_colored(arguments, inputs),
        before=before and Reference(before.pixels, before.name),
        initial=initial and Reference(initial.pixels, initial.name),
        pinned=_pinned(arguments, inputs),
        edit_masks=tuple(_edit_mask(file, inputs) for file in masks),
        edit_patches=tuple(_edit_patch(file) for file in patches),
        references=_references(inputs, arguments.take_from, arguments.leave_out),
    )


def _colored(arguments: argparse.Namespace, inputs: ColorizeInputs) -> Reference | None:
    """Return the coloured picture, a file or a layer of it or of the page; None if there is none."""
    file, name = arguments.colored, arguments.colored_layer
    if file is None and name is None:
        return None
    if file is not None:
        picture = read_picture(file)
        layer = picture.merged() if name is None else picture.layer(name)
        return Reference(
            layer.on_canvas(picture.width, picture.height), file.name if name is None else f"{file.name}: {name}"
        )
    if arguments.line_art_layer is None:
        raise CommandError(
            f"{arguments.line_art}: when the coloured picture is a layer of the same file, name the line art too with"
            " --line-art-layer."
        )
    layer = inputs.page.layer(name)
    return Reference(layer.on_canvas(*inputs.size), f"{arguments.line_art.name}: {name}")


def _pinned(arguments: argparse.Namespace, inputs: ColorizeInputs) -> Reference | None:
    """Return the pixels that stay, transparent where nothing is pinned; None if there are no pins."""
    file, name = arguments.pin, arguments.pin_layer
    if file is None and name is None:
        if arguments.pin_mask is not None:
            raise CommandError("--pin-mask says where to pin; name the earlier result with --pin or --pin-layer.")
        return None
    page = inputs.page if file is None else read_picture(file)
    layer = page.merged() if name is None else page.layer(name)
    pixels = layer.on_canvas(page.width, page.height)
    title = " ".join(str(part) for part in (file and file.name, name) if part)
    _require_size(f"the pinned picture {title} is", Layer(title, pixels), inputs.size, "the line art")
    if arguments.pin_mask is not None:
        mask = _edit_mask(arguments.pin_mask, inputs).pixels
        pixels = np.where((mask >= 128)[..., None], pixels, np.uint8(0))
    return Reference(pixels, title)


def _references(inputs: ColorizeInputs, take_from: Sequence[str], leave_out: Sequence[str]) -> tuple[Reference, ...]:
    """Return the references in the same order, each with its masks."""
    for option, files in (("--take-from", take_from), ("--leave-out", leave_out)):
        if len(files) > len(inputs.references):
            raise CommandError(
                f"{option} is given {len(files)} times, but there are {len(inputs.references)} references;"
                " the first mask is for the first reference, and so on."
            )
    found = []
    for number, layer in enumerate(inputs.references):
        part, left_out = (_part(files, number, layer) for files in (take_from, leave_out))
        if part is not None and not part.pixels.any():
            raise CommandError(f"the mask {part.name} is empty: make it white where the colours are.")
        found.append(Reference(layer.pixels, layer.name, part=part, left_out=left_out))
    return tuple(found)


def _part(files: Sequence[str], number: int, reference: Layer) -> FigureMask | None:
    if number >= len(files) or files[number] == NO_MASK:
        return None
    file = Path(files[number])
    mask = Layer(file.name, read_picture(file).merged().pixels)
    return _mask(mask, _size(reference.pixels), f"the reference {reference.name}")


def _picture(file: Path | None, layer: str | None, inputs: ColorizeInputs) -> Layer | None:
    if layer is not None:
        found = inputs.page.layer(layer)
        return Layer(found.name, found.on_canvas(*inputs.size))
    return None if file is None else Layer(file.name, read_picture(file).merged().pixels)


def _edit_mask(file: Path, inputs: ColorizeInputs) -> FigureMask:
    mask = _mask(Layer(file.name, read_picture(file).merged().pixels), inputs.size, "the line art")
    if not mask.pixels.any():
        raise CommandError(f"the mask {file} is empty: paint where the edit should act, in white or on transparency.")
    return mask


def _edit_patch(file: Path) -> Reference:
    pixels = read_picture(file).merged().pixels
    if not pixels[..., 3].any():
        raise CommandError(f"the patch {file} is empty: all of it is transparent. Cut out something that is painted.")
    return Reference(pixels, file.name)


def _mask(layer: Layer, size: tuple[int, int], what: str) -> FigureMask:
    _require_size(f"the mask {layer.name} is", layer, size, what)
    return FigureMask(mask_of(layer.pixels), layer.name)


def _require_size(name: str, layer: Layer, size: tuple[int, int], what: str) -> None:
    found = _size(layer.pixels)
    if found != size:
        raise CommandError(f"{name} {found[0]} x {found[1]} pixels, {what} {size[0]} x {size[1]}; use the same size.")


def _size(pixels: NDArray[np.uint8]) -> tuple[int, int]:
    return pixels.shape[1], pixels.shape[0]
