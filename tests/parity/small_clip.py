"""The vectors' small CLIP, loaded as the full-size one is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import torch
from huebrush_backend.models import open_clip
from huebrush_backend.models.clip import image_tokens, picture_size, squash, text_vectors
from transformers import CLIPTextModelWithProjection, CLIPTokenizer, CLIPVisionModelWithProjection
from vectors import Vectors


def encode_picture(vectors: Vectors, picture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the CLIP input (1,3,S,S) of `picture` (1,3,H,W) in [-1,1], and its tokens (1,1+N,C)."""
    tower = vision_tower(vectors)
    pixels = squash(picture, picture_size(tower))
    return pixels, image_tokens(tower, pixels)


def encode_texts(vectors: Vectors, texts: Sequence[str], skip_last: int = 1) -> torch.Tensor:
    """Return one unit vector (n,1,C) per text."""
    return text_vectors(text_tower(vectors), tokenizer(), texts, skip_last)


@cache
def vision_tower(vectors: Vectors) -> CLIPVisionModelWithProjection:
    """Return the vision tower of `vectors`."""
    return open_clip.vision_tower(vectors.clip_weights(), vectors.clip["vision"]["head_width"])


@cache
def text_tower(vectors: Vectors) -> CLIPTextModelWithProjection:
    """Return the text tower of `vectors`."""
    sizes = vectors.clip["text"]
    return open_clip.text_tower(vectors.clip_weights(), sizes["width"] // sizes["heads"])


@cache
def tokenizer() -> CLIPTokenizer:
    """Return the tokenizer of the full-size CLIP, which is the small one's too."""
    return open_clip.tokenizer()
