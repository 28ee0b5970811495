"""CLIP ViT-H/14 from a file in OpenCLIP's format or a transformers folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import torch
from huebrush_protocol.texts import Text
from torch import nn
from transformers import CLIPTextModelWithProjection, CLIPVisionModelWithProjection

from huebrush_backend.checkpoints.errors import CheckpointError
from huebrush_backend.checkpoints.files import read_state_dict
from huebrush_backend.checkpoints.single_file import ClipTowers
from huebrush_backend.models import open_clip

Tower = TypeVar("Tower", CLIPVisionModelWithProjection, CLIPTextModelWithProjection)


def load_clip(
    location: Path, dtype: torch.dtype = torch.float32, allow_pickle: bool = False, with_text: bool = True
) -> ClipTowers:
    """Load the CLIP towers in `location`, an OpenCLIP file or a transformers folder, on the CPU.

    `with_text`: also load the text tower, which only edits by text need. `load_text_tower` can load it later.
    Raises CheckpointError, and OSError when the files cannot be read.
    """
    if location.is_dir():
        vision = _transformers_tower(location, CLIPVisionModelWithProjection, dtype)
    else:
        vision = _open_clip_tower(location, open_clip.vision_tower, dtype, allow_pickle)
    text = load_text_tower(location, dtype, allow_pickle) if with_text else None
    return ClipTowers(vision, text, open_clip.tokenizer())


def load_text_tower(
    location: Path, dtype: torch.dtype = torch.float32, allow_pickle: bool = False
) -> CLIPTextModelWithProjection:
    """Load only the text tower in `location`. Arguments and errors as in `load_clip`."""
    if location.is_dir():
        return _transformers_tower(location, CLIPTextModelWithProjection, dtype)
    return _open_clip_tower(location, open_clip.text_tower, dtype, allow_pickle)


def require_fitting(clip: ClipTowers, token_size: int) -> None:
    """Raise CheckpointError unless the tokens of `clip` have the length that the model takes, `token_size`."""
    found = clip.image_encoder.config.projection_dim
    if found != token_size:
        raise CheckpointError(Text.of("clip.tokens", found=found, wanted=token_size))


def _open_clip_tower(
    file: Path, make: Callable[[dict[str, torch.Tensor]], Tower], dtype: torch.dtype, allow_pickle: bool
) -> Tower:
    try:
        tower = make(read_state_dict(file, allow_pickle))
    except open_clip.OpenClipFormatError as error:
        raise CheckpointError(Text.of("clip.no_open_clip", file=file.name, reason=Text.about(error))) from error
    nn.Module.to(tower, dtype)
    return tower


def _transformers_tower(folder: Path, kind: type[Tower], dtype: torch.dtype) -> Tower:
    load: Any = kind.from_pretrained  # its type hint does not know the second result of `output_loading_info`
    try:
        tower, found = load(folder, output_loading_info=True, local_files_only=True, use_safetensors=True, dtype=dtype)
    except (ValueError, KeyError, RuntimeError) as error:
        raise CheckpointError(Text.of("clip.no_folder", folder=str(folder), reason=str(error))) from error
    if found["missing_keys"]:
        names = ", ".join(sorted(found["missing_keys"])[:5])
        raise CheckpointError(Text.of("clip.lacks", folder=str(folder), names=names))
    return tower.eval()
