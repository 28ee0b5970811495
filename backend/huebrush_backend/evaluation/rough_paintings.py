"""Coloured pictures as people and other programs make them of drawings whose right colours are known.

Each manner of painting has one fault at full size: paint that runs over lines by a brush's width, lies off by a
hundredth of the page, misses small shapes, has soft edges, grain, compression, uneven light, or covers only a part of
the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np

from huebrush_backend.evaluation.flat_pictures import smooth_noise
from huebrush_backend.flats.colors.colored_paint import has_transparency

OFFSET = 0.01
"""Distance by which paint lies off, and largest one by which it runs over lines, in the page's longer sides."""
_SMALL = 0.003
"""Largest area, as a share of the page, of a shape that is missed."""
_MISSED = 0.5
"""Share of small shapes that are missed."""
_PAPERS = ((255, 255, 255), (250, 246, 236), (244, 240, 232), (238, 236, 238))


@dataclass(frozen=True, eq=False)
class Painted:
    """A coloured picture.

    * `pixels`: (h,w,4) uint8 sRGB with straight alpha
    * `colors`: (count+1,3) uint8 sRGB, the colour that each region has in it
    * `bare`: (count+1,) bool, regions without paint
    * `paper`: (3,) uint8 sRGB, None for pictures with transparency
    """

    pixels: np.ndarray
    colors: np.ndarray
    bare: np.ndarray
    paper: np.ndarray | None


@dataclass(frozen=True, eq=False)
class Canvas:
    """A picture in the making: `truth` (H,W) int32 of the page, and the fields of `Painted`; `pixels` have its size."""

    rng: np.random.Generator
    truth: np.ndarray
    lines: np.ndarray
    colors: np.ndarray
    bare: np.ndarray
    pixels: np.ndarray
    paper: np.ndarray | None = None


def paint_roughly(
    rng: np.random.Generator, manner: str, truth: np.ndarray, lines: np.ndarray, colors: np.ndarray
) -> Painted:
    """Paint a page in a manner of MANNERS.

    * `truth`: (H,W) int32, regions 1..count, also under ink
    * `lines`: (H,W) uint8, coverage of the page's lines
    * `colors`: (count+1,3) uint8 sRGB
    """
    blank = np.zeros((*truth.shape, 4), np.uint8)
    canvas = Canvas(rng, truth, lines, colors.copy(), np.zeros(len(colors), bool), blank)
    made = MANNERS[manner](canvas)
    # Nobody can tell white paint from white paper in a picture without transparency.
    is_opaque = made.paper is None and not has_transparency(made.pixels)
    return Painted(made.pixels, made.colors, made.bare, np.full(3, 255, np.uint8) if is_opaque else made.paper)


def _exact(canvas: Canvas) -> Canvas:
    """Paint that ends at the lines, on transparency."""
    pixels = np.dstack([canvas.colors[canvas.truth], np.full(canvas.truth.shape, 255, np.uint8)])
    pixels[canvas.bare[canvas.truth]] = 0
    return replace(canvas, pixels=pixels)


def _over_lines(canvas: Canvas, width: float = OFFSET, over: float = 0.7) -> Canvas:
    """A brush runs over lines here and there, by up to its width; the next colour lies above."""
    rng, truth = canvas.rng, canvas.truth
    side = max(2, round(width * max(truth.shape)))
    owner = truth.copy()
    areas = np.bincount(truth.ravel(), minlength=len(canvas.colors))
    slips = smooth_noise(rng, truth.shape[::-1], max(4, 4 * side)) > np.sqrt(2) * (0.5 - over)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * side + 1, 2 * side + 1))
    # Large shapes are painted first, roughly, and what lies in them afterwards.
    order = np.argsort(-areas[1:] * rng.uniform(0.3, 1.7, len(areas) - 1)) + 1
    for label in order.tolist():
        if not areas[label]:
            continue
        rows, columns = np.nonzero(truth == label)
        window = np.s_[
            max(0, rows.min() - side) : rows.max() + side + 1, max(0, columns.min() - side) : columns.max() + side + 1
        ]
        own = (truth[window] == label).astype(np.uint8)
        wide = cv2.dilate(own, disc) > 0
        mark = (own > 0) | (wide & slips[window])
        owner[window][mark] = 0 if canvas.bare[label] else label
    pixels = np.dstack([canvas.colors[owner], np.where(owner > 0, 255, 0).astype(np.uint8)])
    for label in np.flatnonzero(canvas.bare):
        if label:  # nobody paints over what stays bare but for the slips of others
            pixels[(owner == 0) & (truth == label)] = 0
    return replace(canvas, pixels=pixels)


