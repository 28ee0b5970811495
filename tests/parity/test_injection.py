"""Attention injection."""

from __future__ import annotations

import pytest
import torch
from huebrush_backend.checkpoints.single_file import released_scheduler
from huebrush_backend.pipeline.injection import InjectedReference, denoise_injected
from judging import Judge
from networks import networks_of
from vectors import Case, cases_of


@pytest.mark.parametrize("case", cases_of("attention_injection"), ids=lambda case: case.id)
@torch.inference_mode()
def test_the_reference_is_injected_as_recorded(case: Case, judge: Judge) -> None:
    networks, params = networks_of(case), case.params
    latent, rows = case.tensor("latent"), params["unconditional_rows"]
    tokens = case.tensor("tokens")[:1].repeat(len(latent), 1, 1)
    tokens[rows] = 0
    outlines = networks.sketch_encoder(-case.tensor("reference_image"))
    reference = InjectedReference(
        case.tensor("reference_latent"),
        case.tensor("noise"),
        [level * params["sketch_fidelity"] for level in outlines],
        released_scheduler().alphas_cumprod,
    )
    sketch_features = networks.sketch_encoder(case.tensor("sketch"))
    out = denoise_injected(
        networks.unet,
        reference,
        params["reference_fidelity"],
        rows,
        latent,
        params["timestep"],
        tokens,
        sketch_features,
    )
    judge(case, {"out": out})
