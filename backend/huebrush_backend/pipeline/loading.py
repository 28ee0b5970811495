"""Loading of a saved pipeline onto a device, in the precision that suits it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from huebrush_protocol.texts import Text
from transformers import CLIPTextModelWithProjection

from huebrush_backend.models.devices import weight_dtype
from huebrush_backend.models.memory_plan import MemoryPlan
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.colorize_v2 import ColorizePipelineV2
from huebrush_backend.pipeline.colorize_v15 import ColorizePipelineV15
from huebrush_backend.pipeline.placement import place

_CLASSES = {kind.__name__: kind for kind in (ColorizePipeline, ColorizePipelineV15, ColorizePipelineV2)}


class PipelineFilesError(Exception):
    """A folder of a saved pipeline that lacks files or has damaged ones; the message is a `Text` that says which."""

    @classmethod
    def of_library(cls, folder: Path, error: Exception) -> PipelineFilesError:
        """Return the error that says why a library cannot load `folder`."""
        return cls(Text.of("model.unusable_files", folder=str(folder), reason=Text.about(error)))


def load_pipeline(folder: Path, device: torch.device, plan: MemoryPlan | None = None) -> ColorizePipeline:
    """Return the pipeline saved in `folder`, ready on `device`. Reads only safetensors on this machine.

    `plan` says how to place it; None puts all of it on the device, in the device's own precision. CLIP's text tower is
    loaded only when a text is to be encoded. Raises `PipelineFilesError`, and PyTorch's own errors when memory runs
    out.
    """
    dtype = weight_dtype(device) if plan is None else getattr(torch, plan.precision)
    options: dict[str, Any] = {"local_files_only": True, "use_safetensors": True}
    precisions = {"default": dtype, "vae": torch.float32}
    try:
        pipeline = _class_of(folder).from_pretrained(folder, text_encoder=None, dtype=precisions, **options)
    except (OSError, ValueError, KeyError) as error:
        raise PipelineFilesError.of_library(folder, error) from error
    pipeline.load_text_encoder = lambda: _saved_text_encoder(folder, {"dtype": dtype, **options})
    return pipeline.to(device) if plan is None else place(pipeline, plan, device)


def _saved_text_encoder(folder: Path, options: dict[str, Any]) -> CLIPTextModelWithProjection:
    try:
        return CLIPTextModelWithProjection.from_pretrained(folder / "text_encoder", **options).eval()
    except (OSError, ValueError, KeyError) as error:
        raise PipelineFilesError.of_library(folder / "text_encoder", error) from error


def saved_class(folder: Path) -> str:
    """Return the class name of the pipeline saved in `folder`. Raises `PipelineFilesError`."""
    index = folder / "model_index.json"
    try:
        return str(json.loads(index.read_text("utf-8")).get("_class_name"))
    except (OSError, ValueError, AttributeError) as error:
        raise PipelineFilesError(Text.of("model.unreadable", file=str(index), reason=Text.about(error))) from error


def _class_of(folder: Path) -> type[ColorizePipeline]:
    name = saved_class(folder)
    if name not in _CLASSES:
        text = Text.of("model.other_pipeline", folder=folder.name, found=name, names=", ".join(_CLASSES))
        raise PipelineFilesError(text)
    return _CLASSES[name]
