"""Pose, size and place of the reference: a picture and its part labels, moved together (docs/method.md, "Training")."""

from __future__ import annotations

import cv2
import numpy as np

from huebrush_backend.training.strategies.options import Margin, Strategies

NO_PART = 255
"""Label of a margin: it shows no part, not even the background."""
_FINE = 0.75
"""Scale below which a picture is blurred before it is moved: its lines would break up into dots otherwise."""
Planes = tuple[np.ndarray, np.ndarray]
"""A picture (H,W,3) uint8 and the part class of each pixel, (H,W) uint8."""


def mirror(picture: np.ndarray, labels: np.ndarray) -> Planes:
    """Return both mirrored."""
    return np.ascontiguousarray(picture[:, ::-1]), np.ascontiguousarray(labels[:, ::-1])


def place(picture: np.ndarray, labels: np.ndarray, options: Strategies, rng: np.random.Generator) -> Planes:
    """Mirror, turn, scale, stretch and shift both at random, as `options` say. Outside lie edge pixels or a margin."""
    size = picture.shape[0]
    if rng.random() < options.mirror_share:
        picture, labels = mirror(picture, labels)
    if rng.random() < 1 - options.placement_share:
        return picture, labels
    matrix = cv2.getRotationMatrix2D(
        (size / 2, size / 2),
        float(rng.normal(0, options.rotation)),
        float(rng.uniform(options.scale_least, options.scale_most)),
    )
    stretch = rng.uniform(1 - options.stretch, 1 + options.stretch)
    matrix[0] *= stretch
    matrix[0, 2] += (1 - stretch) * size / 2  # about the middle too
    matrix[:, 2] += rng.normal(0, options.shift * size, 2)
    color = None
    if options.margin_share and rng.random() < options.margin_share:
        color = margin_color(options.margin, rng)
    return warp(picture, labels, matrix, color)


def margin_color(margin: Margin, rng: np.random.Generator) -> tuple[int, int, int]:
    """Choose the colour of a margin."""
    if margin == "white" or (margin == "mixed" and rng.random() < 0.5):
        return 255, 255, 255
    red, green, blue = rng.integers(256, size=3).tolist()
    return red, green, blue


def turn(picture: np.ndarray, labels: np.ndarray, degrees: float) -> Planes:
    """Turn both around the middle; edge pixels are repeated."""
    height, width = labels.shape
    return warp(picture, labels, cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0), None)


def warp(picture: np.ndarray, labels: np.ndarray, matrix: np.ndarray, color: tuple[int, int, int] | None) -> Planes:
    """Move each point (x,y) of both to `matrix` (2,3) times (x,y,1).

    Outside lies a margin of `color`, whose label is `NO_PART`, or with None edge pixels are repeated.
    """
    height, width = labels.shape
    mode = cv2.BORDER_REPLICATE if color is None else cv2.BORDER_CONSTANT
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if scale < _FINE:
        picture = cv2.GaussianBlur(picture, (0, 0), 0.35 / scale)
    size = width, height
    return (
        cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=mode, borderValue=color or 0),
        cv2.warpAffine(labels, matrix, size, flags=cv2.INTER_NEAREST, borderMode=mode, borderValue=NO_PART),
    )
