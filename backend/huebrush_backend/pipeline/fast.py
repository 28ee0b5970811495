"""The parameter "fast": a slightly different picture, much sooner. Off by default.

Fewer steps, guidance only in a part of them, and an early end when the colours stop changing. docs/benchmarks.md says
how far the colours are from those without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import torch

from huebrush_backend.pipeline.colorization_pipeline import StepCallback
from huebrush_backend.pipeline.conditioning import picture_array
from huebrush_backend.pipeline.guidance import Guidance
from huebrush_backend.pipeline.preview import LatentPreview
from huebrush_backend.pipeline.samplers import Predict, Sampler, Start

MOST_STEPS = 8
GUIDED_PART = (0.2, 1.0)
"""Part of the way from noise to picture with guidance: before it colours hardly show, after it they are fixed."""
SETTLED_DELTA_E = 1.0
SETTLED_SHARE = 0.95


def fast_steps(steps: int) -> int:
    """Return the number of steps to take instead of `steps`."""
    return min(steps, MOST_STEPS)


def fast_guidance(guidance: Guidance) -> Guidance:
    """Return `guidance` limited to the part of the way in which it matters most."""
    return replace(guidance, interval=GUIDED_PART)


class Settled(Exception):
    """The prediction of the clean latent, `clean`, is good enough: no more steps."""

    def __init__(self, clean: torch.Tensor) -> None:
        super().__init__()
        self.clean = clean


def sample_until_settled(
    denoising: Sampler,
    noise: torch.Tensor,
    predict: Predict,
    generator: torch.Generator,
    on_step: StepCallback | None,
    is_settled: Callable[[torch.Tensor], bool] | None,
    start: Start | None = None,
) -> torch.Tensor:
    """Return the clean latent (1,C,h,w) that `denoising` makes of `noise` or `start`, or the one that has settled
    before.

    `on_step`, `is_settled`: as in `ColorizePipeline`. `generator`: for samplers that add noise.
    """

    def report(step: int, steps: int, clean: torch.Tensor) -> None:
        if on_step is not None:
            on_step(step, steps, clean)
        if is_settled is not None and is_settled(clean):
            raise Settled(clean)

    try:
        return denoising.sample(noise, predict, report, generator, start)
    except Settled as settled:
        return settled.clean


class SettledColors:
    """Test whether colours stopped changing, called with each step's prediction of the clean latent.

    They have settled when `SETTLED_SHARE` of the places moved by less than `SETTLED_DELTA_E` (CIE76) since the step
    before. An object serves one colorization.
    """

    def __init__(self, preview: LatentPreview) -> None:
        self._preview = preview
        self._before: np.ndarray | None = None

    def __call__(self, clean: torch.Tensor) -> bool:
        """Return whether the colours of `clean` (1,C,h,w) equal those of the previous call."""
        rgb = picture_array(self._preview.picture(clean)).astype(np.float32) / 255
        lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)
        before, self._before = self._before, lab
        if before is None:
            return False
        moved = np.linalg.norm(lab - before, axis=2)
        return float(np.quantile(moved, SETTLED_SHARE)) < SETTLED_DELTA_E
