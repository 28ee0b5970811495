"""k-diffusion's samplers: those of Karras et al. (arXiv 2206.00364) and of DPM-Solver++ (arXiv 2211.01095).

diffusers' schedulers of the same names visit other noise levels and round timesteps, and give other numbers. All
functions here are `SampleFunction`s: they go from x at the first noise level to the picture, by the given `Sampling`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, expm1, log, sqrt

import numpy as np
import torch

from huebrush_backend.pipeline.sampling import Denoise, Sampling

LMS_ORDER = 4


def ancestral_levels(sigma: float, following: float) -> tuple[float, float]:
    """Return (level to denoise to, noise to add then) for a step to `following` that renews as much as it can."""
    added = min(following, sqrt(following**2 * (sigma**2 - following**2) / sigma**2))
    return sqrt(following**2 - added**2), added


def _slope(x: torch.Tensor, sigma: float, clean: torch.Tensor) -> torch.Tensor:
    return (x - clean) / sigma


def euler(x: torch.Tensor, way: Sampling) -> torch.Tensor:
    """Make straight steps along the slope."""
    for index, sigma, following in way.steps():
        clean = way.denoise(x, sigma)
        x = x + _slope(x, sigma, clean) * (following - sigma)
        way.done(index, clean)
    return x


def euler_ancestral(x: torch.Tensor, way: Sampling) -> torch.Tensor:
    """Make Euler's steps, each a little too far, then add new noise up to the wanted level."""
    for index, sigma, following in way.steps():
        clean = way.denoise(x, sigma)
        down, up = ancestral_levels(sigma, following)
        x = x + _slope(x, sigma, clean) * (down - sigma)
        if up:
            x = x + way.draw_noise() * up
        way.done(index, clean)
    return x


def heun(x: torch.Tensor, way: Sampling) -> torch.Tensor:
    """Make steps along the mean of the slopes at both ends; two evaluations a step."""
    for index, sigma, following in way.steps():
        clean = way.denoise(x, sigma)
        slope = _slope(x, sigma, clean)
        if following:
            ahead = x + slope * (following - sigma)
            slope = (slope + _slope(ahead, following, way.denoise(ahead, following))) / 2
        x = x + slope * (following - sigma)
        way.done(index, clean)
    return x


def dpm_2(x: torch.Tensor, way: Sampling) -> torch.Tensor:
    """Make steps along the slope in the (geometric) middle; two evaluations a step."""
    for index, sigma, following in way.steps():
        clean = way.denoise(x, sigma)
        x = _middle_step(x, sigma, following, clean, way.denoise)
        way.done(index, clean)
    return x


def dpm_2_ancestral(x: torch.Tensor, way: Sampling) -> torch.Tensor:
    """Make the steps of `dpm_2` with new noise in each."""
    for index, sigma, following in way.steps():
        clean = way.denoise(x, sigma)
        down, up = ancestral_levels(sigma, following)
        x = _middle_step(x, sigma, down, clean, way.denoise)
        if up:
            x = x + way.draw_noise() * up
        way.done(index, clean)
    return x


def _middle_step(
    x: torch.Tensor, sigma: float, following: float, clean: torch.Tensor, denoise: Denoise
) -> torch.Tensor:
    slope = _slope(x, sigma, clean)
    if following:
        middle = sqrt(sigma * following)
        halfway = x + slope * (middle - sigma)
        slope = _slope(halfway, middle, denoise(halfway, middle))
    return x + slope * (following - sigma)


def lms(x: torch.Tensor, way: Sampling) -> torch.Tensor:
    """Make linear multisteps: the integral of the polynomial through the last four slopes."""
    slopes: list[torch.Tensor] = []
    for index, sigma, following in way.steps():
        clean = way.denoise(x, sigma)
        slopes = [_slope(x, sigma, clean), *slopes[: LMS_ORDER - 1]]
        known = [way.sigmas[index - back] for back in range(len(slopes))]
        for weight, slope in zip(_multistep_weights(known, sigma, following), slopes, strict=True):
            x = x + weight * slope
        way.done(index, clean)
    return x


def _multistep_weights(known: Sequence[float], start: float, end: float) -> list[float]:
    """Return the integrals from `start` to `end` of the Lagrange polynomials through the points `known`."""
    weights = []
    for index, point in enumerate(known):
        others = [other for number, other in enumerate(known) if number != index]
        polynomial = np.poly1d(others, r=True) / np.prod([point - other for other in others])
        integral = polynomial.integ()
        weights.append(float(integral(end) - integral(start)))
    return weights


