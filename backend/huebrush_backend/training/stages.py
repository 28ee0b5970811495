"""Trains the built-in model: drawings, CLIP, VAE, and UNet in this order. Each stage can be resumed."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from accelerate import Accelerator
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from transformers import CLIPModel, CLIPTextModelWithProjection, CLIPTokenizer, CLIPVisionModelWithProjection

from huebrush_backend.models.clip import picture_size
from huebrush_backend.models.demo import (
    NATIVE_SIZE,
    REFERENCE_GUIDANCE,
    TOKEN_SIZE,
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
from huebrush_backend.training.bank import PALETTES, Bank, make_bank
from huebrush_backend.training.clip_stage import ClipTrainer, clip_batches, part_phrase
from huebrush_backend.training.loop import Budget, Stage
from huebrush_backend.training.producer import CHUNK, Pool, produce
from huebrush_backend.training.sheets import colorized_sheet, patch_colour_sheet, reconstruction_sheet
from huebrush_backend.training.tokenizer import train_tokenizer
from huebrush_backend.training.unet_stage import DenoiserTrainer
from huebrush_backend.training.vae_stage import AutoencoderTrainer, DecoderTrainer, autoencoder_batches, latent_scale

BANK_SEED = 1
CAPACITY = 64
"""Number of chunks of UNet samples kept in memory."""


@dataclass(frozen=True)
class Plan:
    """Stages to train, with their settings.

    `folder`: folder for the state, samples and exported weights of this run.
    `size`: picture side of the UNet stage, 128 or 256 px.
    `decay`: share of the time, at the end, in which the learning rate falls to 0.
    `producers`: number of processes that make the UNet's samples.
    `chunk`: number of samples that a process makes at a time.
    `palettes`: number of palettes for the drawings.
    """

    folder: Path
    minutes: float
    resume: bool
    drawings: int = 12000
    palettes: int = PALETTES
    size: int = NATIVE_SIZE
    batch: int = 32
    learning_rate: float = 5e-4
    decay: float = 0.3
    producers: int = 1
    chunk: int = CHUNK
    threads: int = 1
    device: str = "auto"

    @property
    def weights(self) -> Path:
        """Folder of the exported weights, a diffusers pipeline once all stages are done."""
        return self.folder / "weights"

    @property
    def budget(self) -> Budget:
        """Time and learning rate of the stage."""
        return Budget(self.minutes * 60, self.learning_rate, decay=self.decay)

    def accelerator(self) -> Accelerator:
        """Make accelerate's helper for the chosen device, with bf16 where the device supports it."""
        torch.set_num_threads(self.threads)
        return Accelerator(mixed_precision="bf16", cpu=self.device == "cpu")

    def stage_folder(self, stage: str) -> Path:
        """Return the folder with a stage's state; make it if it is missing."""
        folder = self.folder / stage
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def bank(self) -> Bank:
        """Return the drawings; draw them first if they are missing."""
        return self.open_bank()

    @property
    def open_bank(self) -> Callable[[], Bank]:
        """Return `bank` as a function that can be passed to another process."""
        return partial(make_bank, self.folder / "bank", self.drawings, BANK_SEED, self.palettes)


def train_clip(plan: Plan) -> None:
    """Train CLIP and export `tokenizer`, `image_encoder` and `text_encoder`."""
    accelerator, bank = plan.accelerator(), plan.bank()
    rng = np.random.default_rng()
    tokenizer = _tokenizer(plan, bank)
    clip = make_clip(len(tokenizer), tokenizer.bos_token_id, tokenizer.eos_token_id)  # pyright: ignore[reportArgumentType]
    if plan.resume:
        _take_over_clip(clip, plan.weights)
    trainer = ClipTrainer(clip, tokenizer, TOKEN_SIZE)
    folder = plan.stage_folder("clip")
    stage = Stage(
        name="clip",
        module=trainer,
        loss=trainer,
        folder=folder,
        accelerator=accelerator,
        budget=plan.budget,
        resume=plan.resume,
    )
    batches = clip_batches(bank, plan.batch, picture_size(clip), rng)  # pyright: ignore[reportAttributeAccessIssue]
    sheet = partial(patch_colour_sheet, trainer, next(batches))
    stage.run(batches, plan.batch, lambda: _export_clip(clip, plan.weights), sheet)


