"""The colorization pipeline, to be read top to bottom: condition, denoise, decode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.pipelines.pipeline_utils import DiffusionPipeline
from transformers import CLIPTextModelWithProjection, CLIPTokenizer, CLIPVisionModelWithProjection

from huebrush_backend.models.clip import image_tokens, picture_size, squash
from huebrush_backend.models.sketch_encoder import SketchEncoder
from huebrush_backend.models.unet import ColorizeUNet
from huebrush_backend.pipeline.conditioning import Box, fit_sketch
from huebrush_backend.pipeline.guidance import Guidance
from huebrush_backend.pipeline.schedulers import make_scheduler

StepCallback = Callable[[int, int, torch.Tensor], None]
"""Called after each denoising step with (step from 1, steps, prediction of the clean latent (1,C,h,w))."""


@dataclass(frozen=True)
class ColorizeOutput:
    """`picture` (1,3,H,W) in about [-1,1] on the whole canvas, the final `latent`, and where the drawing lies."""

    picture: torch.Tensor
    latent: torch.Tensor
    box: Box


class ColorizePipeline(DiffusionPipeline):
    """Colorizes a sketch after a reference picture (ColorizeDiffusion, arXiv 2401.01456).

    `native_size`: picture side, in pixels, that the weights were trained for. `reference_guidance`: the guidance scale
    that suits them when the user names none.

    The same class runs the full-size models and the small built-in one; `save_pretrained` and `from_pretrained` work
    as in every diffusers pipeline.
    """

    model_cpu_offload_seq = "image_encoder->sketch_encoder->unet->vae"

    vae: AutoencoderKL
    unet: ColorizeUNet
    sketch_encoder: SketchEncoder
    image_encoder: CLIPVisionModelWithProjection
    text_encoder: CLIPTextModelWithProjection
    tokenizer: CLIPTokenizer

    def __init__(
        self,
        vae: AutoencoderKL,
        unet: ColorizeUNet,
        sketch_encoder: SketchEncoder,
        image_encoder: CLIPVisionModelWithProjection,
        text_encoder: CLIPTextModelWithProjection,
        tokenizer: CLIPTokenizer,
        scheduler: Any,
        native_size: int = 512,
        reference_guidance: float = 4.0,
    ) -> None:
        super().__init__()
        self.register_modules(
            vae=vae,
            unet=unet,
            sketch_encoder=sketch_encoder,
            image_encoder=image_encoder,
            text_encoder=text_encoder,
            tokenizer=tokenizer,
            scheduler=scheduler,
        )
        self.register_to_config(native_size=native_size, reference_guidance=reference_guidance)
        unet.install_attention_processors()

    @torch.inference_mode()
    def __call__(
        self,
        sketch: torch.Tensor,
        references: Sequence[torch.Tensor],
        height: int,
        width: int,
        reference_weights: Sequence[float] = (),
        steps: int = 20,
        guidance: Guidance | None = None,
        reference_strength: float = 1.0,
        sketch_strength: float = 1.0,
        sampler: str = "dpm",
        seed: int = 0,
        on_step: StepCallback | None = None,
        on_decode: Callable[[], None] | None = None,
    ) -> ColorizeOutput:
        """Return the coloured picture.

        `sketch`: (1,3,h,w) in [-1,1], paper -1 and lines +1, any size. `references`: pictures (1,3,h,w) in [-1,1], any
        sizes; none means no reference. `reference_weights`: one positive number each, equal if empty. `height`,
        `width`: canvas, multiples of 64. An exception raised by `on_step` or `on_decode` (called before decoding)
        stops the run and passes through.
        """
        guidance = guidance or Guidance()
        if not references:
            guidance = Guidance(reference=1.0, sketch=guidance.sketch)
        device, dtype = self.unet.device, self.unet.dtype

        canvas, box = fit_sketch(sketch.to(device), height, width)
        hints = self.encode_sketch(canvas, sketch_strength)
        null_hints = self.encode_sketch(torch.full_like(canvas, -1.0), sketch_strength) if guidance.by_sketch else None
        hints = guidance.batch_hints(hints, null_hints)
        tokens = self.encode_references(references)
        token_bias = self.token_bias(reference_weights, tokens.shape[1])
        tokens = guidance.batch_tokens(tokens)
        scales = [reference_strength] * self.unet.transformer_block_count

        scheduler = make_scheduler(sampler, self.scheduler.config)
        scheduler.set_timesteps(steps, device=device)
        latent = self.initial_noise(seed, height, width) * scheduler.init_noise_sigma

        for index, timestep in enumerate(scheduler.timesteps):
            rows = scheduler.scale_model_input(latent, timestep).to(dtype).expand(guidance.branches, -1, -1, -1)
            prediction = self.unet.denoise(rows, timestep, tokens, hints, scales, token_bias)
            guided = guidance.combine(prediction.float())
            clean = clean_latent(guided, latent, timestep, scheduler)
            latent = scheduler.step(guided, timestep, latent, return_dict=False)[0]
            if on_step is not None:
                on_step(index + 1, len(scheduler.timesteps), clean)

        if on_decode is not None:
            on_decode()
        return ColorizeOutput(self.decode(latent), latent, box)

    def guidance_at(self, reference: float | None, sketch: float) -> Guidance:
        """Return the guidance at these scales; `reference` None is the scale that suits this model."""
        return Guidance(float(self.config["reference_guidance"]) if reference is None else reference, sketch)

    def encode_sketch(self, canvas: torch.Tensor, strength: float) -> list[torch.Tensor]:
        """Return the hints of `canvas` (1,3,H,W), each multiplied by `strength`."""
        return [hint * strength for hint in self.sketch_encoder(canvas.to(self.sketch_encoder.dtype))]

    def encode_references(self, references: Sequence[torch.Tensor]) -> torch.Tensor:
        """Return the patch tokens (1,N,D) of all references one after the other; a single zero token for none.

        A zero token is exactly "no reference": cross-attention then gives its output bias.
        """
        encoder = self.image_encoder
        if not references:
            return torch.zeros(
                1, 1, self.unet.config["cross_attention_dim"], dtype=self.unet.dtype, device=self.unet.device
            )
        size = picture_size(encoder)
        patches = [
            image_tokens(encoder, squash(picture.to(encoder.device), size).to(encoder.dtype))[:, 1:]
            for picture in references
        ]
        return torch.cat(patches, dim=1).to(self.unet.device, self.unet.dtype)

    def token_bias(self, weights: Sequence[float], tokens: int) -> torch.Tensor | None:
        """Return the logarithm of each token's weight (tokens,), or None where all references weigh the same."""
        if len(set(weights)) <= 1:
            return None
        logarithms = torch.log(torch.tensor(weights, dtype=self.unet.dtype, device=self.unet.device))
        return logarithms.repeat_interleave(tokens // len(weights))

    def initial_noise(self, seed: int, height: int, width: int) -> torch.Tensor:
        """Return unit noise (1,C,height/8,width/8) that depends on the seed alone, not on the device."""
        shape = (1, self.unet.config["in_channels"], height // 8, width // 8)
        generator = torch.Generator("cpu").manual_seed(seed)
        return torch.randn(shape, generator=generator).to(self.unet.device)

    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        """Return the picture (1,3,8h,8w), about [-1,1] and not clamped, of a scaled `latent` (1,C,h,w)."""
        scaled = latent.to(self.vae.dtype) / self.vae.config["scaling_factor"]
        return self.vae.decode(scaled, return_dict=False)[0]


def clean_latent(
    prediction: torch.Tensor, latent: torch.Tensor, timestep: torch.Tensor, scheduler: Any
) -> torch.Tensor:
    """Return what `prediction` says the noise-free latent is (colorizediffusion.md, section 2); for previews."""
    if hasattr(scheduler, "sigmas") and isinstance(scheduler.init_noise_sigma, torch.Tensor):
        # Euler's latent is x0 + sigma * noise; bring it to the variance-preserving form first.
        index = int((scheduler.timesteps == timestep).nonzero()[0])
        latent = latent / (scheduler.sigmas[index] ** 2 + 1) ** 0.5
    alpha_bar = scheduler.alphas_cumprod[int(timestep)].to(latent)
    kind = scheduler.config.prediction_type
    if kind == "sample":
        return prediction
    if kind == "v_prediction":
        return alpha_bar.sqrt() * latent - (1 - alpha_bar).sqrt() * prediction
    return (latent - (1 - alpha_bar).sqrt() * prediction) / alpha_bar.sqrt()
