"""The samplers by the names users know, each a diffusers scheduler."""

from __future__ import annotations

from typing import Any

from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler
from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler
from diffusers.schedulers.scheduling_utils import SchedulerMixin

SAMPLERS: dict[str, tuple[type[SchedulerMixin], dict[str, Any]]] = {
    "dpm": (DPMSolverMultistepScheduler, {}),
    "ddim": (DDIMScheduler, {"clip_sample": False}),
    "euler": (EulerDiscreteScheduler, {}),
}


def make_scheduler(sampler: str, config: Any) -> Any:
    """Return the scheduler called `sampler`, with the noise schedule and prediction type of `config`.

    Raises ValueError, with the names that exist, for an unknown sampler.
    """
    if sampler not in SAMPLERS:
        raise ValueError(f"there is no sampler {sampler!r}; choose one of {', '.join(SAMPLERS)}")
    scheduler_class, options = SAMPLERS[sampler]
    return scheduler_class.from_config(config, **options)  # pyright: ignore[reportAttributeAccessIssue]
