"""The parts of a baseline, loaded from files and folders on this machine and checked against each other.

The hub is never asked, and only safetensors are read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.models.controlnets.controlnet import ControlNetModel
from diffusers.pipelines.controlnet.pipeline_controlnet import StableDiffusionControlNetPipeline
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from transformers import CLIPVisionModelWithProjection

from huebrush_backend.checkpoints.errors import CheckpointError
from huebrush_backend.checkpoints.files import read_state_dict
from huebrush_backend.checkpoints.stable_diffusion import read_stable_diffusion, stable_diffusion_scheduler
from huebrush_backend.models.open_clip import tokenizer

PRECISION = torch.float16
"""Precision of a saved baseline, whatever the precision of its parts."""
_LOCAL: dict[str, Any] = {"dtype": PRECISION, "local_files_only": True, "use_safetensors": True}


@dataclass(frozen=True)
class BaselineParts:
    """Paths of the parts.

    `checkpoint`: a single file of Stable Diffusion 1.x, or a diffusers folder; `controlnet`: a diffusers folder;
    `ip_adapter`: a file; `image_encoder`: the transformers folder of the CLIP that IP-Adapter was trained with.
    """

    checkpoint: Path
    controlnet: Path
    ip_adapter: Path
    image_encoder: Path


def assemble_baseline(parts: BaselineParts) -> StableDiffusionControlNetPipeline:
    """Make diffusers' pipeline of `parts`. The IP-Adapter is checked but not attached.

    Raises a CheckpointError that names the wrong part, and OSError when a file cannot be read.
    """
    controlnet = _controlnet(parts.controlnet)
    image_encoder = _image_encoder(parts.image_encoder)
    pipeline = _with_controlnet(parts.checkpoint, controlnet, image_encoder)
    _require_fitting_controlnet(parts.controlnet, controlnet.config, pipeline.unet.config)
    _require_fitting_ip_adapter(parts.ip_adapter, pipeline.unet.config["cross_attention_dim"], image_encoder.config)
    return pipeline


def _with_controlnet(
    checkpoint: Path, controlnet: ControlNetModel, image_encoder: CLIPVisionModelWithProjection
) -> StableDiffusionControlNetPipeline:
    if not checkpoint.is_dir():
        networks = read_stable_diffusion(checkpoint, PRECISION)
        components: dict[str, Any] = {
            "unet": networks.unet,
            "vae": networks.vae,
            "text_encoder": networks.text_encoder,
            "tokenizer": tokenizer(),
            "scheduler": stable_diffusion_scheduler(),
        }
    else:
        _require_kind(checkpoint, "model_index.json", "_class_name", "StableDiffusionPipeline", "checkpoint")
        try:
            loaded = StableDiffusionPipeline.from_pretrained(
                checkpoint, safety_checker=None, requires_safety_checker=False, **_options(checkpoint)
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise CheckpointError(f"the checkpoint {checkpoint} cannot be loaded: {error}") from error
        names = ("unet", "vae", "text_encoder", "tokenizer", "scheduler")
        components = {name: loaded.components[name] for name in names}
    return StableDiffusionControlNetPipeline(
        **components,
        controlnet=controlnet,
        image_encoder=image_encoder,
        safety_checker=None,  # pyright: ignore[reportArgumentType]
        feature_extractor=None,  # pyright: ignore[reportArgumentType]
        requires_safety_checker=False,
    )


def _controlnet(folder: Path) -> ControlNetModel:
    _require_kind(folder, "config.json", "_class_name", "ControlNetModel", "ControlNet")
    try:
        return ControlNetModel.from_pretrained(folder, **_options(folder))
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise CheckpointError(f"the ControlNet in {folder} cannot be loaded: {error}") from error


def _image_encoder(folder: Path) -> CLIPVisionModelWithProjection:
    _require_kind(folder, "config.json", "model_type", "clip_vision_model", "image encoder")
    try:
        return CLIPVisionModelWithProjection.from_pretrained(folder, **_options(folder))
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise CheckpointError(f"the image encoder in {folder} cannot be loaded: {error}") from error


def _options(folder: Path) -> dict[str, Any]:
    """Return the loading options for `folder`: the half-precision files if there are no others."""
    files = list(folder.rglob("*.safetensors"))
    is_half = bool(files) and all(file.name.endswith(".fp16.safetensors") for file in files)
    return _LOCAL | ({"variant": "fp16"} if is_half else {})


def _require_kind(folder: Path, description: str, field: str, expected: str, part: str) -> None:
    """Raise CheckpointError unless the `field` of the file `description` in `folder` is `expected`.

    `folder`: folder of the part.
    `description`: name of the JSON file that describes the part.
    `field`: entry of that file to compare.
    `expected`: expected value of the entry.
    `part`: name of the part, for the message.
    """
    if not folder.is_dir():
        raise CheckpointError(f"the {part} must be a folder as diffusers saves it; {folder} is not a folder")
    try:
        found = json.loads((folder / description).read_text("utf-8")).get(field)
    except (OSError, ValueError, AttributeError) as error:
        raise CheckpointError(f"the {part} in {folder} has no {description} that can be read") from error
    if found != expected:
        raise CheckpointError(f"{folder} holds a {found}; the {part} must be a {expected}")


def _require_fitting_controlnet(folder: Path, config: Any, unet: Any) -> None:
    for field in ("cross_attention_dim", "block_out_channels", "in_channels"):
        if _sequence(config[field]) != _sequence(unet[field]):
            raise CheckpointError(
                f"the ControlNet in {folder} is for another kind of model (its {field} is {config[field]}, the "
                f"checkpoint's {unet[field]}). Take one for Stable Diffusion 1.5, such as control_v11p_sd15_lineart."
            )


def _require_fitting_ip_adapter(file: Path, token_size: int, encoder: Any) -> None:
    if not file.is_file():
        raise CheckpointError(f"the IP-Adapter must be a file; {file} is not a file")
    weights = read_state_dict(file)
    advice = "Take ip-adapter_sd15 or ip-adapter-plus_sd15, with the image encoder that is published with them."
    keys = next((weights[key] for key in weights if key.endswith(".to_k_ip.weight")), None)
    if keys is None or not any(key.startswith("image_proj.") for key in weights):
        raise CheckpointError(f"{file.name} is not an IP-Adapter (no keys image_proj.* and ip_adapter.*). {advice}")
    if keys.shape[1] != token_size:
        raise CheckpointError(
            f"{file.name} is an IP-Adapter for another kind of model (tokens of {keys.shape[1]} numbers, the "
            f"checkpoint's have {token_size}). {advice}"
        )
    given = {"image_proj.proj.weight": encoder.projection_dim, "image_proj.proj_in.weight": encoder.hidden_size}
    entry = next((key for key in given if key in weights), None)
    if entry is None:
        raise CheckpointError(f"{file.name} is a kind of IP-Adapter that is not supported. {advice}")
    if weights[entry].shape[1] != given[entry]:
        raise CheckpointError(
            f"{file.name} was made for another image encoder (it takes {weights[entry].shape[1]} numbers, this one "
            f"gives {given[entry]}). {advice}"
        )


def _sequence(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]
