"""Makes the samples of the UNet stage: draws pairs and encodes them, in chunks, in processes beside the training."""

from __future__ import annotations

import signal
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from safetensors.numpy import save_file
from transformers import CLIPVisionModelWithProjection

from huebrush_backend.manipulation.reference_tokens import choose_tokens
from huebrush_backend.models.clip import image_tokens, picture_size, squash, token_grid
from huebrush_backend.training.data.bank import DRAWING_SIZE, Bank
from huebrush_backend.training.data.cells import central_parts, known_cells, part_shares, small_part_weights
from huebrush_backend.training.data.samples import Pair, pair_from, random_pair
from huebrush_backend.training.data.stop_with_trainer import is_wanted
from huebrush_backend.training.strategies.options import Strategies
from huebrush_backend.training.strategies.reference_tokens import forget_positions, parts_of_tokens

if TYPE_CHECKING:
    from huebrush_backend.drawings.sources import PairSource

AHEAD = 4
"""Number of chunks that are made before the training needs them, with few producers."""
AHEAD_EACH = 2
"""The same for each producer, so that none of many has to wait."""
BATCH = 32
"""Largest number of samples that are encoded together."""
SAMPLES_PURPOSE = 2
"""Keeps the random numbers of samples apart from others of the same seed."""

FULL_SHARE = 16
"""Number that stands for a share of 1: the part fills the token."""

Chunk = dict[str, np.ndarray]
"""Samples by name.

`sketch`: ink coverage, (N,S,S) uint8.
`latent`: scaled latent, (N,C,S/8,S/8) float16.
`tokens`: reference tokens, (N,T,D) float16.
`labels`: part classes of the target, (N,S/8,S/8) uint8.
`known`: what is known of each cell, `UNKNOWN`, `UNNAMED` or `NAMED`, (N,S/8,S/8) uint8.
`weights`: weight of each cell, 1 on average, (N,S/8,S/8) float16.
`reference_parts`: share of each part in each token, of `FULL_SHARE`, (N,T,classes) uint8.
"""


@dataclass(frozen=True)
class Recipe:
    """Ingredients of samples: with the same recipe, chunk k is the same wherever and whenever it is made.

    * `weights`: folder with the exported VAE and CLIP
    * `open_bank`: returns the drawings
    * `strategies`: how pairs are made
    * `size`: picture side in pixels
    * `chunk`: number of samples in a chunk
    * `seed`: seed of the samples
    * `half`: whether the networks compute in bfloat16
    * `device`: where they run
    * `open_pictures`: returns pictures by others; None for drawings alone
    * `pictures_share`: share of samples that are made of them
    """

    weights: Path
    open_bank: Callable[[], Bank]
    strategies: Strategies
    size: int
    chunk: int
    seed: int
    half: bool
    device: str
    open_pictures: Callable[[], PairSource] | None = None
    pictures_share: float = 0.0


def chunk_file(folder: Path, number: int) -> Path:
    """Return the file of a chunk in `folder`."""
    return folder / f"chunk-{number:08d}.safetensors"


def failure_file(folder: Path, producer: int) -> Path:
    """Return the file in `folder` in which a producer leaves its error."""
    return folder / f"failure-{producer}.txt"


