"""Noise levels that a k-diffusion sampler visits, and the timestep of each (docs/method.md, "Sampling").

A noise level is sigma, the noise's standard deviation over the picture's: sqrt((1 - abar) / abar).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from huebrush_protocol.texts import Text

from huebrush_backend.pipeline.refusals import SamplingError

KARRAS_RHO = 7.0


class NoiseLevels:
    """Noise levels of a discrete schedule, interpolated between its timesteps by straight lines in ln sigma."""

    def __init__(self, alphas_cumprod: torch.Tensor) -> None:
        """Compute the levels. `alphas_cumprod` (T,) is the picture's share of the variance at each timestep,
        falling."""
        kept = alphas_cumprod.cpu().double().numpy()
        self._log_sigmas = 0.5 * np.log((1 - kept) / kept)
        self._timesteps = np.arange(len(kept), dtype=np.float64)

    @property
    def lowest(self) -> float:
        """Noise level of timestep 0."""
        return float(np.exp(self._log_sigmas[0]))

    @property
    def highest(self) -> float:
        """Noise level of the last timestep."""
        return float(np.exp(self._log_sigmas[-1]))

    @property
    def last_timestep(self) -> float:
        """Timestep of the highest noise level."""
        return float(self._timesteps[-1])

    def sigma(self, timesteps: np.ndarray) -> np.ndarray:
        """Return the noise levels at `timesteps`, which may be fractional."""
        return np.exp(np.interp(timesteps, self._timesteps, self._log_sigmas))

    def timestep(self, sigma: float) -> float:
        """Return the fractional timestep of the noise level `sigma`, limited to the schedule's ends."""
        return float(np.interp(np.log(sigma), self._log_sigmas, self._timesteps))


def _uniform(levels: NoiseLevels, steps: int) -> np.ndarray:
    return levels.sigma(np.linspace(levels.last_timestep, 0, steps))


def _karras(levels: NoiseLevels, steps: int) -> np.ndarray:
    highest, lowest = levels.highest ** (1 / KARRAS_RHO), levels.lowest ** (1 / KARRAS_RHO)
    return np.linspace(highest, lowest, steps) ** KARRAS_RHO


def _exponential(levels: NoiseLevels, steps: int) -> np.ndarray:
    return np.geomspace(levels.highest, levels.lowest, steps)


def _sgm_uniform(levels: NoiseLevels, steps: int) -> np.ndarray:
    return levels.sigma(np.linspace(levels.last_timestep, 0, steps + 1)[:-1])


AUTOMATIC = "automatic"
"""The schedule that suits the sampler."""

NOISE_SCHEDULES: dict[str, Callable[[NoiseLevels, int], np.ndarray]] = {
    "uniform": _uniform,
    "karras": _karras,
    "exponential": _exponential,
    "polyexponential": _exponential,  # with exponent 1, the only one in use
    "sgm_uniform": _sgm_uniform,
}


def check_noise_schedule(name: str) -> None:
    """Raise SamplingError, with the existing names, unless `name` is a noise schedule or "automatic"."""
    if name != AUTOMATIC and name not in NOISE_SCHEDULES:
        names = ", ".join((AUTOMATIC, *NOISE_SCHEDULES))
        raise SamplingError(Text.of("noise_schedule.unknown", schedule=name, names=names))


def noise_levels(schedule: str, steps: int, levels: NoiseLevels, drop_next_to_last: bool = False) -> list[float]:
    """Return the `steps` noise levels of `schedule`, falling, and a final 0.

    With `drop_next_to_last`, one more is computed and the lowest left out, for samplers that look half a step ahead.
    """
    sigmas = NOISE_SCHEDULES[schedule](levels, steps + drop_next_to_last)
    return [*(float(sigma) for sigma in sigmas[:steps]), 0.0]
