"""First stage: a CLIP whose patch tokens know which part they show and in which colour.

Beside the usual contrast of images and captions, every patch learns its part and its colour, and the mean token of a
part is contrasted with a phrase such as "teal hair". This training lets texts move tokens, and helps the UNet to find
the part of the reference that belongs to a position in the line art.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from transformers import CLIPModel, CLIPTokenizer

from huebrush_backend.models.clip import image_tokens, squash, text_vectors
from huebrush_backend.models.demo import TOKEN_GRID
from huebrush_backend.synthesis import PART_CLASSES, Palette, caption
from huebrush_backend.training.attention import attend_explicitly
from huebrush_backend.training.bank import Bank
from huebrush_backend.training.cells import part_shares, small_part_weights
from huebrush_backend.training.samples import picture_of

PHRASES_PER_PICTURE = 3


@dataclass(frozen=True)
class ClipBatch:
    """Pictures with captions and phrases.

    `pixels`: CLIP input, (B,3,S,S).
    `parts`: share of each part in each patch, (B,N,classes).
    `colours`: colour of each patch in [-1,1], (B,N,3).
    `weights`: weight of each patch, 1 on average, (B,N).
    `captions`: caption of each picture.
    `phrases`: names of parts, such as "teal hair".
    `owners`: picture and part class of each phrase, (P,2).
    """

    pixels: torch.Tensor
    parts: torch.Tensor
    colours: torch.Tensor
    weights: torch.Tensor
    captions: list[str]
    phrases: list[str]
    owners: torch.Tensor


def part_phrase(palette: Palette, part: int) -> str:
    """Return the words of a text edit for one part, such as "teal hair"."""
    return f"{palette.names[part]} {PART_CLASSES[part]}"


def clip_batches(bank: Bank, size: int, image_size: int, rng: np.random.Generator) -> Iterator[ClipBatch]:
    """Yield batches of `size` pictures for ever."""
    while True:
        pictures, parts, colours, weights, captions, phrases, owners = [], [], [], [], [], [], []
        for row in range(size):
            index = int(rng.integers(len(bank)))
            drawing, palette = bank.drawing(index), bank.palettes[rng.integers(len(bank.palettes))]
            picture, labels = _move_both(picture_of(drawing, palette, rng), drawing.labels, rng)
            share = part_shares(labels, TOKEN_GRID)
            pictures.append(picture)
            parts.append(share)
            colours.append(share @ palette.colors.astype(np.float32) / 127.5 - 1)
            weights.append(small_part_weights(share))
            captions.append(caption(drawing, palette, rng))
            visible = np.flatnonzero(share.sum(axis=0) > 1.5)
            for part in rng.choice(visible, min(PHRASES_PER_PICTURE, len(visible)), replace=False):
                phrases.append(part_phrase(palette, int(part)))
                owners.append((row, int(part)))
        tensor = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1
        yield ClipBatch(
            pixels=squash(tensor, image_size),
            parts=torch.from_numpy(np.stack(parts)),
            colours=torch.from_numpy(np.stack(colours)),
            weights=torch.from_numpy(np.stack(weights)),
            captions=captions,
            phrases=phrases,
            owners=torch.tensor(owners),
        )


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

    def __init__(self, clip: CLIPModel, tokenizer: CLIPTokenizer, token_size: int) -> None:
        super().__init__()
        self.clip, self.tokenizer = clip, tokenizer
        self.part_head = nn.Linear(token_size, len(PART_CLASSES))
        self.colour_head = nn.Linear(token_size, 3)
        self.phrase_scale = nn.Parameter(torch.tensor(2.5))
        attend_explicitly(clip)

    def patch_colours(self, pixels: torch.Tensor) -> torch.Tensor:
        """Predict the colour (B,N,3) in [-1,1] of each patch of CLIP input `pixels` (B,3,S,S)."""
        tokens = image_tokens(self.clip, pixels.to(self.phrase_scale.device))  # pyright: ignore[reportArgumentType]
        return self.colour_head(tokens[:, 1:]).float()

    def forward(self, batch: ClipBatch) -> tuple[torch.Tensor, dict[str, float]]:
        device = self.phrase_scale.device
        parts, colours, weights, owners = (
            plane.to(device) for plane in (batch.parts, batch.colours, batch.weights, batch.owners)
        )
        tokens = image_tokens(self.clip, batch.pixels.to(device)).float()  # pyright: ignore[reportArgumentType]
        patches = tokens[:, 1:]

        part_logits = self.part_head(patches)
        part_loss = -((parts * part_logits.log_softmax(dim=-1)).sum(dim=-1) * weights).mean()
        colour_errors = F.smooth_l1_loss(self.colour_head(patches), colours, beta=0.1, reduction="none")
        colour_loss = (colour_errors.mean(dim=-1) * weights).mean()

        vectors = text_vectors(self.clip, self.tokenizer, batch.captions + batch.phrases).float()[:, 0]  # pyright: ignore[reportArgumentType]
        caption_vectors, phrase_vectors = vectors.split([len(batch.captions), len(batch.phrases)])
        caption_loss = _contrast(tokens[:, 0], caption_vectors, batch.captions, self.clip.logit_scale)
        share = parts[owners[:, 0], :, owners[:, 1]]
        pooled = (share.unsqueeze(-1) * patches[owners[:, 0]]).sum(dim=1)
        phrase_loss = _contrast(pooled, phrase_vectors, batch.phrases, self.phrase_scale)

        right = (part_logits.argmax(dim=-1) == parts.argmax(dim=-1)).float()
        loss = part_loss + 3 * colour_loss + 0.2 * caption_loss + 0.3 * phrase_loss
        return loss, {
            "part_accuracy": float(right.mean()),
            "small_part_accuracy": float((right * weights).mean()),
            "colour_loss": float(colour_loss.detach()),
            "caption_loss": float(caption_loss.detach()),
            "phrase_loss": float(phrase_loss.detach()),
        }


def _contrast(images: torch.Tensor, texts: torch.Tensor, words: list[str], log_scale: torch.Tensor) -> torch.Tensor:
    """Return the symmetric contrastive loss. Rows with the same words count as matches."""
    logits = log_scale.exp().clamp(max=50) * F.normalize(images, dim=-1) @ texts.T
    numbers = {text: number for number, text in enumerate(dict.fromkeys(words))}
    ids = torch.tensor([numbers[text] for text in words], device=logits.device)
    same = (ids[:, None] == ids[None, :]).float()
    right = same / same.sum(dim=1, keepdim=True)
    rows = -(right * logits.log_softmax(dim=1)).sum(dim=1).mean()
    columns = -(right * logits.log_softmax(dim=0).T).sum(dim=1).mean()
    return (rows + columns) / 2
