"""Makes the manual's picture of colour that is kept to the lines.

    python docs/example/kept_sheet.py docs/images

Writes kept-to-lines.png: a part of the example with the built-in model's colours as they are, and kept to the lines.
The same picture comes out again on the same machine.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from drawings_sheet import under_lines, write
from huebrush_backend.engine.engine import Engine
from huebrush_backend.engine.request import ColorizeRequest, Reference
from huebrush_backend.models.library_output import quieten_libraries
from huebrush_protocol.parameters import Parameters
from PIL import Image

EXAMPLE = Path(__file__).resolve().parent
PART = (slice(560, 1000), slice(360, 960))
"""Rows and columns of the example's page that are shown."""


def main() -> None:
    """Write the picture into the folder that is given."""
    parser = argparse.ArgumentParser(description="Make the manual's picture of colour that is kept to the lines.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    quieten_libraries()
    engine = Engine("cpu")
    lines, reference = (
        np.asarray(Image.open(EXAMPLE / f"{name}.png").convert("RGBA")) for name in ("line_art", "reference")
    )
    pictures = []
    for kept in (False, True):
        request = ColorizeRequest("demo", lines, (Reference(reference),), Parameters(keep_to_lines=kept))
        result = engine.colorize(request, lambda event: None, lambda: False)
        pictures.append(np.ascontiguousarray(under_lines(result, lines)[PART]))
    write(folder / "kept-to-lines.png", *pictures)


if __name__ == "__main__":
    main()
