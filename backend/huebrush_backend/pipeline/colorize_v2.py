"""ColorizeDiffusion v2: background and style come from the whole reference, not only from its tokens.

Formulas: docs/method.md, "Background and style in v2".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from transformers import CLIPTextModelWithProjection, CLIPTokenizer, CLIPVisionModelWithProjection

from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.models.lora import SplitLora
from huebrush_backend.models.reference_encoder import ReferenceEncoder, size_embedding
from huebrush_backend.models.sketch_encoder import SketchEncoder
from huebrush_backend.models.style import Style, StyleModulation
from huebrush_backend.models.unet import ColorizeUNet
from huebrush_backend.models.warp import BackgroundFeatures, SkipWarp
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.enhancement import Condition, Enhancement, one_reference


class ColorizePipelineV2(ColorizePipeline):
    """`ColorizePipeline` with v2's networks for enhancing the background and the style."""

    split_lora: SplitLora
    background_encoder: ReferenceEncoder
    skip_warp: SkipWarp
    style_encoder: ReferenceEncoder
    style_modulation: StyleModulation

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
        background_encoder: ReferenceEncoder,
        skip_warp: SkipWarp,
        style_encoder: ReferenceEncoder,
        style_modulation: StyleModulation,
        native_size: int = 768,
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
            split_lora=split_lora,
            background_encoder=background_encoder,
            skip_warp=skip_warp,
            style_encoder=style_encoder,
            style_modulation=style_modulation,
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
        tokens = self.encode_references(references, edits)
        if not enhancement.is_active:
            return Condition(tokens)
        reference, canvas = one_reference(references), (height, width)
        context, background, style = tokens, None, None

        if enhancement.background:
            picture = enhancement.background_of(reference)
            background_tokens = self.encode_references([picture])
            context = torch.cat([tokens, background_tokens], dim=1)
            # The official encoder attends to a background picture's own tokens only if no style is asked for.
            own = enhancement.background_picture is not None and not enhancement.style
            features = self.encode_whole(self.background_encoder, picture, background_tokens if own else tokens, canvas)
            background = BackgroundFeatures(
                self.skip_warp, [level * enhancement.background_factor for level in features]
            )
        elif enhancement.foreground:
            context = torch.cat([tokens, tokens], dim=1)

        if enhancement.style:
            vectors = self.encode_whole(self.style_encoder, reference, tokens, canvas)
            merge, picture = enhancement.style_merge, enhancement.background_picture
            if merge and picture is not None:
                others = self.encode_whole(self.style_encoder, picture, self.encode_references([picture]), canvas)
                vectors = [(1 - merge) * vector + merge * other for vector, other in zip(vectors, others, strict=True)]
            style = Style(self.style_modulation, vectors)

        # Both sides' LoRA belong to the background enhancement; the foreground's alone was never trained.
        adapted = enhancement.background
        split = enhancement.split_attention(tokens, self.split_lora, foreground_lora=adapted, background_lora=adapted)
        return Condition(context, split, background, style)

    def encode_whole(
        self, encoder: ReferenceEncoder, picture: torch.Tensor, tokens: torch.Tensor, canvas: tuple[int, int]
    ) -> list[torch.Tensor]:
        """Return the outputs of `encoder` for `picture` (1,3,h,w) in [-1,1], stretched to `canvas` (height, width).

        The encoder's cross-attention attends to `tokens` (1,N,D).
        """

        def compute() -> list[torch.Tensor]:
            stretched = F.interpolate(picture.to(self.compute_device), canvas, mode="bicubic", align_corners=False)
            size = size_embedding((picture.shape[-2], picture.shape[-1]), canvas)
            latent = self.encode(stretched).to(self.compute_device, encoder.dtype)
            return encoder(latent, tokens, size.to(self.compute_device))

        return self.recall(encoder, (picture, tokens, *canvas), compute)
