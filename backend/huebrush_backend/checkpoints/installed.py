"""Loads a model of the catalogue, in whichever format its weights lie in the models folder."""

from __future__ import annotations

from pathlib import Path

import torch
from huebrush_protocol.texts import Text

from huebrush_backend.checkpoints.clip_files import load_clip, load_text_tower, require_fitting
from huebrush_backend.checkpoints.errors import CheckpointError
from huebrush_backend.checkpoints.lora_files import merge_lora
from huebrush_backend.checkpoints.single_file import from_single_file
from huebrush_backend.models.baseline_folder import BASELINE_PIPELINE
from huebrush_backend.models.devices import weight_dtype
from huebrush_backend.models.memory_plan import MemoryPlan
from huebrush_backend.models.registration import CLIP_NAME, RECORD_FILE, clip_location, networks_file, read_record
from huebrush_backend.pipeline.colorization_pipeline import ColorizationPipeline
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.loading import PipelineFilesError, load_pipeline, saved_class
from huebrush_backend.pipeline.placement import place


def load_model(folder: Path, device: torch.device, plan: MemoryPlan | None = None) -> ColorizationPipeline:
    """Load the model in `folder`, of any family, ready on `device`.

    `plan`: where its networks go and in which precision. None, and any plan for the baseline: everything on the device
    in the device's own precision. Raises PipelineFilesError, and PyTorch's error when memory runs out.
    """
    if is_baseline(folder):
        from huebrush_backend.pipeline.baseline_loading import load_baseline  # imports much that no other model uses

        return load_baseline(folder, device)
    return load_colorize_pipeline(folder, device, plan)


def is_baseline(folder: Path) -> bool:
    """Return whether the model in `folder` is the baseline. Raises PipelineFilesError."""
    return not (folder / RECORD_FILE).is_file() and saved_class(folder) == BASELINE_PIPELINE


def load_colorize_pipeline(folder: Path, device: torch.device, plan: MemoryPlan | None = None) -> ColorizePipeline:
    """Load the ColorizeDiffusion model in `folder`, a diffusers folder or a single file with its record.

    A single file is mapped into memory and uses the CLIP of the models folder it lies in. A LoRA is its parent's file
    whose weights it changes in memory. CLIP's text tower is loaded when a text is first encoded. Raises the same errors
    as `load_model`, and PipelineFilesError for another family.
    """
    if not (folder / RECORD_FILE).is_file():
        return load_pipeline(folder, device, plan)
    record = read_record(folder)
    if record is None:
        raise PipelineFilesError(Text.of("model.no_record", file=str(folder / RECORD_FILE)))
    file = networks_file(folder, record)
    if file is None:
        raise PipelineFilesError(Text.of("model.weights_gone", name=record.parent or folder.name))
    clip_files = clip_location(folder.parent)
    if clip_files is None:
        raise PipelineFilesError(Text.of("clip.missing", clip=CLIP_NAME))
    dtype = weight_dtype(device) if plan is None else getattr(torch, plan.precision)
    try:
        clip = load_clip(clip_files, dtype, with_text=False)
        pipeline = from_single_file(file, clip, record.prediction_type, dtype)
        if record.strength is not None:
            merge_lora(pipeline.unet, folder / record.file, record.strength)
        require_fitting(clip, pipeline.unet.config["cross_attention_dim"])
    except (CheckpointError, OSError) as error:
        raise PipelineFilesError(Text.about(error)) from error
    pipeline.load_text_encoder = lambda: load_text_tower(clip_files, dtype)
    return pipeline.to(device) if plan is None else place(pipeline, plan, device)
