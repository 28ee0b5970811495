"""What the places of a page look at, recorded while the network computes."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from huebrush_backend.manipulation.reference_tokens import ReferenceTokens
from huebrush_backend.models.attention_record import AttentionRecord, finest_blocks
from huebrush_backend.models.reference_context import ReferenceContext
from huebrush_backend.models.split_attention import SplitAttention
from huebrush_backend.models.unet import ColorizeUNet
from huebrush_backend.pipeline.enhancement import Enhancement
from huebrush_backend.pipeline.looked_at import looked_at

SIZE, TOKENS = 8, 9


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


def some_tokens(count: int = TOKENS) -> torch.Tensor:
    return 4 * torch.randn(1, count, 16, generator=torch.Generator().manual_seed(1))


@torch.inference_mode()
def recorded(unet: ColorizeUNet, context: torch.Tensor, **options: Any) -> AttentionRecord:
    record = AttentionRecord(finest_blocks(unet.transformer_block_places))
    latent = torch.randn(1, 4, SIZE, SIZE, generator=torch.Generator().manual_seed(5))
    unet.denoise(latent, 400.0, context, [torch.zeros(1)] * 3, record=record, **options)
    return record


def test_the_finest_blocks_on_the_way_up_are_recorded(unet: ColorizeUNet) -> None:
    places = unet.transformer_block_places
    chosen = finest_blocks(places)
    assert chosen
    assert {places[number] for number in chosen} == {("up_blocks", 0)}
    assert finest_blocks([("down_blocks", 0)]) == frozenset()


def test_the_weights_of_a_position_sum_to_one(unet: ColorizeUNet) -> None:
    weights = recorded(unet, some_tokens()).mean()
    assert weights is not None
    assert weights.shape == (SIZE * SIZE, TOKENS)
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(SIZE * SIZE))
    assert weights.std() > 0.01


def test_recording_changes_no_number(unet: ColorizeUNet) -> None:
    latent = torch.randn(1, 4, SIZE, SIZE, generator=torch.Generator().manual_seed(5))
    with torch.inference_mode():
        plain = unet.denoise(latent, 400.0, some_tokens(), [torch.zeros(1)] * 3)
        record = AttentionRecord(finest_blocks(unet.transformer_block_places))
        assert torch.equal(plain, unet.denoise(latent, 400.0, some_tokens(), [torch.zeros(1)] * 3, record=record))


def test_only_the_row_with_the_reference_is_recorded(unet: ColorizeUNet) -> None:
    alone = recorded(unet, some_tokens()).mean()
    context = ReferenceContext(some_tokens(), (True, False, True))
    latent = torch.randn(1, 4, SIZE, SIZE, generator=torch.Generator().manual_seed(5)).expand(3, -1, -1, -1)
    record = AttentionRecord(finest_blocks(unet.transformer_block_places))
    with torch.inference_mode():
        unet.denoise(latent, 400.0, context, [torch.zeros(1)] * 3, record=record)
    torch.testing.assert_close(record.mean(), alone)


def test_a_token_without_weight_is_not_looked_at(unet: ColorizeUNet) -> None:
    bias = torch.zeros(TOKENS)
    bias[3] = -torch.inf
    weights = recorded(unet, some_tokens(), token_bias=bias).mean()
    assert weights is not None
    assert weights[:, 3].max() == 0


def test_a_split_position_looks_at_its_own_half(unet: ColorizeUNet) -> None:
    mask = torch.zeros(1, 1, SIZE, SIZE)
    mask[..., :4] = 1
    weights = recorded(unet, some_tokens(2 * TOKENS), split=SplitAttention(mask)).mean()
    assert weights is not None
    figure = weights.view(SIZE, SIZE, 2, TOKENS).sum(dim=-1)
    torch.testing.assert_close(figure[:, :4, 0], torch.ones(SIZE, 4))
    torch.testing.assert_close(figure[:, 4:, 1], torch.ones(SIZE, 4))
    assert figure[:, :4, 1].max() == figure[:, 4:, 0].max() == 0


def a_record(*weights: torch.Tensor) -> AttentionRecord:
    record = AttentionRecord((0,))
    for each in weights:
        record.add(each)
    return record


@pytest.mark.parametrize(("kind", "tokens"), [("local", 8), ("full", 10)])
def test_weights_find_their_place_and_their_reference(kind: ReferenceTokens, tokens: int) -> None:
    weights = torch.arange(2 * 3 * tokens, dtype=torch.float32).view(6, tokens)
    found = looked_at(a_record(weights, weights + 2), 16, 24, 2, kind, Enhancement())
    assert found is not None
    assert found.shape == (2, 3, 2, 2, 2)
    assert found[1, 2, 1, 1, 1] == weights[5, -1] + 1
    assert found[0, 0, 0, 0, 0] == weights[0, 1 if kind == "full" else 0] + 1


def test_a_background_picture_is_no_reference() -> None:
    weights = torch.rand(4, 8)
    mask = torch.ones(1, 1, 2, 2)
    shown = Enhancement(background=True, sketch_mask=mask, background_picture=torch.zeros(1, 3, 8, 8))
    found = looked_at(a_record(weights), 16, 16, 1, "local", shown)
    assert found is not None
    torch.testing.assert_close(found.flatten(), weights[:, :4].flatten())
    both = looked_at(a_record(weights), 16, 16, 1, "local", Enhancement(foreground=True, sketch_mask=mask))
    assert both is not None
    torch.testing.assert_close(both.flatten(), (weights[:, :4] + weights[:, 4:]).flatten())


def test_where_nothing_is_known_nothing_is_told() -> None:
    assert looked_at(None, 16, 16, 1, "local", Enhancement()) is None
    assert looked_at(a_record(), 16, 16, 1, "local", Enhancement()) is None
    assert looked_at(a_record(torch.rand(4, 1)), 16, 16, 1, "cls", Enhancement()) is None
    assert looked_at(a_record(torch.rand(4, 4)), 16, 16, 0, "local", Enhancement()) is None
