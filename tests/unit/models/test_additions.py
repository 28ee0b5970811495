"""v1.5's and v2's networks in full size: as many tensors and parameters as published (docs/method.md, "Models")."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from huebrush_backend.models.lora import SplitLora
from huebrush_backend.models.recovery import RecoveryTransformer, ThresholdEmbedding
from huebrush_backend.models.reference_encoder import ReferenceEncoder
from huebrush_backend.models.style import StyleModulation
from huebrush_backend.models.warp import SkipWarp
from torch import nn

WIDTHS = (320, 320, 640, 640, 1280, 1280, 1280, 1280, 1280, 1280, 640, 640, 640, 320, 320, 320)
"""Channels of the transformer blocks, by number."""
SKIPS = (320,) * 4 + (640,) * 3 + (1280,) * 5


def v15_lora() -> list[nn.Module]:
    return [SplitLora(range(16), WIDTHS)]


def v2_additions() -> list[nn.Module]:
    return [
        SplitLora(range(7, 16), WIDTHS[7:], background_rank=4),
        SkipWarp(SKIPS[::-1]),
        StyleModulation((1280,) * 6 + (640,) * 3 + (320,) * 3, time_size=1280),
    ]


def background_encoder() -> list[nn.Module]:
    return [ReferenceEncoder(SKIPS, pooled=False)]


def style_encoder() -> list[nn.Module]:
    return [ReferenceEncoder((640,) * 3 + (1280,) * 3 + (2560,) * 6, pooled=True)]


@pytest.mark.parametrize(
    ("make", "tensors", "millions"),
    [
        (v15_lora, 878 - 686, 900.263 - 865.911),
        (lambda: [RecoveryTransformer()], 79, 75.821),
        (lambda: [ThresholdEmbedding()], 4, 1.313),
        (v2_additions, 1022 - 686, 1056.918 - 865.911),
        (background_encoder, 280, 266.105),
        (style_encoder, 280, 276.971),
    ],
)
def test_the_full_size_networks_have_the_published_sizes(
    make: Callable[[], list[nn.Module]], tensors: int, millions: float
) -> None:
    with torch.device("meta"):
        networks = make()
    assert sum(len(network.state_dict()) for network in networks) == tensors
    parameters = sum(parameter.numel() for network in networks for parameter in network.parameters())
    assert parameters / 1e6 == pytest.approx(millions, abs=1e-3)


@pytest.mark.parametrize(
    ("block", "query", "key"),
    [(0, 160, 160), (2, 320, 320), (6, 640, 512)],
)
def test_a_background_lora_has_half_the_smaller_side(block: int, query: int, key: int) -> None:
    with torch.device("meta"):
        foreground, background = SplitLora(range(16), WIDTHS).sides(block)
    assert foreground.query.down.out_features == 4
    assert (background.query.down.out_features, background.key.down.out_features) == (query, key)
