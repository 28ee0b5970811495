"""The multi-scale sketch encoder: it turns line art into features for each scale of the UNet's down path."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import nn


def _stem(channels: Sequence[int], out_channels: int) -> nn.Sequential:
    """Return layers from full-resolution line art (3 channels) to features at 1/8 of its size; the last has no
    activation."""
    layers: list[nn.Module] = [nn.Conv2d(3, channels[0], 3, padding=1), nn.SiLU()]
    for narrow, wide in pairwise(channels):
        layers += [nn.Conv2d(narrow, narrow, 3, padding=1), nn.SiLU()]
        layers += [nn.Conv2d(narrow, wide, 3, stride=2, padding=1), nn.SiLU()]
    layers.append(nn.Conv2d(channels[-1], out_channels, 3, padding=1))
    return nn.Sequential(*layers)


def _scale_block(in_channels: int, out_channels: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.SiLU(),
        nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1),
        nn.SiLU(),
        nn.Conv2d(out_channels, out_channels, 3, padding=1),
    )


class SketchEncoder(ModelMixin, ConfigMixin):
    """Convolutions that turn a sketch into the features that the UNet adds to its down path.

    docs/method.md, "Sketch features", says where each is added.

    `stem_channels` are the widths at 1/1, 1/2, 1/4 and 1/8 of the picture; `block_out_channels` those of the UNet.
    """

    @register_to_config
    def __init__(
        self,
        stem_channels: Sequence[int] = (16, 32, 96, 256),
        block_out_channels: Sequence[int] = (320, 640, 1280, 1280),
    ) -> None:
        super().__init__()
        first, last = block_out_channels[0], len(block_out_channels) - 1
        self.stem = _stem(stem_channels, first)
        # `stem_hint` and `block_hints` are the names of tensors in stored weights: they stay unchanged.
        self.stem_hint = nn.Conv2d(first, first, 1)
        widths = (first, *block_out_channels)
        self.blocks = nn.ModuleList(
            _scale_block(widths[i], widths[i + 1], stride=1 if i == last else 2) for i in range(last + 1)
        )
        self.block_hints = nn.ModuleList(nn.Conv2d(width, width, 1) for width in block_out_channels)

    def forward(self, sketch: torch.Tensor) -> list[torch.Tensor]:
        """Return the sketch features, finest first, one more than there are blocks.

        `sketch` is (B,3,H,W) in [-1,1], paper -1 and lines +1, H and W multiples of 64. The first tensor is at H/8;
        each block halves the size, except the last.
        """
        states = self.stem(sketch)
        features = [self.stem_hint(states)]
        for block, project in zip(self.blocks, self.block_hints, strict=True):
            states = block(states)
            features.append(project(states))
        return features
