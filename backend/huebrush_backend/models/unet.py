"""The denoising UNet: diffusers' `UNet2DConditionModel` with sketch features and a scale on the reference attention."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import torch
from diffusers.models.attention_processor import AttnProcessor2_0
from diffusers.models.modeling_utils import ModelMixin  # noqa: F401  diffusers looks for it in a component's module
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

from huebrush_backend.models.attention import ReferenceAttentionProcessor, SelfAttention, SelfAttentionProcessor
from huebrush_backend.models.attention_record import AttentionRecord
from huebrush_backend.models.brushed_attention import BrushedReference
from huebrush_backend.models.reference_context import ReferenceContext
from huebrush_backend.models.split_attention import SplitAttention
from huebrush_backend.models.style import Style
from huebrush_backend.models.warp import BackgroundFeatures


class ColorizeUNet(UNet2DConditionModel):
    """UNet that sees the reference by cross-attention to its tokens, and the line art by features added to its down
    path.

    It takes every configuration of `UNet2DConditionModel`; the released models have the SD 2.1 shape with 1x1-conv
    projections (docs/method.md, "Models"). In half precision its time embedding and its last convolution stay single.
    """

    SINGLE_PRECISION = ("time_embedding", "conv_out")
    _keep_in_fp32_modules: ClassVar = list(SINGLE_PRECISION)  # diffusers looks for it under this name

    def install_attention_processors(self) -> None:
        """Number the transformer blocks (down, middle, up) and give each its processors.

        Blocks with other processors than diffusers' own, such as those of a training, keep them.
        """
        if not any(isinstance(processor, AttnProcessor2_0) for processor in self.attn_processors.values()):
            return
        names = sorted(self.attn_processors, key=_execution_order)
        cross_names = [name for name in names if ".attn2." in name]
        numbers = {name: number for number, name in enumerate(cross_names)}
        self.set_attn_processor(
            {
                name: ReferenceAttentionProcessor(numbers[name]) if name in numbers else SelfAttentionProcessor()
                for name in names
            }  # pyright: ignore[reportArgumentType]
        )

    @property
    def transformer_block_count(self) -> int:
        """Number of transformer blocks, which is the number of reference scales."""
        return sum(".attn2." in name for name in self.attn_processors)

    @property
    def transformer_block_places(self) -> list[tuple[str, int]]:
        """Place of each transformer block, in order: "down_blocks", "mid_block" or "up_blocks", and its level.

        The level is the number of times the latent has been halved there.
        """
        names = sorted((name for name in self.attn_processors if ".attn2." in name), key=_execution_order)
        lowest = len(self.down_blocks) - 1
        places = []
        for name in names:
            path, number = name.split(".")[0], _execution_order(name)[1][0]
            level = {"down_blocks": number, "mid_block": lowest, "up_blocks": lowest - number}[path]
            places.append((path, level))
        return places

    def denoise(
        self,
        latent: torch.Tensor,
        timestep: torch.Tensor | float,
        tokens: torch.Tensor | ReferenceContext,
        sketch_features: Sequence[torch.Tensor],
        reference_scales: Sequence[float] = (),
        token_bias: torch.Tensor | None = None,
        split: SplitAttention | None = None,
        background: BackgroundFeatures | None = None,
        style: Style | None = None,
        self_attention: SelfAttention | None = None,
        brush: BrushedReference | None = None,
        record: AttentionRecord | None = None,
    ) -> torch.Tensor:
        """Return the raw prediction (B,C,h,w).

        * `latent`: (B,C,h,w)
        * `timestep`: a number, or one per row
        * `tokens`: (B,N,D) reference tokens, zeros for no reference; or the tokens of many evaluations
        * `sketch_features`: from `SketchEncoder`, one for the input and one per down block, added before the skip
          connections
        * `reference_scales`: one per transformer block; empty means 1 everywhere
        * `token_bias`: (N,), logarithms of the tokens' weights; None means equal weights
        * `split`: positions that attend to either half of the tokens (B,2N,D), first the foreground's, then the
          background's
        * `background`: features that the skip connections gather from, where `split` has its background
        * `style`: modulation of the up path
        * `self_attention`: replacement for the self-attention of all blocks
        * `brush`: places that attend to tokens of their own
        * `record`: gets the weights of the first row's cross-attention
        """
        if background is not None and split is None:
            raise ValueError("background features need `split`, which says where the background is")
        timesteps = torch.as_tensor(timestep, device=latent.device).reshape(-1).expand(latent.shape[0])
        time_dtype = self.time_embedding.linear_1.weight.dtype
        emb = self.time_embedding(self.time_proj(timesteps).to(time_dtype)).to(latent.dtype)
        attention_options: dict[str, Any] = {"reference_scales": tuple(reference_scales), "token_bias": token_bias}
        split_context = None if split is None else split.ready(len(self.down_blocks))
        if split_context is not None:
            attention_options["split"] = split_context
        if brush is not None:
            attention_options["brush"] = brush.ready(len(self.down_blocks))
        if record is not None:
            attention_options["record"] = record
        if self_attention is not None:
            attention_options["self_attention"] = self_attention
        if isinstance(tokens, ReferenceContext):
            attention_options["reference"], tokens = tokens, tokens.tokens
        cross_attention: dict[str, Any] = {"encoder_hidden_states": tokens, "cross_attention_kwargs": attention_options}

        sample = self.conv_in(latent) + sketch_features[0]
        skips: list[torch.Tensor] = [sample]
        for block, features in zip(self.down_blocks, sketch_features[1:], strict=True):
            sample, states = block(sample, emb, **(cross_attention if _has_attention(block) else {}))
            sample = sample + features
            skips += (*states[:-1], sample)

        middle: Any = self.mid_block
        sample = middle(sample, emb, **cross_attention)

        for number, (resnet, attention, upsampler) in enumerate(self._up_layers()):
            skip = skips.pop()
            if background is not None and split_context is not None:
                skip = background.apply(number, skip, split_context)
            sample = resnet(torch.cat([sample, skip], dim=1), emb)
            if attention is not None:
                sample = attention(sample, **cross_attention, return_dict=False)[0]
            if upsampler is not None:
                sample = upsampler(sample, skips[-1].shape[2:])
            if style is not None:
                sample = style.apply(number, sample, emb)

        activation: Any = self.conv_act
        norm: Any = self.conv_norm_out
        return self.conv_out(activation(norm(sample)).to(self.conv_out.weight.dtype))

    def _up_layers(self) -> Iterator[tuple[Any, Any, Any]]:
        """Yield each layer of the up path: the block that joins a skip connection, then attention and enlargement, if
        any."""
        for block in self.up_blocks:
            parts: Any = block
            last = len(parts.resnets) - 1
            for index, resnet in enumerate(parts.resnets):
                attention = parts.attentions[index] if _has_attention(block) else None
                upsampler = parts.upsamplers[0] if index == last and parts.upsamplers is not None else None
                yield resnet, attention, upsampler

    def forward(self, *args, **kwargs):  # type: ignore[override]
        """Call `denoise`, so that wrappers (accelerate, compile) that call the module work."""
        return self.denoise(*args, **kwargs)


def _has_attention(block: torch.nn.Module) -> bool:
    return getattr(block, "has_cross_attention", False)


def _execution_order(name: str) -> tuple[int, list[int]]:
    path = ("down_blocks", "mid_block", "up_blocks")
    numbers = [int(part) for part in name.split(".") if part.isdigit()]
    return path.index(name.split(".")[0]), numbers
