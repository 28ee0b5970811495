"""Third stage: the UNet and its sketch encoder."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from huebrush_backend.models.demo import NOISE_SCHEDULE, make_demo_scheduler
from huebrush_backend.models.sketch_encoder import SketchEncoder
from huebrush_backend.models.unet import ColorizeUNet
from huebrush_backend.synthesis import PART_CLASSES
from huebrush_backend.training.data.cells import NAMED, UNKNOWN
from huebrush_backend.training.data.producer import FULL_SHARE, Chunk
from huebrush_backend.training.moment import Moment
from huebrush_backend.training.randomness import Randomness
from huebrush_backend.training.stages.attention import attention_loss, observe_attention
from huebrush_backend.training.strategies.options import Strategies, StrategyError
from huebrush_backend.training.strategies.point_pairs import PairEmbeddings, Pairs, choose_pairs
from huebrush_backend.training.strategies.prediction import (
    add_noise,
    min_snr_weights,
    target,
    timesteps,
    with_offset,
)
from huebrush_backend.training.strategies.reference_drop import drop_rate, drop_references
from huebrush_backend.training.strategies.reference_losses import (
    BlockFeatures,
    dual_tokens,
    gram_loss,
    gram_ramp,
    mismatched,
    weighted_error,
)
from huebrush_backend.training.strategies.token_noise import add_token_noise, token_timesteps
from huebrush_backend.training.strategies.token_shuffle import TokenPool, permute_tokens

GUIDED_BLOCKS = ("up_blocks.2.", "up_blocks.3.")
"""Blocks at 1/16 and 1/8 of the picture whose cross-attention learns where to look."""
LEAST_KEPT = 0.1
"""Share of samples with reference below which the attention loss of the few does not count more for it."""


class DenoiserTrainer(nn.Module):
    """Computes the loss of a batch: the error of the prediction, and terms that serve only training.

    By default there are two. The first names the part at each position, from features of the up path at 1/8 of the
    picture: the UNet learns to see parts in the line art much earlier than from colours alone. The second makes
    cross-attention look at the same part of the reference. Small parts count more than their area. `strategies` adds
    others, and says how samples are changed (docs/method.md, "Training"). `classes`: number of part classes.
    """

    def __init__(
        self,
        unet: ColorizeUNet,
        sketch_encoder: SketchEncoder,
        strategies: Strategies,
        classes: int = len(PART_CLASSES),
    ) -> None:
        super().__init__()
        self.unet, self.sketch_encoder, self.strategies = unet, sketch_encoder, strategies
        self.part_head = nn.Conv2d(unet.config["block_out_channels"][0], classes, 1)
        self.register_buffer("alpha_bar", make_demo_scheduler().alphas_cumprod, persistent=False)
        self._features: torch.Tensor | None = None
        unet.up_blocks[-1].resnets[0].register_forward_hook(self._keep)  # pyright: ignore
        self._guided = observe_attention(unet, GUIDED_BLOCKS)
        self._blocks = BlockFeatures(unet, strategies.gram_blocks) if strategies.gram_weight else None
        if strategies.token_pool_share:
            self.token_pool = TokenPool(strategies.token_pool_size, unet.config["cross_attention_dim"])
        if strategies.point_pairs:
            self.pair_embeddings = nn.ModuleList(
                PairEmbeddings(strategies.point_pairs, processor.channels) for processor in self._guided
            )
            for processor, embeddings in zip(self._guided, self.pair_embeddings, strict=True):
                processor.embeddings = embeddings  # pyright: ignore[reportAttributeAccessIssue]

    def _keep(self, module: nn.Module, inputs: tuple, output: torch.Tensor) -> None:
        self._features = output

    def forward(self, batch: Chunk, moment: Moment) -> tuple[torch.Tensor, dict[str, float]]:
        """Return the loss of `batch` and the numbers to report."""
        device = self.part_head.weight.device
        planes = {name: torch.from_numpy(plane).to(device) for name, plane in batch.items()}
        sketch, clean, tokens = planes["sketch"].float() / 127.5 - 1, planes["latent"].float(), planes["tokens"].float()
        labels, reference_parts = planes["labels"].long(), planes["reference_parts"].float() / FULL_SHARE
        known, is_named = planes["known"] != UNKNOWN, (planes["known"] == NAMED).float()
        parts = (F.one_hot(labels, self.part_head.out_channels) * known[..., None]).permute(0, 3, 1, 2).float()
        weights = (1 + planes["weights"].float()) / 2

        random, options = moment.random, self.strategies
        of_another = options.dual_weight > 0 and options.dual_reference == "mismatched"
        if len(tokens) < 2 and options.needs_another_sample:
            raise StrategyError("a loss with another sample's reference needs two samples or more a part of a batch")
        # Random numbers that only some strategies need come last: those of the others stay the same with and without.
        rate = drop_rate(options, moment.step)
        kept = random.uniform() >= rate
        sketch = torch.where(random.uniform(1, 1) >= options.sketch_drop, sketch, -1.0)
        timestep = timesteps(random.uniform(), options.timestep_power, NOISE_SCHEDULE["num_train_timesteps"])
        noise = random.normal(*clean.shape[1:])
        if options.offset_noise:
            noise = with_offset(noise, random.normal(clean.shape[1], 1, 1), options.offset_noise)
        alpha_bar = self.alpha_bar[timestep]  # pyright: ignore[reportIndexIssue]
        noisy = add_noise(clean, noise, alpha_bar).contiguous(memory_format=torch.channels_last)
        right = target(clean, noise, alpha_bar, options.prediction)
        samples = min_snr_weights(alpha_bar, options.prediction, options.min_snr_gamma)
        tokens, reference_parts = self._changed_tokens(tokens, reference_parts, timestep, random)
        tokens = drop_references(tokens, kept)
        self._give_pairs(tokens, labels, known, reference_parts, kept, random)

        sketch = sketch[:, None].expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)
        sketch_features = self.sketch_encoder(sketch)

        def predict(context: torch.Tensor) -> torch.Tensor:
            return self.unet(noisy, timestep, context, sketch_features).float()

        error = weighted_error(predict(tokens), right, weights, samples)
        assert self._features is not None
        logits = self.part_head(self._features).float()
        naming = (F.cross_entropy(logits, labels, reduction="none") * weights * is_named).mean()
        looking = torch.stack(
            [
                (attention_loss(processor.probabilities, parts, reference_parts, weights) * kept).mean()
                for processor in self._guided
                if processor.probabilities is not None
            ]
        ).mean() / max(1 - rate, LEAST_KEPT)
        named = (logits.argmax(dim=1) == labels) * is_named / is_named.mean().clamp(min=1e-3)
        numbers = {
            "error": error,
            "part_accuracy": named.mean(),
            "small_part_accuracy": (named * planes["weights"]).mean(),
            "attention": looking,
        }
        loss = error + options.part_naming_weight * naming + options.attention_weight * looking

        aligned = self._blocks.take() if self._blocks is not None else []
        gram_weight = options.gram_weight * gram_ramp(moment.progress, options.gram_start)
        other = predict(mismatched(tokens)) if gram_weight or of_another else None
        if gram_weight and self._blocks is not None:
            numbers["gram"] = gram_loss(self._blocks.take(), aligned)
            loss = loss + gram_weight * numbers["gram"]
        if options.dual_weight:
            second = predict(dual_tokens(tokens, "none")) if other is None or not of_another else other
            numbers["dual"] = weighted_error(second, right, weights, samples)
            loss = loss + options.dual_weight * numbers["dual"]
        if self._blocks is not None:
            self._blocks.take()  # features of predictions that were not compared would stay in memory
        return loss, {name: float(value.detach()) for name, value in numbers.items()}

    def _changed_tokens(
        self, tokens: torch.Tensor, parts: torch.Tensor, timestep: torch.Tensor, random: Randomness
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return `tokens` (B,N,D) and the `parts` (B,N,classes) that they show after shuffle, pool and noise."""
        options, count = self.strategies, tokens.shape[1]
        fixed = int(options.reference_tokens != "local")  # shuffle and pool leave the CLS token alone
        if options.token_shuffle_share and float(random.batch_uniform()) < options.token_shuffle_share:
            order = random.batch_permutation(count - fixed) + fixed
            tokens, parts = permute_tokens(tokens, parts, F.pad(order, (fixed, 0)))
        if options.token_pool_share:
            amounts, orders = random.uniform(), random.permutations(count - fixed)
            picks = random.integers(options.token_pool_size, count - fixed)
            tokens, parts = self.token_pool(tokens, parts, options.token_pool_share, amounts, orders, picks)
        if options.token_noise != "none":
            steps = token_timesteps(timestep, options.token_noise, NOISE_SCHEDULE["num_train_timesteps"])
            noise = random.normal(*tokens.shape[1:])
            tokens = add_token_noise(tokens, noise, self.alpha_bar[steps])  # pyright: ignore[reportIndexIssue]
        return tokens, parts

    def _give_pairs(
        self,
        tokens: torch.Tensor,
        labels: torch.Tensor,
        known: torch.Tensor,
        reference_parts: torch.Tensor,
        kept: torch.Tensor,
        random: Randomness,
    ) -> None:
        """Tell the observed layers which points belong together when they attend to `tokens`, and to no others."""
        most = self.strategies.point_pairs
        if not most:
            return
        scores = random.uniform(most, labels[0].numel()), random.uniform(most, tokens.shape[1])
        pairs: Pairs = choose_pairs(labels, known, reference_parts, random.uniform(), *scores).without(kept)
        for processor in self._guided:
            processor.pairs_of = tokens, pairs
