"""The parameter "fast": a slightly other picture, much sooner. Off by default.

Fewer steps, guidance in a part of them only, and an early end when the colours do not change any more.
docs/benchmarks.md says how far the colours are from those of the full way.
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
"""Where on the way from noise to picture there is guidance: colours are hardly told yet before, and set after."""
SETTLED_DELTA_E = 1.0
SETTLED_SHARE = 0.95


def fast_steps(steps: int) -> int:
    """Return how many of `steps` are taken."""
    return min(steps, MOST_STEPS)


def fast_guidance(guidance: Guidance) -> Guidance:
    """Return `guidance` in the part of the way alone in which it counts most."""
    return replace(guidance, interval=GUIDED_PART)


class SettledColors:
    """Tells when colours do not change any more: called with each step's prediction of the clean latent.

    They have settled when `SETTLED_SHARE` of the places moved by less than `SETTLED_DELTA_E` (CIE76) since the step
    before. For one colorization.
    """

    def __init__(self, preview: LatentPreview) -> None:
        self._preview = preview
        self._before: np.ndarray | None = None

    def __call__(self, clean: torch.Tensor) -> bool:
        """Return whether the colours of `clean` (1,C,h,w) are those of the call before."""
        rgb = picture_array(self._preview.picture(clean)).astype(np.float32) / 255
        lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)
        before, self._before = self._before, lab
        if before is None:
            return False
        moved = np.linalg.norm(lab - before, axis=2)
        return float(np.quantile(moved, SETTLED_SHARE)) < SETTLED_DELTA_E
