"""Losses that compare predictions with and without the right reference: dual-conditioned and Gram.

Formulas: docs/method.md, "Training".
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import nn

from huebrush_backend.training.strategies.options import DualReference, StrategyError


def weighted_error(
    predicted: torch.Tensor, right: torch.Tensor, places: torch.Tensor, samples: torch.Tensor
) -> torch.Tensor:
    """Return the mean squared error of `predicted` from `right` (B,C,h,w), weighted by `places` and `samples`.

    `places` is (B,h,w), `samples` (B,).
    """
    return ((predicted - right).square().mean(dim=1) * places * samples.view(-1, 1, 1)).mean()


def mismatched(tokens: torch.Tensor) -> torch.Tensor:
    """Return `tokens` (B,N,D) with each sample's reference given to the next one in the batch."""
    return tokens.roll(1, dims=0)


def dual_tokens(tokens: torch.Tensor, kind: DualReference) -> torch.Tensor:
    """Return the tokens of the second prediction of dual-conditioned training: none, or mismatched ones.

    One zero token is exactly "no reference", like any number of them, and costs least.
    """
    return torch.zeros_like(tokens[:, :1]) if kind == "none" else mismatched(tokens)


def gram_ramp(progress: float, start: float) -> float:
    """Return the factor of the Gram term at `progress` (0..1) of the training: 0 up to `start`, then evenly up to 1."""
    return min(1.0, max(0.0, (progress - start) / (1 - start)))


def gram_matrix(features: torch.Tensor) -> torch.Tensor:
    """Return the similarity of each place with each other: the Gram matrix (B,N,N) of `features` (B,N,C) as unit
    vectors."""
    unit = F.normalize(features.float(), dim=-1)
    return unit @ unit.transpose(1, 2)


def gram_loss(features: Sequence[torch.Tensor], aligned: Sequence[torch.Tensor]) -> torch.Tensor:
    """Return the mean squared distance of the Gram matrices of `features` from those of `aligned`, over all blocks.

    Only `features` learn from it. Each is (B,N,C), one for each block.
    """
    distances = [
        (gram_matrix(ours) - gram_matrix(theirs.detach())).square().mean()
        for ours, theirs in zip(features, aligned, strict=True)
    ]
    return torch.stack(distances).mean()


class BlockFeatures:
    """Keeps the outputs (B,N,C) of the transformer blocks of a network, from its last evaluation.

    `network`: network to watch.
    `blocks`: beginnings of the blocks' names, such as "up_blocks.1.". Raises StrategyError if one fits no block.
    """

    def __init__(self, network: nn.Module, blocks: Sequence[str]) -> None:
        self._kept: dict[str, torch.Tensor] = {}
        found = [name for name, _ in network.named_modules() if name.rpartition(".")[0].endswith("transformer_blocks")]
        for beginning in blocks:
            if not any(name.startswith(beginning) for name in found):
                raise StrategyError(
                    f"--gram-blocks has {beginning!r}, but the network has no such transformer block; it has "
                    f"{', '.join(found)}"
                )
        for name in found:
            if name.startswith(tuple(blocks)):
                network.get_submodule(name).register_forward_hook(self._keeper(name))

    def take(self) -> list[torch.Tensor]:
        """Return the kept outputs and forget them."""
        outputs, self._kept = list(self._kept.values()), {}
        return outputs

    def _keeper(self, name: str):
        def keep(module: nn.Module, inputs: tuple, output: torch.Tensor) -> None:
            self._kept[name] = output

        return keep
