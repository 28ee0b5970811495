"""Inputs of every k-diffusion sampler besides its start."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch

Denoise = Callable[[torch.Tensor, float], torch.Tensor]
"""Function from x (B,C,h,w) and sigma to D."""
DrawNoise = Callable[[], torch.Tensor]
"""Function that returns unit noise of x's shape, new at each call."""
Report = Callable[[int, int, torch.Tensor], None]
"""Function called with (step from 1, steps, D)."""


@dataclass(frozen=True)
class Sampling:
    """One way from noise to a picture. x is the picture plus sigma times unit noise, D the denoised picture.

    `sigmas` are the noise levels, falling, with a final 0.
    """

    sigmas: Sequence[float]
    denoise: Denoise
    draw_noise: DrawNoise
    report: Report

    def steps(self) -> Iterator[tuple[int, float, float]]:
        """Yield each step's number from 0, the level at which it begins, and the level at which it ends."""
        for index, (sigma, following) in enumerate(pairwise(self.sigmas)):
            yield index, sigma, following

    def done(self, index: int, clean: torch.Tensor) -> None:
        """Report that the step numbered `index` is done, with the D at its beginning."""
        self.report(index + 1, len(self.sigmas) - 1, clean)


SampleFunction = Callable[[torch.Tensor, Sampling], torch.Tensor]
"""Function from x at the first level, and the way, to the picture."""
