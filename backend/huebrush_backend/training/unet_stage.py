"""Third stage: the UNet and its sketch encoder."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from huebrush_backend.models.demo import NOISE_SCHEDULE, WIDTHS, make_demo_scheduler
from huebrush_backend.models.sketch_encoder import SketchEncoder
from huebrush_backend.models.unet import ColorizeUNet
from huebrush_backend.synthesis import PART_CLASSES
from huebrush_backend.training.attention import attention_loss, observe_attention
from huebrush_backend.training.producer import FULL_SHARE, Chunk

REFERENCE_DROP = 0.1
SKETCH_DROP = 0.02
PART_WEIGHT = 0.2
ATTENTION_WEIGHT = 1.0
GUIDED_BLOCKS = ("up_blocks.2.", "up_blocks.3.")
"""Blocks at 1/16 and 1/8 of the picture whose cross-attention learns where to look."""
NOISE_BIAS = 0.3
"""Power of the uniform number in 0..1 that, times 1000, gives a timestep.

With little noise the colours can be seen in the latent, and nothing has to be looked up in the reference; hence the
power prefers much noise.
"""


class DenoiserTrainer(nn.Module):
    """Computes the loss of a batch: the error of the clean latent, and two terms that serve only training.

    The first term names the part at each position, from features of the up path at 1/8 of the picture: the UNet learns
    to see parts in the line art much earlier than from colours alone. The second makes cross-attention look at the same
    part of the reference. Small parts count more than their area.
    """

    def __init__(self, unet: ColorizeUNet, sketch_encoder: SketchEncoder) -> None:
        super().__init__()
        self.unet, self.sketch_encoder = unet, sketch_encoder
        self.part_head = nn.Conv2d(WIDTHS[0], len(PART_CLASSES), 1)
        self.register_buffer("alpha_bar", make_demo_scheduler().alphas_cumprod, persistent=False)
        self._features: torch.Tensor | None = None
        unet.up_blocks[-1].resnets[0].register_forward_hook(self._keep)  # pyright: ignore
        self._guided = observe_attention(unet, GUIDED_BLOCKS)

    def _keep(self, module: nn.Module, inputs: tuple, output: torch.Tensor) -> None:
        self._features = output

    def forward(self, batch: Chunk) -> tuple[torch.Tensor, dict[str, float]]:
        """Return the loss of `batch` and the numbers to report."""
        device = self.part_head.weight.device
        planes = {name: torch.from_numpy(plane).to(device) for name, plane in batch.items()}
        sketch, clean, tokens = planes["sketch"].float() / 127.5 - 1, planes["latent"].float(), planes["tokens"].float()
        labels, reference_parts = planes["labels"].long(), planes["reference_parts"].float() / FULL_SHARE
        parts = F.one_hot(labels, len(PART_CLASSES)).permute(0, 3, 1, 2).float()
        weights = (1 + planes["weights"].float()) / 2

        rows = len(clean)
        kept = torch.rand(rows, device=device) >= REFERENCE_DROP
        tokens = tokens * kept[:, None, None]
        sketch = torch.where(torch.rand(rows, 1, 1, device=device) >= SKETCH_DROP, sketch, -1.0)
        steps = NOISE_SCHEDULE["num_train_timesteps"]
        timestep = (steps * torch.rand(rows, device=device) ** NOISE_BIAS).long().clamp(max=steps - 1)
        alpha_bar = self.alpha_bar[timestep].view(-1, 1, 1, 1)  # pyright: ignore[reportIndexIssue]
        noisy = alpha_bar.sqrt() * clean + (1 - alpha_bar).sqrt() * torch.randn_like(clean)

        sketch = sketch[:, None].expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)
        sketch_features = self.sketch_encoder(sketch)
        predicted = self.unet(
            noisy.contiguous(memory_format=torch.channels_last), timestep, tokens, sketch_features
        ).float()
        error = ((predicted - clean).square().mean(dim=1) * weights).mean()
        assert self._features is not None
        logits = self.part_head(self._features).float()
        naming = (F.cross_entropy(logits, labels, reduction="none") * weights).mean()
        looking = torch.stack(
            [
                attention_loss(processor.probabilities[kept], parts[kept], reference_parts[kept], weights[kept])
                for processor in self._guided
                if processor.probabilities is not None
            ]
        ).mean()
        right = (logits.argmax(dim=1) == labels).float()
        numbers = {
            "error": error,
            "part_accuracy": right.mean(),
            "small_part_accuracy": (right * planes["weights"]).mean(),
            "attention": looking,
        }
        loss = error + PART_WEIGHT * naming + ATTENTION_WEIGHT * looking
        return loss, {name: float(value.detach()) for name, value in numbers.items()}
