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
    from huebrush_backend.cli.output_places import deliver, require_ending, require_places
    from huebrush_backend.imaging.files import PictureError, read_picture, write_png
    from huebrush_backend.imaging.line_extraction import extract_lines, line_art_layer
    from huebrush_backend.imaging.lineart import LineArtError

    require_ending(arguments.output, [".png"], "lines are")
    require_places([arguments.output], [arguments.picture], arguments.overwrite)
    try:
        picture = read_picture(arguments.picture)
        layer = picture.layer(arguments.layer) if arguments.layer else picture.merged()
        ink = extract_lines(layer.on_canvas(picture.width, picture.height))
        picture_of_lines = line_art_layer(ink)
        written = deliver(arguments.output, lambda path: write_png(path, picture_of_lines), arguments.overwrite)
    except (PictureError, LineArtError) as error:
        raise CommandError(str(error)) from error
    print(f"{written}  ({picture.width} x {picture.height} px)")
    return 0
