"""What the engine needs of a pipeline, whichever networks it is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.pipeline.brushing import Brush
from huebrush_backend.pipeline.colorize import ColorizeOutput, StepCallback
from huebrush_backend.pipeline.encoding_cache import EncodingCache
from huebrush_backend.pipeline.enhancement import Enhancement
from huebrush_backend.pipeline.guidance import Guidance
from huebrush_backend.pipeline.injection import Injection


class UnsupportedRequestError(ValueError):
    """The model cannot do what was asked for; the message says what, and what can be done instead."""


class ColorizationPipeline(Protocol):
    """Colours a sketch after references: `ColorizePipeline` and `BaselinePipeline`.

    `encodings`: where those that keep what they have encoded keep it for later calls.
    """

    encodings: EncodingCache | None

    @property
    def vae(self) -> AutoencoderKL:
        """What decodes latents; previews are fitted to it."""
        ...

    @property
    def device(self) -> torch.device:
        """Where the networks are."""
        ...

    @property
    def dtype(self) -> torch.dtype:
        """Their precision."""
        ...

    @property
    def transformer_block_places(self) -> Sequence[tuple[str, int]]:
        """Where each transformer block with a strength of its own is (`ColorizeUNet`); empty where none has one."""
        ...

    def guidance_at(self, reference: float | None, sketch: float) -> Guidance:
        """Return the guidance at these scales; `reference` None is the scale that suits the model."""
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
        is_settled: Callable[[torch.Tensor], bool] | None = ...,
        on_step: StepCallback | None = ...,
        on_decode: Callable[[], None] | None = ...,
    ) -> ColorizeOutput:
        """Return the coloured picture; see `ColorizePipeline.__call__`.

        Raises UnsupportedRequestError for what the model has not.
        """
        ...
