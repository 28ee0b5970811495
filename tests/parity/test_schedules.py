"""The noise levels and timesteps that samplers visit."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.checkpoints.single_file import released_scheduler
from huebrush_backend.pipeline.samplers import NoiseLevelSampler, SchedulerSampler, make_sampler
from judging import Judge
from official_names import noise_schedule_of, sampler_of
from vectors import Case, cases_of


@pytest.mark.parametrize("case", cases_of("sigmas"), ids=lambda case: case.id)
def test_the_noise_levels(case: Case, judge: Judge) -> None:
    schedule = noise_schedule_of(case.params["noise_schedule"])
    sampler = make_sampler("k_euler", released_scheduler().config, case.params["steps"], schedule)
    assert isinstance(sampler, NoiseLevelSampler)
    judge(case, {"sigmas": np.array(sampler.sigmas)})


@pytest.mark.parametrize("case", cases_of("timesteps"), ids=lambda case: case.id)
def test_the_timesteps(case: Case, judge: Judge) -> None:
    name = sampler_of(case.params["sampler"])
    schedule = noise_schedule_of(case.params.get("noise_schedule", "Automatic"))
    sampler = make_sampler(name, released_scheduler().config, case.params["steps"], schedule)
    assert isinstance(sampler, SchedulerSampler)
    judge(case, {"timesteps": sampler.scheduler.timesteps})