def _tokenizer(plan: Plan, bank: Bank) -> CLIPTokenizer:
    folder = plan.weights / "tokenizer"
    if plan.resume and (folder / "tokenizer.json").exists():
        return CLIPTokenizer.from_pretrained(folder)
    rng = np.random.default_rng(BANK_SEED)
    palettes = [bank.palettes[i] for i in rng.integers(len(bank.palettes), size=4000)]
    captions = [caption(bank.drawing(int(rng.integers(len(bank)))), palette, rng) for palette in palettes]
    phrases = [part_phrase(palette, part) for palette in palettes[:500] for part in range(len(palette.names))]
    tokenizer = train_tokenizer(captions + phrases, plan.folder / "clip" / "vocabulary")
    tokenizer.save_pretrained(folder)
    return tokenizer


def _take_over_clip(clip: CLIPModel, weights: Path) -> None:
    """Load exported towers into `clip`, if there are any."""
    for kind, name in ((CLIPVisionModelWithProjection, "image_encoder"), (CLIPTextModelWithProjection, "text_encoder")):
        if (weights / name).is_dir():
            clip.load_state_dict(kind.from_pretrained(weights / name, dtype=torch.float32).state_dict(), strict=False)


def _export_clip(clip: CLIPModel, weights: Path) -> None:
    vision = CLIPVisionModelWithProjection(clip.config.vision_config)  # pyright: ignore[reportArgumentType]
    text = CLIPTextModelWithProjection(clip.config.text_config)  # pyright: ignore[reportArgumentType]
    for part, name in ((vision, "image_encoder"), (text, "text_encoder")):
        missing = part.load_state_dict(clip.state_dict(), strict=False).missing_keys
        if missing:
            raise RuntimeError(f"CLIP lacks weights of its {name}: {missing}")
        part.save_pretrained(weights / name)


def train_vae(plan: Plan) -> None:
    """Train the VAE and export `vae` with its latent scale."""
    accelerator, bank = plan.accelerator(), plan.bank()
    known = plan.resume and (plan.weights / "vae").is_dir()
    vae = AutoencoderKL.from_pretrained(plan.weights / "vae", dtype=torch.float32) if known else make_vae()
    trainer = AutoencoderTrainer(vae)
    stage = Stage(
        name="vae",
        module=trainer,
        loss=trainer,
        folder=plan.stage_folder("vae"),
        accelerator=accelerator,
        budget=plan.budget,
        resume=plan.resume,
    )
    batches = autoencoder_batches(bank, plan.batch, np.random.default_rng())

    def export() -> None:
        vae.register_to_config(scaling_factor=latent_scale(vae, batches))
        vae.save_pretrained(plan.weights / "vae")

    stage.run(batches, plan.batch, export, partial(reconstruction_sheet, vae, next(batches)))


def train_decoder(plan: Plan) -> None:
    """Train the exported VAE's decoder further. The latents do not change, so the UNet stays valid."""
    accelerator, bank = plan.accelerator(), plan.bank()
    vae = AutoencoderKL.from_pretrained(plan.weights / "vae")
    trainer = DecoderTrainer(vae)
    stage = Stage(
        name="decoder",
        module=trainer,
        loss=trainer,
        folder=plan.stage_folder("decoder"),
        accelerator=accelerator,
        budget=plan.budget,
        resume=plan.resume,
    )
    batches = autoencoder_batches(bank, plan.batch, np.random.default_rng())
    sheet = partial(reconstruction_sheet, vae, next(batches))
    stage.run(batches, plan.batch, lambda: vae.save_pretrained(plan.weights / "vae"), sheet)


