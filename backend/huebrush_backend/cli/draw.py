"""`huebrush draw`: draw contact sheets of synthetic drawings, and the pictures of the example document."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np

from huebrush_backend.cli.interruption import uninterrupted
from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.options import whole
from huebrush_backend.cli.output_places import make_folder, require_ending, require_places
from huebrush_backend.imaging.files import PictureError, write_png
from huebrush_backend.imaging.files.writing import delivery
from huebrush_backend.synthesis import (
    ALL_PART_CLASSES,
    KINDS,
    Drawing,
    Palette,
    color_picture,
    design,
    draw,
    line_art,
    random_palette,
)
from huebrush_backend.synthesis.rich import RICH_KINDS, draw_rich, rich_palette

MAX_SIZE = 4096
MAX_SHEET_SIDE = 32_767
"""Largest side of a picture in pixels, limited by the type that OpenCV uses for rows and columns."""
EXAMPLE_SEEDS = (15, 3)
"""Seeds of the example's line art and reference: two characters with many parts in common."""
SETS = {"characters": KINDS, "rich": RICH_KINDS}
"""Kinds of drawing by the name of their set."""
EXAMPLE_FILES = ("line_art.png", "reference.png", "truth.png")
ANOTHER = "choose another name"
_SHEET_GAP = 6


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands `sheet` and `example`."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    sheet = actions.add_parser(
        "sheet",
        help="a contact sheet",
        description="Write a contact sheet. Each row shows one drawing: its colours, its line art, its labelled "
        "parts, the same drawing in another palette, and the same subject in another pose.",
    )
    sheet.add_argument("output", type=Path, metavar="OUT.png")
    _add_overwrite(sheet)
    sheet.add_argument("--seed", type=whole(0), default=0, help="first drawing's seed (default 0)")
    sheet.add_argument("--count", type=whole(1), default=8, help="number of drawings (default 8)")
    sheet.add_argument("--size", type=whole(1), default=256, help="pixels of a drawing's side (default 256)")
    sheet.add_argument(
        "--set",
        choices=tuple(SETS),
        default="characters",
        dest="drawing_set",
        help="which drawings: those that measurements use, or the rich ones (default characters)",
    )
    sheet.add_argument("--kind", choices=(*KINDS, *RICH_KINDS), help="only this kind of drawing of the set")
    example = actions.add_parser(
        "example",
        help="the example's pictures",
        description="Write line_art.png (black lines on transparency), reference.png (another character) and "
        "truth.png (the first character in the second one's colours) into a folder.",
    )
    example.add_argument("folder", type=Path, metavar="DIR")
    _add_overwrite(example)
    example.add_argument("--size", type=whole(1), default=1024, help="pixels of the pictures' side (default 1024)")


def run(arguments: argparse.Namespace) -> int:
    """Write the pictures and return 0."""
    if arguments.size > MAX_SIZE:
        raise CommandError(f"--size {arguments.size} is too large; the largest is {MAX_SIZE}")
    if arguments.action == "sheet":
        require_ending(arguments.output, [".png"], "the sheet is")
        kinds = SETS[arguments.drawing_set]
        if arguments.kind is not None and arguments.kind not in kinds:
            raise CommandError(
                f"the set {arguments.drawing_set} has no kind {arguments.kind}; choose {', '.join(kinds)}"
            )
        rows = (arguments.count + 1) // 2
        if rows * (arguments.size + _SHEET_GAP) > MAX_SHEET_SIDE or 10 * (arguments.size + _SHEET_GAP) > MAX_SHEET_SIDE:
            raise CommandError("the sheet would be too large; use a smaller --count or --size")
        make_folder(arguments.output.parent)
        require_places([arguments.output], [], arguments.overwrite, ANOTHER)
        sheet = drawings_sheet(
            arguments.seed, arguments.count, arguments.size, arguments.kind, arguments.drawing_set == "rich"
        )
        _write({arguments.output: sheet}, arguments.overwrite)
        return 0
    make_folder(arguments.folder)
    require_places(
        [arguments.folder / name for name in EXAMPLE_FILES], [], arguments.overwrite, "choose another folder"
    )
    pictures = example_pictures(arguments.size)
    _write({arguments.folder / name: picture for name, picture in pictures.items()}, arguments.overwrite)
    return 0


