"""ColorizeDiffusion v1.5: v1 with separate tokens for foreground and background.

Formulas: docs/method.md, "Background and style in v1.5".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from huebrush_protocol.texts import Text
from transformers import CLIPTextModelWithProjection, CLIPTokenizer, CLIPVisionModelWithProjection

from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.models.lora import SplitLora
from huebrush_backend.models.recovery import RecoveryTransformer, ThresholdEmbedding
from huebrush_backend.models.sketch_encoder import SketchEncoder
from huebrush_backend.models.unet import ColorizeUNet
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.enhancement import Condition, Enhancement, one_reference
from huebrush_backend.pipeline.refusals import ConditioningError


class ColorizePipelineV15(ColorizePipeline):
    """`ColorizePipeline` with v1.5's networks for enhancing the background, the foreground, or both."""

    split_lora: SplitLora
    recovery_transformer: RecoveryTransformer
    threshold_embedding: ThresholdEmbedding

    def __init__(
        self,
        vae: AutoencoderKL,
        unet: ColorizeUNet,
        sketch_encoder: SketchEncoder,
        image_encoder: CLIPVisionModelWithProjection,
        text_encoder: CLIPTextModelWithProjection | None,
        tokenizer: CLIPTokenizer,
        scheduler: Any,
        split_lora: SplitLora,
        recovery_transformer: RecoveryTransformer,
        threshold_embedding: ThresholdEmbedding,
        native_size: int = 512,
        reference_guidance: float = 4.0,
        sketch_guidance: float = 1.0,
        reference_tokens: str = "local",
        trims_margins: bool = False,
    ) -> None:
        super().__init__(
            vae=vae,
            unet=unet,
            sketch_encoder=sketch_encoder,
            image_encoder=image_encoder,
            text_encoder=text_encoder,
            tokenizer=tokenizer,
            scheduler=scheduler,
            native_size=native_size,
            reference_guidance=reference_guidance,
            sketch_guidance=sketch_guidance,
            reference_tokens=reference_tokens,
            trims_margins=trims_margins,
        )
        self.register_modules(
            split_lora=split_lora, recovery_transformer=recovery_transformer, threshold_embedding=threshold_embedding
        )

    def condition(
        self,
        references: Sequence[torch.Tensor],
        edits: Sequence[TextEdit],
        enhancement: Enhancement,
        height: int,
        width: int,
    ) -> Condition:
        """Return everything the references tell the network; see `ColorizePipeline.condition`."""
        if enhancement.style:
            raise ConditioningError(Text.of("enhancement.no_style"))
        tokens = self.encode_references(references, edits)
        if not enhancement.splits:
            return Condition(tokens)
        reference = one_reference(references)
        split = enhancement.split_attention(tokens, self.split_lora, enhancement.foreground, enhancement.background)
        if not enhancement.background:
            return Condition(torch.cat([tokens, tokens], dim=1), split)

        recovers = enhancement.background_picture is None
        if recovers and self.reference_tokens != "local":
            raise ConditioningError(Text.of("enhancement.recover_background"))
        background = self.encode_references([enhancement.background_of(reference)])
        background = background + self.embed_threshold(enhancement.reference_threshold)
        if recovers:
            seen, recovery = background, self.recovery_transformer
            background = self.recall(recovery, (seen,), lambda: recovery(seen))
        # Training added a threshold only to the background's tokens; the official implementation adds both.
        foreground = tokens + self.embed_threshold(enhancement.sketch_threshold)
        return Condition(torch.cat([foreground, background], dim=1), split)

    def embed_threshold(self, threshold: float) -> torch.Tensor:
        """Return the vector (1,1,D) for a mask's `threshold`, which is added to every token."""
        return self.threshold_embedding(torch.tensor([threshold], device=self.compute_device))
