"""Makes training samples for the UNet while it trains: a separate process draws and encodes pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from multiprocessing.synchronize import Event
from pathlib import Path

import cv2
import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from transformers import CLIPVisionModelWithProjection

from huebrush_backend.models.clip import image_tokens, picture_size, squash
from huebrush_backend.models.demo import TOKEN_GRID
from huebrush_backend.training.data.bank import DRAWING_SIZE, Bank
from huebrush_backend.training.data.cells import central_parts, part_shares, small_part_weights
from huebrush_backend.training.data.samples import random_pair
from huebrush_backend.training.data.stop_with_trainer import is_wanted

CHUNK = 256
"""Default number of samples in a chunk."""
WAITING_CHUNKS = 4
BATCH = 32
FIRST_CHUNKS = 16
REUSE = 4

FULL_SHARE = 16
"""Number that stands for a share of 1: the part fills the token."""

Chunk = dict[str, np.ndarray]
"""Samples by name.

`sketch`: ink coverage, (N,S,S) uint8.
`latent`: scaled latent, (N,C,S/8,S/8) float16.
`tokens`: reference tokens, (N,T,D) float16.
`labels`: part classes of the target, (N,S/8,S/8) uint8.
`weights`: weight of each cell, 1 on average, (N,S/8,S/8) float16.
`reference_parts`: share of each part in each token, of `FULL_SHARE`, (N,T,classes) uint8.
"""


def produce(
    folder: Path,
    weights: Path,
    open_bank: Callable[[], Bank],
    size: int,
    chunk_size: int,
    seed: int,
    device: str,
    stop: Event,
) -> None:
    """Write chunks of samples into `folder` while `is_wanted(stop)`; wait while enough of them lie there.

    `folder`: where the chunks go.
    `weights`: folder with the exported VAE and CLIP.
    `open_bank`: returns the drawings.
    `size`: picture side in pixels.
    `chunk_size`: number of samples in a chunk, a multiple of `BATCH`.
    `seed`: seed of the samples.
    `device`: where the networks run.
    `stop`: set by the trainer to end.
    """
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    bank = open_bank()
    vae = AutoencoderKL.from_pretrained(weights / "vae").eval()
    encoder = CLIPVisionModelWithProjection.from_pretrained(weights / "image_encoder").eval()
    vae.to(device=device)  # pyright: ignore[reportCallIssue]
    encoder.to(device=device)  # pyright: ignore[reportCallIssue]
    rng = np.random.default_rng([seed, size, time.time_ns()])
    number = 0
    while is_wanted(stop):
        if len(list(folder.glob("chunk-*.npz"))) >= WAITING_CHUNKS:
            time.sleep(0.5)
            continue
        parts = []
        for _ in range(chunk_size // BATCH):
            if not is_wanted(stop):
                return
            parts.append(_batch(bank, vae, encoder, size, rng))
        chunk = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
        partial = folder / f"partial-{seed}-{number}.npz"
        np.savez(partial, **chunk)  # pyright: ignore[reportArgumentType]
        partial.rename(folder / f"chunk-{seed}-{number:06d}.npz")
        number += 1


@torch.inference_mode()
def _batch(
    bank, vae: AutoencoderKL, encoder: CLIPVisionModelWithProjection, size: int, rng: np.random.Generator
) -> Chunk:
    pairs = [random_pair(bank, rng) for _ in range(BATCH)]

    def shrink(picture: np.ndarray) -> np.ndarray:
        return picture if size == DRAWING_SIZE else cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)

    ink = np.stack([shrink(pair.ink) for pair in pairs])
    targets = (
        torch.from_numpy(np.stack([shrink(pair.target) for pair in pairs])).permute(0, 3, 1, 2).float() / 127.5 - 1
    )
    references = torch.from_numpy(np.stack([pair.reference for pair in pairs])).permute(0, 3, 1, 2).float() / 127.5 - 1
    places = [part_shares(pair.labels, size // 8) for pair in pairs]
    seen = np.stack([part_shares(pair.reference_labels, TOKEN_GRID) for pair in pairs])
    device = vae.device
    with torch.autocast(device.type, dtype=torch.bfloat16):
        latents = vae.encode(targets.to(device)).latent_dist.mean * vae.config["scaling_factor"]  # pyright: ignore[reportAttributeAccessIssue]
        tokens = image_tokens(encoder, squash(references.to(device), picture_size(encoder)))[:, 1:]
    return {
        "sketch": (np.clip(ink, 0, 1) * 255).astype(np.uint8),
        "latent": latents.half().cpu().numpy(),
        "tokens": tokens.half().cpu().numpy(),
        "labels": np.stack([central_parts(pair.labels, size // 8) for pair in pairs]),
        "weights": np.stack([small_part_weights(place) for place in places]).reshape(BATCH, size // 8, -1).astype("f2"),
        "reference_parts": np.rint(seen * FULL_SHARE).astype(np.uint8),
    }


class Pool:
    """Chunks in memory. New ones replace the oldest; batches are drawn from all of them."""

    def __init__(self, folder: Path, capacity: int, rng: np.random.Generator) -> None:
        self._folder, self._capacity, self._rng = folder, capacity, rng
        self._chunks: list[Chunk] = []

    def refresh(self) -> None:
        """Read at most one waiting chunk."""
        for file in sorted(self._folder.glob("chunk-*.npz"))[:1]:
            with np.load(file) as stored:
                self._chunks.append({key: stored[key] for key in stored.files})
            file.unlink()
            self._chunks = self._chunks[-self._capacity :]

    def batches(self, size: int) -> Iterator[Chunk]:
        """Yield batches of `size` samples for ever; wait for the first chunk.

        Once a few chunks are in memory, a new one is read only after each sample was used about `REUSE` times, so that
        the producers leave processor time to the training.
        """
        since_refresh = 0
        while True:
            if len(self._chunks) < FIRST_CHUNKS or since_refresh >= REUSE * _length(self._chunks[-1]):
                self.refresh()
                since_refresh = 0
            if not self._chunks:
                time.sleep(0.5)
                continue
            for _ in range(8):
                picks = [self._pick() for _ in range(size)]
                since_refresh += size
                yield {key: np.stack([chunk[key][place] for chunk, place in picks]) for key in self._chunks[0]}

    def _pick(self) -> tuple[Chunk, int]:
        chunk = self._chunks[int(self._rng.integers(len(self._chunks)))]
        return chunk, int(self._rng.integers(_length(chunk)))


def _length(chunk: Chunk) -> int:
    return len(chunk["sketch"])