def drawings_sheet(seed: int, count: int, size: int, kind: str | None = None, rich: bool = False) -> np.ndarray:
    """Draw a sheet (H, W, 3) uint8 sRGB with two drawings to a row and five pictures of each."""
    strips = [(_rich_strip if rich else _strip)(seed + index, size, kind) for index in range(count)]
    if len(strips) % 2:
        strips.append(np.full_like(strips[0], 255))
    gutter = np.full((strips[0].shape[0], _SHEET_GAP * 2, 3), 255, np.uint8)
    rows = [np.hstack([left, gutter, right]) for left, right in zip(strips[::2], strips[1::2], strict=True)]
    return np.vstack(rows)


def example_pictures(size: int) -> dict[str, np.ndarray]:
    """Draw the example; return by file name line art (RGBA), reference and truth (RGB), uint8."""
    first, second = EXAMPLE_SEEDS
    drawing = _example_drawing(first, size)
    reference = _example_drawing(second, size)
    palette = random_palette(np.random.default_rng(second))
    lines = np.zeros((size, size, 4), np.uint8)
    lines[..., 3] = drawing.ink
    return dict(
        zip(EXAMPLE_FILES, (lines, color_picture(reference, palette), color_picture(drawing, palette)), strict=True)
    )


def _example_drawing(seed: int, size: int) -> Drawing:
    return draw(np.random.default_rng(seed), size, kind="half")


def _strip(seed: int, size: int, kind: str | None) -> np.ndarray:
    rng = np.random.default_rng(seed)
    character = design(rng)
    # A scene has no character; the seed decides which of the drawings are scenes.
    chosen = kind if kind is not None else KINDS[seed % len(KINDS)]
    subject = character if chosen != "scene" else None
    drawing = draw(rng, size, design=subject, kind=chosen)
    other = draw(rng, size, design=subject, kind=chosen)
    return _joined_pictures(drawing, other, random_palette(rng), random_palette(rng))


def _rich_strip(seed: int, size: int, kind: str | None) -> np.ndarray:
    rng = np.random.default_rng(seed)
    chosen = kind if kind is not None else RICH_KINDS[seed % len(RICH_KINDS)]
    drawing, other = (draw_rich(rng, size, chosen, seed) for _ in range(2))
    return _joined_pictures(drawing, other, rich_palette(rng), rich_palette(rng))


def _joined_pictures(drawing: Drawing, other: Drawing, palette: Palette, another: Palette) -> np.ndarray:
    pictures = [
        color_picture(drawing, palette),
        cv2.cvtColor(line_art(drawing), cv2.COLOR_GRAY2RGB),
        _label_colors()[drawing.labels],
        color_picture(drawing, another),
        color_picture(other, palette),
    ]
    return np.hstack(
        [cv2.copyMakeBorder(p, 0, _SHEET_GAP, 0, _SHEET_GAP, cv2.BORDER_CONSTANT, value=(255,) * 3) for p in pictures]
    )


def _label_colors() -> np.ndarray:
    """Return one sRGB colour per part class, (n, 3) uint8: hues a golden angle apart, the background grey."""
    index = np.arange(len(ALL_PART_CLASSES))
    hsv = np.stack([index * 67 % 180, 120 + index * 53 % 120, 255 - index * 41 % 110], axis=1).astype(np.uint8)
    colors = cv2.cvtColor(hsv[None], cv2.COLOR_HSV2RGB)[0].copy()
    colors[0] = 232
    return colors


def _add_overwrite(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--overwrite", action="store_true", help="replace what is there")


def _write(pictures: Mapping[Path, np.ndarray], overwrite: bool) -> None:
    try:
        with delivery(list(pictures)) as files:
            for path, picture in pictures.items():
                write_png(files.staged[path], picture, compression=9)
            with uninterrupted():
                written = files.publish(pictures if overwrite else ())
    except PictureError as error:
        raise CommandError(f"{error} Choose another place.") from error
    except ValueError as error:
        raise CommandError(f"{error}; use a smaller --size or --count") from error
    for path, picture in zip(written, pictures.values(), strict=True):
        print(f"wrote {path} ({picture.shape[1]} x {picture.shape[0]})")
