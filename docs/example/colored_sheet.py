"""Makes the manual's pictures of flats without a model: from a rough painting, and in different colours.

    python docs/example/colored_sheet.py docs/images

Writes rough-painting.png and different-colors.png. Everything is drawn; the same pictures come out again.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from drawings_sheet import under_lines, write
from huebrush_backend.engine.engine import Engine
from huebrush_backend.engine.request import ColorizeRequest, Reference
from huebrush_backend.evaluation.flat_colored import painting_of
from huebrush_backend.evaluation.flat_metrics import spread
from huebrush_backend.evaluation.flat_sketches import closed_page
from huebrush_backend.imaging.color import flatten_on_white
from huebrush_backend.models.library_output import quieten_libraries
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.regions import WITHOUT_MODEL, RegionParameters

PAGE = (3, 12)
"""Set and number of the drawing, as `huebrush evaluate flats --kinds colored` draws it."""
MANNER = "over_lines"
"""Manner in which it is painted, of `evaluation.rough_paintings`."""


def main() -> None:
    """Write the pictures into the folder that is given."""
    parser = argparse.ArgumentParser(description="Make the manual's pictures of flats without a model.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    quieten_libraries()
    engine = Engine("cpu")
    page = closed_page(*PAGE)
    painting = painting_of(page, spread(page.truth), MANNER).pixels
    lines = page.lines[..., :3]
    write(folder / "rough-painting.png", lines, flatten_on_white(painting), flats(engine, page.lines, painting))
    write(folder / "different-colors.png", lines, flats(engine, page.lines, None))


def flats(engine: Engine, lines: np.ndarray, colored: np.ndarray | None) -> np.ndarray:
    """Return flats of `lines` (H,W,4) under their lines, (H,W,3) uint8.

    They have the colours of the picture `colored` (h,w,4); without one, different colours.
    """
    parameters = Parameters(regions=RegionParameters(result="flats"))
    source = None if colored is None else Reference(colored, "painting")
    request = ColorizeRequest(WITHOUT_MODEL, lines, (), parameters, colored=source)
    return under_lines(engine.colorize(request, lambda event: None, lambda: False), lines)


if __name__ == "__main__":
    main()