def train_unet(plan: Plan) -> None:
    """Train UNet and sketch encoder on samples from other processes, and export the whole pipeline."""
    accelerator = plan.accelerator()
    plan.bank()  # draw once here; the producers read it
    chunks = plan.stage_folder("unet") / "chunks"
    shutil.rmtree(chunks, ignore_errors=True)
    chunks.mkdir()
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    producers = [
        context.Process(
            target=produce,
            args=(
                chunks,
                plan.weights,
                plan.open_bank,
                plan.size,
                plan.chunk,
                seed,
                str(accelerator.device),
                stop,
            ),
            daemon=True,
        )
        for seed in range(plan.producers)
    ]
    for producer in producers:
        producer.start()
    try:
        unet, sketch_encoder = _denoiser(plan)
        for network in (unet, sketch_encoder):
            network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        trainer = DenoiserTrainer(unet, sketch_encoder)
        stage = Stage(
            name="unet",
            module=trainer,
            loss=trainer,
            folder=plan.stage_folder("unet"),
            accelerator=accelerator,
            budget=plan.budget,
            resume=plan.resume,
        )
        pool = Pool(chunks, capacity=CAPACITY, rng=np.random.default_rng())
        stage.run(
            pool.batches(plan.batch),
            plan.batch,
            export=lambda: _save_pipeline(_pipeline(plan.weights, unet, sketch_encoder), plan.weights),
            draw_sheet=lambda: colorized_sheet(_pipeline(plan.weights, unet, sketch_encoder).to(accelerator.device)),
        )
    finally:
        stop.set()
        for producer in producers:
            producer.join(timeout=30)
            if producer.is_alive():
                producer.terminate()


def _denoiser(plan: Plan) -> tuple[ColorizeUNet, SketchEncoder]:
    """Return the networks to train: new ones, or when resuming the exported ones, which a saved state then replaces."""
    if plan.resume and (plan.weights / "unet").is_dir():
        unet = ColorizeUNet.from_pretrained(plan.weights / "unet", dtype=torch.float32)
        unet.install_attention_processors()
        return unet, SketchEncoder.from_pretrained(plan.weights / "sketch_encoder", dtype=torch.float32)
    return make_unet(), make_sketch_encoder()


def _pipeline(weights: Path, unet: ColorizeUNet, sketch_encoder: SketchEncoder) -> ColorizePipeline:
    """Make the pipeline of `unet`, `sketch_encoder` and the other stages' exports in `weights`."""
    return ColorizePipeline(
        vae=AutoencoderKL.from_pretrained(weights / "vae"),
        unet=unet,
        sketch_encoder=sketch_encoder,
        image_encoder=CLIPVisionModelWithProjection.from_pretrained(weights / "image_encoder"),
        text_encoder=CLIPTextModelWithProjection.from_pretrained(weights / "text_encoder"),
        tokenizer=CLIPTokenizer.from_pretrained(weights / "tokenizer"),
        scheduler=make_demo_scheduler(),
        native_size=NATIVE_SIZE,
        reference_guidance=REFERENCE_GUIDANCE,
    )


def _save_pipeline(pipeline: ColorizePipeline, weights: Path) -> None:
    """Write `pipeline` into `weights`."""
    for name in ("unet", "sketch_encoder"):  # otherwise published weights in shards would still be preferred
        shutil.rmtree(weights / name, ignore_errors=True)
    pipeline.save_pretrained(weights)


def publish(weights: Path, destination: Path, shard_bytes: int = 15 * 2**20) -> None:
    """Copy a trained pipeline to `destination` in half precision, in shards of at most `shard_bytes`.

    Raises ValueError when the result exceeds 48 MiB, the limit for weights in the repository.
    """
    pipeline = ColorizePipeline.from_pretrained(weights)
    unfinished = destination.with_name(destination.name + ".partial")
    shutil.rmtree(unfinished, ignore_errors=True)
    pipeline.to(torch.float16)
    pipeline.save_pretrained(unfinished, max_shard_size=shard_bytes)
    for settings in unfinished.rglob("*.json"):
        _forget_origin(settings)
    for file in unfinished.rglob("*.safetensors"):
        file.chmod(0o644)
    total = sum(file.stat().st_size for file in unfinished.rglob("*") if file.is_file())
    if total > 48 * 2**20:
        raise ValueError(f"the weights take {total / 2**20:.1f} MiB; at most 48 MiB go into the repository")
    shutil.rmtree(destination, ignore_errors=True)
    unfinished.rename(destination)


def _forget_origin(settings: Path) -> None:
    """Remove the name of the folder that a component was loaded from: it is useless elsewhere and changes the hash."""
    values = json.loads(settings.read_text(encoding="utf-8"))
    if isinstance(values, dict) and values.pop("_name_or_path", None) is not None:
        settings.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def take_over_published(published: Path, weights: Path) -> None:
    """Copy published weights into a run's exported weights, unless the run already has its own."""
    if published.is_dir() and not weights.exists():
        shutil.copytree(published, weights)


TRAINERS = {"clip": train_clip, "vae": train_vae, "unet": train_unet, "decoder": train_decoder}
