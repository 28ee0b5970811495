"""The pictures that a recipe was made of, found again by their SHA-256 among files and their layers."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import cattrs
import numpy as np
from cattrs.errors import CattrsError
from huebrush_protocol.parameters import Parameters
from numpy.typing import NDArray

from huebrush_backend.cli.colorize_outputs import RECIPE_KEYWORD, RECIPE_NAME
from huebrush_backend.cli.main import CommandError
from huebrush_backend.engine.request import ColorizeRequest, FigureMask, Reference
from huebrush_backend.imaging.figure_masks import mask_of
from huebrush_backend.imaging.files import Picture, PictureError, read_picture
from huebrush_backend.imaging.files.picture import DAMAGE
from huebrush_backend.imaging.files.png import SIGNATURE
from huebrush_backend.imaging.files.png_chunks import read_png_text

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".psd", ".ora", ".kra")
"""Endings of the files in a folder that are looked into."""
LARGEST_RECIPE = 2**24
_CONVERTER = cattrs.Converter(detailed_validation=False)


@attrs.frozen
class RecipeInput:
    """An input as a recipe names it: `role` and `name`, `width` and `height` in pixels, its weight and SHA-256."""

    role: str
    name: str
    width: int
    height: int
    weight: float
    sha256: str

    def describe(self) -> str:
        """Return it as a line for a message."""
        name = f' "{self.name}"' if self.name else ""
        return f"{self.role}{name}, {self.width} x {self.height}, SHA-256 {self.sha256[:12]}…"


@attrs.frozen
class Recipe:
    """A recipe: the model's name, the parameters, the inputs, and all of it as it was written (`said`)."""

    model: str
    parameters: Parameters
    inputs: tuple[RecipeInput, ...]
    said: Mapping[str, Any]


def read_recipe(file: Path) -> Recipe:
    """Read a recipe from a JSON file, or out of a result (.ora or .png). Raises `CommandError`."""
    try:
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                content = archive.read(RECIPE_NAME)
        else:
            with file.open("rb") as stream:
                content = stream.read(LARGEST_RECIPE)
            if content.startswith(SIGNATURE):
                content = read_png_text(file, RECIPE_KEYWORD, LARGEST_RECIPE) or ""
        said = json.loads(content)
        recipe = Recipe(
            _CONVERTER.structure(said["model"], str),
            _CONVERTER.structure(said["parameters"], Parameters),
            _CONVERTER.structure(said["inputs"], tuple[RecipeInput, ...]),
            said,
        )
    except OSError as error:
        raise CommandError(f"{file}: it cannot be read: {error.strerror or error}.") from error
    except (CattrsError, *DAMAGE) as error:
        raise CommandError(
            f"{file}: this is no recipe of a result. Give a file that ends in .recipe.json, or a result (.ora, .png)."
        ) from error
    if not any(item.role == "line_art" for item in recipe.inputs):
        raise CommandError(f"{file}: this is no recipe of a result, it names no line art.")
    return recipe


def find_inputs(recipe: Recipe, places: Sequence[Path]) -> tuple[dict[str, NDArray[np.uint8]], list[Path]]:
    """Return the pixels of the inputs of `recipe` by SHA-256, (H,W,4) or of masks (H,W), and the files that have them.
    `places`: files, and folders whose pictures are looked into. Raises `CommandError` that names those that are in
    none of them."""
    wanted = {item.sha256: item for item in recipe.inputs}
    sizes = {(item.width, item.height) for item in recipe.inputs}
    found: dict[str, NDArray[np.uint8]] = {}
    files: list[Path] = []
    for file in _files(places):
        if len(found) == len(wanted):
            break
        try:
            for pixels in _pictures(read_picture(file), sizes):
                digest = hashlib.sha256(np.ascontiguousarray(pixels).data).hexdigest()
                if digest in wanted and digest not in found:
                    found[digest] = pixels
                    files.append(file)
        except PictureError:
            continue  # not one of them, whatever it is
    missing = [item.describe() for digest, item in wanted.items() if digest not in found]
    if missing:
        looked = ", ".join(map(str, places))
        raise CommandError(
            "these inputs of the recipe are missing: "
            + "; ".join(missing)
            + f". Looked in {looked}; name other files or folders with --look-in."
        )
    return found, files


def make_request(recipe: Recipe, found: Mapping[str, NDArray[np.uint8]]) -> ColorizeRequest:
    """Return the request that `recipe` was made of, with the pixels `found` by SHA-256."""
    masks: dict[str, list[FigureMask]] = {}
    pictures: dict[str, list[Reference]] = {}
    for item in recipe.inputs:
        pixels = found[item.sha256]
        if pixels.ndim == 2:
            mask = FigureMask(pixels, item.name)
            references = pictures.get("reference", [])
            if item.role in ("reference_part", "reference_left_out") and references:
                side = "part" if item.role == "reference_part" else "left_out"
                references[-1] = dataclasses.replace(references[-1], **{side: mask})
            masks.setdefault(item.role, []).append(mask)
        else:
            pictures.setdefault(item.role, []).append(Reference(pixels, item.name, item.weight))
    (lines, *_), first = pictures["line_art"], {role: given[0] for role, given in pictures.items()}
    return ColorizeRequest(
        model=recipe.model,
        line_art=lines.pixels,
        references=tuple(pictures.get("reference", ())),
        parameters=recipe.parameters,
        line_art_name=lines.name,
        background=first.get("background"),
        line_art_mask=next(iter(masks.get("line_art_mask", ())), None),
        reference_mask=next(iter(masks.get("reference_mask", ())), None),
        hints=first["hints"].pixels if "hints" in first else None,
        colored=first.get("colored"),
        flats=first["flats"].pixels if "flats" in first else None,
        flats_name=first["flats"].name if "flats" in first else "",
        compared=first.get("compared"),
        before=first.get("before"),
        initial=first.get("initial"),
        pinned=first.get("pinned"),
        edit_masks=tuple(masks.get("edit_mask", ())),
        edit_patches=tuple(pictures.get("edit_patch", ())),
    )


def _files(places: Sequence[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_dir():
            yield from sorted(file for file in place.iterdir() if file.suffix.lower() in ENDINGS)
        else:
            yield place


def _pictures(picture: Picture, sizes: set[tuple[int, int]]) -> Iterator[NDArray[np.uint8]]:
    """Yield the pictures of a file that have one of `sizes` (width, height): it merged and each of its layers,
    as they are, on the page, and as masks."""
    page = picture.width, picture.height
    for load in (picture.merged, *(source.load for source in picture.layers)):
        try:
            layer = load()
        except PictureError:
            continue  # a kind of layer that cannot be read
        given = [layer.pixels] if layer.pixels.shape[:2] == page[::-1] else [layer.pixels, layer.on_canvas(*page)]
        for pixels in given:
            if (pixels.shape[1], pixels.shape[0]) in sizes:
                yield pixels
                yield mask_of(pixels)
