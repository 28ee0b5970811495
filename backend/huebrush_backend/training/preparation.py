"""Preparation of each stage: its networks, its data, and its exports."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import nn
from transformers import CLIPModel, CLIPTextModelWithProjection, CLIPTokenizer, CLIPVisionModelWithProjection

from huebrush_backend.models.catalog import weights_sha256
from huebrush_backend.models.demo import (
    REFERENCE_GUIDANCE,
    SKETCH_GUIDANCE,
    make_clip,
    make_demo_scheduler,
    make_sketch_encoder,
    make_unet,
    make_vae,
)
from huebrush_backend.models.sketch_encoder import SketchEncoder
from huebrush_backend.models.unet import ColorizeUNet
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.synthesis import caption
from huebrush_backend.training.configuration import ConfigurationError, StageName, values_of
from huebrush_backend.training.data.bank import Bank
from huebrush_backend.training.data.batches_ahead import BatchesAhead, MakeBatch, NextBatch
from huebrush_backend.training.data.pool import Pool, Schedule, keep_chunks_of
from huebrush_backend.training.data.producer import Recipe
from huebrush_backend.training.data.tokenizer import train_tokenizer
from huebrush_backend.training.loop import GetBatch, Outputs, rows_of_parts
from huebrush_backend.training.plan import BANK_SEED, TrainingPlan
from huebrush_backend.training.publishing import TRAINED_PARTS
from huebrush_backend.training.stages.clip import ClipBatch, ClipTrainer, clip_batch, part_phrase
from huebrush_backend.training.stages.recompute import recompute_layers
from huebrush_backend.training.stages.sheets import colorized_sheet, patch_color_sheet, reconstruction_sheet
from huebrush_backend.training.stages.unet import DenoiserTrainer
from huebrush_backend.training.stages.vae import (
    AutoencoderTrainer,
    DecoderTrainer,
    PicturesByOthers,
    autoencoder_batch,
    latent_scale,
)
from huebrush_backend.training.strategies.reference_tokens import forget_positions

SCALE_BATCHES = 8
SHEET_STEP = 2**40
"""Number of a step that no training reaches: its batch is for sample sheets and the latents' scale."""


@dataclass(frozen=True)
class Preparation:
    """A stage that is ready to be trained.

    * `module`: what is trained; called with a batch and a moment, it returns the loss and numbers to report
    * `get_batch`: returns rows of a step's batch
    * `outputs`: what is written at checkpoints
    * `start`: called with the first step before it
    * `progressed`: called with the progress, 0..1, after each step
    * `close`: called at the end
    """

    module: nn.Module
    get_batch: GetBatch
    outputs: Outputs
    start: Callable[[int], None] = lambda step: None
    progressed: Callable[[float], None] = lambda progress: None
    close: Callable[[], None] = lambda: None


def prepare_clip(plan: TrainingPlan, accelerator: Accelerator) -> Preparation:
    """Prepare CLIP, which exports `tokenizer`, `image_encoder` and `text_encoder`."""
    bank, network = _bank(plan, accelerator), plan.configuration.network
    with accelerator.main_process_first():
        tokenizer = _tokenizer(plan, bank, plan.resume or not accelerator.is_main_process)
    vocabulary = len(tokenizer), tokenizer.bos_token_id, tokenizer.eos_token_id
    options = {
        "token_grid": network.token_grid,
        "token_size": network.token_size,
        "vision_layers": network.vision_layers,
        "text_width": network.text_width,
        "text_layers": network.text_layers,
    }
    clip = _known_clip(plan, vocabulary) if plan.resume else None
    clip = clip or make_clip(*vocabulary, **options)  # pyright: ignore[reportArgumentType]
    strategies = plan.configuration.strategies
    if not strategies.token_positions:
        forget_positions(clip)
    vision: Any = clip.config.vision_config  # pyright: ignore[reportAttributeAccessIssue]
    grid = vision.image_size // vision.patch_size
    trainer = ClipTrainer(clip, tokenizer, vision.projection_dim, bank.classes)
    parts = rows_of_parts(plan.configuration.optimization, accelerator)
    batches = BatchesAhead(partial(_open_clip_batches, plan, grid), parts, plan.configuration.run.producers)
    outputs = Outputs(
        export=lambda: _export_clip(clip, plan.weights),
        draw_sheet=lambda: patch_color_sheet(trainer, batches.make_here(SHEET_STEP, range(8))),
    )
    return Preparation(trainer, batches.batch, outputs, start=batches.start, close=batches.close)


