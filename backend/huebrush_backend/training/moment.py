"""Circumstances of a loss besides its batch: the training's progress, and random numbers for the batch's rows."""

from __future__ import annotations

from dataclasses import dataclass

from huebrush_backend.training.randomness import Randomness


@dataclass(frozen=True)
class Moment:
    """A step of the training.

    * `step`: its number, from 0
    * `progress`: share of the training that is done, 0..1
    * `random`: random numbers for the rows of the batch
    """

    step: int
    progress: float
    random: Randomness
