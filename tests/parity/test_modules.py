"""Each network alone gives the numbers of the official implementation."""

from __future__ import annotations

import pytest
import torch
from huebrush_backend.checkpoints.single_file import released_scheduler
from huebrush_backend.models.split_attention import SplitAttention
from judging import Judge
from networks import networks_of
from vectors import Case, cases_of


@pytest.mark.parametrize("case", cases_of("schedule"), ids=lambda case: case.id)
def test_the_noise_schedule(case: Case, judge: Judge) -> None:
    scheduler = released_scheduler()
    judge(case, {"betas": scheduler.betas, "alphas_cumprod": scheduler.alphas_cumprod})


@pytest.mark.parametrize("case", cases_of("sketch_encoder"), ids=lambda case: case.id)
@torch.inference_mode()
def test_the_sketch_encoder(case: Case, judge: Judge) -> None:
    sketch_features = networks_of(case).sketch_encoder(case.tensor("sketch"))
    judge(case, {f"hint{number}": level for number, level in enumerate(sketch_features)})


@pytest.mark.parametrize("case", cases_of("unet"), ids=lambda case: case.id)
@torch.inference_mode()
def test_the_unet(case: Case, judge: Judge) -> None:
    networks, params = networks_of(case), case.params
    sketch_features = [level * params["sketch_scale"] for level in networks.sketch_encoder(case.tensor("sketch"))]
    tokens = case.tensor("tokens") * (not params.get("null_reference", False))
    split = None
    if "mask" in case.input_names:
        split = SplitAttention(
            case.tensor("mask"),
            threshold=params["mask_threshold"],
            foreground_scale=params["foreground_scale"],
            background_scale=params["background_scale"],
            merge_scale=params["merge_scale"],
        )
    scales = params["reference_scales"]
    scales = scales if isinstance(scales, list) else [scales] * networks.unet.transformer_block_count
    out = networks.unet.denoise(
        case.tensor("latent"), case.tensor("timestep"), tokens, sketch_features, scales, split=split
    )
    judge(case, {"out": out})


@pytest.mark.parametrize("case", cases_of("vae"), ids=lambda case: case.id)
@torch.inference_mode()
def test_the_vae(case: Case, judge: Judge) -> None:
    vae = networks_of(case).vae
    moments = vae.encode(case.tensor("image")).latent_dist  # pyright: ignore[reportAttributeAccessIssue]
    latent = case.tensor("latent") / vae.config["scaling_factor"]
    decoded = vae.decode(latent, return_dict=False)[0]
    judge(case, {"mean": moments.mean, "logvar": moments.logvar, "decoded": decoded})
