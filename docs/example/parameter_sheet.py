"""Makes the pictures of docs/parameters.md: what each parameter does to the example, with the built-in model.

    python docs/example/parameter_sheet.py docs/images/parameters [GROUP …]

Writes one PNG a group: the line art, the reference, and the results side by side under their values. Everything but the
value named is at its default, the seed included, so that the same pictures come out again on the same machine.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from huebrush_backend.engine.engine import Engine
from huebrush_backend.engine.request import ColorizeRequest, Reference
from huebrush_backend.imaging.color import flatten_on_white
from huebrush_backend.imaging.files import read_picture
from huebrush_backend.models.library_output import quieten_libraries
from huebrush_protocol.parameters import (
    GuidanceWindow,
    Injection,
    LevelStrengths,
    Parameters,
    TextEdit,
)
from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).parent
PAGE_SIDE = 256
TILE = 184
LABEL = 20
GAP = 8
COLORS = 256
LARGEST_FILE = 150_000
DEFAULT = Parameters(seed=1)


def _hair(strength: float) -> tuple[TextEdit, ...]:
    return (TextEdit("blue hair", control="hair", strength=strength),)


GROUPS: dict[str, dict[str, Parameters]] = {
    "guidance": {
        "default": DEFAULT,
        **{f"{value:g}": replace(DEFAULT, reference_guidance=value) for value in (1.0, 2.0, 8.0, 15.0)},
        "sketch_guidance 3": replace(DEFAULT, sketch_guidance=3.0),
    },
    "reference-strength": {
        f"{value:g}": replace(DEFAULT, reference_strength=value) for value in (1.0, 0.8, 0.6, 0.4, 0.2, 0.0)
    },
    "sketch-strength": {
        f"{value:g}": replace(DEFAULT, sketch_strength=value) for value in (1.0, 0.0, 0.5, 1.5, 2.0, 3.0)
    },
    "levels": {
        "default": DEFAULT,
        **{f"{name} 0": replace(DEFAULT, reference_levels=LevelStrengths(**{name: 0.0}))
           for name in ("encoder", "middle", "low")},
        "middle 0.5": replace(DEFAULT, reference_levels=LevelStrengths(middle=0.5)),
        "low 0.5": replace(DEFAULT, reference_levels=LevelStrengths(low=0.5)),
    },
    "window": {
        "default": DEFAULT,
        "end 0.7": replace(DEFAULT, guidance_window=GuidanceWindow(end=0.7)),
        "end 0.4": replace(DEFAULT, guidance_window=GuidanceWindow(end=0.4)),
        "start 0.1": replace(DEFAULT, guidance_window=GuidanceWindow(start=0.1)),
        "start 0.4": replace(DEFAULT, guidance_window=GuidanceWindow(start=0.4)),
        "pause 0.2 to 0.6": replace(DEFAULT, guidance_window=GuidanceWindow(pause_start=0.2, pause_end=0.6)),
    },
    "injection": {
        "none": DEFAULT,
        "fidelity 0": replace(DEFAULT, injection=Injection(reference_fidelity=0.0)),
        "fidelity 0.5": replace(DEFAULT, injection=Injection()),
        "fidelity 1": replace(DEFAULT, injection=Injection(reference_fidelity=1.0)),
        "sketch_fidelity 1": replace(DEFAULT, injection=Injection(sketch_fidelity=1.0)),
        "start 0.5": replace(DEFAULT, injection=Injection(start=0.5)),
    },
    "edit": {
        "none": DEFAULT,
        **{f"strength {value:g}": replace(DEFAULT, edits=_hair(value)) for value in (2.0, 4.0, 8.0, 12.0)},
        "without control": replace(DEFAULT, edits=(TextEdit("blue hair", strength=8.0),)),
    },
    "padding": {f"{value:g}": replace(DEFAULT, reference_padding=value) for value in (1.0, 1.2, 1.5, 1.75, 2.0)},
    "steps": {
        "20 (default)": DEFAULT,
        "fast": replace(DEFAULT, fast=True),
        **{f"{value}": replace(DEFAULT, steps=value) for value in (2, 4, 8, 50)},
    },
    "samplers": {
        name: replace(DEFAULT, sampler=name)
        for name in ("dpm", "ddim", "k_euler", "k_euler_a", "k_dpmpp_sde", "k_dpm_adaptive")
    },
}  # fmt: skip


def main() -> int:
    """Write the sheets; return 0, or 2 when a group that was asked for does not exist or a sheet is too large."""
    parser = argparse.ArgumentParser(description="Make the pictures of docs/parameters.md.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)} (default: all)")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.groups) - set(GROUPS))
    if unknown:
        print(f"there is no group {unknown[0]!r}; choose from {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    quieten_libraries()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    lines, reference = (_small(HERE / name) for name in ("line_art.png", "reference.png"))
    engine = Engine("cpu")
    for group in arguments.groups or GROUPS:
        tiles = {"line art": flatten_on_white(lines), "reference": flatten_on_white(reference)}
        for label, parameters in GROUPS[group].items():
            tiles[label] = painted(engine, lines, reference, parameters)
        file = arguments.folder / f"{group}.png"
        sheet(tiles).quantize(COLORS, Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE).save(
            file, optimize=True
        )
        size = file.stat().st_size
        print(f"{file}: {size} bytes", flush=True)
        if size > LARGEST_FILE:
            print(f"{file} has more than {LARGEST_FILE} bytes; lower COLORS or TILE", file=sys.stderr)
            return 2
    return 0


def painted(engine: Engine, lines: np.ndarray, reference: np.ndarray, parameters: Parameters) -> np.ndarray:
    """Return the line art (H,W,4) uint8 RGBA coloured after the reference, (H,W,3) uint8: colours under the lines."""
    request = ColorizeRequest("demo", lines, (Reference(reference),), parameters)
    result = engine.colorize(request, lambda event: None, lambda: False)
    colors = flatten_on_white(result.layers[0].pixels).astype(np.uint16)
    paper = 255 - lines[..., 3:].astype(np.uint16)
    return (colors * paper // 255).astype(np.uint8)


def sheet(tiles: dict[str, np.ndarray]) -> Image.Image:
    """Return the tiles, pictures (H,W,3) uint8 by their labels, side by side in two rows."""
    columns = (len(tiles) + 1) // 2
    width, height = columns * (TILE + GAP) - GAP, 2 * (TILE + LABEL + GAP) - GAP
    canvas = Image.new("RGB", (width, height), "white")
    draw, font = ImageDraw.Draw(canvas), ImageFont.load_default(13)
    for index, (label, picture) in enumerate(tiles.items()):
        x, y = index % columns * (TILE + GAP), index // columns * (TILE + LABEL + GAP)
        draw.text((x + 2, y + 2), label, fill="black", font=font)
        tile = cv2.resize(picture, (TILE, TILE), interpolation=cv2.INTER_AREA)
        canvas.paste(Image.fromarray(tile), (x, y + LABEL))
        draw.rectangle((x, y + LABEL, x + TILE - 1, y + LABEL + TILE - 1), outline=(200, 200, 200))
    return canvas


def _small(file: Path) -> np.ndarray:
    """Return the picture (PAGE_SIDE,PAGE_SIDE,4) uint8 RGBA."""
    pixels = read_picture(file).merged().pixels
    return cv2.resize(pixels, (PAGE_SIDE, PAGE_SIDE), interpolation=cv2.INTER_AREA)


if __name__ == "__main__":
    sys.exit(main())
