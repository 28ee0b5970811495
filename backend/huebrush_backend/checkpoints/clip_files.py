"""CLIP ViT-H/14 from a file in OpenCLIP's format or a transformers folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import CLIPTextModelWithProjection, CLIPVisionModelWithProjection

from huebrush_backend.checkpoints.errors import CheckpointError
from huebrush_backend.checkpoints.files import read_state_dict
from huebrush_backend.checkpoints.single_file import ClipTowers
from huebrush_backend.models import open_clip


def load_clip(location: Path, dtype: torch.dtype = torch.float32, allow_pickle: bool = False) -> ClipTowers:
    """Return the towers in `location`, an OpenCLIP file or a transformers folder, on the CPU.

    Raises CheckpointError, and OSError when the files cannot be read.
    """
    if location.is_dir():
        return _transformers_towers(location, dtype)
    weights = read_state_dict(location, allow_pickle)
    try:
        vision, text = open_clip.vision_tower(weights), open_clip.text_tower(weights)
    except open_clip.OpenClipFormatError as error:
        raise CheckpointError(f"{location.name} is not CLIP ViT-H/14 in OpenCLIP's format: {error}") from error
    for tower in (vision, text):
        nn.Module.to(tower, dtype)
    return ClipTowers(vision, text, open_clip.tokenizer())


def require_fitting(clip: ClipTowers, token_size: int) -> None:
    """Raise CheckpointError when `clip` gives tokens of another length than the model's `token_size`."""
    found = clip.image_encoder.config.projection_dim
    if found != token_size:
        raise CheckpointError(
            f"The CLIP in the models folder gives tokens of {found} numbers, this model takes {token_size}. "
            "The released models need CLIP ViT-H/14 of LAION-2B."
        )


def _transformers_towers(folder: Path, dtype: torch.dtype) -> ClipTowers:
    towers, missing = [], set()
    for kind in (CLIPVisionModelWithProjection, CLIPTextModelWithProjection):
        load: Any = kind.from_pretrained  # its declared result leaves out what it returns with `output_loading_info`
        try:
            tower, found = load(
                folder, output_loading_info=True, local_files_only=True, use_safetensors=True, dtype=dtype
            )
        except (ValueError, KeyError, RuntimeError) as error:
            raise CheckpointError(f"{folder} is not a transformers folder of CLIP ViT-H/14: {error}") from error
        towers.append(tower.eval())
        missing.update(found["missing_keys"])
    if missing:
        raise CheckpointError(f"The CLIP in {folder} lacks {', '.join(sorted(missing)[:5])}.")
    vision, text = towers
    return ClipTowers(vision, text, open_clip.tokenizer())
