"""Masks of the figure: those that the artist gives, and those found by classical means where none is given.

A mask is (H,W) uint8, 255 where the figure is and 0 where there is background.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.imaging.color import flatten_on_white

Mask = NDArray[Any]

_WORKING_SIZE = 512
"""Longer side, in pixels, at which figures are looked for."""
_INK = 0.3
"""Coverage from which a pixel stops the fill."""
_GAP_SHARE = 1 / 80
"""Gaps in the outline up to this share of the longer side are taken for closed."""
_EVEN_SHARE = 0.6
"""Share of the edge in one colour from which on a reference counts as standing on an even ground."""
_SAME_COLOR = 12.0
"""Distance in 8-bit CIELAB up to which a colour counts as the ground's."""
_GRABCUT_ROUNDS = 4
_SIDE_SHARE = 0.05
"""A part that hangs together counts as figure from this share of the main part's weight on."""
_MIDDLE_WIDTH = 0.25
"""How fast weight falls off from the middle to the sides: standard deviation, as a share of the width."""
_MOST_OPAQUE = 0.98
"""Share of painted pixels up to which a reference counts as cut out already."""


def mask_of(pixels: NDArray[np.uint8]) -> Mask:
    """Return what a painted mask (H,W,4) uint8 RGBA says: its alpha if any pixel is not opaque, else its brightness."""
    alpha = pixels[..., 3]
    if alpha.size and alpha.min() < 255:
        return np.ascontiguousarray(alpha)
    return cv2.cvtColor(np.ascontiguousarray(pixels[..., :3]), cv2.COLOR_RGB2GRAY)


def line_art_figure(ink: NDArray[np.float32]) -> Mask:
    """Return what the outer contour of line art encloses, for ink coverage (H,W) in 0..1.

    All that can be reached from the top, left or right edge without crossing a line is background. Small gaps in the
    lines are bridged. A figure may be cut off by the lower edge.
    """
    small = _reduced(np.rint(np.clip(ink, 0, 1) * 255).astype(np.uint8))
    lines = (small > _INK * 255).astype(np.uint8)
    radius = max(1, round(max(small.shape) * _GAP_SHARE / 2))
    thick = cv2.dilate(lines, _disc(radius))
    outside = _reached_from_edges(thick == 0)
    # The fill stopped a radius before the lines; take it up to them again, but not through the gaps.
    outside = np.where(lines > 0, 0, cv2.dilate(outside, _disc(radius))).astype(np.uint8)
    figure = 1 - outside
    figure = cv2.morphologyEx(figure, cv2.MORPH_OPEN, _disc(2))  # loose lines are no figures
    return _enlarged(_main_parts(figure), ink.shape[:2])


def reference_figure(pixels: NDArray[np.uint8]) -> Mask:
    """Return where the figure of a reference (H,W,4) uint8 RGBA is: what is painted, if it is cut out already; what
    differs from the colour at the edges, if that is even; else what GrabCut finds, starting from the middle."""
    painted = pixels[..., 3] >= 128
    if painted.mean() <= _MOST_OPAQUE:
        return painted.astype(np.uint8) * 255
    small = _reduced(flatten_on_white(pixels))
    figure = _off_the_ground(small)
    if figure is None:
        figure = _grabcut(small)
    figure = 1 - _reached_from_edges(figure == 0)
    figure = _main_parts(cv2.morphologyEx(figure, cv2.MORPH_OPEN, _disc(2)))
    return _enlarged(figure, pixels.shape[:2])


def _off_the_ground(rgb: NDArray[np.uint8]) -> Mask | None:
    """Return (h,w) 0 or 1, where `rgb` differs from its edges' colour; None if they have no one colour."""
    lab = cv2.cvtColor(cv2.GaussianBlur(rgb, (0, 0), 1.0), cv2.COLOR_RGB2LAB).astype(np.float32)
    edges = np.concatenate([lab[0], lab[:, 0], lab[:, -1]])  # a figure is often cut off by the lower edge
    ground = np.median(edges, axis=0)
    if (np.linalg.norm(edges - ground, axis=1) < _SAME_COLOR).mean() < _EVEN_SHARE:
        return None
    return (np.linalg.norm(lab - ground, axis=2) >= _SAME_COLOR).astype(np.uint8)


def _grabcut(rgb: NDArray[np.uint8]) -> Mask:
    height, width = rgb.shape[:2]
    margin_x, margin_y = max(1, width // 12), max(1, height // 12)
    if width <= 4 * margin_x or height <= 4 * margin_y:
        return np.ones((height, width), np.uint8)
    labels = np.full((height, width), cv2.GC_BGD, np.uint8)
    labels[margin_y:, margin_x : width - margin_x] = cv2.GC_PR_FGD
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(0)  # its clustering draws numbers, and the same request shall give the same bytes
    cv2.grabCut(rgb, labels, None, *models, _GRABCUT_ROUNDS, cv2.GC_INIT_WITH_MASK)  # type: ignore[arg-type]
    return np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)


def _reached_from_edges(free: NDArray[np.bool_]) -> Mask:
    """Return (h,w) 1 for the `free` pixels connected with the top, left or right edge."""
    _, labels = cv2.connectedComponents(free.astype(np.uint8), connectivity=4)
    reached = np.unique(np.concatenate([labels[0], labels[:, 0], labels[:, -1]]))
    return np.isin(labels, reached[reached > 0]).astype(np.uint8)


def _main_parts(figure: Mask) -> Mask:
    """Return `figure` (h,w) 0 or 1 without the parts that stand apart and are slight: clouds, stars, a house far off.

    Weight is a part's area, less the farther it is from the middle of the width.
    """
    count, parts = cv2.connectedComponents(figure, connectivity=8)
    across = np.linspace(-0.5, 0.5, figure.shape[1]) / _MIDDLE_WIDTH
    near_the_middle = np.broadcast_to(np.exp(-(across**2) / 2), figure.shape)
    weights = np.bincount(parts.ravel(), near_the_middle.ravel(), minlength=count)
    weights[0] = 0  # what is no figure
    return (weights >= _SIDE_SHARE * max(weights.max(), 1e-9))[parts].astype(np.uint8)


def _reduced(picture: Mask) -> Mask:
    ratio = _WORKING_SIZE / max(picture.shape[:2])
    if ratio >= 1:
        return picture
    size = (max(1, round(picture.shape[1] * ratio)), max(1, round(picture.shape[0] * ratio)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def _enlarged(figure: Mask, shape: tuple[int, ...]) -> Mask:
    return cv2.resize(figure * np.uint8(255), (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)


def _disc(radius: int) -> Mask:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
