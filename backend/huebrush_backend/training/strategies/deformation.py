"""Deformation training: copies whose geometry no longer matches the line art (docs/method.md, "Training")."""

from __future__ import annotations

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from huebrush_backend.training.strategies.options import Strategies
from huebrush_backend.training.strategies.placement import Planes
from huebrush_backend.training.strategies.thin_plate_spline import thin_plate_spline

SPLINE_WIDTH = 224
"""Width of the picture, in pixels, to which `spline_sigma` refers."""


def deform(picture: np.ndarray, labels: np.ndarray, options: Strategies, rng: np.random.Generator) -> Planes:
    """Bend both in the same way, as `options.deformation` says."""
    if options.deformation == "flow":
        return bend_by_flow(picture, labels, rng)
    if options.deformation == "spline":
        size = picture.shape[0]
        before = rng.uniform(0, size, (options.spline_points, 2))
        moves = rng.normal(0, options.spline_sigma * size / SPLINE_WIDTH, before.shape)
        return bend_by_spline(picture, labels, before, before + moves)
    return picture, labels


def bend_by_flow(picture: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Planes:
    """Bend both by a smooth random flow of 5 × 5 points."""
    size = picture.shape[0]
    coarse = rng.normal(0, 0.05 * size, (5, 5, 2)).astype(np.float32)
    flow = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
    rows, columns = np.mgrid[0:size, 0:size].astype(np.float32)
    where = columns + flow[..., 0], rows + flow[..., 1]
    return (
        cv2.remap(picture, *where, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        cv2.remap(labels, *where, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE),
    )


def bend_by_spline(picture: np.ndarray, labels: np.ndarray, before: np.ndarray, after: np.ndarray) -> Planes:
    """Bend both by the thin-plate spline that moves the points `before` to `after`, (n,2) in pixels.

    Edge pixels are repeated. Where parts meet, a pixel has the label of the part that covers most of it.
    """
    classes, places = np.unique(labels, return_inverse=True)
    shares = F.one_hot(torch.from_numpy(places.reshape(labels.shape)), len(classes)).float()
    planes = torch.cat([torch.from_numpy(picture).float(), shares], dim=-1).permute(2, 0, 1).unsqueeze(0)
    points = (torch.from_numpy(each).float().unsqueeze(0) for each in (before, after))
    bent = thin_plate_spline(planes, *points, padding="border")[0]
    colors = bent[:3].round().clamp(0, 255).byte().permute(1, 2, 0).numpy()
    return np.ascontiguousarray(colors), classes[bent[3:].argmax(dim=0).numpy()].astype(labels.dtype)