def _open_clip_batches(plan: TrainingPlan, grid: int) -> MakeBatch:
    """Return the function that makes CLIP's batches, for `grid` patches a side."""
    bank, strategies = plan.bank(), plan.configuration.strategies
    pictures = plan.open_pictures() if plan.open_pictures is not None else None
    share = plan.configuration.data.pictures_share

    def make(step: int, rows: Sequence[int]) -> ClipBatch:
        return clip_batch(bank, grid, plan.generators(step, rows), strategies, pictures, share)

    return make


def _bank(plan: TrainingPlan, accelerator: Accelerator) -> Bank:
    """Return the drawings, drawn by the main process if they are missing."""
    with accelerator.main_process_first():
        return plan.bank()


def _tokenizer(plan: TrainingPlan, bank: Bank, may_exist: bool) -> CLIPTokenizer:
    folder = plan.weights / "tokenizer"
    if may_exist and (folder / "tokenizer.json").exists():
        return CLIPTokenizer.from_pretrained(folder)
    rng = np.random.default_rng(BANK_SEED)
    palettes = [bank.palettes[i] for i in rng.integers(len(bank.palettes), size=4000)]
    captions = [caption(bank.drawing(int(rng.integers(len(bank)))), palette, rng) for palette in palettes]
    phrases = [part_phrase(palette, part) for palette in palettes[:500] for part in range(len(palette.names))]
    tokenizer = train_tokenizer(captions + phrases, plan.stage_folder / "vocabulary")
    tokenizer.save_pretrained(folder)
    return tokenizer


def _known_clip(plan: TrainingPlan, vocabulary: tuple[int, Any, Any]) -> CLIPModel | None:
    """Return the exported CLIP, as wide and deep as it is; None if there is none."""
    if not (plan.weights / "image_encoder").is_dir() or not (plan.weights / "text_encoder").is_dir():
        return None
    vision = CLIPVisionModelWithProjection.from_pretrained(plan.weights / "image_encoder", dtype=torch.float32)
    text = CLIPTextModelWithProjection.from_pretrained(plan.weights / "text_encoder", dtype=torch.float32)
    seen: Any = vision.config
    read = text.config
    clip = make_clip(
        *vocabulary,
        token_grid=seen.image_size // seen.patch_size,
        token_size=seen.projection_dim,
        vision_layers=seen.num_hidden_layers,
        text_width=read.hidden_size,
        text_layers=read.num_hidden_layers,
    )
    for part in (vision, text):
        clip.load_state_dict(part.state_dict(), strict=False)
    return clip


def _export_clip(clip: CLIPModel, weights: Path) -> None:
    vision = CLIPVisionModelWithProjection(clip.config.vision_config)  # pyright: ignore[reportArgumentType]
    text = CLIPTextModelWithProjection(clip.config.text_config)  # pyright: ignore[reportArgumentType]
    for part, name in ((vision, "image_encoder"), (text, "text_encoder")):
        missing = part.load_state_dict(clip.state_dict(), strict=False).missing_keys
        if missing:
            raise RuntimeError(f"CLIP lacks weights of its {name}: {missing}")
        save_into(part, weights / name)


def prepare_vae(plan: TrainingPlan, accelerator: Accelerator) -> Preparation:
    """Prepare the VAE, which exports `vae` with its latent scale."""
    bank, network = _bank(plan, accelerator), plan.configuration.network
    known = plan.resume and (plan.weights / "vae").is_dir()
    vae = _saved_vae(plan.weights) if known else make_vae(network.vae_widths, network.latent_channels)
    return _autoencoder(plan, bank, vae, AutoencoderTrainer(vae), with_scale=True)


