"""The loss of a fine-tuning: the released families' own, with the strategies that need no labelled parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from diffusers.models.attention_processor import Attention
from torch import nn

from huebrush_backend.checkpoints.families import PredictionType
from huebrush_backend.checkpoints.single_file import released_scheduler
from huebrush_backend.models.lora import LowRank
from huebrush_backend.models.sketch_encoder import SketchEncoder
from huebrush_backend.models.unet import ColorizeUNet
from huebrush_backend.training.moment import Moment
from huebrush_backend.training.strategies.options import Strategies
from huebrush_backend.training.strategies.prediction import (
    add_noise,
    min_snr_weights,
    target,
    timesteps,
    with_offset,
)
from huebrush_backend.training.strategies.reference_drop import drop_rate, drop_references
from huebrush_backend.training.strategies.reference_losses import dual_tokens
from huebrush_backend.training.strategies.token_noise import add_token_noise, token_timesteps

NO_SKETCH = -1.0


@dataclass(frozen=True)
class TuningBatch:
    """Encoded samples.

    * `sketch`: line art, (B,1,H,W): paper -1, lines +1
    * `clean`: scaled latents of the right answers, (B,C,H/8,W/8)
    * `tokens`: local reference tokens, (B,N,D)
    """

    sketch: torch.Tensor
    clean: torch.Tensor
    tokens: torch.Tensor


class FineTuner(nn.Module):
    """Computes the loss of a batch. Only what is trained is a part of this module, and so of its state.

    `unet`, `sketch_encoder`: networks of the released model, frozen.
    `trained`: what is trained instead: the networks themselves, or LoRA layers that are attached to them.
    `prediction`: what the UNet predicts.
    """

    def __init__(
        self,
        unet: ColorizeUNet,
        sketch_encoder: SketchEncoder,
        trained: nn.ModuleDict,
        prediction: PredictionType,
        strategies: Strategies,
    ) -> None:
        super().__init__()
        self.trained = trained
        self.networks = (unet, sketch_encoder)  # a tuple is no part of the module
        self.prediction: PredictionType = prediction
        self.strategies = strategies
        self.register_buffer("alpha_bar", released_scheduler().alphas_cumprod, persistent=False)

    def forward(self, batch: TuningBatch, moment: Moment) -> tuple[torch.Tensor, dict[str, float]]:
        """Return the loss of `batch` and the numbers to report."""
        unet, sketch_encoder = self.networks
        random, options, clean = moment.random, self.strategies, batch.clean
        schedule = self.alpha_bar
        assert isinstance(schedule, torch.Tensor)
        count = len(schedule)
        kept = random.uniform() >= drop_rate(options, moment.step)
        with_sketch = random.uniform(1, 1, 1) >= options.sketch_drop
        timestep = timesteps(random.uniform(), options.timestep_power, count)
        noise = random.normal(*clean.shape[1:])
        if options.offset_noise:
            noise = with_offset(noise, random.normal(clean.shape[1], 1, 1), options.offset_noise)
        alpha_bar = schedule[timestep]
        tokens = batch.tokens
        if options.token_shuffle_share and float(random.batch_uniform()) < options.token_shuffle_share:
            tokens = tokens[:, random.batch_permutation(tokens.shape[1])]
        if options.token_noise != "none":
            levels = schedule[token_timesteps(timestep, options.token_noise, count)]
            tokens = add_token_noise(tokens, random.normal(*tokens.shape[1:]), levels)
        tokens = drop_references(tokens, kept)
        right = target(clean, noise, alpha_bar, self.prediction)
        weights = min_snr_weights(alpha_bar, self.prediction, options.min_snr_gamma)
        noisy = add_noise(clean, noise, alpha_bar).to(unet.dtype)
        sketch = torch.where(with_sketch, batch.sketch, NO_SKETCH).expand(-1, 3, -1, -1)
        features = sketch_encoder(sketch.to(sketch_encoder.dtype))

        def error(context: torch.Tensor) -> torch.Tensor:
            predicted = unet(noisy, timestep, context.to(unet.dtype), features).float()
            return ((predicted - right).square().mean(dim=(1, 2, 3)) * weights).mean()

        loss = error(tokens)
        numbers = {"error": float(loss.detach())}
        if options.dual_weight:
            second = error(dual_tokens(tokens, options.dual_reference))
            numbers["dual"] = float(second.detach())
            loss = loss + options.dual_weight * second
        return loss, numbers


def attach_lora(unet: ColorizeUNet, rank: int) -> nn.ModuleDict:
    """Attach new low-rank changes to the projections of all attention layers of `unet`; return them, by layer.

    They begin as no change at all, since one factor is zero. Names have "/" for ".", as PyTorch wants.
    """
    changes = nn.ModuleDict()
    for name, layer in lora_layers(unet).items():
        change = LowRank(layer.in_features, layer.out_features, min(rank, layer.in_features, layer.out_features))
        nn.init.normal_(change.down.weight, std=1 / change.down.weight.shape[0])
        nn.init.zeros_(change.up.weight)
        layer.register_forward_hook(_adder(change))
        changes[name.replace(".", "/")] = change
    return changes


def lora_layers(unet: ColorizeUNet) -> dict[str, nn.Linear]:
    """Return the layers that a LoRA changes, by their names: queries, keys, values and outputs of all attentions."""
    found: dict[str, nn.Linear] = {}
    for name, attention in unet.named_modules():
        if isinstance(attention, Attention):
            found |= {f"{name}.{part}": attention.get_submodule(part) for part in _PROJECTIONS}  # pyright: ignore
    return found


def changes_by_layer(changes: nn.ModuleDict) -> dict[str, LowRank]:
    """Return the LoRA of `attach_lora` by the layers' names."""
    return {name.replace("/", "."): change for name, change in changes.items() if isinstance(change, LowRank)}


_PROJECTIONS: Sequence[str] = ("to_q", "to_k", "to_v", "to_out.0")


def _adder(change: LowRank):
    def add(layer: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> torch.Tensor:
        return output + change(inputs[0].to(change.down.weight.dtype)).to(output.dtype)

    return add
