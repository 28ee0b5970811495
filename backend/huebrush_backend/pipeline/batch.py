"""Several pictures in one batch, for evaluation: the same numbers as one after the other, except for rounding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import torch

from huebrush_backend.models.offload import bring
from huebrush_backend.models.reference_context import ReferenceContext
from huebrush_backend.models.unet import ColorizeUNet
from huebrush_backend.pipeline.canvas import Box
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.conditioning import fit_sketch
from huebrush_backend.pipeline.guidance import Guidance
from huebrush_backend.pipeline.samplers import make_sampler


@torch.inference_mode()
def colorize_batch(
    pipeline: ColorizePipeline,
    sketches: Sequence[torch.Tensor],
    references: Sequence[torch.Tensor | None],
    height: int,
    width: int,
    *,
    steps: int,
    guidance: Guidance,
    seeds: Sequence[int],
    sampler: str = "dpm",
) -> list[tuple[torch.Tensor, Box]]:
    """Return for each sketch its picture (1,3,H,W) in about [-1,1] and the place of the drawing on it.

    * `pipeline`: a pipeline without enhancements
    * `sketches`: (1,3,h,w) in [-1,1] each, paper -1 and lines +1
    * `references`: one picture (1,3,h,w) in [-1,1] for each sketch, or None for all
    * `height`, `width`: size of the canvas
    * `steps`, `guidance`: as in `ColorizePipeline`; the guidance is the same in all steps
    * `seeds`: seed of the noise of each picture
    * `sampler`: a sampler that adds no noise

    Raises ValueError if only some of the pictures have a reference.
    """
    pictures = [reference for reference in references if reference is not None]
    if pictures and len(pictures) < len(references):
        raise ValueError("in one batch either all pictures have a reference, or none")
    if not pictures:
        guidance = replace(guidance, reference=1.0)
    fitted = [fit_sketch(sketch.to(pipeline.compute_device), height, width) for sketch in sketches]
    canvases = torch.cat([canvas for canvas, _ in fitted])
    empty = torch.full_like(canvases[:1], -1.0)
    predict = _BatchPrediction(
        unet=pipeline.unet,
        guidance=guidance,
        tokens=torch.cat([pipeline.encode_references([picture]) for picture in pictures]) if pictures else None,
        sketch_features=pipeline.encode_sketch(canvases, 1.0),
        null_features=pipeline.encode_sketch(empty, 1.0) if guidance.by_sketch else None,
    )
    generators = [torch.Generator("cpu").manual_seed(seed) for seed in seeds]
    noise = torch.cat([pipeline.initial_noise(generator, height, width) for generator in generators])
    denoising = make_sampler(sampler, pipeline.scheduler.config, steps, device=pipeline.compute_device)
    latents = denoising.sample(noise, predict, lambda step, steps, clean: None)
    decoded = pipeline.decode(latents)
    return [(decoded[row : row + 1], box) for row, (_, box) in enumerate(fitted)]


@dataclass(frozen=True)
class _BatchPrediction:
    """The guided prediction (B,C,h,w), float32, for B pictures; `tokens` (B,N,D), or None without references."""

    unet: ColorizeUNet
    guidance: Guidance
    tokens: torch.Tensor | None
    sketch_features: Sequence[torch.Tensor]
    null_features: Sequence[torch.Tensor] | None

    def __call__(self, latent: torch.Tensor, timestep: torch.Tensor | float) -> torch.Tensor:
        bring(self.unet)
        rows = latent.to(self.unet.dtype).repeat(self.guidance.branches, 1, 1, 1)
        return self.guidance.combine(self.unet.denoise(rows, timestep, self._context, self._features).float())

    @cached_property
    def _context(self) -> ReferenceContext:
        """Tokens of the rows that see the reference: all but the branch without it."""
        count = len(self.sketch_features[0])
        unseen = self.guidance.unconditional_rows
        branches = [branch not in unseen for branch in range(self.guidance.branches)]
        if self.tokens is None:
            zeros = torch.zeros(1, 1, self.unet.config["cross_attention_dim"], dtype=self.unet.dtype)
            return ReferenceContext(zeros.to(self.unet.device), (False,) * (count * len(branches)))
        sees = tuple(sees for sees in branches for _ in range(count))
        return ReferenceContext(self.tokens.repeat(sum(branches), 1, 1), sees)

    @cached_property
    def _features(self) -> list[torch.Tensor]:
        count = len(self.sketch_features[0])
        null = self.null_features and [level.expand(count, -1, -1, -1) for level in self.null_features]
        return self.guidance.batch_sketch_features(self.sketch_features, null)
