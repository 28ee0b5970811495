"""Kinds of line art of a page: the same lines anti-aliased, binary, grey, coloured, grainy, hatched."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter

from huebrush_backend.synthesis.flat_shapes import Shape
from huebrush_backend.synthesis.flat_truth import INK, Truth

_BAND = 512
_GREY = 105
_COLORS = np.array([(92, 44, 30), (46, 92, 214), (206, 52, 60), (24, 22, 40)], np.float32)
"""sRGB of brown lines, blue and red guides, and near-black."""

Variant = Callable[[np.ndarray, np.ndarray], np.ndarray]


def on_paper(ink: np.ndarray, tone: int = 0) -> np.ndarray:
    """Return (H, W, 4) opaque RGBA of lines of a grey `tone` on white paper; `ink` is (H, W) uint8 coverage."""
    picture = np.empty((*ink.shape, 4), np.uint8)
    table = np.rint(255 - np.arange(256) * (255 - tone) / 255).astype(np.uint8)
    picture[..., :3] = cv2.LUT(ink, table)[..., None]
    picture[..., 3] = 255
    return picture


def binary(ink: np.ndarray) -> np.ndarray:
    """Return lines without soft edges, as unbroken as `ink`: (H, W) uint8, 0 or 255."""
    return np.where(ink >= INK, 255, 0).astype(np.uint8)


def transparent(ink: np.ndarray) -> np.ndarray:
    """Return (H, W, 4) RGBA of black lines on a transparent ground."""
    picture = np.zeros((*ink.shape, 4), np.uint8)
    picture[..., 3] = ink
    return picture


def colored(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return (H, W, 4) RGBA of lines whose colour changes over the page, on white paper."""
    height, width = ink.shape
    patches = rng.integers(0, len(_COLORS), (max(2, height * 12 // width), 12))
    picture = np.full((height, width, 4), 255, np.uint8)
    columns = np.arange(width) * 12 // width
    for top in range(0, height, _BAND):
        band = ink[top : top + _BAND].astype(np.float32)[..., None] / 255
        rows = np.arange(top, top + len(band)) * len(patches) // height
        color = _COLORS[patches[rows][:, columns]]
        picture[top : top + len(band), :, :3] = np.rint(255 + band * (color - 255))
    return picture


def pencil(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return (H, W) uint8 coverage of the same lines in pencil: lighter where the paper's grain is deep, with dust."""
    tile = rng.standard_normal((_BAND, _BAND)).astype(np.float32)
    grain = gaussian_filter(tile, 1.1, mode="wrap") * 3
    share = np.clip(0.78 + 0.2 * grain, 0.6, 1.0)
    dust = np.clip(14 * (grain - 1.2), 0, 24)
    height, width = ink.shape
    result = np.empty_like(ink)
    across = np.arange(width) % _BAND
    for top in range(0, height, _BAND):
        band = ink[top : top + _BAND].astype(np.float32)
        drawn, fallen = band * share[: len(band), across], dust[: len(band), across]
        result[top : top + len(band)] = np.rint(np.maximum(drawn, fallen))
    return result


def hatch_shadows(ink: np.ndarray, truth: Truth, shapes: Sequence[Shape], line_width: float, seed: int) -> np.ndarray:
    """Return (H, W) uint8 coverage with the shadow sides of some shapes hatched, some of them crosswise.

    Strokes become thinner towards the light. `line_width` is in pixels.
    """

    def pattern(rng: np.random.Generator) -> Variant:
        angles = [float(rng.uniform(0.5, 1.1))] + ([2.2] if rng.random() < 0.3 else [])
        spacing = line_width * rng.uniform(3.2, 5.5)

        def draw(places: np.ndarray, depth: np.ndarray) -> np.ndarray:
            half = 0.32 * line_width * np.clip(depth / (5 * spacing) + 0.15, 0.15, 1)
            found = np.zeros(depth.shape, np.float32)
            for angle in angles:
                across = (places[0] * np.cos(angle) + places[1] * np.sin(angle)) % spacing
                away = np.minimum(across, spacing - across)
                found = np.maximum(found, np.clip(half - away + 0.5, 0, 1))
            return np.where(depth > 0, found, 0)

        return draw

    return _shaded(ink, truth, shapes, pattern, np.random.default_rng([seed, 5]))


def screentoned(ink: np.ndarray, truth: Truth, shapes: Sequence[Shape], line_width: float, seed: int) -> np.ndarray:
    """Return (H, W) uint8 coverage with screentone, dots in a slanted grid, on the shadow sides of some shapes.

    Dots cover 10 to 60 % of the paper. The densest join and leave islands of paper. `line_width` is in pixels.
    """

    def pattern(rng: np.random.Generator) -> Variant:
        pitch = line_width * rng.uniform(1.4, 2.4) + 2
        radius = pitch * float(np.sqrt(rng.uniform(0.1, 0.6) / np.pi))

        def draw(places: np.ndarray, depth: np.ndarray) -> np.ndarray:
            u, v = (places[0] + places[1]) * np.sqrt(0.5), (places[0] - places[1]) * np.sqrt(0.5)
            away = np.hypot((u + pitch / 2) % pitch - pitch / 2, (v + pitch / 2) % pitch - pitch / 2)
            return np.where(depth > 0, np.clip(radius - away + 0.5, 0, 1), 0)

        return draw

    return _shaded(ink, truth, shapes, pattern, np.random.default_rng([seed, 6]))


def densely_screentoned(
    ink: np.ndarray, truth: Truth, shapes: Sequence[Shape], line_width: float, seed: int
) -> np.ndarray:
    """Return (H, W) uint8 coverage with screentone over half black on the shadow sides of some shapes.

    It covers 50 to 90 % of the paper: dots that overlap, white dots in black, or lines. `line_width` is in pixels.
    """

    def pattern(rng: np.random.Generator) -> Variant:
        pitch = float(np.clip(line_width * rng.uniform(1.4, 2.4) + 2, 4, 14))
        angle, covered = float(rng.choice([0.0, np.pi / 4, rng.uniform(0, np.pi / 2)])), float(rng.uniform(0.5, 0.9))
        kind = int(rng.integers(3))

        def draw(places: np.ndarray, depth: np.ndarray) -> np.ndarray:
            u = (places[0] * np.cos(angle) + places[1] * np.sin(angle) + pitch / 2) % pitch - pitch / 2
            v = (places[1] * np.cos(angle) - places[0] * np.sin(angle) + pitch / 2) % pitch - pitch / 2
            away = np.hypot(u, v)
            if kind == 0:
                inside = pitch * np.sqrt(min(covered, 0.76) / np.pi) - away
            elif kind == 1:
                inside = away - pitch * np.sqrt((1 - covered) / np.pi)
            else:
                inside = pitch * min(covered, 0.75) / 2 - np.abs(u)
            return np.where(depth > 0, np.clip(inside + 0.5, 0, 1), 0)

        return draw

    return _shaded(ink, truth, shapes, pattern, np.random.default_rng([seed, 7]))


def thickly_hatched(ink: np.ndarray, truth: Truth, shapes: Sequence[Shape], line_width: float, seed: int) -> np.ndarray:
    """Return (H, W) uint8 coverage with strokes as thick as the lines, 2 to 3 of their widths apart, some crosswise.

    They are on the shadow sides of some shapes. `line_width` is in pixels.
    """

    def pattern(rng: np.random.Generator) -> Variant:
        angles = [float(rng.uniform(0.5, 1.1))] + ([2.2] if rng.random() < 0.3 else [])
        spacing, half = line_width * rng.uniform(2.0, 3.0), line_width * rng.uniform(0.42, 0.55)

        def draw(places: np.ndarray, depth: np.ndarray) -> np.ndarray:
            found = np.zeros(depth.shape, np.float32)
            for angle in angles:
                across = (places[0] * np.cos(angle) + places[1] * np.sin(angle)) % spacing
                found = np.maximum(found, np.clip(half - np.minimum(across, spacing - across) + 0.5, 0, 1))
            return np.where(depth > 0, found, 0)

        return draw

    return _shaded(ink, truth, shapes, pattern, np.random.default_rng([seed, 8]))


def _shaded(
    ink: np.ndarray, truth: Truth, shapes: Sequence[Shape], pattern: Callable[..., Variant], rng: np.random.Generator
) -> np.ndarray:
    """Add a pattern to the shadow side of a third of the larger visible shapes."""
    result = ink.copy()
    height, width = ink.shape
    areas = np.bincount(truth.labels.ravel(), minlength=len(truth.shapes))
    areas[0] = 0
    seen = np.bincount(truth.shapes[1:], weights=areas[1:], minlength=len(shapes))
    angle = rng.uniform(-2.4, -0.7)
    light = np.array([np.cos(angle), np.sin(angle)])
    for index in np.flatnonzero(seen > (width / 40) ** 2).tolist():
        shape = shapes[index]
        if not shape.half.any() or rng.random() > 0.34:
            continue
        points = shape.points * width
        low = np.maximum(points.min(0).astype(int), 0)
        high = np.minimum(points.max(0).astype(int) + 2, (width, height))
        area = np.s_[low[1] : high[1], low[0] : high[0]]
        own = np.isin(truth.labels[area], np.flatnonzero(truth.shapes == index))
        shadow = np.zeros(own.shape, np.uint8)
        fixed = np.rint((points - low) * 16).astype(np.int32)
        cv2.fillPoly(shadow, [fixed], 1, cv2.LINE_8, 4)
        reach = rng.uniform(0.15, 0.3) * float(np.sqrt(np.prod(high - low)))
        cv2.fillPoly(shadow, [fixed + np.rint(light * reach * 16).astype(np.int32)], 0, cv2.LINE_8, 4)
        depth = cv2.distanceTransform(shadow, cv2.DIST_L2, 3)
        places = np.mgrid[low[1] : high[1], low[0] : high[0]][::-1].astype(np.float32)
        tone = pattern(rng)(places, depth) * own
        result[area] = np.maximum(result[area], np.rint(tone * 255).astype(np.uint8))
    return result


def sketched(ink: np.ndarray, line_width: float, rng: np.random.Generator) -> np.ndarray:
    """Return (H, W) uint8 coverage of the same lines broken off everywhere, among short stray strokes.

    There is an opening or a stroke for every square of 25 line widths, so the page is full of line ends.
    """
    height, width = ink.shape
    drawn = ink.copy()
    rows, columns = np.nonzero(ink[::4, ::4] > INK)
    count = int(ink.size / (25 * line_width) ** 2)
    for place in rng.integers(0, max(1, len(rows)), min(len(rows), count)):
        radius = max(1, round(line_width * rng.uniform(0.8, 2.5)))
        cv2.circle(drawn, (4 * int(columns[place]), 4 * int(rows[place])), radius, 0, -1)
    thickness = max(1, round(0.8 * line_width))
    for x, y in rng.integers(0, (width, height), (count, 2)).tolist():
        turn, length = rng.uniform(0, np.pi), line_width * rng.uniform(4, 20)
        end = round(x + length * np.cos(turn)), round(y + length * np.sin(turn))
        cv2.line(drawn, (x, y), end, 255, thickness, cv2.LINE_AA)
    return drawn


def grey(ink: np.ndarray) -> np.ndarray:
    """Return (H, W, 4) RGBA of grey lines on white paper."""
    return on_paper(ink, _GREY)