class SampleMaker:
    """Makes chunks of samples by a recipe."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe, self._bank = recipe, recipe.open_bank()
        self._pictures = recipe.open_pictures() if recipe.open_pictures is not None else None
        # Published weights are in half precision, which the layers that autocast leaves alone could not add to.
        self._vae = AutoencoderKL.from_pretrained(recipe.weights / "vae", dtype=torch.float32).eval()
        self._encoder = CLIPVisionModelWithProjection.from_pretrained(
            recipe.weights / "image_encoder", dtype=torch.float32
        ).eval()
        if not recipe.strategies.token_positions:
            forget_positions(self._encoder)
        self._vae.to(device=recipe.device)  # pyright: ignore[reportCallIssue]
        self._encoder.to(device=recipe.device)  # pyright: ignore[reportCallIssue, reportArgumentType]
        self._grid = token_grid(self._encoder)

    def make(self, number: int, progress: float, wanted: Callable[[], bool] = lambda: True) -> Chunk | None:
        """Make chunk `number`, whose samples are first used at `progress` 0..1 of the training.

        Returns None as soon as it is no longer `wanted`.
        """
        recipe, parts = self._recipe, []
        for start in range(0, recipe.chunk, BATCH):
            if not wanted():
                return None
            places = range(start, min(start + BATCH, recipe.chunk))
            numbers = [np.random.default_rng([recipe.seed, SAMPLES_PURPOSE, number, place]) for place in places]
            parts.append(self._encoded([self._pair(rng, progress) for rng in numbers]))
        return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}

    def _pair(self, rng: np.random.Generator, progress: float) -> Pair:
        if self._pictures is not None and rng.random() < self._recipe.pictures_share:
            return pair_from(self._pictures, rng, DRAWING_SIZE, self._recipe.strategies, progress)
        return random_pair(self._bank, rng, self._recipe.strategies, progress)

    @torch.inference_mode()
    def _encoded(self, pairs: list[Pair]) -> Chunk:
        size, device = self._recipe.size, self._vae.device

        def shrink(picture: np.ndarray) -> np.ndarray:
            return picture if size == DRAWING_SIZE else cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)

        ink = np.stack([shrink(pair.ink) for pair in pairs])
        targets = _pictures([shrink(pair.target) for pair in pairs]).to(device)
        references = _pictures([pair.reference for pair in pairs]).to(device)
        classes = self._bank.classes
        places = [part_shares(pair.labels, size // 8, classes) for pair in pairs]
        kind = self._recipe.strategies.reference_tokens
        shown = np.stack([part_shares(pair.reference_labels, self._grid, classes) for pair in pairs])
        seen = parts_of_tokens(shown, kind)
        with self._autocast():
            latents = self._vae.encode(targets).latent_dist.mean * self._vae.config["scaling_factor"]  # pyright: ignore[reportAttributeAccessIssue]
            tokens = image_tokens(self._encoder, squash(references, picture_size(self._encoder)))
            tokens = choose_tokens(tokens, kind)
        weights = np.stack([small_part_weights(place) for place in places])
        cells = [known_cells(central_parts(pair.labels, size // 8), pair.is_named) for pair in pairs]
        return {
            "sketch": (np.clip(ink, 0, 1) * 255).astype(np.uint8),
            "latent": latents.half().cpu().numpy(),
            "tokens": tokens.half().cpu().numpy(),
            "labels": np.stack([labels for labels, _ in cells]),
            "known": np.stack([known for _, known in cells]),
            "weights": weights.reshape(len(pairs), size // 8, -1).astype("f2"),
            "reference_parts": np.rint(seen * FULL_SHARE).astype(np.uint8),
        }

    def _autocast(self) -> AbstractContextManager:
        return torch.autocast(self._vae.device.type, dtype=torch.bfloat16) if self._recipe.half else nullcontext()


def _pictures(pictures: list[np.ndarray]) -> torch.Tensor:
    """Return pictures (H,W,3) uint8 as one tensor (B,3,H,W) in [-1,1]."""
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1


def write_chunk(chunk: Chunk, file: Path) -> None:
    """Write `chunk`; the file is there only when it is complete."""
    partial = file.with_suffix(".partial")
    # safetensors writes the memory as it lies, and networks may leave it in another order than that of the shape.
    save_file({name: np.ascontiguousarray(plane) for name, plane in chunk.items()}, partial)
    partial.replace(file)


def produce(
    folder: Path,
    recipe: Recipe,
    producer: int,
    producers: int,
    oldest: Synchronized,
    newest: Synchronized,
    progress: Callable[[int], float],
    stop: Event,
) -> None:
    """Write every `producers`-th chunk into `folder` while `is_wanted(stop)`, a few more than the training needs.

    An error is left in `failure_file`, for the training to raise.

    `recipe`: how chunks are made.
    `producer`: number of this process, which makes the chunks with this remainder.
    `producers`: number of such processes.
    `oldest`, `newest`: numbers of the first and last chunk that the training needs now.
    `progress`: returns the progress of the training, 0..1, at which a chunk is first used.
    `stop`: set by the trainer to end.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all processes, but ends the training in good order
    try:
        torch.set_num_threads(1)
        cv2.setNumThreads(1)
        maker, number = SampleMaker(recipe), producer
        while is_wanted(stop):
            while number < oldest.value:
                number += producers
            if number > newest.value + max(AHEAD, AHEAD_EACH * producers):
                time.sleep(0.1)
                continue
            file = chunk_file(folder, number)
            if not file.exists():
                chunk = maker.make(number, progress(number), lambda: is_wanted(stop))
                if chunk is None:
                    return
                write_chunk(chunk, file)
            number += producers
    except BaseException:
        file = failure_file(folder, producer)
        file.with_suffix(".partial").write_text(traceback.format_exc(), "utf-8")
        file.with_suffix(".partial").replace(file)
        raise
