"""Counts the parameters of each network of a model from the files' headers, without loading weights."""

from __future__ import annotations

from collections import Counter
from math import prod
from pathlib import Path

from huebrush_protocol.texts import Text
from safetensors import SafetensorError, safe_open

from huebrush_backend.checkpoints.errors import DamagedFileError
from huebrush_backend.checkpoints.families import (
    BACKGROUND_ENCODER_PREFIX,
    RECOVERY_TRANSFORMER_PREFIX,
    SKETCH_ENCODER_PREFIX,
    STYLE_ENCODER_PREFIX,
    THRESHOLD_EMBEDDING_PREFIX,
    UNET_PREFIX,
    VAE_PREFIX,
)
from huebrush_backend.models.registration import clip_location, networks_file, read_record

_RELEASED = {
    UNET_PREFIX: "unet",
    VAE_PREFIX: "vae",
    SKETCH_ENCODER_PREFIX: "sketch_encoder",
    RECOVERY_TRANSFORMER_PREFIX: "recovery_transformer",
    THRESHOLD_EMBEDDING_PREFIX: "threshold_embedding",
    BACKGROUND_ENCODER_PREFIX: "background_encoder",
    STYLE_ENCODER_PREFIX: "style_encoder",
}
_PICTURES = ("visual.", "vision_model.", "visual_projection.")
"""Beginnings of the names of CLIP's vision tower, in OpenCLIP's format and in transformers'."""


def component_parameters(folder: Path) -> dict[str, int]:
    """Count the parameters of each network of the model in `folder` (a released file, or a diffusers folder).

    For a released file, CLIP is counted too if it is installed. Additions to the UNet's layers, such as LoRA, count as
    part of the UNet. Raises OSError, and DamagedFileError for a file that is not safetensors.
    """
    record = read_record(folder)
    if record is None:
        files = sorted(folder.glob("*/*.safetensors"))
        found = Counter()
        for file in files:
            found[file.parent.name] += sum(_tensor_sizes(file).values())
        return dict(found)
    found: Counter[str] = Counter()
    for key, size in _tensor_sizes(networks_file(folder, record) or folder / record.file).items():
        component = next((name for prefix, name in _RELEASED.items() if key.startswith(prefix)), None)
        if component is not None:
            found[component] += size
    clip = clip_location(folder.parent)
    for file in [] if clip is None else sorted(clip.glob("model*.safetensors")) if clip.is_dir() else [clip]:
        for key, size in _tensor_sizes(file).items():
            found["image_encoder" if key.startswith(_PICTURES) else "text_encoder"] += size
    return dict(found)


def _tensor_sizes(file: Path) -> dict[str, int]:
    try:
        with safe_open(file, framework="pt") as tensors:
            return {key: prod(tensors.get_slice(key).get_shape()) for key in tensors.keys()}  # noqa: SIM118  no mapping
    except SafetensorError as error:
        raise DamagedFileError(Text.of("checkpoint.damaged", file=file.name, reason=str(error))) from error
