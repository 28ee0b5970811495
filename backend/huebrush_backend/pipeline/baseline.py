"""The baseline to compare with: Stable Diffusion 1.5 with ControlNet line art and IP-Adapter, as diffusers runs them.

There is no text: prompt and negative prompt are empty, so all colours come from the references. IP-Adapter uses the
square in the middle of each reference.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.pipelines.controlnet.pipeline_controlnet import StableDiffusionControlNetPipeline
from huebrush_protocol.texts import Text
from PIL import Image

from huebrush_backend.manipulation.edits import TextEdit, is_active
from huebrush_backend.models.baseline_folder import BASELINE_GUIDANCE
from huebrush_backend.pipeline.brushing import Brush
from huebrush_backend.pipeline.colorization_pipeline import ColorizeOutput, StepCallback
from huebrush_backend.pipeline.conditioning import fit_sketch, picture_array
from huebrush_backend.pipeline.encoding_cache import EncodingCache
from huebrush_backend.pipeline.enhancement import Enhancement
from huebrush_backend.pipeline.guidance import Guidance, GuidanceWindow
from huebrush_backend.pipeline.injection import Injection
from huebrush_backend.pipeline.noise_schedules import AUTOMATIC, check_noise_schedule
from huebrush_backend.pipeline.refusals import SamplingError, UnsupportedRequestError
from huebrush_backend.pipeline.schedulers import SCHEDULERS, clean_latent, make_scheduler

_WHITE = Image.new("RGB", (64, 64), "white")


class BaselinePipeline:
    """A `ColorizationPipeline` made of diffusers' pipeline with its IP-Adapter loaded; it keeps no encodings."""

    encodings: EncodingCache | None = None

    def __init__(self, pipeline: StableDiffusionControlNetPipeline) -> None:
        self._pipeline = pipeline
        self._schedule: Any = pipeline.scheduler.config
        pipeline.set_progress_bar_config(disable=True)

    @property
    def vae(self) -> AutoencoderKL:
        """VAE; see `ColorizationPipeline`."""
        return self._pipeline.vae

    @property
    def device(self) -> torch.device:
        """Device; see `ColorizationPipeline`."""
        return self._pipeline.device

    @property
    def dtype(self) -> torch.dtype:
        """Precision; see `ColorizationPipeline`."""
        return self._pipeline.unet.dtype

    @property
    def trims_margins(self) -> bool:
        """False: IP-Adapter gets references as they are."""
        return False

    @property
    def transformer_block_places(self) -> Sequence[tuple[str, int]]:
        """Empty: IP-Adapter has one scale for all blocks."""
        return ()

    def guidance_at(self, reference: float | None, sketch: float | None) -> Guidance:
        """Return the guidance; see `ColorizationPipeline`."""
        return Guidance(BASELINE_GUIDANCE if reference is None else reference, 1.0 if sketch is None else sketch)

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
        brush: Brush | None = None,
        initial: torch.Tensor | None = None,
        change: float = 1.0,
        is_settled: Callable[[torch.Tensor], bool] | None = None,
        on_step: StepCallback | None = None,
        on_decode: Callable[[], None] | None = None,
    ) -> ColorizeOutput:
        """Return the coloured picture; arguments as in `ColorizePipeline.__call__`.

        The guidance scale of the reference is the pipeline's own, `reference_strength` is IP-Adapter's scale and
        `sketch_strength` is ControlNet's. IP-Adapter's tokens have no places, so parts of references are ignored.
        Weights of references, guidance by the sketch and the guidance window have no meaning, and `is_settled` is never
        called; the notes list what is ignored. Raises UnsupportedRequestError for edits, injection, enhancement, a
        brush, a picture to go on from, and strengths that differ from block to block; SamplingError for a sampler that
        is not diffusers'.
        """
        guidance = guidance or self.guidance_at(None, None)
        scale = _scale(reference_strength) if references else 0.0
        _refuse(edits, injection, enhancement, brush, initial)
        scheduler = self._scheduler(sampler, noise_schedule, on_step)
        canvas, box = fit_sketch(sketch.to(self.device), height, width)
        generator = torch.Generator("cpu").manual_seed(seed)
        pictures: Any = [Image.fromarray(picture_array(picture)) for picture in references] or [_WHITE]
        shape = (1, self._pipeline.unet.config["in_channels"], height // 8, width // 8)

        self._pipeline.scheduler = scheduler
        self._pipeline.set_ip_adapter_scale(scale)
        latent: Any = self._pipeline(
            prompt="",
            negative_prompt="",
            image=(canvas.clamp(-1, 1) + 1) / 2,  # ControlNet's line art is light on black
            height=height,
            width=width,
            num_inference_steps=steps,
            # Without a reference both branches of the guidance see the same.
            guidance_scale=guidance.reference if references else 1.0,
            controlnet_conditioning_scale=float(sketch_strength),
            ip_adapter_image=[pictures],
            latents=torch.randn(shape, generator=generator).to(self.dtype),
            generator=generator,
            output_type="latent",
            return_dict=False,
        )[0]
        if on_decode is not None:
            on_decode()
        return ColorizeOutput(self._decode(latent), latent, box, _notes(reference_weights, guidance))

    def _scheduler(self, sampler: str, noise_schedule: str, on_step: StepCallback | None) -> Any:
        check_noise_schedule(noise_schedule)
        if sampler not in SCHEDULERS:
            raise SamplingError(Text.of("sampler.unfit", sampler=sampler, names=", ".join(SCHEDULERS)))
        scheduler = make_scheduler(sampler, self._schedule, noise_schedule)
        if on_step is not None:
            _report_steps(scheduler, on_step)
        return scheduler

    def _decode(self, latent: torch.Tensor) -> torch.Tensor:
        return self.vae.decode(latent.to(self.vae.dtype) / self.vae.config["scaling_factor"], return_dict=False)[0]


def _report_steps(scheduler: Any, on_step: StepCallback) -> None:
    """Let `scheduler` report the clean latent to `on_step` after each step.

    diffusers' own callback gets only the noisy latent; the prediction passes through here.
    """
    take_step, taken = scheduler.step, 0

    @functools.wraps(take_step)  # the pipeline inspects the signature
    def step(prediction: torch.Tensor, timestep: Any, latent: torch.Tensor, *rest: Any, **options: Any) -> Any:
        nonlocal taken
        clean = clean_latent(prediction, latent, timestep, scheduler)
        result = take_step(prediction, timestep, latent, *rest, **options)
        taken += 1
        on_step(taken, len(scheduler.timesteps), clean)
        return result

    scheduler.step = step


def _scale(strength: float | Sequence[float]) -> float:
    strengths = set(strength) if isinstance(strength, Sequence) else {strength}
    if len(strengths) != 1:
        raise UnsupportedRequestError(Text.of("model.one_strength"))
    return float(strengths.pop())


def _refuse(
    edits: Sequence[TextEdit],
    injection: Injection | None,
    enhancement: Enhancement | None,
    brush: Brush | None,
    initial: torch.Tensor | None,
) -> None:
    for asked, what in (
        (is_active(edits), "model.no_text_edits"),
        (brush is not None, "model.no_brush"),
        (initial is not None, "model.no_initial"),
        (injection is not None, "model.no_injection"),
        (enhancement is not None and enhancement.is_active, "model.no_enhancement"),
    ):
        if asked:
            raise UnsupportedRequestError(Text.of(what))


def _notes(weights: Sequence[float], guidance: Guidance) -> tuple[Text, ...]:
    ignored = (
        (len(set(weights)) > 1, "note.ignores_weights"),
        (guidance.by_sketch, "note.ignores_sketch_guidance"),
        (guidance.window != GuidanceWindow(), "note.ignores_guidance_window"),
        (guidance.interval != (0.0, 1.0), "note.ignores_fast"),
    )
    return tuple(Text.of(what) for is_given, what in ignored if is_given)
