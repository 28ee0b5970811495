"""Attention injection: which rows see the reference, and how much."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from huebrush_backend.models.sketch_encoder import SketchEncoder
from huebrush_backend.models.unet import ColorizeUNet
from huebrush_backend.pipeline.injection import InjectedReference, Injection, denoise_injected

WIDTHS = (32, 64)
LATENT = torch.randn(3, 4, 8, 8, generator=torch.Generator().manual_seed(1))
TOKENS = torch.randn(3, 5, 16, generator=torch.Generator().manual_seed(2))


@pytest.fixture(scope="module")
def unet() -> ColorizeUNet:
    torch.manual_seed(0)
    unet = ColorizeUNet(
        sample_size=8,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        block_out_channels=WIDTHS,
        layers_per_block=1,
        norm_num_groups=8,
        cross_attention_dim=16,
        attention_head_dim=[2, 2],  # pyright: ignore[reportArgumentType]
    )
    unet.install_attention_processors()
    return unet.eval()


@pytest.fixture(scope="module")
def sketch_features() -> list[torch.Tensor]:
    torch.manual_seed(0)
    with torch.no_grad():
        return SketchEncoder((4, 8, 8, 8), WIDTHS)(torch.rand(1, 3, 64, 64) * 2 - 1)


@pytest.fixture
def reference(sketch_features: list[torch.Tensor]) -> InjectedReference:
    generator = torch.Generator().manual_seed(3)
    latent, noise = (torch.randn(1, 4, 8, 8, generator=generator) for _ in range(2))
    return InjectedReference(
        latent, noise, [level * 0 for level in sketch_features], torch.linspace(0.999, 0.005, 1000)
    )


@torch.no_grad()
def inject(
    unet: ColorizeUNet, sketch_features: list[torch.Tensor], reference: InjectedReference, fidelity: float = 0.5
) -> torch.Tensor:
    return denoise_injected(unet, reference, fidelity, [1], LATENT, 500.0, TOKENS, sketch_features)


def test_only_the_row_without_reference_depends_on_the_fidelity(
    unet: ColorizeUNet, sketch_features: list[torch.Tensor], reference: InjectedReference
) -> None:
    none, full = (inject(unet, sketch_features, reference, fidelity) for fidelity in (0.0, 1.0))
    assert torch.allclose(none[[0, 2]], full[[0, 2]], atol=1e-5)
    assert not torch.allclose(none[1], full[1], atol=1e-3)


@torch.no_grad()
def test_at_full_fidelity_the_row_without_reference_sees_none_of_it(
    unet: ColorizeUNet, sketch_features: list[torch.Tensor], reference: InjectedReference
) -> None:
    plain = unet.denoise(LATENT, 500.0, TOKENS, sketch_features)
    injected = inject(unet, sketch_features, reference, 1.0)
    assert torch.allclose(injected[1], plain[1], atol=1e-4)
    assert not torch.allclose(injected[0], plain[0], atol=1e-3)


def test_another_reference_gives_another_result(
    unet: ColorizeUNet, sketch_features: list[torch.Tensor], reference: InjectedReference
) -> None:
    other = replace(reference, latent=reference.latent + 1)
    assert not torch.allclose(inject(unet, sketch_features, reference), inject(unet, sketch_features, other), atol=1e-3)


def test_the_reference_is_as_noisy_as_the_step(reference: InjectedReference) -> None:
    assert torch.allclose(reference.at(0.4), reference.latent, atol=0.15)
    assert torch.allclose(reference.at(998.6), reference.noise, atol=0.3)
    assert torch.equal(reference.at(499.7), reference.at(500.0))


def test_injection_begins_at_its_start() -> None:
    assert Injection().is_on(999, 999)
    late = Injection(start=0.5)
    assert not late.is_on(600.0, 999)
    assert late.is_on(499.0, 999)
