"""`huebrush lines`: draw line art from a coloured, shaded or scanned picture."""

from __future__ import annotations

import argparse
from pathlib import Path

from huebrush_backend.cli.main import CommandError


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `lines`."""
    parser.description = (
        "Draw the lines of a coloured, shaded or scanned picture: black on transparency, at the picture's size. Thin "
        "strokes that are darker than both their sides are ink. In a picture without ink, borders of colours are lines."
    )
    parser.add_argument("picture", type=Path, metavar="PICTURE", help="picture, or file with layers")
    parser.add_argument("--layer", metavar="NAME", help="layer or group of PICTURE (default: all of it)")
    parser.add_argument("--output", type=Path, required=True, metavar="OUT.png", help="where to write the lines")
    parser.add_argument("--overwrite", action="store_true", help="replace OUT.png if it exists (never PICTURE)")


def run(arguments: argparse.Namespace) -> int:
    """Draw the lines; return 0. Raises `CommandError`."""
    from huebrush_backend.cli.colorize_outputs import require_writable
    from huebrush_backend.imaging.files import PictureError, read_picture, write_png
    from huebrush_backend.imaging.line_extraction import extract_lines, line_art_layer
    from huebrush_backend.imaging.lineart import LineArtError

    if arguments.output.suffix.lower() != ".png":
        raise CommandError(f"{arguments.output}: lines are written as .png; give the output such a name.")
    require_writable([arguments.output], [arguments.picture], arguments.overwrite)
    try:
        picture = read_picture(arguments.picture)
        layer = picture.layer(arguments.layer) if arguments.layer else picture.merged()
        ink = extract_lines(layer.on_canvas(picture.width, picture.height))
        write_png(arguments.output, line_art_layer(ink))
    except (PictureError, LineArtError) as error:
        raise CommandError(str(error)) from error
    print(f"{arguments.output}  ({picture.width} x {picture.height} px)")
    return 0
