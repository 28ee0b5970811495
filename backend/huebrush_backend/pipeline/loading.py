"""A saved pipeline onto a device, in the precision that suits it."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from huebrush_backend.models.devices import weight_dtype
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.colorize_v2 import ColorizePipelineV2
from huebrush_backend.pipeline.colorize_v15 import ColorizePipelineV15

_CLASSES = {kind.__name__: kind for kind in (ColorizePipeline, ColorizePipelineV15, ColorizePipelineV2)}


class PipelineFilesError(Exception):
    """The folder of a saved pipeline lacks files or holds damaged ones; the message says what went wrong."""


def load_pipeline(folder: Path, device: torch.device) -> ColorizePipeline:
    """Return the pipeline saved in `folder`, ready on `device`. Reads safetensors from this machine alone.

    Raises `PipelineFilesError`, and what PyTorch raises when memory runs out.
    """
    try:
        pipeline = _class_of(folder).from_pretrained(
            folder, dtype=weight_dtype(device), local_files_only=True, use_safetensors=True
        )
    except (OSError, ValueError, KeyError) as error:
        raise PipelineFilesError(str(error)) from error
    return pipeline.to(device)


def _class_of(folder: Path) -> type[ColorizePipeline]:
    name = json.loads((folder / "model_index.json").read_text("utf-8")).get("_class_name")
    if name not in _CLASSES:
        raise PipelineFilesError(f"{folder.name} holds a {name}, which is none of {', '.join(_CLASSES)}")
    return _CLASSES[name]
