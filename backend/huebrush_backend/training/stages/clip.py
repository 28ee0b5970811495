"""First stage: a CLIP whose patch tokens know which part they show and in which colour.

Beside the usual contrast of images and captions, every patch learns its part and its colour, and the mean token of a
part is contrasted with a phrase such as "teal hair". This training lets texts move tokens, and helps the UNet to find
the part of the reference that belongs to a position in the line art.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from transformers import CLIPModel, CLIPTokenizer

from huebrush_backend.models.clip import image_tokens, picture_size, squash, text_vectors
from huebrush_backend.synthesis import ALL_PART_CLASSES, PART_CLASSES, Palette, caption
from huebrush_backend.training.data.bank import DRAWING_SIZE, Bank
from huebrush_backend.training.data.cells import part_shares, small_part_weights
from huebrush_backend.training.data.samples import drawn_by_others, varied_picture
from huebrush_backend.training.moment import Moment
from huebrush_backend.training.stages.attention import attend_explicitly
from huebrush_backend.training.strategies.options import Strategies
from huebrush_backend.training.strategies.placement import place
from huebrush_backend.training.strategies.reference_picture import photograph_some

if TYPE_CHECKING:
    from huebrush_backend.drawings.sources import PairSource

PHRASES_PER_PICTURE = 3


@dataclass(frozen=True)
class ClipBatch:
    """Pictures with captions and phrases.

    `pictures`: (B,H,W,3) uint8.
    `parts`: share of each part in each patch, (B,N,classes).
    `colors`: colour of each patch in [-1,1], (B,N,3).
    `weights`: weight of each patch, 1 on average, (B,N).
    `named`: whether the parts of a picture are part classes, (B,) bool; false for pictures by others.
    `captions`: caption of each named picture, in order.
    `phrases`: names of parts, such as "teal hair".
    `owners`: picture and part class of each phrase, (P,2).
    """

    pictures: torch.Tensor
    parts: torch.Tensor
    colors: torch.Tensor
    weights: torch.Tensor
    named: torch.Tensor
    captions: list[str]
    phrases: list[str]
    owners: torch.Tensor


def part_phrase(palette: Palette, part: int) -> str:
    """Return the words of a text edit for one part, such as "teal hair"."""
    return f"{palette.names[part]} {ALL_PART_CLASSES[part]}"


def clip_batch(
    bank: Bank,
    grid: int,
    generators: Sequence[np.random.Generator],
    strategies: Strategies,
    others: PairSource | None = None,
    others_share: float = 0.0,
) -> ClipBatch:
    """Make a batch with a picture for each of `generators`.

    `bank`: drawings.
    `grid`: patches a side.
    `generators`: one for each picture.
    `strategies`: whether pictures are placed like references, and how, and how many look like photographs.
    `others`: pictures by others, which have colours, but neither names of parts nor captions.
    `others_share`: share of the batch that shows them.
    """
    pictures, parts, colors, weights, captions, phrases, owners = [], [], [], [], [], [], []
    named = []
    for row, rng in enumerate(generators):
        named.append(others is None or rng.random() >= others_share)
        if others is not None and not named[row]:
            drawn = drawn_by_others(others, rng, DRAWING_SIZE)
            picture, labels = _moved(drawn.reference, drawn.reference_labels, strategies, rng)
            share = part_shares(labels, grid, len(drawn.colors))
            pictures.append(photograph_some(picture, strategies, rng))
            parts.append(np.zeros((grid * grid, bank.classes), np.float32))
            colors.append(_patch_colors(picture, share, drawn.colors))
            weights.append(small_part_weights(share))
            continue
        index = int(rng.integers(len(bank)))
        drawing, palette = bank.drawing(index), bank.palettes[rng.integers(len(bank.palettes))]
        picture = varied_picture(drawing, palette, rng)
        picture, labels = _moved(picture, drawing.labels, strategies, rng)
        share = part_shares(labels, grid, bank.classes)
        pictures.append(picture)
        parts.append(share)
        colors.append(share @ palette.colors.astype(np.float32) / 127.5 - 1)
        weights.append(small_part_weights(share))
        captions.append(caption(drawing, palette, rng))
        visible = np.flatnonzero(share.sum(axis=0) > 1.5)
        for part in rng.choice(visible, min(PHRASES_PER_PICTURE, len(visible)), replace=False):
            phrases.append(part_phrase(palette, int(part)))
            owners.append((row, int(part)))
        pictures[row] = photograph_some(picture, strategies, rng)
    return ClipBatch(
        pictures=torch.from_numpy(np.stack(pictures)),
        parts=torch.from_numpy(np.stack(parts)),
        colors=torch.from_numpy(np.stack(colors)),
        weights=torch.from_numpy(np.stack(weights)),
        named=torch.tensor(named, dtype=torch.bool),
        captions=captions,
        phrases=phrases,
        owners=torch.tensor(owners, dtype=torch.long).reshape(-1, 2),
    )


def _patch_colors(picture: np.ndarray, share: np.ndarray, colors: np.ndarray) -> np.ndarray:
    """Return the colour of each patch in [-1,1], (N,3): of its parts, and where these are unknown of the picture."""
    side = round(len(share) ** 0.5)
    seen = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA).reshape(-1, 3).astype(np.float32)
    known = share.sum(axis=1, keepdims=True, dtype=np.float32)
    return (share @ colors.astype(np.float32) + (1 - known) * seen) / np.float32(127.5) - 1


def _moved(
    picture: np.ndarray, labels: np.ndarray, strategies: Strategies, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    if strategies.clip_placement:
        return place(picture, labels, strategies, rng)
    return _move_both(picture, labels, rng)


def _move_both(picture: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    size = picture.shape[0]
    matrix = cv2.getRotationMatrix2D((size / 2, size / 2), float(rng.normal(0, 6)), float(rng.uniform(0.75, 1.25)))
    matrix[:, 2] += rng.normal(0, 0.05 * size, 2)
    if rng.random() < 0.5:
        matrix = matrix @ np.array([[-1, 0, size - 1], [0, 1, 0], [0, 0, 1]], dtype=np.float64)
    options = {"dsize": (size, size), "borderMode": cv2.BORDER_REPLICATE}
    return (
        cv2.warpAffine(picture, matrix, flags=cv2.INTER_LINEAR, **options),
        cv2.warpAffine(labels, matrix, flags=cv2.INTER_NEAREST, **options),
    )


class ClipTrainer(nn.Module):
    """CLIP with heads that only training needs. Computes the loss of a batch and numbers to report."""

    def __init__(
        self, clip: CLIPModel, tokenizer: CLIPTokenizer, token_size: int, classes: int = len(PART_CLASSES)
    ) -> None:
        super().__init__()
        self.clip, self.tokenizer = clip, tokenizer
        self.part_head = nn.Linear(token_size, classes)
        self.colour_head = nn.Linear(token_size, 3)
        self.phrase_scale = nn.Parameter(torch.tensor(2.5))
        attend_explicitly(clip)

    def patch_colors(self, pictures: torch.Tensor) -> torch.Tensor:
        """Predict the colour (B,N,3) in [-1,1] of each patch of `pictures` (B,H,W,3) uint8."""
        return self.colour_head(self._tokens(pictures)[:, 1:]).float()

    def _tokens(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return the tokens of `pictures` (B,H,W,3) uint8."""
        pixels = pictures.to(self.phrase_scale.device).permute(0, 3, 1, 2).float() / 127.5 - 1
        return image_tokens(self.clip, squash(pixels, picture_size(self.clip)))  # pyright: ignore[reportArgumentType]

    def forward(self, batch: ClipBatch, moment: Moment | None = None) -> tuple[torch.Tensor, dict[str, float]]:
        device = self.phrase_scale.device
        parts, colors, weights, owners, named = (
            plane.to(device) for plane in (batch.parts, batch.colors, batch.weights, batch.owners, batch.named)
        )
        tokens = self._tokens(batch.pictures).float()
        patches = tokens[:, 1:]

        part_logits = self.part_head(patches)
        part_loss = -((parts * part_logits.log_softmax(dim=-1)).sum(dim=-1) * weights).mean()
        color_errors = F.smooth_l1_loss(self.colour_head(patches), colors, beta=0.1, reduction="none")
        colour_loss = (color_errors.mean(dim=-1) * weights).mean()

        words, vectors = batch.captions + batch.phrases, tokens.new_zeros(0, tokens.shape[-1])
        if words:
            vectors = text_vectors(self.clip, self.tokenizer, words).float()[:, 0]  # pyright: ignore[reportArgumentType]
        caption_vectors, phrase_vectors = vectors.split([len(batch.captions), len(batch.phrases)])
        caption_loss = _contrast(tokens[named, 0], caption_vectors, batch.captions, self.clip.logit_scale)
        share = parts[owners[:, 0], :, owners[:, 1]]
        pooled = (share.unsqueeze(-1) * patches[owners[:, 0]]).sum(dim=1)
        phrase_loss = _contrast(pooled, phrase_vectors, batch.phrases, self.phrase_scale)

        is_named = named.float()[:, None]
        right = (part_logits.argmax(dim=-1) == parts.argmax(dim=-1)) * is_named / is_named.mean().clamp(min=1e-3)
        loss = part_loss + 3 * colour_loss + 0.2 * caption_loss + 0.3 * phrase_loss
        return loss, {
            "part_accuracy": float(right.mean()),
            "small_part_accuracy": float((right * weights).mean()),
            "colour_loss": float(colour_loss.detach()),
            "caption_loss": float(caption_loss.detach()),
            "phrase_loss": float(phrase_loss.detach()),
        }


def _contrast(images: torch.Tensor, texts: torch.Tensor, words: list[str], log_scale: torch.Tensor) -> torch.Tensor:
    """Return the symmetric contrastive loss, 0 without words. Rows with the same words count as matches."""
    if not words:
        return images.sum() * 0
    logits = log_scale.exp().clamp(max=50) * F.normalize(images, dim=-1) @ texts.T
    numbers = {text: number for number, text in enumerate(dict.fromkeys(words))}
    ids = torch.tensor([numbers[text] for text in words], device=logits.device)
    same = (ids[:, None] == ids[None, :]).float()
    right = same / same.sum(dim=1, keepdim=True)
    rows = -(right * logits.log_softmax(dim=1)).sum(dim=1).mean()
    columns = -(right * logits.log_softmax(dim=0).T).sum(dim=1).mean()
    return (rows + columns) / 2