def prepare_decoder(plan: TrainingPlan, accelerator: Accelerator) -> Preparation:
    """Prepare the exported VAE's decoder. The latents do not change, so the UNet stays valid."""
    _require(plan, "vae")
    vae = _saved_vae(plan.weights)
    return _autoencoder(plan, _bank(plan, accelerator), vae, DecoderTrainer(vae), with_scale=False)


def _autoencoder(
    plan: TrainingPlan, bank: Bank, vae: AutoencoderKL, trainer: nn.Module, with_scale: bool
) -> Preparation:
    if plan.configuration.optimization.gradient_checkpointing:
        recompute_layers(vae)
    others = None
    if plan.open_pictures is not None:
        # A seed of others' pairs must be small enough for all of NumPy's generators.
        others = PicturesByOthers(plan.open_pictures(), plan.configuration.data.pictures_share, plan.seed >> 24)

    def get_batch(step: int, rows: Sequence[int], may_wait: Callable[[], bool]) -> torch.Tensor:
        return autoencoder_batch(bank, plan.generators(step, rows), others)

    def export() -> None:
        if with_scale:
            batches = (get_batch(SHEET_STEP + number, range(16), lambda: True) for number in range(SCALE_BATCHES))
            vae.register_to_config(scaling_factor=latent_scale(vae, batches))
        save_into(vae, plan.weights / "vae")

    sheet = partial(reconstruction_sheet, vae, get_batch(SHEET_STEP, range(8), lambda: True))
    return Preparation(trainer, get_batch, Outputs(export, sheet))


def prepare_unet(plan: TrainingPlan, accelerator: Accelerator) -> Preparation:
    """Prepare UNet and sketch encoder, which export the whole pipeline; samples come from other processes."""
    _require(plan, "vae", "image_encoder", "text_encoder", "tokenizer")
    classes = _bank(plan, accelerator).classes  # drawn once here; the producers read it
    configuration = plan.configuration
    unet, sketch_encoder = _denoiser(plan)
    for network in (unet, sketch_encoder):
        network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    trainer = DenoiserTrainer(unet, sketch_encoder, configuration.strategies, classes)
    if configuration.optimization.gradient_checkpointing:
        recompute_layers(trainer)
    pool = _pool(plan, accelerator)
    outputs = Outputs(
        export=lambda: _save_pipeline(_pipeline(plan, unet, sketch_encoder), plan),
        draw_sheet=lambda: colorized_sheet(_pipeline(plan, unet, sketch_encoder).to(accelerator.device)),
        saved=pool.forget,
    )
    if not configuration.run.producers:  # whose samples this process makes itself, and not two at a time
        return Preparation(trainer, pool.batch, outputs, start=pool.start, progressed=pool.set_progress)
    reader = NextBatch(pool.batch, rows_of_parts(configuration.optimization, accelerator))

    def close() -> None:
        pool.close()
        reader.close()

    return Preparation(trainer, reader.batch, outputs, start=pool.start, progressed=pool.set_progress, close=close)


def _pool(plan: TrainingPlan, accelerator: Accelerator) -> Pool:
    configuration, data, run = plan.configuration, plan.configuration.data, plan.configuration.run
    recipe = Recipe(
        weights=plan.weights,
        open_bank=plan.open_bank,
        strategies=configuration.strategies,
        size=data.size,
        chunk=data.chunk,
        seed=plan.seed,
        half=plan.half,
        device=str(accelerator.device),
        open_pictures=plan.open_pictures,
        pictures_share=data.pictures_share,
    )
    schedule = Schedule(configuration.optimization.batch, data.chunk, data.pool, data.first_chunks, data.reuse)
    folder = plan.stage_folder / "chunks"
    if accelerator.is_main_process:
        if not plan.resume:
            shutil.rmtree(folder, ignore_errors=True)
        parts = ("vae", "image_encoder")
        described = {
            "weights": [weights_sha256(plan.weights / part) for part in parts],
            "strategies": values_of(configuration.strategies),
            "data": values_of(data),
            "seed": plan.seed,
            "half": plan.half,
            # What depends on the progress of the training depends on its length.
            "steps": run.steps if configuration.strategies.patch_shuffle_share > 0 else None,
        }
        keep_chunks_of(folder, described)
    accelerator.wait_for_everyone()
    return Pool(folder, recipe, schedule, run.producers, run.steps, main=accelerator.is_main_process)


