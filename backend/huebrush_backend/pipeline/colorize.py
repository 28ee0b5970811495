"""The colorization pipeline, to be read top to bottom: condition, denoise, decode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.pipelines.pipeline_utils import DiffusionPipeline
from huebrush_protocol.texts import Text
from torch import nn
from transformers import CLIPTextModelWithProjection, CLIPTokenizer, CLIPVisionModelWithProjection

from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.manipulation.reference_tokens import ReferenceTokens, check_reference_tokens, choose_tokens
from huebrush_backend.models.attention_record import AttentionRecord, finest_blocks
from huebrush_backend.models.brushed_attention import BrushedReference
from huebrush_backend.models.clip import image_tokens, picture_size, squash, text_vectors
from huebrush_backend.models.offload import Offload, bring
from huebrush_backend.models.reference_context import ReferenceContext
from huebrush_backend.models.sketch_encoder import SketchEncoder
from huebrush_backend.models.unet import ColorizeUNet
from huebrush_backend.pipeline.brushing import Brush
from huebrush_backend.pipeline.colorization_pipeline import ColorizeOutput, StepCallback
from huebrush_backend.pipeline.conditioning import fit_sketch
from huebrush_backend.pipeline.edited_reference import EditedReference, edit_reference
from huebrush_backend.pipeline.encoding_cache import Encoded, EncodingCache
from huebrush_backend.pipeline.enhancement import Condition, Enhancement, one_reference
from huebrush_backend.pipeline.fast import sample_until_settled
from huebrush_backend.pipeline.guidance import Guidance
from huebrush_backend.pipeline.guided_prediction import GuidedPrediction
from huebrush_backend.pipeline.injection import InjectedReference, Injection
from huebrush_backend.pipeline.kept_latent import KeptLatent
from huebrush_backend.pipeline.looked_at import looked_at
from huebrush_backend.pipeline.noise_schedules import AUTOMATIC
from huebrush_backend.pipeline.reference_levels import block_strengths
from huebrush_backend.pipeline.refusals import ConditioningError
from huebrush_backend.pipeline.samplers import Predict, Start, make_sampler
from huebrush_backend.pipeline.token_weights import token_bias


class ColorizePipeline(DiffusionPipeline):
    """Pipeline that colorizes a sketch after a reference picture (ColorizeDiffusion, arXiv 2401.01456).

    * `native_size`: picture side, in pixels, that the weights were trained for
    * `reference_guidance`, `sketch_guidance`: default guidance scales, which suit the weights
    * `reference_tokens`: tokens of a reference that the weights were trained with: the single "cls" token, the "local"
      tokens (all released models), or "full", both
    * `trims_margins`: whether references are cut to what a margin surrounds (`imaging.margins`) before they come here
    * `encodings`: cache of encodings for later calls; None keeps nothing
    * `offload`: manager of networks that wait elsewhere, if they do (`pipeline.placement`)
    * `load_text_encoder`: loads the text encoder when a text is to be encoded and `text_encoder` is None

    `save_pretrained` and `from_pretrained` work as in every diffusers pipeline.
    """

    model_cpu_offload_seq = "text_encoder->image_encoder->sketch_encoder->unet->vae"

    vae: AutoencoderKL
    unet: ColorizeUNet
    sketch_encoder: SketchEncoder
    image_encoder: CLIPVisionModelWithProjection
    text_encoder: CLIPTextModelWithProjection | None
    tokenizer: CLIPTokenizer
    encodings: EncodingCache | None = None
    load_text_encoder: Callable[[], CLIPTextModelWithProjection] | None = None
    offload: Offload | None = None

    def __init__(
        self,
        vae: AutoencoderKL,
        unet: ColorizeUNet,
        sketch_encoder: SketchEncoder,
        image_encoder: CLIPVisionModelWithProjection,
        text_encoder: CLIPTextModelWithProjection | None,
        tokenizer: CLIPTokenizer,
        scheduler: Any,
        native_size: int = 512,
        reference_guidance: float = 4.0,
        sketch_guidance: float = 1.0,
        reference_tokens: str = "local",
        trims_margins: bool = False,
    ) -> None:
        super().__init__()
        check_reference_tokens(reference_tokens)
        self.register_modules(
            vae=vae,
            unet=unet,
            sketch_encoder=sketch_encoder,
            image_encoder=image_encoder,
            text_encoder=text_encoder,
            tokenizer=tokenizer,
            scheduler=scheduler,
        )
        self.register_to_config(
            native_size=native_size,
            reference_guidance=reference_guidance,
            sketch_guidance=sketch_guidance,
            reference_tokens=reference_tokens,
            trims_margins=trims_margins,
        )
        unet.install_attention_processors()

    @torch.inference_mode()
    def __call__(
        self,
        sketch: torch.Tensor,
        references: Sequence[torch.Tensor],
        height: int,
        width: int,
        reference_weights: Sequence[float] = (),
        reference_parts: Sequence[torch.Tensor | None] = (),
        steps: int = 20,
        guidance: Guidance | None = None,
        reference_strength: float | Sequence[float] = 1.0,
        sketch_strength: float = 1.0,
        edits: Sequence[TextEdit] = (),
        injection: Injection | None = None,
        enhancement: Enhancement | None = None,
        sampler: str = "dpm",
        noise_schedule: str = AUTOMATIC,
        seed: int = 0,
        noise: torch.Tensor | None = None,
        plain: bool = False,
        brush: Brush | None = None,
        initial: torch.Tensor | None = None,
        change: float = 1.0,
        is_settled: Callable[[torch.Tensor], bool] | None = None,
        on_step: StepCallback | None = None,
        on_decode: Callable[[], None] | None = None,
    ) -> ColorizeOutput:
        """Return the coloured picture.

        * `sketch`: (1,3,h,w) in [-1,1], paper -1 and lines +1, any size
        * `references`: pictures (1,3,h,w) in [-1,1], any sizes; none means no reference
        * `height`, `width`: size of the canvas, multiples of 64
        * `reference_weights`: one positive number for each reference, equal if empty
        * `reference_parts`: for each reference None, or (1,1,h,w) of 0 and 1, where its tokens count; empty: everywhere
        * `steps`: number of denoising steps
        * `guidance`: scales of the guidance; None means those that suit the model
        * `reference_strength`: for all transformer blocks, or one number for each
        * `sketch_strength`: factor of the sketch features
        * `edits`: changes of the references by text, applied in this order
        * `injection`: lets self-attention see the first reference too, at twice the cost
        * `enhancement`: foreground, background or style apart, of one reference
        * `sampler`, `noise_schedule`: as in `make_sampler`
        * `seed`, `noise`: seed of all noise, and unit noise (1,C,height/8,width/8) to start from instead of the seed's
        * `plain`: see `GuidedPrediction`
        * `brush`: places with edits of their own, and the picture that stays around them
        * `initial`, `change`: picture (1,3,height,width) in [-1,1] to go on from, and how far; see `Start`
        * `is_settled`: called after each step with its prediction of the clean latent; True ends the run with it
        * `on_step`, `on_decode`: called after each step, and before decoding

        An exception raised by `on_step` or `on_decode` stops the run and passes through. Raises SamplingError like
        `make_sampler`, and ValueError for a wrong number of strengths and like `condition`.
        """
        guidance = guidance or Guidance()
        enhancement = enhancement or Enhancement()
        brushed = self.brushed_reference(
            brush=brush, references=references, edits=edits, enhancement=enhancement, height=height, width=width
        )
        sees = bool(references) or brushed is not None
        if not sees:
            guidance = replace(guidance, reference=1.0)
        device = self.compute_device
        scales = block_strengths(reference_strength, self.unet.transformer_block_count)
        denoising = make_sampler(sampler, self.scheduler.config, steps, noise_schedule, device)

        canvas, box = fit_sketch(sketch.to(device), height, width)
        sketch_features = self.encode_sketch(canvas, sketch_strength)
        blank = torch.full_like(canvas, -1.0)
        null_features = self.encode_sketch(blank, sketch_strength) if guidance.by_sketch else None
        condition = self.condition(references, edits, enhancement, height, width)
        weigh = partial(token_bias, condition.tokens, self.reference_tokens, enhancement, reference_weights)
        bias = weigh(reference_parts)
        if brush is not None and brushed is not None:
            biases = (weigh(() if masked.is_shown else reference_parts) for masked in brush.masked_edits)
            brushed = replace(brushed, biases=tuple(biases))

        generator = torch.Generator("cpu").manual_seed(seed)
        if noise is None:
            noise = self.initial_noise(generator, height, width)
        injected = None
        if injection is not None and references:
            first = self.edited_picture(references[0], edits)
            injected = self.injected_reference(first, injection, height, width, generator)

        record = AttentionRecord(finest_blocks(self.transformer_block_places)) if brushed is None else None
        predict: Predict = GuidedPrediction(
            unet=self.unet,
            guidance=guidance,
            tokens=condition.tokens if sees else None,
            sketch_features=sketch_features,
            null_features=null_features,
            options={"reference_scales": scales, "token_bias": bias, **condition.options()},
            last_timestep=self.scheduler.config["num_train_timesteps"] - 1,
            injection=injection,
            injected=injected,
            plain=plain,
            brush=brushed,
            record=record,
        )

        if brush is not None and brush.before is not None:
            kept = self.kept_latent(brush, noise)
            predict = kept.around(predict, self.scheduler.alphas_cumprod, self.scheduler.config["prediction_type"])

        start = None if initial is None else Start(self.latent_of(initial), change)
        latent = sample_until_settled(denoising, noise.to(device), predict, generator, on_step, is_settled, start)
        if on_decode is not None:
            on_decode()
        attention = looked_at(record, height, width, len(references), self.reference_tokens, enhancement)
        return ColorizeOutput(self.decode(latent), latent, box, attention=attention)

    @property
    def trims_margins(self) -> bool:
        """Whether references are cut to what a margin of one colour surrounds before the pipeline gets them."""
        return bool(self.config["trims_margins"])

    @property
    def transformer_block_places(self) -> Sequence[tuple[str, int]]:
        """Places of the transformer blocks; see `ColorizeUNet.transformer_block_places`."""
        return self.unet.transformer_block_places

    def guidance_at(self, reference: float | None, sketch: float | None) -> Guidance:
        """Return the guidance at these scales; None means the scale that suits this model."""
        return Guidance(
            float(self.config["reference_guidance"]) if reference is None else reference,
            float(self.config["sketch_guidance"]) if sketch is None else sketch,
        )

    def encode_sketch(self, canvas: torch.Tensor, strength: float) -> list[torch.Tensor]:
        """Return the sketch features of `canvas` (1,3,H,W), each multiplied by `strength`."""
        encoder = self.sketch_encoder
        sketch_features = self.recall(encoder, (canvas,), lambda: encoder(canvas.to(encoder.dtype)))
        return [level * strength for level in sketch_features]

    def condition(
        self,
        references: Sequence[torch.Tensor],
        edits: Sequence[TextEdit],
        enhancement: Enhancement,
        height: int,
        width: int,
    ) -> Condition:
        """Return everything the references, changed by `edits`, tell the network on a canvas of `height` x `width`.

        Raises ValueError for an enhancement that the model lacks, or that takes one reference and gets more or none.
        """
        if enhancement.style or enhancement.foreground:
            raise ConditioningError(Text.of("enhancement.only_background"))
        tokens = self.encode_references(references, edits)
        if not enhancement.background:
            return Condition(tokens)
        reference = self.edited_picture(one_reference(references), edits)
        background = self.encode_references([enhancement.background_of(reference)])
        return Condition(torch.cat([tokens, background], dim=1), enhancement.split_attention(tokens))

    def brushed_reference(
        self,
        brush: Brush | None,
        references: Sequence[torch.Tensor],
        edits: Sequence[TextEdit],
        enhancement: Enhancement,
        height: int,
        width: int,
    ) -> BrushedReference | None:
        """Return the references that the masked edits of `brush` see; None if they see the same as the rest.

        The other parameters are as in `condition`, and the same errors are raised.
        """
        if brush is None or not any(references or masked.is_shown for masked in brush.masked_edits):
            return None
        contexts = []
        for masked in brush.masked_edits:
            changes = [] if masked.is_shown else masked.edits_among(edits)
            condition = self.condition(masked.references(references), changes, enhancement, height, width)
            contexts.append(ReferenceContext(condition.tokens))
        masks = (mask.to(self.compute_device) for mask in brush.latent_masks())
        return BrushedReference(tuple(contexts), tuple(masks))

    def kept_latent(self, brush: Brush, noise: torch.Tensor) -> KeptLatent:
        """Return the latent that stays around the places of `brush`; `noise` (1,C,h,w) is its noise at the start."""
        assert brush.before is not None
        latent = self.latent_of(brush.before)
        return KeptLatent(latent, brush.changed().to(latent.device), noise)

    @property
    def reference_tokens(self) -> ReferenceTokens:
        """Tokens of a reference that condition the network; edits are global with "cls", else local."""
        return self.config["reference_tokens"]

    def encode_references(self, references: Sequence[torch.Tensor], edits: Sequence[TextEdit] = ()) -> torch.Tensor:
        """Return the tokens (1,N,D) of all references one after the other; a single zero token for none.

        A zero token is exactly "no reference": cross-attention then returns its output bias. `edits` apply to each
        reference separately.
        """
        if not references:
            return torch.zeros(
                1, 1, self.unet.config["cross_attention_dim"], dtype=self.unet.dtype, device=self.compute_device
            )
        tokens = [choose_tokens(self.all_tokens(picture, edits), self.reference_tokens) for picture in references]
        return torch.cat(tokens, dim=1).to(self.compute_device, self.unet.dtype)

    def all_tokens(self, reference: torch.Tensor, edits: Sequence[TextEdit] = ()) -> torch.Tensor:
        """Return all tokens (1,1+N,D), CLS first, of `reference` (1,3,h,w) in [-1,1] after `edits`."""
        return self.edited(reference, edits).tokens

    def edited(self, reference: torch.Tensor, edits: Sequence[TextEdit] = ()) -> EditedReference:
        """Return the picture and the tokens of `reference` (1,3,h,w) in [-1,1] after `edits`."""

        def look(picture: torch.Tensor) -> torch.Tensor:
            return self.recall(self.image_encoder, (picture,), lambda: self.encode_picture(picture))

        return edit_reference(reference, edits, self.reference_tokens, look, self.encode_texts)

    def edited_picture(self, reference: torch.Tensor, edits: Sequence[TextEdit]) -> torch.Tensor:
        """Return only the picture of `edited`: `reference` itself, without encoding, if none of `edits` recolours
        it."""
        return reference if all(edit.color is None for edit in edits) else self.edited(reference, edits).picture

    def encode_picture(self, picture: torch.Tensor) -> torch.Tensor:
        """Return all tokens (1,1+N,D), CLS first, of `picture` (1,3,h,w) in [-1,1], any size."""
        encoder = self.image_encoder
        bring(encoder)
        pixels = squash(picture.to(encoder.device), picture_size(encoder))
        return image_tokens(encoder, pixels.to(encoder.dtype))

    def encode_texts(self, texts: Sequence[str]) -> torch.Tensor:
        """Return one unit vector (n,1,D) per text. Raises ValueError if there is no text tower."""
        if self.text_encoder is None and self.load_text_encoder is not None:
            loaded = self.load_text_encoder()
            if self.offload is None:
                nn.Module.to(loaded, self.compute_device)
            else:
                self.offload.add(loaded)
            self.register_modules(text_encoder=loaded)
        encoder = self.text_encoder
        if encoder is None:
            raise ConditioningError(Text.of("model.no_text_tower"))

        def compute() -> torch.Tensor:
            bring(encoder)
            return text_vectors(encoder, self.tokenizer, texts)

        return self.recall(encoder, texts, compute)

    @property
    def compute_device(self) -> torch.device:
        """Device on which the networks compute, even if they wait elsewhere."""
        return self.unet.device if self.offload is None else self.offload.device

    def recall(
        self, encoder: nn.Module, inputs: Sequence[torch.Tensor | str | int], compute: Callable[[], Encoded]
    ) -> Encoded:
        """Return the result of `compute`, or that of an earlier call; see `EncodingCache.recall`."""
        return compute() if self.encodings is None else self.encodings.recall(encoder, inputs, compute)

    def injected_reference(
        self, reference: torch.Tensor, injection: Injection, height: int, width: int, generator: torch.Generator
    ) -> InjectedReference:
        """Return `reference` (1,3,h,w) in [-1,1], stretched to the canvas and prepared for `injection`.

        `generator`, on the CPU, gives the noise that is added to it.
        """
        picture = F.interpolate(
            reference.to(self.compute_device), (height, width), mode="bicubic", antialias=True, align_corners=False
        )
        sketch_features = self.encode_sketch(-picture, injection.sketch_fidelity)
        noise = self.initial_noise(generator, height, width).to(self.unet.dtype)
        alphas_cumprod = self.scheduler.alphas_cumprod.to(self.compute_device)
        latent = self.latent_of(picture).to(self.unet.dtype)
        return InjectedReference(latent, noise, sketch_features, alphas_cumprod)

    def initial_noise(self, generator: torch.Generator, height: int, width: int) -> torch.Tensor:
        """Return unit noise (1,C,height/8,width/8); from a generator on the CPU it is the same for every device."""
        shape = (1, self.unet.config["in_channels"], height // 8, width // 8)
        return torch.randn(shape, generator=generator).to(self.compute_device)

    def latent_of(self, picture: torch.Tensor) -> torch.Tensor:
        """Return the latent of `encode`, kept for later calls."""
        here = picture.to(self.compute_device)
        return self.recall(self.vae, (here,), lambda: self.encode(here))

    def encode(self, picture: torch.Tensor) -> torch.Tensor:
        """Return the scaled latent (1,C,h,w) of `picture` (1,3,8h,8w) in [-1,1]: the mean of the VAE's distribution."""
        bring(self.vae)
        distribution = self.vae.encode(picture.to(self.vae.dtype)).latent_dist  # pyright: ignore[reportAttributeAccessIssue]
        return distribution.mean * self.vae.config["scaling_factor"]

    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        """Return the picture (1,3,8h,8w), about [-1,1] and not clamped, of a scaled `latent` (1,C,h,w)."""
        bring(self.vae)
        scaled = latent.to(self.vae.dtype) / self.vae.config["scaling_factor"]
        return self.vae.decode(scaled, return_dict=False)[0]
