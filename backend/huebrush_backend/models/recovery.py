"""Networks of v1.5 for the tokens of a background (docs/method.md, "Background and style in v1.5").

A background cut out of the reference has holes where the figure stood. The recovery transformer turns its tokens into
those of a whole background; the threshold embedding tells the networks where the foreground ends.
"""

from __future__ import annotations

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.embeddings import TimestepEmbedding, get_timestep_embedding
from diffusers.models.modeling_utils import ModelMixin
from torch import nn

from huebrush_backend.models.token_attention import TokenAttention

HEAD_WIDTH = 64
SINUSOID_SIZE = 256


class RecoveryTransformer(ModelMixin, ConfigMixin):
    """Learned queries that gather a whole background from the tokens of an incomplete one.

    `token_size` is the number of channels of a token, `token_count` the number of tokens it returns, `layer_count` the
    number of blocks in sequence, and `head_width` the channels of an attention head.
    """

    @register_to_config
    def __init__(
        self, token_size: int = 1024, token_count: int = 256, layer_count: int = 6, head_width: int = HEAD_WIDTH
    ) -> None:
        super().__init__()
        self.queries = nn.Parameter(torch.zeros(token_count, token_size))
        self.layers = nn.ModuleList(TokenAttention(token_size, head_width) for _ in range(layer_count))

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return the tokens (B,M,C) of the whole background for the `tokens` (B,N,C) of the incomplete one."""
        states = self.queries.expand(len(tokens), -1, -1)
        for layer in self.layers:
            states = layer(states, tokens)
        return states


class ThresholdEmbedding(ModelMixin, ConfigMixin):
    """A mask's threshold as a vector to add to every token. `token_size` is the number of channels of a token."""

    @register_to_config
    def __init__(self, token_size: int = 1024) -> None:
        super().__init__()
        self.embedding = TimestepEmbedding(SINUSOID_SIZE, token_size, act_fn="silu")

    def forward(self, thresholds: torch.Tensor) -> torch.Tensor:
        """Return one vector (B,1,`token_size`) per threshold (B,) of 0..1."""
        # The raw values, as in the released models: over 0..1 most of the sinusoids hardly change.
        waves = get_timestep_embedding(thresholds, SINUSOID_SIZE, flip_sin_to_cos=True, downscale_freq_shift=0)
        return self.embedding(waves.to(self.dtype)).unsqueeze(1)
