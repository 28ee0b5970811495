"""diffusers' schedulers by the names users know."""

from __future__ import annotations

from typing import Any

import torch
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler
from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler
from diffusers.schedulers.scheduling_lms_discrete import LMSDiscreteScheduler
from diffusers.schedulers.scheduling_pndm import PNDMScheduler
from diffusers.schedulers.scheduling_utils import SchedulerMixin
from huebrush_protocol.texts import Text

from huebrush_backend.pipeline.refusals import SamplingError

SCHEDULERS: dict[str, tuple[type[SchedulerMixin], dict[str, Any]]] = {
    "dpm": (DPMSolverMultistepScheduler, {}),
    "ddim": (DDIMScheduler, {"clip_sample": False}),
    "euler": (EulerDiscreteScheduler, {}),
    "lms": (LMSDiscreteScheduler, {}),
    "pndm": (PNDMScheduler, {}),
}
KARRAS_SCHEDULERS = ("dpm", "lms")
"""Samplers that support the noise schedule "karras", as in the released models' interface; the others have only one."""


def make_scheduler(sampler: str, config: Any, noise_schedule: str = "automatic") -> Any:
    """Return the scheduler called `sampler`, with the noise schedule and prediction type of `config`.

    Raises SamplingError if it does not suit that prediction type.
    """
    scheduler_class, options = SCHEDULERS[sampler]
    if sampler == "pndm" and config["prediction_type"] == "sample":
        raise SamplingError(Text.of("sampler.unfit_prediction", sampler=sampler))
    if sampler in KARRAS_SCHEDULERS:
        options = {**options, "use_karras_sigmas": noise_schedule == "karras"}
    return scheduler_class.from_config(config, **options)  # pyright: ignore[reportAttributeAccessIssue]


def begin_at(scheduler: Any, first: int, latent: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    """Let `scheduler`, with its steps set, begin with the step numbered `first` from 0, and return its input for that:
    the clean `latent` (1,C,h,w) with as much of the unit `noise` as there is then.

    Raises SamplingError for PNDM, whose first steps prepare the others.
    """
    if isinstance(scheduler, PNDMScheduler):
        raise SamplingError(Text.of("sampler.unfit_start", sampler="pndm"))
    timestep = scheduler.timesteps[first : first + 1]
    if isinstance(scheduler, LMSDiscreteScheduler):
        # Begun in the middle, it would weigh steps that were not taken.
        scheduler.timesteps, scheduler.sigmas = scheduler.timesteps[first:], scheduler.sigmas[first:]
    elif hasattr(scheduler, "set_begin_index"):  # DDIM finds its place by the timestep
        scheduler.set_begin_index(first)
    return scheduler.add_noise(latent, noise, timestep)


def clean_latent(
    prediction: torch.Tensor, latent: torch.Tensor, timestep: torch.Tensor, scheduler: Any
) -> torch.Tensor:
    """Return the noise-free latent according to `prediction` (docs/method.md, "Noise and prediction"); for previews."""
    if hasattr(scheduler, "sigmas") and isinstance(scheduler.init_noise_sigma, torch.Tensor):
        # The latent of Euler and LMS is x0 + sigma * noise; convert it to the variance-preserving form first.
        index = int((scheduler.timesteps == timestep).nonzero()[0])
        latent = latent / (scheduler.sigmas[index] ** 2 + 1) ** 0.5
    alpha_bar = scheduler.alphas_cumprod[int(timestep)].to(latent)
    kind = scheduler.config.prediction_type
    if kind == "sample":
        return prediction
    if kind == "v_prediction":
        return alpha_bar.sqrt() * latent - (1 - alpha_bar).sqrt() * prediction
    return (latent - (1 - alpha_bar).sqrt() * prediction) / alpha_bar.sqrt()
