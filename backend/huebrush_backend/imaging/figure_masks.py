"""Masks of the figure, from the artist or found by classical means.

A mask is (H,W) uint8, 255 on the figure and 0 on the background.
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
"""Ink coverage from which a pixel stops the fill."""
_GAP_SHARE = 1 / 80
"""Width of gaps in the outline, as a share of the longer side, up to which they count as closed."""
_EVEN_SHARE = 0.6
"""Share of the edge in one colour from which a reference has an even background."""
_SAME_COLOR = 12.0
"""Distance in 8-bit CIELAB up to which a colour counts as the background's."""
_GRABCUT_ROUNDS = 4
_SIDE_SHARE = 0.05
"""Weight from which a connected area counts as figure, as a share of the main area's weight."""
_MIDDLE_WIDTH = 0.25
"""Standard deviation, as a share of the width, with which weight falls off from the middle to the sides."""
_MOST_OPAQUE = 0.98
"""Share of painted pixels up to which a reference counts as already cut out."""


def mask_of(pixels: NDArray[np.uint8]) -> Mask:
    """Return the mask that a picture (H,W,4) uint8 RGBA shows: its alpha if any pixel is not opaque, else its
    brightness."""
    alpha = pixels[..., 3]
    if alpha.size and alpha.min() < 255:
        return np.ascontiguousarray(alpha)
    return cv2.cvtColor(np.ascontiguousarray(pixels[..., :3]), cv2.COLOR_RGB2GRAY)


def line_art_figure(ink: NDArray[np.float32]) -> Mask:
    """Return the area inside the outer contour of line art, for ink coverage (H,W) in 0..1.

    Everything that can be reached from the top, left or right edge without crossing a line is background. Small gaps in
    the lines are bridged. The lower edge may cut off the figure.
    """
    small = _reduce(np.rint(np.clip(ink, 0, 1) * 255).astype(np.uint8))
    lines = (small > _INK * 255).astype(np.uint8)
    radius = max(1, round(max(small.shape) * _GAP_SHARE / 2))
    thick = cv2.dilate(lines, _disc(radius))
    outside = _reached_from_edges(thick == 0)
    # The fill stopped a radius before the lines; extend it up to them again, but not through the gaps.
    outside = np.where(lines > 0, 0, cv2.dilate(outside, _disc(radius))).astype(np.uint8)
    figure = 1 - outside
    figure = cv2.morphologyEx(figure, cv2.MORPH_OPEN, _disc(2))  # loose lines are not figures
    return _enlarge(_main_parts(figure), ink.shape[:2])


def reference_figure(pixels: NDArray[np.uint8]) -> Mask:
    """Return the mask of the figure in a reference (H,W,4) uint8 RGBA.

    The figure is the painted area if it is already cut out. Otherwise it is the area that differs from the colour at
    the edges if that is even, or else the area that GrabCut finds, starting from the middle.
    """
    painted = pixels[..., 3] >= 128
    if painted.mean() <= _MOST_OPAQUE:
        return painted.astype(np.uint8) * 255
    small = _reduce(flatten_on_white(pixels))
    figure = _differs_from_edges(small)
    if figure is None:
        figure = _grabcut(small)
    figure = 1 - _reached_from_edges(figure == 0)
    figure = _main_parts(cv2.morphologyEx(figure, cv2.MORPH_OPEN, _disc(2)))
    return _enlarge(figure, pixels.shape[:2])


def _differs_from_edges(rgb: NDArray[np.uint8]) -> Mask | None:
    """Return (h,w) 1 where `rgb` differs from the colour of its edges, 0 elsewhere; None if the edges are not even."""
    lab = cv2.cvtColor(cv2.GaussianBlur(rgb, (0, 0), 1.0), cv2.COLOR_RGB2LAB).astype(np.float32)
    edges = np.concatenate([lab[0], lab[:, 0], lab[:, -1]])  # the lower edge often cuts off a figure
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
    cv2.setRNGSeed(0)  # its clustering draws random numbers, and the same request must give the same bytes
    cv2.grabCut(rgb, labels, None, *models, _GRABCUT_ROUNDS, cv2.GC_INIT_WITH_MASK)  # type: ignore[arg-type]
    return np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)


def _reached_from_edges(free: NDArray[np.bool_]) -> Mask:
    """Return (h,w) 1 for the `free` pixels connected with the top, left or right edge."""
    _, labels = cv2.connectedComponents(free.astype(np.uint8), connectivity=4)
    reached = np.unique(np.concatenate([labels[0], labels[:, 0], labels[:, -1]]))
    return np.isin(labels, reached[reached > 0]).astype(np.uint8)


def _main_parts(figure: Mask) -> Mask:
    """Return `figure` (h,w) 0 or 1 without small separate areas such as clouds, stars or a distant house.

    The weight of an area is its size, reduced by its distance from the middle of the width.
    """
    count, parts = cv2.connectedComponents(figure, connectivity=8)
    across = np.linspace(-0.5, 0.5, figure.shape[1]) / _MIDDLE_WIDTH
    near_the_middle = np.broadcast_to(np.exp(-(across**2) / 2), figure.shape)
    weights = np.bincount(parts.ravel(), near_the_middle.ravel(), minlength=count)
    weights[0] = 0  # the background
    return (weights >= _SIDE_SHARE * max(weights.max(), 1e-9))[parts].astype(np.uint8)


def _reduce(picture: Mask) -> Mask:
    ratio = _WORKING_SIZE / max(picture.shape[:2])
    if ratio >= 1:
        return picture
    size = (max(1, round(picture.shape[1] * ratio)), max(1, round(picture.shape[0] * ratio)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def _enlarge(figure: Mask, shape: tuple[int, ...]) -> Mask:
    return cv2.resize(figure * np.uint8(255), (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)


def _disc(radius: int) -> Mask:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
