"""CLIP as the reference encoder: pictures to patch tokens, prompts to unit vectors."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from transformers import CLIPModel, CLIPTextModelWithProjection, CLIPTokenizer, CLIPVisionModelWithProjection

CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)


def squash(picture: torch.Tensor, size: int) -> torch.Tensor:
    """Return `picture` (B,3,H,W) in [-1,1] as CLIP's input (B,3,size,size), stretched and normalised by mean and std.

    Bicubic interpolation overshoots without clamping, as in the official models (docs/method.md, "Reference tokens").
    """
    pixels = F.interpolate(picture, (size, size), mode="bicubic", align_corners=True, antialias=True)
    mean = torch.tensor(CLIP_MEAN, dtype=picture.dtype, device=picture.device).view(1, 3, 1, 1)
    std = torch.tensor(CLIP_STD, dtype=picture.dtype, device=picture.device).view(1, 3, 1, 1)
    return ((pixels + 1) / 2 - mean) / std


def image_tokens(encoder: CLIPVisionModelWithProjection | CLIPModel, pixels: torch.Tensor) -> torch.Tensor:
    """Return the projected tokens (B,1+N,D) of CLIP input `pixels`: CLS, then the N patches, not normalised."""
    states = encoder.vision_model(pixel_values=pixels).last_hidden_state
    return encoder.visual_projection(encoder.vision_model.post_layernorm(states))


def picture_size(encoder: CLIPVisionModelWithProjection | CLIPModel) -> int:
    """Return the side, in pixels, of the square pictures that `encoder` takes."""
    config: Any = encoder.config
    return int(getattr(config, "vision_config", config).image_size)


def token_grid(encoder: CLIPVisionModelWithProjection | CLIPModel) -> int:
    """Return the number of tokens a side that `encoder` makes of a picture."""
    config: Any = encoder.config
    return picture_size(encoder) // int(getattr(config, "vision_config", config).patch_size)


def text_vectors(
    encoder: CLIPTextModelWithProjection | CLIPModel,
    tokenizer: CLIPTokenizer,
    prompts: Sequence[str],
    skip_last: int = 1,
) -> torch.Tensor:
    """Return one unit vector (B,1,D) per prompt: the end-of-text token, projected.

    The last `skip_last` blocks of the tower are skipped: 1 in training of the released models (0 for the very first
    ones). HTML character codes in `prompts` are decoded, as in CLIP's training.
    """
    cleaned = [html.unescape(html.unescape(prompt)).strip() for prompt in prompts]
    encoded = tokenizer(
        cleaned, padding="max_length", truncation=True, max_length=tokenizer.model_max_length, return_tensors="pt"
    )
    ids = encoded["input_ids"].to(encoder.device)
    output = encoder.text_model(input_ids=ids, output_hidden_states=True)
    states = encoder.text_model.final_layer_norm(output.hidden_states[-1 - skip_last])
    end = (ids == tokenizer.eos_token_id).int().argmax(dim=-1)
    vectors = encoder.text_projection(states[torch.arange(len(ids), device=ids.device), end])
    return F.normalize(vectors, dim=-1).unsqueeze(1)
