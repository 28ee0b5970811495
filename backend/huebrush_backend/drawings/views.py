"""Other views of a picture and its parts: turned, stretched, moved, mirrored, bent, cropped, on another ground."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.drawings.svg_shapes import Rgb


@dataclass(frozen=True)
class View:
    """A way to see a picture. Lengths are shares of its sides.

    * `angle`: degrees by which it is turned
    * `zoom`: how much larger it is seen, across and down
    * `shift`: how far it moves to the right and down
    * `mirror`: whether left and right change places
    * `bend`: how far a smooth random flow moves its points
    """

    angle: float = 0.0
    zoom: tuple[float, float] = (1.0, 1.0)
    shift: tuple[float, float] = (0.0, 0.0)
    mirror: bool = False
    bend: float = 0.0


def random_view(rng: np.random.Generator) -> View:
    """Return a random view: mostly a little turned and bent, at times much smaller, or closer, or upside down."""
    kind = rng.random()
    zoom = float(rng.uniform(0.75, 1.15))
    shift = rng.normal(0, 0.06, 2)
    if kind < 0.15:  # small, anywhere
        zoom = float(rng.uniform(0.4, 0.7))
        shift = rng.uniform(-0.25, 0.25, 2)
    elif kind < 0.3:  # a part of it, closer
        zoom = float(rng.uniform(1.2, 1.7))
        shift = rng.uniform(-0.25, 0.25, 2)
    elif kind < 0.4:  # moved aside
        shift = rng.uniform(-0.35, 0.35, 2)
    stretch = float(np.exp(rng.normal(0, 0.08)))
    angle = float(rng.normal(0, 12)) + (180.0 if rng.random() < 0.04 else 0.0)
    bend = float(rng.choice([0.0, 0.015, 0.03, 0.045]))
    return View(
        angle, (zoom * stretch, zoom / stretch), (float(shift[0]), float(shift[1])), bool(rng.random() < 0.5), bend
    )


def apply_view(
    picture: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    view: View,
    rng: np.random.Generator,
    surround: tuple[Rgb, int] | None = None,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return `picture` (H,W,3) and `labels` (H,W) as `view` shows them.

    `rng`: chooses the flow that bends.
    `surround`: colour and label of what lies around the picture; by default its edge is repeated.
    """
    height, width = labels.shape
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    turned = cv2.getRotationMatrix2D((0, 0), view.angle, 1.0)[:, :2] @ np.diag(view.zoom)
    if view.mirror:
        turned = turned @ np.diag([-1.0, 1.0])
    back = np.linalg.inv(turned).astype(np.float32)
    x = columns - width * (0.5 + view.shift[0])
    y = rows - height * (0.5 + view.shift[1])
    where_x = back[0, 0] * x + back[0, 1] * y + width / 2
    where_y = back[1, 0] * x + back[1, 1] * y + height / 2
    if view.bend > 0:
        coarse = rng.normal(0, view.bend, (5, 5, 2)).astype(np.float32)
        flow = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        where_x, where_y = where_x + flow[..., 0] * width, where_y + flow[..., 1] * height
    color, label = surround if surround is not None else ((0, 0, 0), 0)
    border = cv2.BORDER_REPLICATE if surround is None else cv2.BORDER_CONSTANT
    if view.zoom[0] < 0.7:  # otherwise fine lines would break up into dots
        picture = cv2.GaussianBlur(picture, (0, 0), 0.4 / view.zoom[0])  # pyright: ignore[reportAssignmentType]
    seen = cv2.remap(picture, where_x, where_y, cv2.INTER_LINEAR, borderMode=border, borderValue=color)
    seen_labels = cv2.remap(labels, where_x, where_y, cv2.INTER_NEAREST, borderMode=border, borderValue=label)
    return seen, seen_labels  # pyright: ignore[reportReturnType]


def on_ground(picture: NDArray[np.uint8], ground: Rgb) -> NDArray[np.uint8]:
    """Return `picture` (H,W,4) RGBA on a ground of one colour: (H,W,3)."""
    alpha = picture[..., 3:].astype(np.uint16)
    under = np.array(ground, np.uint16)
    return ((picture[..., :3] * alpha + under * (255 - alpha) + 127) // 255).astype(np.uint8)
