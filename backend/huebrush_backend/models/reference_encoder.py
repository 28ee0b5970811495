"""Encoders of v2 for a whole reference picture: one for its background, one for its style.

Each is the down path of the UNet with its own weights, at timestep 0 (docs/method.md, "Background and style in v2").
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.embeddings import TimestepEmbedding, Timesteps, get_timestep_embedding
from diffusers.models.modeling_utils import ModelMixin
from diffusers.models.unets.unet_2d_blocks import get_down_block
from torch import nn

SINUSOID_SIZE = 256


class ReferenceEncoder(ModelMixin, ConfigMixin):
    """Encoder of a latent picture with one output per skip connection, in the order in which the UNet's up path takes
    them.

    `output_sizes` are the channels of each output, in the order of the down path. If `pooled`, an output is the
    projected mean over all positions instead of each position. All other parameters are as in `ColorizeUNet`.
    """

    @register_to_config
    def __init__(
        self,
        output_sizes: Sequence[int],
        pooled: bool,
        in_channels: int = 4,
        block_out_channels: Sequence[int] = (320, 640, 1280, 1280),
        layers_per_block: int = 2,
        down_block_types: Sequence[str] = ("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
        cross_attention_dim: int = 1024,
        attention_head_dim: Sequence[int] = (5, 10, 20, 20),
        use_linear_projection: bool = False,
    ) -> None:
        super().__init__()
        first, last = block_out_channels[0], len(block_out_channels) - 1
        time_size = 4 * first
        self.conv_in = nn.Conv2d(in_channels, first, 3, padding=1)
        self.time_proj = Timesteps(first, flip_sin_to_cos=True, downscale_freq_shift=0)
        self.time_embedding = TimestepEmbedding(first, time_size)
        self.size_embedding = TimestepEmbedding(2 * SINUSOID_SIZE, time_size)
        widths = (first, *block_out_channels)
        self.down_blocks = nn.ModuleList(
            get_down_block(
                kind,
                num_layers=layers_per_block,
                in_channels=widths[level],
                out_channels=widths[level + 1],
                temb_channels=time_size,
                add_downsample=level != last,
                resnet_eps=1e-5,
                resnet_act_fn="silu",
                resnet_groups=32,
                num_attention_heads=attention_head_dim[level],  # diffusers' UNet has the number under that name
                attention_head_dim=attention_head_dim[level],  # these blocks do not use it, but need it
                cross_attention_dim=cross_attention_dim,
                downsample_padding=1,
                use_linear_projection=use_linear_projection,
            )
            for level, kind in enumerate(down_block_types)
        )
        states = [first]
        for level, width in enumerate(block_out_channels):
            states += [width] * (layers_per_block + (level != last))
        self.outputs = nn.ModuleList(
            nn.Linear(width, size) if pooled else nn.Conv2d(width, size, 1)
            for width, size in zip(states, output_sizes, strict=True)
        )

    def forward(self, latent: torch.Tensor, tokens: torch.Tensor, size: torch.Tensor) -> list[torch.Tensor]:
        """Return the outputs for the scaled `latent` (B,C,h,w) of a picture: (B,c) each if pooled, else (B,h·w,c).

        The cross-attention attends to `tokens` (B,N,D). `size` (B,512) is from `size_embedding`.
        """
        start = torch.zeros(len(latent), device=latent.device)
        time = self.time_embedding(self.time_proj(start).to(latent.dtype)) + self.size_embedding(size.to(latent.dtype))
        sample = self.conv_in(latent)
        states: list[torch.Tensor] = [sample]
        for block in self.down_blocks:
            attention = {"encoder_hidden_states": tokens} if getattr(block, "has_cross_attention", False) else {}
            sample, found = block(sample, time, **attention)
            states += found
        if self.config["pooled"]:
            states = [state.mean(dim=(2, 3)) for state in states]
            return [output(state) for output, state in zip(self.outputs, states, strict=True)][::-1]
        outputs = [output(state) for output, state in zip(self.outputs, states, strict=True)]
        return [output.flatten(2).transpose(1, 2) for output in outputs][::-1]


def size_embedding(picture: tuple[int, int], canvas: tuple[int, int]) -> torch.Tensor:
    """Return (1,512), the size of a picture (height, width) relative to the canvas it is stretched to.

    A picture smaller than the canvas in one direction counts as enlarged by the canvas's longer side.
    """
    rows, columns = (float(side) for side in picture)
    if picture[0] < canvas[0] or picture[1] < canvas[1]:
        enlarged = rows + max(canvas)
        rows, columns = enlarged, columns / rows * enlarged
    ratios = torch.tensor([rows / canvas[0], columns / canvas[1]])
    waves = get_timestep_embedding(ratios, SINUSOID_SIZE, flip_sin_to_cos=True, downscale_freq_shift=0)
    return waves.flatten().unsqueeze(0)
