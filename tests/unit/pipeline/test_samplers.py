"""k-diffusion's samplers and noise schedules, on data of which the exact result is known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from huebrush_backend.models.demo import make_demo_scheduler
from huebrush_backend.pipeline.noise_schedules import (
    AUTOMATIC,
    NOISE_SCHEDULES,
    NoiseLevels,
    noise_levels,
)
from huebrush_backend.pipeline.refusals import SamplingError
from huebrush_backend.pipeline.samplers import K_SAMPLERS, SAMPLER_NAMES, Start, make_sampler
from huebrush_backend.pipeline.sampling import Sampling
from huebrush_protocol import parameters

SPREAD = 0.5
"""Standard deviation of the data; normally distributed, so that the best denoiser is known."""
DETERMINISTIC = {"k_euler": 0.1, "k_heun": 0.02, "k_lms": 0.02, "k_dpm_2": 0.02, "k_dpmpp_2m": 0.02}
"""Samplers, and the error relative to the exact result that they may have after 30 steps."""
LEVELS = NoiseLevels(make_demo_scheduler().alphas_cumprod)


def denoise(x: torch.Tensor, sigma: float) -> torch.Tensor:
    return x * SPREAD**2 / (SPREAD**2 + sigma**2)


def sample(name: str, noise: torch.Tensor, steps: int = 30) -> torch.Tensor:
    entry = K_SAMPLERS[name]
    sigmas = noise_levels(entry.noise_schedule, steps, LEVELS, entry.drops_next_to_last)
    generator = torch.Generator().manual_seed(1)

    def draw_noise() -> torch.Tensor:
        return torch.randn(noise.shape, generator=generator, dtype=noise.dtype)

    way = Sampling(sigmas, denoise, draw_noise, lambda step, steps, clean: None)
    return entry.function(noise * sigmas[0], way)


def unit_noise(size: int) -> torch.Tensor:
    return torch.randn(1, 4, size, size, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def exact(noise: torch.Tensor) -> torch.Tensor:
    return noise * LEVELS.highest * SPREAD / (SPREAD**2 + LEVELS.highest**2) ** 0.5


@pytest.mark.parametrize("name", DETERMINISTIC)
def test_deterministic_samplers_come_to_the_exact_result(name: str) -> None:
    noise = unit_noise(8)
    error = (sample(name, noise) - exact(noise)).abs().max() / exact(noise).abs().max()
    coarse_error = (sample(name, noise, 6) - exact(noise)).abs().max() / exact(noise).abs().max()
    assert error < DETERMINISTIC[name]
    assert error < coarse_error / 3


@pytest.mark.parametrize("name", [name for name in K_SAMPLERS if name not in DETERMINISTIC])
def test_stochastic_samplers_come_to_data_of_the_right_spread(name: str) -> None:
    noise = unit_noise(64)
    found = sample(name, noise, 60)
    assert float(found.std()) == pytest.approx(SPREAD, rel=0.1)
    assert not torch.allclose(found, exact(noise), atol=0.1)


@pytest.mark.parametrize("name", K_SAMPLERS)
def test_progress_is_reported_up_to_the_last_step(name: str) -> None:
    entry = K_SAMPLERS[name]
    sigmas = noise_levels(entry.noise_schedule, 7, LEVELS, entry.drops_next_to_last)
    noise = unit_noise(4)
    seen: list[tuple[int, int]] = []
    way = Sampling(
        sigmas, denoise, lambda: torch.zeros_like(noise), lambda step, steps, clean: seen.append((step, steps))
    )
    entry.function(noise * sigmas[0], way)
    assert seen[-1][0] == seen[-1][1]
    assert all(before[0] <= after[0] for before, after in pairwise(seen))


@pytest.mark.parametrize("kind", ["epsilon", "v_prediction", "sample"])
def test_every_kind_of_prediction_gives_the_same_latent(kind: str) -> None:
    config = {**make_demo_scheduler().config, "prediction_type": kind}
    sampler = make_sampler("k_heun", config, 10)
    noise = unit_noise(4)

    def predict(latent: torch.Tensor, timestep: torch.Tensor | float) -> torch.Tensor:
        sigma = float(LEVELS.sigma(np.array(timestep)))
        kept = 1 / (sigma**2 + 1) ** 0.5  # latent = kept * x
        clean = denoise(latent / kept, sigma)
        added = (latent / kept - clean) / sigma
        return {"epsilon": added, "sample": clean, "v_prediction": kept * added - kept * sigma * clean}[kind]

    latent = sampler.sample(noise, predict, lambda step, steps, clean: None)
    torch.testing.assert_close(latent, sample("k_heun", noise, 10), atol=1e-6, rtol=0)


@pytest.mark.parametrize("name", [name for name in SAMPLER_NAMES if name != "pndm"])
def test_going_on_from_a_picture_leaves_out_the_steps_before_it(name: str) -> None:
    """The network is one that knows what it is to paint, then one that knows how such pictures are."""
    goal, before, noise = torch.full((1, 4, 8, 8), 0.7), torch.full((1, 4, 8, 8), -0.4), unit_noise(8).float()
    met: list[float] = []

    def paint(change: float | None) -> tuple[torch.Tensor, float, list[tuple[int, int]]]:
        met.clear()
        seen: list[tuple[int, int]] = []

        def predict(latent: torch.Tensor, timestep: torch.Tensor | float) -> torch.Tensor:
            met.append(float(timestep))
            sigma = float(LEVELS.sigma(np.array(float(timestep))))
            return denoise(latent * (sigma**2 + 1) ** 0.5, sigma) if is_hazy else goal

        start = None if change is None else Start(before, change)
        sampler = make_sampler(name, {**make_demo_scheduler().config, "prediction_type": "sample"}, 10)
        generator = torch.Generator().manual_seed(2)
        latent = sampler.sample(noise, predict, lambda step, steps, _: seen.append((step, steps)), generator, start)
        return latent, met[0], seen

    is_hazy = False
    whole, first, _ = paint(None)
    little, later, seen = paint(0.4)
    assert later < first and seen[-1][0] == seen[-1][1]
    is_own_way = name in ("k_dpm_fast", "k_dpm_adaptive")  # chooses its steps itself, and leaves a little noise
    assert is_own_way or (seen[-1][1] == 4 and paint(0.0)[2][-1][1] == 1)
    for latent in (whole, little):
        torch.testing.assert_close(latent, goal, atol=0.12 if is_own_way else 0.02, rtol=0)
    is_hazy = True
    assert torch.equal(paint(1.0)[0], paint(None)[0]), "nothing of the picture is kept"
    distances = [float((paint(change)[0] - before).abs().mean()) for change in (0.1, 0.5, 1.0)]
    assert distances == sorted(distances) and distances[0] < distances[2] * 0.75


def test_a_sampler_whose_first_steps_prepare_the_others_cannot_go_on_from_a_picture() -> None:
    sampler = make_sampler("pndm", {**make_demo_scheduler().config, "prediction_type": "epsilon"}, 10)
    noise = unit_noise(8).float()
    with pytest.raises(SamplingError, match="pndm"):
        sampler.sample(noise, lambda latent, _: latent, lambda *_: None, None, Start(noise, 0.5))


@pytest.mark.parametrize("schedule", NOISE_SCHEDULES)
def test_noise_levels_fall_from_the_highest_to_zero(schedule: str) -> None:
    sigmas = noise_levels(schedule, 12, LEVELS)
    assert len(sigmas) == 13
    assert sigmas[0] == pytest.approx(LEVELS.highest)
    assert sigmas[-1] == 0
    assert all(before > after for before, after in pairwise(sigmas))


def test_the_lowest_level_is_dropped_where_asked_for() -> None:
    longer = noise_levels("karras", 13, LEVELS)
    assert noise_levels("karras", 12, LEVELS, drop_next_to_last=True) == pytest.approx([*longer[:-2], 0])


def test_a_noise_level_and_its_fractional_timestep_belong_together() -> None:
    for timestep in (0.0, 0.25, 499.5, 998.75):
        assert LEVELS.timestep(float(LEVELS.sigma(np.array(timestep)))) == pytest.approx(timestep)
    assert LEVELS.timestep(1000.0) == LEVELS.last_timestep
    assert LEVELS.timestep(1e-6) == 0


def test_clients_are_told_of_every_sampler_and_noise_schedule() -> None:
    assert parameters.SAMPLERS == SAMPLER_NAMES
    assert (AUTOMATIC, *NOISE_SCHEDULES) == parameters.NOISE_SCHEDULES
