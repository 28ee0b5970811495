"""Folder of a baseline among the models: a pipeline saved by diffusers, with IP-Adapter beside it. Imports no torch.

models/anything/model_index.json                       of diffusers' StableDiffusionControlNetPipeline
models/anything/unet, controlnet, image_encoder, …     its parts
models/anything/ip_adapter/ip_adapter.safetensors      IP-Adapter, which diffusers does not save with a pipeline
"""

from __future__ import annotations

from pathlib import Path

from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.small_files import SmallFileError, read_json_map
from huebrush_protocol.texts import Text

BASELINE_FAMILY = "controlnet-ip-adapter"
BASELINE_PIPELINE = "StableDiffusionControlNetPipeline"
BASELINE_LICENCE = "of its parts; Stable Diffusion 1.5 and most models out of it: CreativeML OpenRAIL-M"
BASELINE_SAMPLERS = ("dpm", "ddim", "euler", "lms", "pndm")
"""diffusers' own samplers (`pipeline.schedulers`); its pipeline supports no others."""
BASELINE_GUIDANCE = 7.5
"""Default of diffusers for Stable Diffusion 1.5."""
IP_ADAPTER_FOLDER = "ip_adapter"
IP_ADAPTER_FILE = "ip_adapter.safetensors"
_IMAGE_ENCODER = Path("image_encoder", "config.json")
_UNET = Path("unet", "config.json")
_PIXELS_PER_LATENT = 8


def baseline_info(folder: Path) -> ModelInfo:
    """Return the catalogue's entry for the baseline in `folder`."""
    needed = (Path(IP_ADAPTER_FOLDER, IP_ADAPTER_FILE), _IMAGE_ENCODER, _UNET)
    missing = [path.as_posix() for path in needed if not (folder / path).is_file()]
    remedy = Text.of("model.parts_missing", files=", ".join(missing)) if missing else ""
    return ModelInfo(
        name=folder.name,
        title=f"{folder.name} (ControlNet and IP-Adapter)",
        family=BASELINE_FAMILY,
        licence=BASELINE_LICENCE,
        available=not missing,
        remedy=remedy,
        native_size=_native_size(folder),
        controls=(),
        samplers=BASELINE_SAMPLERS,
        reference_guidance=BASELINE_GUIDANCE,
    )


def _native_size(folder: Path) -> int:
    """Return the picture side in pixels that the UNet's configuration names, or that of Stable Diffusion 1.5."""
    try:
        latent_size = read_json_map(folder / _UNET).get("sample_size")
    except (FileNotFoundError, SmallFileError):
        latent_size = None
    return _PIXELS_PER_LATENT * latent_size if isinstance(latent_size, int) else 512
