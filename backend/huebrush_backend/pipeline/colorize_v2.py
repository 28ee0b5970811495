"""ColorizeDiffusion v2: background and style come from the whole reference, not its tokens only.

Facts: colorizediffusion.md, section 11.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F

from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.models.lora import SplitLora
from huebrush_backend.models.reference_encoder import ReferenceEncoder, size_embedding
from huebrush_backend.models.style import Style, StyleModulation
from huebrush_backend.models.warp import BackgroundHints, SkipWarp
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.enhancement import Condition, Enhancement


class ColorizePipelineV2(ColorizePipeline):
    """`ColorizePipeline` with v2's networks for enhancing the background and the style."""

    split_lora: SplitLora
    background_encoder: ReferenceEncoder
    skip_warp: SkipWarp
    style_encoder: ReferenceEncoder
    style_modulation: StyleModulation

    def __init__(
        self,
        split_lora: SplitLora,
        background_encoder: ReferenceEncoder,
        skip_warp: SkipWarp,
        style_encoder: ReferenceEncoder,
        style_modulation: StyleModulation,
        **components: Any,
    ) -> None:
        super().__init__(**components)
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
        """Return what the references tell the network; see `ColorizePipeline.condition`."""
        tokens = self.encode_references(references, edits)
        if not enhancement.is_active:
            return Condition(tokens)
        (reference,) = self.one_reference(references)
        canvas = (height, width)
        split = enhancement.split_attention(self.split_lora, enhancement.background, enhancement.background)

        context, background, background_tokens = tokens, None, None
        if enhancement.background:
            picture = enhancement.background_of(reference)
            background_tokens = self.encode_references([picture])
            context = torch.cat([tokens, background_tokens], dim=1)
            # The released models' encoder looks at a background picture's own tokens only where no style is asked for.
            own = enhancement.background_picture is not None and not enhancement.style
            hints = self.encode_whole(self.background_encoder, picture, background_tokens if own else tokens, canvas)
            background = BackgroundHints(self.skip_warp, [hint * enhancement.background_factor for hint in hints])
        elif enhancement.foreground:
            context = torch.cat([tokens, tokens], dim=1)

        style = None
        if enhancement.style:
            vectors = self.encode_whole(self.style_encoder, reference, tokens, canvas)
            picture = enhancement.background_picture
            if background_tokens is not None and picture is not None:
                others = self.encode_whole(self.style_encoder, picture, background_tokens, canvas)
                merge = enhancement.style_merge
                vectors = [(1 - merge) * own + merge * other for own, other in zip(vectors, others, strict=True)]
            style = Style(self.style_modulation, vectors)
        return Condition(context, split, background, style)

    def encode_whole(
        self, encoder: ReferenceEncoder, picture: torch.Tensor, tokens: torch.Tensor, canvas: tuple[int, int]
    ) -> list[torch.Tensor]:
        """Return what `encoder` gives for `picture` (1,3,h,w) in [-1,1], stretched to `canvas` (height, width).

        `tokens` (1,N,D): what the encoder's cross-attention looks at.
        """
        stretched = F.interpolate(picture.to(self.vae.device), canvas, mode="bicubic", align_corners=False)
        size = size_embedding((picture.shape[-2], picture.shape[-1]), canvas)
        latent = self.encode(stretched).to(encoder.device, encoder.dtype)
        return encoder(latent, tokens, size.to(encoder.device))
