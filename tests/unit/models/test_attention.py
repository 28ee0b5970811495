"""Attention that is split by a mask: who looks at which tokens."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from huebrush_backend.models.split_attention import SplitAttention
from huebrush_backend.models.unet import ColorizeUNet

SIZE = 8


@pytest.fixture(scope="module")
def unet() -> ColorizeUNet:
    torch.manual_seed(0)
    network = ColorizeUNet(
        block_out_channels=(32, 32),
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        layers_per_block=1,
        cross_attention_dim=16,
        attention_head_dim=2,
    )
    network.install_attention_processors()
    return network.eval()


def tokens(seed: int) -> torch.Tensor:
    return torch.randn(1, 6, 16, generator=torch.Generator().manual_seed(seed))


@torch.inference_mode()
def denoise(unet: ColorizeUNet, context: torch.Tensor, split: SplitAttention | None = None, **options) -> torch.Tensor:
    latent = torch.randn(1, 4, SIZE, SIZE, generator=torch.Generator().manual_seed(5))
    sketch_features = [torch.zeros(1)] * 3
    return unet.denoise(latent, 400.0, context, sketch_features, split=split, **options)


def uniform(value: float, **options: Any) -> SplitAttention:
    return SplitAttention(torch.full((1, 1, SIZE, SIZE), value), **options)


@pytest.mark.parametrize(("value", "half"), [(1.0, 0), (0.0, 1)])
def test_each_side_of_the_mask_sees_its_own_half_of_the_tokens(unet: ColorizeUNet, value: float, half: int) -> None:
    halves = [tokens(0), tokens(1)]
    found = denoise(unet, torch.cat(halves, dim=1), uniform(value))
    torch.testing.assert_close(found, denoise(unet, halves[half]), atol=1e-5, rtol=0)


def test_a_mask_of_both_sides_uses_both_halves(unet: ColorizeUNet) -> None:
    mask = torch.zeros(1, 1, SIZE, SIZE)
    mask[..., :4] = 1
    both = denoise(unet, torch.cat([tokens(0), tokens(1)], dim=1), SplitAttention(mask))
    for half in (tokens(0), tokens(1)):
        assert not torch.allclose(both, denoise(unet, half), atol=1e-3)


def test_equal_halves_make_the_mask_meaningless(unet: ColorizeUNet) -> None:
    mask = torch.rand(1, 1, SIZE, SIZE, generator=torch.Generator().manual_seed(3))
    found = denoise(unet, torch.cat([tokens(0)] * 2, dim=1), SplitAttention(mask))
    torch.testing.assert_close(found, denoise(unet, tokens(0)), atol=1e-5, rtol=0)


def test_merged_in_full_the_foreground_is_as_the_background(unet: ColorizeUNet) -> None:
    context = torch.cat([tokens(0), tokens(1)], dim=1)
    found = denoise(unet, context, uniform(1.0, merge_scale=1.0))
    torch.testing.assert_close(found, denoise(unet, tokens(1)), atol=1e-5, rtol=0)


@pytest.mark.parametrize(("value", "side"), [(1.0, "foreground_scale"), (0.0, "background_scale")])
def test_a_side_of_no_strength_sees_no_reference(unet: ColorizeUNet, value: float, side: str) -> None:
    context = torch.cat([tokens(0), tokens(1)], dim=1)
    found = denoise(unet, context, uniform(value, **{side: 0.0}))
    torch.testing.assert_close(found, denoise(unet, torch.zeros(1, 1, 16)), atol=1e-5, rtol=0)


def test_weights_of_tokens_go_with_their_half(unet: ColorizeUNet) -> None:
    bias = torch.tensor([0.0, 0.0, 0.0, -50.0, -50.0, -50.0] * 2)
    found = denoise(unet, torch.cat([tokens(0), tokens(1)], dim=1), uniform(1.0), token_bias=bias)
    torch.testing.assert_close(found, denoise(unet, tokens(0)[:, :3]), atol=1e-5, rtol=0)