def _missed(canvas: Canvas) -> Canvas:
    """Small shapes are left out, and paint runs over lines a little."""
    areas = np.bincount(canvas.truth.ravel(), minlength=len(canvas.colors))
    bare = (areas <= _SMALL * canvas.truth.size) & (canvas.rng.random(len(areas)) < _MISSED)
    return _over_lines(replace(canvas, bare=bare), OFFSET / 4)


def _offset(canvas: Canvas) -> Canvas:
    """All paint lies off by OFFSET, in any direction."""
    height, width = canvas.truth.shape
    far, angle = OFFSET * max(height, width), canvas.rng.uniform(0, 2 * np.pi)
    move = np.array([[1, 0, far * np.cos(angle)], [0, 1, far * np.sin(angle)]], np.float32)
    painted = _exact(canvas)
    pixels = cv2.warpAffine(painted.pixels, move, (width, height), flags=cv2.INTER_NEAREST, borderValue=(0, 0, 0, 0))
    return replace(painted, pixels=np.asarray(pixels, np.uint8))


def _offset_over_lines(canvas: Canvas) -> Canvas:
    """Paint lies off and runs over lines at once, each by half."""
    height, width = canvas.truth.shape
    far, angle = OFFSET / 2 * max(height, width), canvas.rng.uniform(0, 2 * np.pi)
    move = np.array([[1, 0, far * np.cos(angle)], [0, 1, far * np.sin(angle)]], np.float32)
    painted = _over_lines(canvas, OFFSET / 2)
    pixels = cv2.warpAffine(painted.pixels, move, (width, height), flags=cv2.INTER_NEAREST, borderValue=(0, 0, 0, 0))
    return replace(painted, pixels=np.asarray(pixels, np.uint8))


def _soft(canvas: Canvas) -> Canvas:
    """Wet or airbrushed edges: colours mix, and paint fades out."""
    painted = _over_lines(canvas, OFFSET / 3)
    deviation = float(canvas.rng.uniform(0.15, 0.4)) * OFFSET * max(canvas.truth.shape)
    alpha = painted.pixels[..., 3:].astype(np.float32)
    mixed = cv2.GaussianBlur(np.concatenate([painted.pixels[..., :3] * (alpha / 255), alpha], 2), (0, 0), deviation)
    straight = mixed[..., :3] * 255 / np.maximum(mixed[..., 3:], 1)
    return replace(painted, pixels=_bytes(np.concatenate([straight, mixed[..., 3:]], axis=2)))


def _on_paper(canvas: Canvas, painted: Canvas, paper: np.ndarray, with_lines: bool) -> Canvas:
    """Put paint on paper, as glazes that darken it; lines lie on top if they are wanted."""
    share = painted.pixels[..., 3:].astype(np.float32) / 255
    glaze = paper.astype(np.float32) / 255
    seen = (painted.pixels[..., :3] * share + 255 * (1 - share)) * glaze
    if with_lines:
        seen *= 1 - canvas.lines[..., None].astype(np.float32) / 255
    colors = _bytes(canvas.colors * glaze)
    pixels = np.dstack([_bytes(seen), np.full(canvas.truth.shape, 255, np.uint8)])
    return replace(painted, pixels=pixels, colors=colors, paper=paper)


def _textured(canvas: Canvas) -> Canvas:
    """Paint on rough paper, whose grain shows."""
    rng = canvas.rng
    paper = np.array(_PAPERS[int(rng.integers(len(_PAPERS)))], np.uint8)
    flat = _on_paper(canvas, _over_lines(canvas, OFFSET / 3), paper, with_lines=False)
    grain = 1 + rng.uniform(0.01, 0.03) * smooth_noise(rng, canvas.truth.shape[::-1], 3)
    grain += rng.uniform(0.005, 0.02) * rng.standard_normal(canvas.truth.shape)
    rgb = _bytes(flat.pixels[..., :3] * np.minimum(grain, 1.02)[..., None])
    return replace(flat, pixels=np.dstack([rgb, flat.pixels[..., 3]]))


def _compressed(canvas: Canvas) -> Canvas:
    """A finished picture with lines, strongly compressed."""
    flat = _on_paper(canvas, _over_lines(canvas, OFFSET / 5), np.full(3, 255, np.uint8), with_lines=True)
    return replace(flat, pixels=_jpeg(flat.pixels, int(canvas.rng.integers(35, 85))))


