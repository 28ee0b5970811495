"""Changes of a reference picture before CLIP sees it, in order."""

from __future__ import annotations

import numpy as np

from huebrush_backend.synthesis.rich import PhotographLooks, photograph
from huebrush_backend.training.strategies.deformation import deform
from huebrush_backend.training.strategies.options import Strategies
from huebrush_backend.training.strategies.patch_shuffle import shuffle_some
from huebrush_backend.training.strategies.placement import Planes, place


def vary_reference(
    picture: np.ndarray,
    labels: np.ndarray,
    is_copy: bool,
    options: Strategies,
    progress: float,
    rng: np.random.Generator,
) -> Planes:
    """Return a reference and its part labels, changed at random as `options` say.

    `picture`: square picture, (S,S,3) uint8.
    `labels`: part class of each pixel, (S,S) uint8.
    `is_copy`: whether it shows the drawing that is to be coloured; only then it is bent.
    `progress`: how far the training is, 0..1.
    """
    if is_copy:
        picture, labels = deform(picture, labels, options, rng)
    picture, labels = place(picture, labels, options, rng)
    picture, labels = shuffle_some(picture, labels, options, progress, rng)
    return photograph_some(picture, options, rng), labels


def photograph_some(picture: np.ndarray, options: Strategies, rng: np.random.Generator) -> np.ndarray:
    """Make a share of pictures (S,S,3), as `options` say, look as soft and noisy as photographs; nothing moves."""
    if not options.looks_share or rng.random() >= options.looks_share:
        return picture
    return photograph(rng, picture, PhotographLooks())
