"""Training pairs: line art of one drawing, a reference in the same palette, and the right answer."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from huebrush_backend.synthesis import Drawing, Palette, colour_picture
from huebrush_backend.training.bank import Bank

COPY_SHARE = 0.15
"""Share of samples, 0..1, whose reference is a deformed copy of the drawing (the paper's deformation training).

The other references are another drawing in the same palette. A generator of drawings can make such references, but a
collection of pictures does not have them.
"""


@dataclass(frozen=True)
class Pair:
    """Line art, reference and right answer.

    * `ink`: (H,W) float32 0..1
    * `target`: flats without lines, (H,W,3) uint8
    * `reference`: (H,W,3) uint8
    * `labels`, `reference_labels`: part classes of target and reference, (H,W) uint8
    """

    ink: np.ndarray
    target: np.ndarray
    reference: np.ndarray
    labels: np.ndarray
    reference_labels: np.ndarray


def random_pair(bank: Bank, rng: np.random.Generator) -> Pair:
    """Choose a drawing, its palette, and a reference at random."""
    index = int(rng.integers(len(bank)))
    drawing, palette = bank.drawing(index), bank.palettes[rng.integers(len(bank.palettes))]
    if rng.random() < COPY_SHARE:
        reference, reference_labels = deform(picture_of(drawing, palette, rng), drawing.labels, rng)
    else:
        other = bank.drawing(bank.partner(index, rng))
        reference, reference_labels = move(picture_of(other, palette, rng), other.labels, rng)
    ink, target, labels = drawing.ink, colour_picture(drawing, palette, ink=False, shading=False), drawing.labels
    if rng.random() < 0.5:
        ink, target, labels = (np.ascontiguousarray(plane[:, ::-1]) for plane in (ink, target, labels))
    return Pair(vary_ink(ink, rng), target, reference, labels, reference_labels)


def picture_of(drawing: Drawing, palette: Palette, rng: np.random.Generator) -> np.ndarray:
    """Paint a picture as references may look: mostly inked and shaded."""
    return colour_picture(drawing, palette, ink=rng.random() < 0.85, shading=rng.random() < 0.7)


def vary_ink(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Change the line weight, softness and darkness of ink coverage 0..1 at random."""
    lines = ink.astype(np.float32) / 255
    if rng.random() < 0.4:
        lines = cv2.GaussianBlur(lines, (0, 0), float(rng.uniform(0.3, 1.0)))
        lines = np.clip(lines * rng.uniform(1.0, 2.2), 0, 1)
    return np.clip(lines * rng.uniform(0.75, 1.1), 0, 1)


def move(picture: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Turn, stretch and shift both slightly at random, and mirror them half of the time. Edge pixels are repeated."""
    size = picture.shape[0]
    if rng.random() < 0.5:
        picture, labels = (np.ascontiguousarray(plane[:, ::-1]) for plane in (picture, labels))
    if rng.random() < 0.4:
        return picture, labels
    matrix = cv2.getRotationMatrix2D((size / 2, size / 2), float(rng.normal(0, 8)), float(rng.uniform(0.8, 1.2)))
    matrix[0, :2] *= rng.uniform(0.8, 1.2)
    matrix[:, 2] += rng.normal(0, 0.05 * size, 2)
    options = {"dsize": (size, size), "borderMode": cv2.BORDER_REPLICATE}
    return (
        cv2.warpAffine(picture, matrix, flags=cv2.INTER_LINEAR, **options),
        cv2.warpAffine(labels, matrix, flags=cv2.INTER_NEAREST, **options),
    )


def deform(picture: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Move both and bend them by the same smooth random flow, so that their geometry no longer matches the line art."""
    size = picture.shape[0]
    coarse = rng.normal(0, 0.05 * size, (5, 5, 2)).astype(np.float32)
    flow = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
    rows, columns = np.mgrid[0:size, 0:size].astype(np.float32)
    where = columns + flow[..., 0], rows + flow[..., 1]
    bent = cv2.remap(picture, *where, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    bent_labels = cv2.remap(labels, *where, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
    return move(bent, bent_labels, rng)
