"""First stage: a CLIP whose patch tokens know which part they show and in which colour.

Beside the usual image-caption contrast, every patch is told its part and its colour, and the mean token of a part is
contrasted with a phrase such as "teal hair". That is what makes text able to move tokens, and the UNet quick to find
the part of the reference that a place of the line art needs.
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
from huebrush_backend.synthesis import PART_CLASSES, Palette, caption
from huebrush_backend.training.bank import DRAWING_SIZE, Bank
from huebrush_backend.training.samples import picture_of

GRID = 16
PHRASES_PER_PICTURE = 3


@dataclass(frozen=True)
class ClipBatch:
    """`pixels` (B,3,S,S) CLIP input; `parts` (B,256,classes) share of each part in each patch; `colours` (B,256,3) in
    [-1,1]; `captions`; `phrases` with `owners` (P,2): picture and part class of each phrase."""

    pixels: torch.Tensor
    parts: torch.Tensor
    colours: torch.Tensor
    captions: list[str]
    phrases: list[str]
    owners: torch.Tensor


def part_phrase(palette: Palette, part: int) -> str:
    """Return what a text edit would call one part, such as "teal hair"."""
    return f"{palette.names[part]} {PART_CLASSES[part]}"


def clip_batches(bank: Bank, size: int, image_size: int, rng: np.random.Generator) -> Iterator[ClipBatch]:
    """Yield batches of `size` pictures for ever."""
    samples_a_side = 4
    step = DRAWING_SIZE // (GRID * samples_a_side)
    eye = np.eye(len(PART_CLASSES), dtype=np.float32)
    while True:
        pictures, parts, colours, captions, phrases, owners = [], [], [], [], [], []
        for row in range(size):
            index = int(rng.integers(len(bank)))
            drawing, palette = bank.drawing(index), bank.palettes[rng.integers(len(bank.palettes))]
            picture, labels = _move_both(picture_of(drawing, palette, rng), drawing.labels, rng)
            sampled = labels[step // 2 :: step, step // 2 :: step]
            cells = (
                sampled.reshape(GRID, samples_a_side, GRID, samples_a_side)
                .transpose(0, 2, 1, 3)
                .reshape(GRID * GRID, -1)
            )
            share = eye[cells].mean(axis=1)
            pictures.append(picture)
            parts.append(share)
            colours.append(palette.colors[cells].mean(axis=1) / 127.5 - 1)
            captions.append(caption(drawing, palette, rng))
            visible = np.flatnonzero(share.sum(axis=0) > 1.5)
            for part in rng.choice(visible, min(PHRASES_PER_PICTURE, len(visible)), replace=False):
                phrases.append(part_phrase(palette, int(part)))
                owners.append((row, int(part)))
        tensor = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1
        yield ClipBatch(
            squash(tensor, image_size),
            torch.from_numpy(np.stack(parts)),
            torch.from_numpy(np.stack(colours)).float(),
            captions,
            phrases,
            torch.tensor(owners),
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
    """CLIP with the heads that only training needs; calling it gives the loss of a batch and numbers to report."""

    def __init__(self, clip: CLIPModel, tokenizer: CLIPTokenizer, token_size: int) -> None:
        super().__init__()
        self.clip, self.tokenizer = clip, tokenizer
        self.part_head = nn.Linear(token_size, len(PART_CLASSES))
        self.colour_head = nn.Linear(token_size, 3)
        self.phrase_scale = nn.Parameter(torch.tensor(2.5))

    def forward(self, batch: ClipBatch) -> tuple[torch.Tensor, dict[str, float]]:
        device = self.phrase_scale.device
        parts, colours, owners = (plane.to(device) for plane in (batch.parts, batch.colours, batch.owners))
        tokens = image_tokens(self.clip, batch.pixels.to(device)).float()  # pyright: ignore[reportArgumentType]
        patches = tokens[:, 1:]

        part_logits = self.part_head(patches)
        part_loss = -(parts * part_logits.log_softmax(dim=-1)).sum(dim=-1).mean()
        colour_loss = F.smooth_l1_loss(self.colour_head(patches), colours, beta=0.1)

        vectors = text_vectors(self.clip, self.tokenizer, batch.captions + batch.phrases).float()[:, 0]  # pyright: ignore[reportArgumentType]
        caption_vectors, phrase_vectors = vectors.split([len(batch.captions), len(batch.phrases)])
        caption_loss = _contrast(tokens[:, 0], caption_vectors, batch.captions, self.clip.logit_scale)
        share = parts[owners[:, 0], :, owners[:, 1]]
        pooled = (share.unsqueeze(-1) * patches[owners[:, 0]]).sum(dim=1)
        phrase_loss = _contrast(pooled, phrase_vectors, batch.phrases, self.phrase_scale)

        accuracy = (part_logits.argmax(dim=-1) == parts.argmax(dim=-1)).float().mean()
        loss = part_loss + 3 * colour_loss + 0.2 * caption_loss + 0.3 * phrase_loss
        return loss, {
            "part_accuracy": float(accuracy),
            "colour_loss": float(colour_loss.detach()),
            "caption_loss": float(caption_loss.detach()),
            "phrase_loss": float(phrase_loss.detach()),
        }


def _contrast(images: torch.Tensor, texts: torch.Tensor, words: list[str], log_scale: torch.Tensor) -> torch.Tensor:
    """Symmetric contrastive loss; rows with the same words count as right for one another."""
    logits = log_scale.exp().clamp(max=50) * F.normalize(images, dim=-1) @ texts.T
    numbers = {text: number for number, text in enumerate(dict.fromkeys(words))}
    ids = torch.tensor([numbers[text] for text in words], device=logits.device)
    same = (ids[:, None] == ids[None, :]).float()
    right = same / same.sum(dim=1, keepdim=True)
    rows = -(right * logits.log_softmax(dim=1)).sum(dim=1).mean()
    columns = -(right * logits.log_softmax(dim=0).T).sum(dim=1).mean()
    return (rows + columns) / 2
