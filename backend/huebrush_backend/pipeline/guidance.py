"""Classifier-free guidance by the reference, by the sketch, or by both (docs/method.md, "Two guidances")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch


@dataclass(frozen=True)
class GuidanceWindow:
    """Part of the way from noise (0) to picture (1) in which the reference is seen at all.

    Before `start`, after `end`, and from `pause_start` to `pause_end`, all branches run without reference. The default
    has no pause.
    """

    start: float = 0.0
    end: float = 1.0
    pause_start: float = -0.05
    pause_end: float = -0.05

    def is_open(self, timestep: float, last_timestep: float) -> bool:
        """Return whether the reference is seen at `timestep`; `last_timestep` is that of pure noise."""
        way = 1 - timestep / last_timestep
        return self.start <= way <= self.end and not self.pause_start <= way <= self.pause_end


@dataclass(frozen=True)
class Guidance:
    """Strength of the reference and of the sketch. A scale of 1 or less switches that guidance off.

    `interval` is the part of the way from noise (0) to picture (1) in which there is guidance at all. Outside it only
    the conditional branch runs. That gives another picture but saves the other branches (arXiv 2404.07724).
    """

    reference: float = 4.0
    sketch: float = 1.0
    window: GuidanceWindow = GuidanceWindow()
    interval: tuple[float, float] = (0.0, 1.0)

    def at(self, timestep: float, last_timestep: float) -> Guidance:
        """Return the guidance at `timestep`: this one, or none; `last_timestep` is that of pure noise."""
        start, end = self.interval
        return self if start <= 1 - timestep / last_timestep <= end else replace(self, reference=1.0, sketch=1.0)

    @property
    def by_reference(self) -> bool:
        """Return whether a branch without the reference is needed."""
        return self.reference > 1

    @property
    def by_sketch(self) -> bool:
        """Return whether a branch without the sketch is needed."""
        return self.sketch > 1

    @property
    def branches(self) -> int:
        """Number of rows of the batch that one picture takes: conditional, without reference, without sketch."""
        return 1 + self.by_reference + self.by_sketch

    @property
    def unconditional_rows(self) -> tuple[int, ...]:
        """Rows of the batch that are without the reference."""
        return (1,) if self.by_reference else ()

    def batch_sketch_features(
        self, sketch_features: Sequence[torch.Tensor], null_features: Sequence[torch.Tensor] | None
    ) -> list[torch.Tensor]:
        """Repeat each of the `sketch_features` (1,C,h,w) for all branches.

        Sketch guidance needs `null_features`, those of the empty sketch.
        """
        if self.by_sketch and null_features is None:
            raise ValueError("sketch guidance needs the sketch features of the empty sketch")
        batched = []
        for number, features in enumerate(sketch_features):
            rows = [features] * (1 + self.by_reference)
            if self.by_sketch and null_features is not None:
                rows.append(null_features[number])
            batched.append(torch.cat(rows))
        return batched

    def combine(self, prediction: torch.Tensor) -> torch.Tensor:
        """Return the guided prediction (1,C,h,w) of the branches (`branches`,C,h,w).

        With both guidances it is the mean of the two single ones, ½(u0 + g0(c-u0) + u1 + g1(c-u1)).
        """
        conditional, *others = prediction.chunk(self.branches)
        scales = [scale for scale, on in ((self.reference, self.by_reference), (self.sketch, self.by_sketch)) if on]
        if not scales:
            return conditional
        guided = [other + scale * (conditional - other) for other, scale in zip(others, scales, strict=True)]
        return torch.stack(guided).mean(dim=0)