def _denoiser(plan: TrainingPlan) -> tuple[ColorizeUNet, SketchEncoder]:
    """Return the networks to train: new ones, or when resuming the exported ones, which a saved state then replaces."""
    network = plan.configuration.network
    if plan.resume and (plan.weights / "unet").is_dir():
        unet = ColorizeUNet.from_pretrained(plan.weights / "unet", dtype=torch.float32)
        if (widths := tuple(unet.config["block_out_channels"])) != network.widths:
            own = ",".join(map(str, widths))
            raise ConfigurationError(
                f"--resume goes on with the UNet in {plan.weights}, which has --widths {own}; give these, or begin a "
                "new run with --weights"
            )
        unet.install_attention_processors()
        return unet, SketchEncoder.from_pretrained(plan.weights / "sketch_encoder", dtype=torch.float32)
    vae, encoder = _saved_vae(plan.weights), _saved_encoder(plan.weights)
    unet = make_unet(
        network.widths,
        network.layers,
        network.head_width,
        token_size=encoder.config.projection_dim,
        latent_channels=vae.config["latent_channels"],
    )
    return unet, make_sketch_encoder(network.stem_widths, network.widths)


def _saved_vae(weights: Path) -> AutoencoderKL:
    return AutoencoderKL.from_pretrained(weights / "vae", dtype=torch.float32)


def _saved_encoder(weights: Path) -> CLIPVisionModelWithProjection:
    return CLIPVisionModelWithProjection.from_pretrained(weights / "image_encoder", dtype=torch.float32)


def _pipeline(plan: TrainingPlan, unet: ColorizeUNet, sketch_encoder: SketchEncoder) -> ColorizePipeline:
    """Make the pipeline of `unet`, `sketch_encoder` and the other stages' exports."""
    text = CLIPTextModelWithProjection.from_pretrained(plan.weights / "text_encoder", dtype=torch.float32)
    strategies, encoder = plan.configuration.strategies, _saved_encoder(plan.weights)
    if not strategies.token_positions:
        forget_positions(encoder)
    return ColorizePipeline(
        vae=_saved_vae(plan.weights),
        unet=unet,
        sketch_encoder=sketch_encoder,
        image_encoder=encoder,
        text_encoder=text,
        tokenizer=CLIPTokenizer.from_pretrained(plan.weights / "tokenizer"),
        scheduler=make_demo_scheduler(strategies.prediction),
        native_size=plan.configuration.data.size,
        reference_guidance=REFERENCE_GUIDANCE,
        sketch_guidance=SKETCH_GUIDANCE,
        reference_tokens=strategies.reference_tokens,
        trims_margins=True,
    )


def _save_pipeline(pipeline: ColorizePipeline, plan: TrainingPlan) -> None:
    """Write what this stage trains or changes of `pipeline`, beside the parts that earlier stages have exported."""
    positions = plan.configuration.strategies.token_positions
    for name in (*TRAINED_PARTS["unet"], *(() if positions else ("image_encoder",))):
        save_into(getattr(pipeline, name), plan.weights / name)
    pipeline.save_config(plan.weights)


def save_into(network: Any, folder: Path) -> None:
    """Write `network` into `folder`; the former weights stay until the new ones are complete."""
    partial_folder = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial_folder, ignore_errors=True)
    network.save_pretrained(partial_folder)
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)
    partial_folder.rename(folder)


def _require(plan: TrainingPlan, *parts: str) -> None:
    """Raise ConfigurationError unless earlier stages have exported `parts`."""
    missing = [part for part in parts if not (plan.weights / part).is_dir()]
    if missing:
        raise ConfigurationError(
            f"{plan.weights} has no {', '.join(missing)}: train the stages before {plan.stage!r} first, or begin in a "
            "new folder with --weights demo, or with --resume"
        )


PREPARATIONS: dict[StageName, Callable[[TrainingPlan, Accelerator], Preparation]] = {
    "clip": prepare_clip,
    "vae": prepare_vae,
    "unet": prepare_unet,
    "decoder": prepare_decoder,
}
