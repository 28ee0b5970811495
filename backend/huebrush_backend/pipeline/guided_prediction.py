"""The network's guided prediction at each step of one colorization, without computing constant values twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import torch

from huebrush_backend.models.attention_record import AttentionRecord
from huebrush_backend.models.brushed_attention import BrushedReference
from huebrush_backend.models.offload import bring
from huebrush_backend.models.reference_context import ReferenceContext
from huebrush_backend.models.unet import ColorizeUNet
from huebrush_backend.pipeline.guidance import Guidance
from huebrush_backend.pipeline.injection import InjectedReference, Injection, denoise_injected

RECORDED_FROM = 0.4
"""Part of the way from noise (0) to picture (1) from which attention is recorded: before, it is not sharp yet."""


@dataclass(frozen=True)
class GuidedPrediction:
    """Function from (latent (1,C,h,w), timestep) to the guided prediction (1,C,h,w), float32.

    * `tokens`: (1,N,D), the reference's, None without one
    * `sketch_features`: (1,C,h,w) each, those of the sketch
    * `null_features`: those of an empty sketch, which only sketch guidance needs
    * `options`: further arguments of `ColorizeUNet.denoise`
    * `last_timestep`: timestep of pure noise
    * `injection`, `injected`: attention injection and its reference; the first needs the second
    * `plain`: computes all branches over all tokens in every evaluation, as the formulas say. The numbers are the same
      except for rounding; tests and `huebrush bench` compare them
    * `brush`: places that attend to tokens of their own where the reference is seen
    * `record`: gets the weights of cross-attention to the reference, from `RECORDED_FROM` on
    """

    unet: ColorizeUNet
    guidance: Guidance
    tokens: torch.Tensor | None
    sketch_features: Sequence[torch.Tensor]
    null_features: Sequence[torch.Tensor] | None
    options: dict[str, Any]
    last_timestep: float
    injection: Injection | None = None
    injected: InjectedReference | None = None
    plain: bool = False
    brush: BrushedReference | None = None
    record: AttentionRecord | None = None

    def __call__(self, latent: torch.Tensor, timestep: torch.Tensor | float) -> torch.Tensor:
        """Return the guided prediction; see the class."""
        now = float(timestep)
        guidance = self.guidance.at(now, self.last_timestep)
        is_seen = self.tokens is not None and guidance.window.is_open(now, self.last_timestep)
        injection = self.injection if self.injected is not None else None
        injects = injection is not None and injection.is_on(now, self.last_timestep)

        # If no row sees the reference, the row without it equals the conditional one; an injection tells them apart.
        is_repeated = guidance.by_reference and not (is_seen or injects or self.plain)
        evaluated = replace(guidance, reference=1.0) if is_repeated else guidance
        bring(self.unet)
        rows = latent.to(self.unet.dtype).expand(evaluated.branches, -1, -1, -1)
        sees = [is_seen and row not in evaluated.unconditional_rows for row in range(evaluated.branches)]
        context = self._context(sees)
        options = self.options if self.brush is None else {**self.options, "brush": self.brush.for_rows(sees)}
        if self.record is not None and is_seen and 1 - now / self.last_timestep >= RECORDED_FROM:
            options = {**options, "record": self.record}
        sketch_features = self._batches[evaluated.branches]
        if injection is not None and self.injected is not None and injects:
            prediction = denoise_injected(
                unet=self.unet,
                reference=self.injected,
                reference_fidelity=injection.reference_fidelity,
                unconditional_rows=evaluated.unconditional_rows,
                latent=rows,
                timestep=timestep,
                tokens=context,
                sketch_features=sketch_features,
                **options,
            )
        else:
            prediction = self.unet.denoise(rows, timestep, context, sketch_features, **options)
        prediction = prediction.float()
        if is_repeated:
            prediction = torch.cat([prediction[:1], prediction])
        return guidance.combine(prediction)

    def _context(self, sees: Sequence[bool]) -> torch.Tensor | ReferenceContext:
        context = self._reference.for_rows(sees)
        return context.batch() if self.plain else context

    @cached_property
    def _reference(self) -> ReferenceContext:
        if self.tokens is not None:
            return ReferenceContext(self.tokens)
        config: Any = self.unet.config
        zero = torch.zeros(
            1, 1, config["cross_attention_dim"], dtype=self.unet.dtype, device=self.sketch_features[0].device
        )
        return ReferenceContext(zero)

    @cached_property
    def _batches(self) -> dict[int, list[torch.Tensor]]:
        """Sketch features of a whole batch, by its number of rows."""
        without = replace(self.guidance, reference=1.0)
        possible = [self.guidance, without, replace(without, sketch=1.0)]
        return {
            guidance.branches: guidance.batch_sketch_features(self.sketch_features, self.null_features)
            for guidance in possible
        }