def _scanned(canvas: Canvas) -> Canvas:
    """Markers on paper: streaks, white between strokes, uneven light, noise, compression."""
    rng, shape = canvas.rng, canvas.truth.shape
    painted = _over_lines(canvas, OFFSET / 3)
    gaps = smooth_noise(rng, shape[::-1], max(3, round(0.006 * max(shape)))) > rng.uniform(0.9, 2)
    pixels = painted.pixels.copy()
    pixels[gaps] = 0
    paper = np.array(_PAPERS[int(rng.integers(len(_PAPERS)))], np.uint8)
    flat = _on_paper(canvas, replace(painted, pixels=pixels), paper, with_lines=True)
    down, across = np.mgrid[0 : shape[0], 0 : shape[1]] / max(shape) - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    slope = rng.uniform(0, 0.25) * (np.cos(angle) * across + np.sin(angle) * down)
    light = 1 - rng.uniform(0, 0.12) * 4 * (down**2 + across**2) + slope - abs(slope).max()
    streaks = 1 + rng.uniform(0.005, 0.025) * smooth_noise(rng, shape[::-1], max(4, round(0.02 * max(shape))))
    inked = (flat.pixels[..., :3] != paper).any(axis=2)
    rgb = flat.pixels[..., :3] * np.where(inked, streaks, 1)[..., None] * light[..., None]
    rgb += rng.uniform(0.5, 3) * rng.standard_normal(rgb.shape)
    noisy = np.dstack([_bytes(rgb), flat.pixels[..., 3]])
    # Light takes from all colours alike: what is usual on the paper is what counts.
    usual = float(np.median(light))
    return replace(
        flat,
        pixels=_jpeg(noisy, int(rng.integers(75, 95))),
        colors=_bytes(flat.colors * usual),
        paper=_bytes(paper * usual),
    )


def _in_part(canvas: Canvas) -> Canvas:
    """Only the shapes of one part of the page are painted, on transparency or on white."""
    rng = canvas.rng
    height, width = canvas.truth.shape
    count = len(canvas.colors)
    rows = np.bincount(canvas.truth.ravel(), np.repeat(np.arange(height), width), count)
    columns = np.bincount(canvas.truth.ravel(), np.tile(np.arange(width), height), count)
    areas = np.maximum(np.bincount(canvas.truth.ravel(), minlength=count), 1)
    angle = rng.uniform(0, 2 * np.pi)
    along = np.cos(angle) * columns / areas / width + np.sin(angle) * rows / areas / height
    bare = along > np.quantile(along[1:], rng.uniform(0.3, 0.8))
    painted = _over_lines(replace(canvas, bare=bare), OFFSET / 3)
    if rng.random() < 0.5:
        return painted
    return _on_paper(canvas, painted, np.full(3, 255, np.uint8), with_lines=bool(rng.random() < 0.5))


def _other_size(canvas: Canvas) -> Canvas:
    """A picture of another program: smaller or larger than the page, shaded, with lines of its own."""
    rng = canvas.rng
    height, width = canvas.truth.shape
    flat = _on_paper(canvas, _over_lines(canvas, OFFSET / 5), np.full(3, 255, np.uint8), with_lines=True)
    shade = 1 - rng.uniform(0.02, 0.08) * np.clip(smooth_noise(rng, (width, height), max(8, width // 12)), 0, 2)
    white = (flat.pixels[..., :3].min(axis=2) > 245)[..., None]
    rgb = _bytes(flat.pixels[..., :3] * np.where(white, 1, shade[..., None]))
    ratio = float(np.exp(rng.uniform(np.log(0.45), np.log(1.6))))
    size = (max(8, round(width * ratio)), max(8, round(height * ratio)))
    method = cv2.INTER_AREA if ratio < 1 else cv2.INTER_CUBIC
    return replace(flat, pixels=cv2.resize(np.dstack([rgb, flat.pixels[..., 3]]), size, interpolation=method))


def _jpeg(pixels: np.ndarray, quality: int) -> np.ndarray:
    _, data = cv2.imencode(".jpg", pixels[..., 2::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    bgr = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return np.dstack([bgr[..., ::-1], pixels[..., 3]]).astype(np.uint8)


def _bytes(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


MANNERS: Mapping[str, Callable[[Canvas], Canvas]] = {
    "exact": _exact,
    "over_lines": _over_lines,
    "missed": _missed,
    "offset": _offset,
    "offset_over_lines": _offset_over_lines,
    "soft": _soft,
    "textured": _textured,
    "compressed": _compressed,
    "scanned": _scanned,
    "in_part": _in_part,
    "other_size": _other_size,
}
"""Manners of painting by name."""
