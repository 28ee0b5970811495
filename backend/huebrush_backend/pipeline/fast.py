"""The parameter "fast": a slightly different picture, much sooner. Off by default.

Fewer steps, guidance only in a part of them, and an early end when the colours stop changing. docs/benchmarks.md says
how far the colours are from those without it.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import torch

from huebrush_backend.pipeline.conditioning import picture_array
from huebrush_backend.pipeline.guidance import Guidance
from huebrush_backend.pipeline.preview import LatentPreview

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
