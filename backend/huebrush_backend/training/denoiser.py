"""Third stage: the UNet and its sketch encoder."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from huebrush_backend.models.demo import NOISE_SCHEDULE, WIDTHS, make_scheduler
from huebrush_backend.models.sketch_encoder import SketchEncoder
from huebrush_backend.models.unet import ColorizeUNet
from huebrush_backend.synthesis import PART_CLASSES
from huebrush_backend.training.producer import Chunk

REFERENCE_DROP = 0.1
SKETCH_DROP = 0.02
PART_WEIGHT = 0.1


class DenoiserTrainer(nn.Module):
    """Calling it gives the loss of a batch: error of the clean latent, plus naming the part at each place.

    The second term, on features of the up path at 1/16 of the picture, is dropped after training; it makes the UNet
    see parts in the line art long before colours alone would.
    """

    def __init__(self, unet: ColorizeUNet, sketch_encoder: SketchEncoder) -> None:
        super().__init__()
        self.unet, self.sketch_encoder = unet, sketch_encoder
        self.part_head = nn.Conv2d(WIDTHS[-2], len(PART_CLASSES), 1)
        self.register_buffer("alpha_bar", make_scheduler().alphas_cumprod, persistent=False)
        self._features: torch.Tensor | None = None
        unet.up_blocks[1].register_forward_hook(self._keep)

    def _keep(self, module: nn.Module, inputs: tuple, output: torch.Tensor) -> None:
        self._features = output

    def forward(self, batch: Chunk) -> tuple[torch.Tensor, dict[str, float]]:
        device = self.part_head.weight.device
        sketch = torch.from_numpy(batch["sketch"]).to(device).float() / 127.5 - 1
        clean = torch.from_numpy(batch["latent"]).to(device).float()
        tokens = torch.from_numpy(batch["tokens"]).to(device).float()
        labels = torch.from_numpy(batch["labels"]).to(device).long()
        rows = len(clean)

        tokens = tokens * (torch.rand(rows, 1, 1, device=device) >= REFERENCE_DROP)
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
        accuracy = (logits.argmax(dim=1) == labels).float().mean()
        return error + PART_WEIGHT * parts, {"error": float(error.detach()), "part_accuracy": float(accuracy)}
