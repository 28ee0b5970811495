"""Loading of a baseline's folder onto a device, in the precision that suits it."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers.pipelines.controlnet.pipeline_controlnet import StableDiffusionControlNetPipeline
from huebrush_protocol.texts import Text
from safetensors import SafetensorError

from huebrush_backend.models.baseline_folder import IP_ADAPTER_FILE, IP_ADAPTER_FOLDER
from huebrush_backend.models.devices import weight_dtype
from huebrush_backend.pipeline.baseline import BaselinePipeline
from huebrush_backend.pipeline.loading import PipelineFilesError


def load_baseline(folder: Path, device: torch.device) -> BaselinePipeline:
    """Return the baseline saved in `folder` (see `models.baseline_folder`), ready on `device`; reads only safetensors.

    Raises `PipelineFilesError`, and PyTorch's own errors when memory runs out.
    """
    try:
        pipeline = StableDiffusionControlNetPipeline.from_pretrained(
            folder, dtype=weight_dtype(device), local_files_only=True, use_safetensors=True
        )
    except (OSError, ValueError, KeyError) as error:
        raise PipelineFilesError.of_library(folder, error) from error
    attach_ip_adapter(pipeline, folder)
    return BaselinePipeline(pipeline.to(device))


def attach_ip_adapter(pipeline: StableDiffusionControlNetPipeline, folder: Path) -> None:
    """Load the IP-Adapter in `folder` into `pipeline`. Raises `PipelineFilesError` if it does not fit."""
    if pipeline.image_encoder is None:
        raise PipelineFilesError(Text.of("model.no_image_encoder"))
    try:
        pipeline.load_ip_adapter(
            str(folder),
            subfolder=IP_ADAPTER_FOLDER,
            weight_name=IP_ADAPTER_FILE,
            image_encoder_folder=None,
            local_files_only=True,
        )
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise PipelineFilesError(Text.of("model.unfit_ip_adapter", reason=Text.about(error))) from error
