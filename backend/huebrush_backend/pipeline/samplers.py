"""Samplers by name, from noise to a latent, whether they are schedulers of diffusers or samplers of k-diffusion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from huebrush_protocol.texts import Text

from huebrush_backend.pipeline import dpm_solver, k_samplers
from huebrush_backend.pipeline.noise_schedules import (
    AUTOMATIC,
    NoiseLevels,
    check_noise_schedule,
    noise_levels,
)
from huebrush_backend.pipeline.refusals import SamplingError
from huebrush_backend.pipeline.sampling import Report, SampleFunction, Sampling
from huebrush_backend.pipeline.schedulers import SCHEDULERS, begin_at, clean_latent, make_scheduler

Predict = Callable[[torch.Tensor, torch.Tensor | float], torch.Tensor]
"""Function from (the network's input (1,C,h,w), timestep) to the guided prediction, float32."""


@dataclass(frozen=True)
class Start:
    """A picture that a sampler goes on from: the steps before its level of noise are left out.

    * `latent`: (1,C,h,w), the scaled latent of the picture
    * `change`: share of the steps that are taken, 0 to 1; 1 keeps nothing of the picture
    """

    latent: torch.Tensor
    change: float

    def steps_left_out(self, steps: int, least: int = 1) -> int:
        """Return the number of `steps` that are left out at the beginning, so that at least `least` remain."""
        return steps - max(least, min(steps, round(steps * self.change)))


class Sampler(Protocol):
    """Converter from noise to a latent, which asks for predictions on the way."""

    def sample(
        self,
        noise: torch.Tensor,
        predict: Predict,
        report: Report,
        generator: torch.Generator | None = None,
        start: Start | None = None,
    ) -> torch.Tensor:
        """Return the latent (1,C,h,w) that `noise` (unit variance, same shape) becomes, or the latent of `start` with
        as much of that noise as belongs to its first step.

        `report` is called after each step with (step from 1, steps, prediction of the clean latent). `generator`, on
        the CPU, gives the noise that stochastic samplers add. Raises SamplingError for a sampler that cannot leave out
        steps.
        """
        ...


@dataclass(frozen=True)
class KSampler:
    """One of k-diffusion's samplers: its title, its function, and the noise schedule that suits it."""

    title: str
    function: SampleFunction
    noise_schedule: str = "uniform"
    drops_next_to_last: bool = False
    """True if it computes one more noise level and leaves out the lowest."""


K_SAMPLERS: dict[str, KSampler] = {
    "k_euler": KSampler("Euler", k_samplers.euler),
    "k_euler_a": KSampler("Euler a", k_samplers.euler_ancestral),
    "k_heun": KSampler("Heun", k_samplers.heun),
    "k_lms": KSampler("LMS", k_samplers.lms),
    "k_dpm_2": KSampler("DPM2", k_samplers.dpm_2, "karras", True),
    "k_dpm_2_a": KSampler("DPM2 a", k_samplers.dpm_2_ancestral, "karras", True),
    "k_dpmpp_2m": KSampler("DPM++ 2M", k_samplers.dpmpp_2m, "karras"),
    "k_dpmpp_2s_a": KSampler("DPM++ 2S a", k_samplers.dpmpp_2s_ancestral, "karras"),
    "k_dpmpp_sde": KSampler("DPM++ SDE", k_samplers.dpmpp_sde, "karras"),
    "k_dpmpp_2m_sde": KSampler("DPM++ 2M SDE", k_samplers.dpmpp_2m_sde, "exponential"),
    "k_dpmpp_2m_sde_heun": KSampler("DPM++ 2M SDE Heun", k_samplers.dpmpp_2m_sde_heun, "exponential"),
    "k_dpmpp_3m_sde": KSampler("DPM++ 3M SDE", k_samplers.dpmpp_3m_sde, "exponential", True),
    "k_dpm_fast": KSampler("DPM fast", dpm_solver.dpm_fast),
    "k_dpm_adaptive": KSampler("DPM adaptive", dpm_solver.dpm_adaptive),
}

LEAST_STEPS = {"pndm": 4, "k_dpm_fast": 2, "k_dpm_adaptive": 2}
"""Fewest steps of samplers whose beginning takes more than one step, or that go from one noise level above 0 to
another."""

SAMPLER_NAMES = (*SCHEDULERS, *K_SAMPLERS)


def make_sampler(
    name: str, config: Any, steps: int, noise_schedule: str = AUTOMATIC, device: torch.device | None = None
) -> Sampler:
    """Return the sampler called `name`, for the schedule and prediction type in `config` (a scheduler's).

    `noise_schedule` is one of `NOISE_SCHEDULES` or "automatic"; most of diffusers' samplers have only their own and
    ignore it. Raises SamplingError, with the existing names, for an unknown sampler or noise schedule, and for too few
    steps.
    """
    check_noise_schedule(noise_schedule)
    if steps < LEAST_STEPS.get(name, 1):
        raise SamplingError(Text.of("sampler.steps", sampler=name, steps=LEAST_STEPS.get(name, 1)))
    if name in SCHEDULERS:
        scheduler = make_scheduler(name, config, noise_schedule)
        scheduler.set_timesteps(steps, device=device)
        return SchedulerSampler(scheduler)
    if name in K_SAMPLERS:
        return NoiseLevelSampler(K_SAMPLERS[name], config, steps, noise_schedule, LEAST_STEPS.get(name, 1))
    raise SamplingError(Text.of("sampler.unknown", sampler=name, names=", ".join(SAMPLER_NAMES)))


class SchedulerSampler:
    """A scheduler of diffusers with its steps set."""

    def __init__(self, scheduler: Any) -> None:
        self.scheduler = scheduler

    def sample(
        self,
        noise: torch.Tensor,
        predict: Predict,
        report: Report,
        generator: torch.Generator | None = None,
        start: Start | None = None,
    ) -> torch.Tensor:
        """Return the latent; see `Sampler.sample`."""
        scheduler = self.scheduler
        first = 0 if start is None else start.steps_left_out(len(scheduler.timesteps))
        timesteps = scheduler.timesteps[first:]
        latent = noise * scheduler.init_noise_sigma
        if start is not None and first:
            latent = begin_at(scheduler, first, start.latent.to(noise), noise)
        for index, timestep in enumerate(timesteps):
            prediction = predict(scheduler.scale_model_input(latent, timestep), timestep)
            clean = clean_latent(prediction, latent, timestep, scheduler)
            latent = scheduler.step(prediction, timestep, latent, return_dict=False)[0]
            report(index + 1, len(timesteps), clean)
        return latent


class NoiseLevelSampler:
    """One of k-diffusion's samplers on its noise levels."""

    def __init__(self, sampler: KSampler, config: Any, steps: int, noise_schedule: str, least: int = 1) -> None:
        """`least`: fewest steps that are taken when some are left out."""
        # Any scheduler knows the schedule that a configuration describes.
        scheduler: Any = DDIMScheduler.from_config(config)
        self._levels = NoiseLevels(scheduler.alphas_cumprod)
        self._prediction_type = config["prediction_type"]
        self._function, self._least = sampler.function, least
        chosen = sampler.noise_schedule if noise_schedule == AUTOMATIC else noise_schedule
        self.sigmas = noise_levels(chosen, steps, self._levels, sampler.drops_next_to_last)

    def sample(
        self,
        noise: torch.Tensor,
        predict: Predict,
        report: Report,
        generator: torch.Generator | None = None,
        start: Start | None = None,
    ) -> torch.Tensor:
        """Return the latent; see `Sampler.sample`."""
        first = 0 if start is None else start.steps_left_out(len(self.sigmas) - 1, self._least)
        sigmas = self.sigmas[first:]
        x = noise * sigmas[0]
        if start is not None and first:
            x = start.latent.to(noise) + x

        def denoise(x: torch.Tensor, sigma: float) -> torch.Tensor:
            prediction = predict(x / (sigma**2 + 1) ** 0.5, self._levels.timestep(sigma))
            return self._clean(prediction, x, sigma)

        def draw_noise() -> torch.Tensor:
            return torch.randn(noise.shape, generator=generator).to(noise)

        return self._function(x, Sampling(sigmas, denoise, draw_noise, report))

    def _clean(self, prediction: torch.Tensor, x: torch.Tensor, sigma: float) -> torch.Tensor:
        if self._prediction_type == "sample":
            return prediction
        if self._prediction_type == "v_prediction":
            return x / (sigma**2 + 1) - prediction * sigma / (sigma**2 + 1) ** 0.5
        return x - sigma * prediction
