"""Interface of the pipelines for the engine, whichever networks they are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from huebrush_protocol.texts import Text

from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.pipeline.brushing import Brush
from huebrush_backend.pipeline.canvas import Box
from huebrush_backend.pipeline.encoding_cache import EncodingCache
from huebrush_backend.pipeline.enhancement import Enhancement
from huebrush_backend.pipeline.guidance import Guidance
from huebrush_backend.pipeline.injection import Injection

StepCallback = Callable[[int, int, torch.Tensor], None]
"""Function called after each denoising step with (step from 1, steps, prediction of the clean latent (1,C,h,w))."""


@dataclass(frozen=True)
class ColorizeOutput:
    """Result of a colorization.

    * `picture`: (1,3,H,W) in about [-1,1] on the whole canvas
    * `latent`: the final latent
    * `box`: place of the drawing on the canvas
    * `notes`: parts of the request that the model ignored, for people
    * `attention`: (rows,columns,references,side,side) float32, how much each place of the canvas looked at each place
      of each reference; None if that is not known
    """

    picture: torch.Tensor
    latent: torch.Tensor
    box: Box
    notes: tuple[Text, ...] = ()
    attention: torch.Tensor | None = None


class ColorizationPipeline(Protocol):
    """Pipeline that colours a sketch after references: `ColorizePipeline` or `BaselinePipeline`.

    `encodings` is where pipelines that keep encodings keep them for later calls.
    """

    encodings: EncodingCache | None

    @property
    def vae(self) -> AutoencoderKL:
        """Network that decodes latents; previews are fitted to it."""
        ...

    @property
    def device(self) -> torch.device:
        """Device of the networks."""
        ...

    @property
    def dtype(self) -> torch.dtype:
        """Precision of the networks."""
        ...

    @property
    def trims_margins(self) -> bool:
        """Whether references are to be cut to what a margin of one colour surrounds (`imaging.margins`)."""
        ...

    @property
    def transformer_block_places(self) -> Sequence[tuple[str, int]]:
        """Places of the transformer blocks with a strength of their own (`ColorizeUNet`); empty if there are none."""
        ...

    def guidance_at(self, reference: float | None, sketch: float | None) -> Guidance:
        """Return the guidance at these scales; None means the scale that suits the model."""
        ...

    def __call__(
        self,
        sketch: torch.Tensor,
        references: Sequence[torch.Tensor],
        height: int,
        width: int,
        *,
        reference_weights: Sequence[float] = ...,
        reference_parts: Sequence[torch.Tensor | None] = ...,
        steps: int = ...,
        guidance: Guidance | None = ...,
        reference_strength: float | Sequence[float] = ...,
        sketch_strength: float = ...,
        edits: Sequence[TextEdit] = ...,
        injection: Injection | None = ...,
        enhancement: Enhancement | None = ...,
        sampler: str = ...,
        noise_schedule: str = ...,
        seed: int = ...,
        brush: Brush | None = ...,
        initial: torch.Tensor | None = ...,
        change: float = ...,
        is_settled: Callable[[torch.Tensor], bool] | None = ...,
        on_step: StepCallback | None = ...,
        on_decode: Callable[[], None] | None = ...,
    ) -> ColorizeOutput:
        """Return the coloured picture; see `ColorizePipeline.__call__`.

        Raises UnsupportedRequestError for everything that the model does not support.
        """
        ...
