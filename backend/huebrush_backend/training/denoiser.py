"""Third stage: the UNet and its sketch encoder."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from diffusers.models.attention_processor import Attention
from torch import nn

from huebrush_backend.models.attention import ReferenceAttentionProcessor
from huebrush_backend.models.demo import NOISE_SCHEDULE, WIDTHS, make_scheduler
from huebrush_backend.models.sketch_encoder import SketchEncoder
from huebrush_backend.models.unet import ColorizeUNet
from huebrush_backend.synthesis import PART_CLASSES
from huebrush_backend.training.producer import Chunk

REFERENCE_DROP = 0.1
SKETCH_DROP = 0.02
PART_WEIGHT = 0.1
ATTENTION_WEIGHT = 0.3
GUIDED_BLOCKS = ("up_blocks.2.attentions.0", "up_blocks.2.attentions.1")
"""Blocks at 1/16 of the picture whose cross-attention is told where to look."""


class GuidedAttentionProcessor(ReferenceAttentionProcessor):
    """Cross-attention that keeps its probabilities (B,queries,tokens), the mean of its heads, for the loss."""

    probabilities: torch.Tensor | None = None

    def __call__(
        self,
        attn: Attention,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        reference_scales: Sequence[float] = (),
        token_bias: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Return what `ReferenceAttentionProcessor` returns."""
        heads = attn.heads
        to_query, to_key = (layer for layer in (attn.to_q, attn.to_k) if layer is not None)
        query, key = (
            projected.unflatten(-1, (heads, -1)).transpose(1, 2)
            for projected in (to_query(hidden_states), to_key(encoder_hidden_states))
        )
        logits = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5
        self.probabilities = logits.float().softmax(dim=-1).mean(dim=1)
        return super().__call__(
            attn, hidden_states, encoder_hidden_states, attention_mask, reference_scales, token_bias
        )


def attention_loss(probabilities: torch.Tensor, labels: torch.Tensor, reference_labels: torch.Tensor) -> torch.Tensor:
    """Return how little each place looks at the reference's tokens of its own part: mean of -log of their share.

    `probabilities` (B,Q,N), `labels` (B,Q) and `reference_labels` (B,N) part classes. Places whose part the reference
    does not show do not count.
    """
    same = labels.unsqueeze(-1) == reference_labels.unsqueeze(1)
    shares = (probabilities * same).sum(dim=-1)
    known = same.any(dim=-1)
    return -torch.log(shares[known] + 1e-4).mean() if known.any() else shares.sum() * 0


class DenoiserTrainer(nn.Module):
    """Calling it gives the loss of a batch: error of the clean latent, plus naming the part at each place.

    Two more terms serve training only. Naming the part at each place, from features of the up path at 1/16 of the
    picture, makes the UNet see parts in the line art long before colours alone would; and cross-attention there is
    told to look at the same part of the reference.
    """

    def __init__(self, unet: ColorizeUNet, sketch_encoder: SketchEncoder) -> None:
        super().__init__()
        self.unet, self.sketch_encoder = unet, sketch_encoder
        self.part_head = nn.Conv2d(WIDTHS[-2], len(PART_CLASSES), 1)
        self.register_buffer("alpha_bar", make_scheduler().alphas_cumprod, persistent=False)
        self._features: torch.Tensor | None = None
        unet.up_blocks[1].register_forward_hook(self._keep)
        self._guided = guide_attention(unet)

    def _keep(self, module: nn.Module, inputs: tuple, output: torch.Tensor) -> None:
        self._features = output

    def forward(self, batch: Chunk) -> tuple[torch.Tensor, dict[str, float]]:
        device = self.part_head.weight.device
        sketch = torch.from_numpy(batch["sketch"]).to(device).float() / 127.5 - 1
        clean = torch.from_numpy(batch["latent"]).to(device).float()
        tokens = torch.from_numpy(batch["tokens"]).to(device).float()
        labels = torch.from_numpy(batch["labels"]).to(device).long()
        rows = len(clean)

        reference_labels = torch.from_numpy(batch["reference_labels"]).to(device).long()

        kept = torch.rand(rows, device=device) >= REFERENCE_DROP
        tokens = tokens * kept[:, None, None]
        sketch = torch.where(torch.rand(rows, 1, 1, device=device) >= SKETCH_DROP, sketch, -1.0)
        # More of the noisy timesteps, where colours are decided.
        steps = NOISE_SCHEDULE["num_train_timesteps"]
        timestep = (steps * torch.rand(rows, device=device) ** 0.6).long().clamp(max=steps - 1)
        alpha_bar = self.alpha_bar[timestep].view(-1, 1, 1, 1)  # pyright: ignore[reportIndexIssue]
        noisy = alpha_bar.sqrt() * clean + (1 - alpha_bar).sqrt() * torch.randn_like(clean)

        sketch = sketch[:, None].expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)
        hints = self.sketch_encoder(sketch)
        predicted = self.unet(noisy.contiguous(memory_format=torch.channels_last), timestep, tokens, hints).float()
        error = F.mse_loss(predicted, clean)
        assert self._features is not None
        logits = self.part_head(self._features).float()
        parts = F.cross_entropy(logits, labels)
        looking = torch.stack(
            [
                attention_loss(processor.probabilities[kept], labels.flatten(1)[kept], reference_labels[kept])
                for processor in self._guided
                if processor.probabilities is not None
            ]
        ).mean()
        accuracy = (logits.argmax(dim=1) == labels).float().mean()
        numbers = {"error": error, "part_accuracy": accuracy, "attention": looking}
        loss = error + PART_WEIGHT * parts + ATTENTION_WEIGHT * looking
        return loss, {name: float(value.detach()) for name, value in numbers.items()}


def guide_attention(unet: ColorizeUNet) -> list[GuidedAttentionProcessor]:
    """Let the cross-attention of `GUIDED_BLOCKS` keep its probabilities; returns the processors that have them."""
    guided = {
        name: GuidedAttentionProcessor(processor.block)
        for name, processor in unet.attn_processors.items()
        if name.startswith(GUIDED_BLOCKS) and isinstance(processor, ReferenceAttentionProcessor)
    }
    unet.set_attn_processor({**unet.attn_processors, **guided})  # pyright: ignore[reportArgumentType]
    return list(guided.values())
