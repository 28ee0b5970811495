"""The samples of a fine-tuning: pairs of an artist's pictures, read in advance and encoded by frozen networks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from transformers import CLIPVisionModelWithProjection

from huebrush_backend.drawings.pairs import DrawnPair
from huebrush_backend.drawings.sources import Characters, Mixture, PairSource, Pictures, open_folder
from huebrush_backend.manipulation.reference_tokens import choose_tokens
from huebrush_backend.models.clip import image_tokens, picture_size, squash
from huebrush_backend.training.configuration import ConfigurationError
from huebrush_backend.training.finetuning.loss import TuningBatch
from huebrush_backend.training.randomness import mixed_seed
from huebrush_backend.training.strategies.options import Strategies
from huebrush_backend.training.strategies.reference_picture import vary_reference

FEWEST_PICTURES = 5
STEPS_AHEAD = 2
_PAIRS, _VARIATION = 3, 4
"""Keep random numbers of different purpose apart."""


def open_pictures(folder: Path) -> PairSource:
    """Return the pictures in `folder`. Raises ConfigurationError for too few, and SourceError for none."""
    source = open_folder(folder)
    count = picture_count(source)
    if count < FEWEST_PICTURES:
        raise ConfigurationError(
            f"{folder} has {count} pictures; a fine-tuning needs at least {FEWEST_PICTURES}, and 20 to 100 do better"
        )
    return source


def picture_count(source: PairSource) -> int:
    """Return the number of pictures and drawings in `source`."""
    if isinstance(source, Mixture):
        return sum(picture_count(each) for each in source.sources)
    if isinstance(source, Characters):
        return sum(len(files) for files in source.characters)
    return len(source.files) if isinstance(source, Pictures) else len(source)


class TuningSamples:
    """Makes the pairs of each row of each step, always the same ones for the same seed.

    `source`: pictures.
    `size`: side of the samples in pixels.
    `seed`: seed of the fine-tuning.
    `batch`: rows of a step.
    `steps`: length of the training.
    `readers`: threads that make pairs in advance.
    """

    def __init__(
        self, source: PairSource, size: int, seed: int, batch: int, steps: int, strategies: Strategies, readers: int
    ) -> None:
        self._source, self._size, self._batch, self._steps = source, size, batch, steps
        self._strategies = strategies
        # A seed of SVG drawings' and pictures' pairs must be small enough for all of NumPy's generators.
        self._seed = mixed_seed(seed, _PAIRS) >> 32
        self._pool = ThreadPoolExecutor(readers, thread_name_prefix="pictures")
        self._coming: OrderedDict[tuple[int, int], Future[DrawnPair]] = OrderedDict()

    def pairs(self, step: int, rows: Sequence[int]) -> list[DrawnPair]:
        """Return the pairs of `rows` of `step`, and begin with those that come next. Raises SourceError."""
        wanted = [(step, row) for row in rows]
        for place in [*wanted, *((later, row) for later in range(step + 1, step + 1 + STEPS_AHEAD) for row in rows)]:
            if place not in self._coming and place[0] < max(self._steps, step + 1):
                self._coming[place] = self._pool.submit(self.pair, *place)
        return [self._coming.pop(place).result() for place in wanted]

    def pair(self, step: int, row: int) -> DrawnPair:
        """Return the pair of one row, with what the strategies do to its reference, and its lines in its answer."""
        index = step * self._batch + row
        pair = self._source.pair(self._seed, index, self._size)
        generator = np.random.default_rng([self._seed, _VARIATION, index])
        progress = min(1.0, step / self._steps)
        reference, labels = vary_reference(
            pair.reference, pair.reference_labels, True, self._strategies, progress, generator
        )
        # The answer for an SVG drawing has no lines; released models paint them.
        lines = pair.ink[..., None] if len(pair.colors) else 0.0
        inked = np.rint(pair.target * (1 - lines)).astype(np.uint8)
        return DrawnPair(pair.ink, inked, reference, pair.labels, labels, pair.colors)

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)


class FrozenEncoders:
    """The networks that encode pictures, which no fine-tuning changes."""

    def __init__(self, vae: AutoencoderKL, image_encoder: CLIPVisionModelWithProjection, device: torch.device) -> None:
        self.vae, self.image_encoder = vae.requires_grad_(False), image_encoder.requires_grad_(False)
        for network in (vae, image_encoder):
            torch.nn.Module.to(network, device)

    @torch.no_grad()
    def encode(self, pairs: Sequence[DrawnPair]) -> TuningBatch:
        """Return `pairs` as a batch."""
        device = self.vae.device
        targets, references = (
            torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).to(device).float() / 127.5 - 1
            for pictures in ([pair.target for pair in pairs], [pair.reference for pair in pairs])
        )
        ink = torch.from_numpy(np.stack([pair.ink for pair in pairs])).to(device)
        latents = self.vae.encode(targets).latent_dist.mean * self.vae.config["scaling_factor"]  # pyright: ignore
        pixels = squash(references, picture_size(self.image_encoder)).to(self.image_encoder.dtype)
        tokens = choose_tokens(image_tokens(self.image_encoder, pixels), "local")
        return TuningBatch(ink[:, None] * 2 - 1, latents.float(), tokens.float())


def batches(samples: TuningSamples, encoders: FrozenEncoders) -> Callable:
    """Return a function for `Stage.run` that makes batches of `samples`."""

    def get_batch(step: int, rows: Sequence[int], may_wait: Callable[[], bool]) -> TuningBatch:
        return encoders.encode(samples.pairs(step, rows))

    return get_batch


def sheet_pairs(samples: TuningSamples, count: int) -> Iterator[DrawnPair]:
    """Yield pairs for a sample sheet, of steps that no training reaches."""
    return (samples.pair(SHEET_STEP, row) for row in range(count))


SHEET_STEP = 2**40
