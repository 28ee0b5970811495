"""Scores of line extraction from finished pictures, on drawings whose ink is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from huebrush_backend.evaluation.metrics import INK_LEVEL, LINE_REACH
from huebrush_backend.evaluation.pages import KnownPage, known_page
from huebrush_backend.imaging.color import with_alpha
from huebrush_backend.imaging.line_extraction import extract_lines
from huebrush_backend.imaging.lineart import LineArtError
from huebrush_backend.synthesis import color_picture, line_art

LOOKS = ("inked", "scanned", "scanned lines", "without ink", "without ink, flat", "without ink, scanned")
"""Looks of a page: inked and shaded colours; the same as if scanned; only the lines as if scanned; only the colours,
shaded; only the colours, flat; only the colours, shaded and as if scanned."""
FOUND_LEVEL = 0.4
"""Smallest coverage at which a found line counts."""
COLOR_STEP = 8
"""Smallest visible difference between two colours: of 8-bit CIELAB in one channel."""

Extract = Callable[[np.ndarray], np.ndarray]
"""Function from a picture (H,W,4) uint8 RGBA to the coverage of its lines (H,W) float32."""


def score_line_extraction(
    pages: int,
    seed: int,
    size: int,
    on_page: Callable[[int], None] = lambda done: None,
    extract: Extract = extract_lines,
) -> dict[str, Any]:
    """Return the figures for each of `LOOKS`, ready for JSON.

    `pages`: number of pages.
    `seed`: number of the set of pages.
    `size`: page side in pixels.
    `on_page`: called with the number of finished pages.
    `extract`: the line extraction to score.

    The figures: "found" is the share of ink with a found line at most `LINE_REACH` pixels away. "visible_found" is the
    same for ink that the picture shows, either itself or as a border between colours. "true" is the share of found
    lines with ink at most `LINE_REACH` pixels away. All pixels of all pages count equally. A figure is None when there
    is nothing to count.
    """
    counts = {look: np.zeros(6, np.int64) for look in LOOKS}
    for index in range(pages):
        page = known_page(seed, index, size)
        for look in LOOKS:
            counts[look] += _count(page, look, extract)
        on_page(index + 1)
    return {look: _shares(found) for look, found in counts.items()}


def page_picture(page: KnownPage, look: str) -> np.ndarray:
    """Paint `page` (H,W,3) uint8 in `look`, one of `LOOKS`. Raises ValueError for any other look."""
    drawing, palette = page.drawing, page.palette
    if look == "inked":
        return color_picture(drawing, palette)
    if look == "scanned":
        return scanned(color_picture(drawing, palette), page.random("grain"))
    if look == "scanned lines":
        return scanned(np.dstack([line_art(drawing)] * 3), page.random("grain"))
    if look.startswith("without ink"):
        plain = color_picture(drawing, palette, ink=False, shading=not look.endswith("flat"))
        return scanned(plain, page.random("grain")) if look.endswith("scanned") else plain
    raise ValueError(f"there is no look {look!r}; choose one of {', '.join(LOOKS)}")


def scanned(rgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return `rgb` (H,W,3) uint8 as if scanned: grainy, on yellowed paper, with half the light in one corner."""
    height, width = rgb.shape[:2]
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    light = 0.65 + 0.35 * np.cos(2 * (x - 0.2)) * np.cos(1.5 * (y - 0.7))
    picture = rgb * np.array([1, 0.95, 0.85]) * light[..., None] + rng.normal(0, 6, rgb.shape)
    return picture.clip(0, 255).astype(np.uint8)


def _count(page: KnownPage, look: str, extract: Extract) -> np.ndarray:
    """Count hits and pixels of the ink, of the visible ink, and of the found lines: (6,) int64."""
    picture = page_picture(page, look)
    try:
        found = extract(with_alpha(picture)) >= FOUND_LEVEL
    except LineArtError:
        found = np.zeros(picture.shape[:2], bool)
    ink = page.drawing.ink >= INK_LEVEL
    visible = ink & _near(_color_borders(page)) if look.startswith("without ink") else ink
    near_found = _near(found)
    pairs = ((ink & near_found, ink), (visible & near_found, visible), (found & _near(ink), found))
    return np.array([int(plane.sum()) for pair in pairs for plane in pair], np.int64)


def _color_borders(page: KnownPage) -> np.ndarray:
    """Mark where parts with clearly different colours meet, (H,W) bool."""
    labels = page.drawing.labels.astype(np.int16)
    lab = cv2.cvtColor(color_picture(page.drawing, page.palette, ink=False, shading=False), cv2.COLOR_RGB2LAB)
    borders = np.zeros(labels.shape, bool)
    for axis in (0, 1):
        apart = np.abs(np.diff(lab.astype(np.int16), axis=axis)).max(axis=2) >= COLOR_STEP
        step = apart & (np.diff(labels, axis=axis) != 0)
        borders[tuple(slice(length) for length in step.shape)] |= step
    return borders


def _near(mask: np.ndarray) -> np.ndarray:
    if not mask.any():
        return np.zeros(mask.shape, bool)
    return cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE) <= LINE_REACH


def _shares(counts: np.ndarray) -> dict[str, float | None]:
    hits, pixels = counts[::2].tolist(), counts[1::2].tolist()
    shares = (round(hit / of, 4) if of else None for hit, of in zip(hits, pixels, strict=True))
    return dict(zip(("found", "visible_found", "true"), shares, strict=True))
