"""DPM-Solver (arXiv 2206.00927) that chooses its own steps: DPM fast and DPM adaptive, as in k-diffusion.

Time is t = -ln sigma. Both renew as much noise as they can (eta 1), as in the released models' interface.
"""

from __future__ import annotations

from itertools import pairwise
from math import atan, exp, expm1, log, sqrt

import numpy as np
import torch

from huebrush_backend.pipeline.k_samplers import ancestral_levels
from huebrush_backend.pipeline.sampling import Denoise, Sampling

RELATIVE_TOLERANCE = 0.05
ABSOLUTE_TOLERANCE = 0.0078
FIRST_STEP = 0.05
ACCEPTED_FACTOR = 0.81
"""Shortest next step, as a share of this one, for this one to be accepted."""
PROGRESS_PARTS = 100
"""Parts in which the adaptive sampler reports its progress, as it does not know its number of steps in advance."""


class _Solver:
    """Steps of order 1, 2 or 3 from x at `start`; evaluations are reused."""

    def __init__(self, x: torch.Tensor, start: float, denoise: Denoise) -> None:
        self.x, self.start, self._denoise = x, start, denoise
        self.clean = denoise(x, exp(-start))
        self._noise = (x - self.clean) * exp(start)
        self._evaluated: dict[float, torch.Tensor] = {}

    def step(self, end: float, order: int) -> torch.Tensor:
        """Return x at time `end`."""
        if order == 3:
            return self.third_order(end)
        return self._straight(end) if order == 1 else self.second_order(end, 1 / 2)

    def second_order(self, end: float, part: float) -> torch.Tensor:
        """Return x at time `end`, evaluating the noise once, `part` of the way."""
        length = end - self.start
        change = self._noise_after(part * length) - self._noise
        return self._straight(end) - exp(-end) / (2 * part) * expm1(length) * change

    def third_order(self, end: float) -> torch.Tensor:
        """Return x at time `end`, evaluating the noise after one and two thirds of the way."""
        length = end - self.start
        two_thirds = self.start + 2 / 3 * length
        bend = expm1(2 / 3 * length) / (2 / 3 * length) - 1
        x = self._straight(two_thirds) - 2 * exp(-two_thirds) * bend * (self._noise_after(length / 3) - self._noise)
        change = self._noise_at(x, two_thirds) - self._noise
        return self._straight(end) - exp(-end) * 3 / 2 * (expm1(length) / length - 1) * change

    def _noise_after(self, length: float) -> torch.Tensor:
        if length not in self._evaluated:
            time = self.start + length
            self._evaluated[length] = self._noise_at(self._straight(time), time)
        return self._evaluated[length]

    def _straight(self, end: float) -> torch.Tensor:
        return self.x - exp(-end) * expm1(end - self.start) * self._noise

    def _noise_at(self, x: torch.Tensor, time: float) -> torch.Tensor:
        return (x - self._denoise(x, exp(-time))) * exp(time)


def dpm_fast(x: torch.Tensor, way: Sampling) -> torch.Tensor:
    """Make as many evaluations as there are steps: steps of order 3, and a last one or two of lower order.

    Only the first noise level and the last one above 0 are used.
    """
    evaluations = len(way.sigmas) - 1
    count = evaluations // 3 + 1
    orders = [3] * (count - 2) + [2, 1] if evaluations % 3 == 0 else [3] * (count - 1) + [evaluations % 3]
    times = np.linspace(-log(way.sigmas[0]), -log(way.sigmas[-2]), count + 1).tolist()
    for index, (order, (start, end)) in enumerate(zip(orders, pairwise(times), strict=True)):
        reached, added = _renewing(start, end, times[-1])
        solver = _Solver(x, start, way.denoise)
        x = solver.step(reached, order)
        if added:
            x = x + way.draw_noise() * added
        way.report(index + 1, count, solver.clean)
    return x


def dpm_adaptive(x: torch.Tensor, way: Sampling) -> torch.Tensor:
    """Make steps as long as orders 2 and 3 agree; their number depends on the picture, not on the levels."""
    first, time, last = -log(way.sigmas[0]), -log(way.sigmas[0]), -log(way.sigmas[-2])
    length, previous = FIRST_STEP, x
    while time < last - 1e-5:
        end = min(last, time + length)
        reached, added = _renewing(time, end, last)
        solver = _Solver(x, time, way.denoise)
        low, high = solver.second_order(reached, 1 / 3), solver.third_order(reached)
        allowed = torch.maximum(low.abs(), previous.abs()).mul(RELATIVE_TOLERANCE).clamp(min=ABSOLUTE_TOLERANCE)
        error = float(((low - high) / allowed).square().mean().sqrt())
        # The error of a stochastic step falls with its length to the power of 3/2, which gives the next length.
        factor = 1 + atan((1 / (error + 1e-8)) ** (1 / 1.5) - 1)
        length *= factor
        if factor < ACCEPTED_FACTOR:
            continue
        x, previous, time = high, low, end
        if added:
            x = x + way.draw_noise() * added
        way.report(
            min(PROGRESS_PARTS, round(PROGRESS_PARTS * (time - first) / (last - first))), PROGRESS_PARTS, solver.clean
        )
    return x


def _renewing(start: float, end: float, last: float) -> tuple[float, float]:
    """Return the time to solve up to, and the noise that then brings x back to `end`."""
    down, _ = ancestral_levels(exp(-start), exp(-end))
    reached = min(last, -log(down))
    return reached, sqrt(max(0.0, exp(-2 * end) - exp(-2 * reached)))
