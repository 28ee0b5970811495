"""Makes the manual's pictures of drawings that are no clean inks: sketches, a photograph, a comic page.

    python docs/example/drawings_sheet.py docs/images

Writes sketch.png, pencil.png, photograph.png and comic-page.png. Everything is drawn or lies in tests/data/lineart; the
colours are the built-in model's. The same pictures come out again on the same machine.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from huebrush_backend.engine.engine import Engine
from huebrush_backend.engine.request import ColorizeRequest, ColorizeResult, Reference
from huebrush_backend.evaluation.flat_metrics import spread
from huebrush_backend.evaluation.flat_sketches import open_page
from huebrush_backend.imaging.lineart import normalize_line_art
from huebrush_backend.models.library_output import quieten_libraries
from huebrush_backend.synthesis.comic_pages import draw_comic_page
from huebrush_backend.synthesis.flat_variants import on_paper
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.regions import RegionParameters
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
TILE = 420
COLORS = 256
SKETCH = (7, 1)
PENCIL = (7, 12)
"""Sets and numbers of the sketches, as `huebrush evaluate flats --kinds open` draws them."""
PAGE = 3
"""Number of the comic page."""


def main() -> None:
    """Write the pictures into the folder that is given."""
    parser = argparse.ArgumentParser(description="Make the manual's pictures of sketches, photographs and comic pages.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    quieten_libraries()
    engine = Engine("cpu")

    page = open_page(*SKETCH)
    reference = np.ascontiguousarray(page.colors[spread(page.truth)][:, ::-1])
    results = [flats(engine, page.lines, reference, color_borders=chosen) for chosen in (False, True)]
    write(folder / "sketch.png", page.lines[..., :3], reference, *results)

    page = open_page(*PENCIL)
    reference = np.ascontiguousarray(page.colors[spread(page.truth)][:, ::-1])
    read, result = as_read(page.lines), flats(engine, page.lines, reference)
    write(folder / "pencil.png", page.lines[..., :3], reference, read, result)

    photograph = np.asarray(Image.open(ROOT / "tests" / "data" / "lineart" / "phone_photo_thin.jpg").convert("RGBA"))
    write(folder / "photograph.png", photograph[..., :3], as_read(photograph))

    comic = draw_comic_page(PAGE, "grid")
    lines = on_paper(comic.ink)
    results = [flats(engine, lines, comic.colors, panels=chosen) for chosen in ("off", "automatic")]
    write(folder / "comic-page.png", lines[..., :3], *results)


def flats(
    engine: Engine, lines: np.ndarray, reference: np.ndarray, color_borders: bool = True, panels: str = "automatic"
) -> np.ndarray:
    """Return flats of `lines` (H,W,4) under their lines, (H,W,3) uint8, in the colours of `reference` (h,w,3)."""
    opaque = np.dstack([reference, np.full(reference.shape[:2], 255, np.uint8)])
    regions = RegionParameters(result="flats", color_borders=color_borders)
    parameters = Parameters(seed=3, steps=12, panels=panels, regions=regions)
    request = ColorizeRequest("demo", lines, (Reference(opaque),), parameters)
    return under_lines(engine.colorize(request, lambda event: None, lambda: False), lines)


def as_read(lines: np.ndarray) -> np.ndarray:
    """Return the lines that are found in line art (H,W,4), black on white, (H,W,3) uint8."""
    return np.dstack([np.rint(255 * (1 - normalize_line_art(lines))).astype(np.uint8)] * 3)


def under_lines(result: ColorizeResult, lines: np.ndarray) -> np.ndarray:
    """Return a result's layers on white paper, with the `lines` (H,W,4) on top, (H,W,3) uint8."""
    page = Image.new("RGBA", (lines.shape[1], lines.shape[0]), "white")
    for layer in result.layers:
        page.alpha_composite(Image.fromarray(layer.pixels), (layer.x, layer.y))
    ink = normalize_line_art(lines)[..., None]
    return np.rint(np.asarray(page)[..., :3] * (1 - ink)).astype(np.uint8)


def write(file: Path, *pictures: np.ndarray) -> None:
    """Write pictures (H,W,3) of one size side by side, as a PNG with few colours."""
    height = round(TILE * pictures[0].shape[0] / pictures[0].shape[1])
    row = [cv2.resize(picture, (TILE, height), interpolation=cv2.INTER_AREA) for picture in pictures]
    Image.fromarray(np.hstack(row)).quantize(COLORS).save(file, optimize=True)
    print(f"{file}: {file.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