def dpmpp_2m(x: torch.Tensor, way: Sampling) -> torch.Tensor:
    """Make steps of DPM-Solver++(2M): D extrapolated from the last two; one evaluation a step."""
    previous: torch.Tensor | None = None
    last_step = 1.0
    for index, sigma, following in way.steps():
        clean = way.denoise(x, sigma)
        if not following:
            x = clean
        else:
            step = log(sigma / following)
            ahead = clean if previous is None else clean + (clean - previous) * (step / last_step / 2)
            x = (following / sigma) * x - expm1(-step) * ahead
            previous, last_step = clean, step
        way.done(index, clean)
    return x


def dpmpp_2s_ancestral(x: torch.Tensor, way: Sampling) -> torch.Tensor:
    """Make steps of DPM-Solver++(2S) with new noise in each; two evaluations a step."""
    for index, sigma, following in way.steps():
        clean = way.denoise(x, sigma)
        down, up = ancestral_levels(sigma, following)
        if not down:
            x = clean
        else:
            step = log(sigma / down)
            middle = sqrt(sigma * down)
            halfway = (middle / sigma) * x - expm1(-step / 2) * clean
            x = (down / sigma) * x - expm1(-step) * way.denoise(halfway, middle)
        if up:
            x = x + way.draw_noise() * up
        way.done(index, clean)
    return x


def dpmpp_sde(x: torch.Tensor, way: Sampling) -> torch.Tensor:
    """Make steps of DPM-Solver++ for the stochastic equation; two evaluations a step."""
    for index, sigma, following in way.steps():
        clean = way.denoise(x, sigma)
        if not following:
            x = clean
        else:
            middle = sqrt(sigma * following)
            # The noise up to the middle is part of the noise of the whole step: one Brownian path, in time sigma.
            first, second = way.draw_noise(), way.draw_noise()
            whole = first * sqrt(sigma - middle) + second * sqrt(middle - following)
            down, up = ancestral_levels(sigma, middle)
            halfway = (down / sigma) * x - expm1(log(down / sigma)) * clean + first * up
            down, up = ancestral_levels(sigma, following)
            ahead = way.denoise(halfway, middle)
            x = (down / sigma) * x - expm1(log(down / sigma)) * ahead + whole / sqrt(sigma - following) * up
        way.done(index, clean)
    return x


def dpmpp_2m_sde(x: torch.Tensor, way: Sampling, by_heun: bool = False) -> torch.Tensor:
    """Make steps of DPM-Solver++(2M) for the stochastic equation, by midpoint or Heun; one evaluation a step."""
    previous: torch.Tensor | None = None
    last_step = 1.0
    for index, sigma, following in way.steps():
        clean = way.denoise(x, sigma)
        if not following:
            x = clean
        else:
            step = log(sigma / following)
            share = -expm1(-2 * step)
            x = (following / sigma) * exp(-step) * x + share * clean
            if previous is not None:
                change = (clean - previous) * (step / last_step)
                x = x + change * (1 - share / (2 * step) if by_heun else share / 2)
            x = x + way.draw_noise() * (following * sqrt(share))
            previous, last_step = clean, step
        way.done(index, clean)
    return x


def dpmpp_2m_sde_heun(x: torch.Tensor, way: Sampling) -> torch.Tensor:
    """Make the steps of `dpmpp_2m_sde` by Heun."""
    return dpmpp_2m_sde(x, way, by_heun=True)


def dpmpp_3m_sde(x: torch.Tensor, way: Sampling) -> torch.Tensor:
    """Make steps of DPM-Solver++(3M) for the stochastic equation: D extrapolated from the last three; one evaluation a
    step."""
    cleans: list[torch.Tensor] = []
    steps: list[float] = []
    for index, sigma, following in way.steps():
        clean = way.denoise(x, sigma)
        if not following:
            x = clean
        else:
            step = log(sigma / following)
            x = exp(-2 * step) * x - expm1(-2 * step) * clean
            second = expm1(-2 * step) / (2 * step) + 1
            if cleans:
                ratio = steps[0] / step
                change = (clean - cleans[0]) / ratio
                if len(cleans) == 1:
                    x = x + second * change
                else:
                    older = (cleans[0] - cleans[1]) / (steps[1] / step)
                    total = (steps[0] + steps[1]) / step
                    bend = (change - older) / total
                    third = second / (2 * step) - 0.5
                    x = x + second * (change + bend * ratio) - third * bend
            x = x + way.draw_noise() * (following * sqrt(-expm1(-2 * step)))
            cleans, steps = [clean, *cleans[:1]], [step, *steps[:1]]
        way.done(index, clean)
    return x
