"""Holds the engine's model: loads it by a memory plan, and by a smaller one when memory runs out."""

from __future__ import annotations

import gc
from dataclasses import dataclass

import torch
from huebrush_protocol.texts import Text

from huebrush_backend.checkpoints.component_sizes import component_parameters
from huebrush_backend.checkpoints.errors import CheckpointError
from huebrush_backend.checkpoints.installed import is_baseline, load_model
from huebrush_backend.engine.request import EngineError
from huebrush_backend.models.catalog import ModelEntry, weights_sha256
from huebrush_backend.models.devices import device_kind, device_memory, suitable_precision
from huebrush_backend.models.memory_plan import MemoryPlan, choose_plan, memory_plans, smaller_plan
from huebrush_backend.pipeline.colorization_pipeline import ColorizationPipeline
from huebrush_backend.pipeline.encoding_cache import EncodingCache
from huebrush_backend.pipeline.loading import PipelineFilesError
from huebrush_backend.pipeline.preview import LatentPreview


@dataclass(frozen=True)
class LoadedModel:
    """A model that is ready to paint, with the preview of its latents and its memory plan."""

    entry: ModelEntry
    pipeline: ColorizationPipeline
    preview: LatentPreview
    sha256: str
    plan: MemoryPlan


class ModelHolder:
    """Keeps the last model loaded on `device`."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._loaded: LoadedModel | None = None
        self._plans: tuple[MemoryPlan, ...] = ()
        self._plan: MemoryPlan | None = None
        self._planned_for: ModelEntry | None = None

    def load(self, entry: ModelEntry) -> LoadedModel:
        """Return the model of `entry`, loaded. Raises EngineError, and PyTorch's errors when memory runs out."""
        if self._loaded is not None and self._loaded.entry == entry:
            return self._loaded
        if self._loaded is not None:
            self.forget()
        try:
            plan = self._plan_for(entry)
            pipeline = load_model(entry.folder, self._device, plan)
        except PipelineFilesError as error:
            model = entry.info.name
            raise EngineError.of("model.not_loaded", "model_missing", model=model, reason=Text.about(error)) from error
        pipeline.encodings = EncodingCache()  # dropped together with the model
        self._loaded = LoadedModel(entry, pipeline, LatentPreview(pipeline.vae), weights_sha256(entry.folder), plan)
        return self._loaded

    def forget(self) -> None:
        """Drop the model and everything that was computed with it."""
        self._loaded = None
        gc.collect()
        if self._device.type == "cuda":
            torch.cuda.empty_cache()

    def shrink(self) -> MemoryPlan | None:
        """Drop the model, and return the next smaller plan, which `load` uses from now on; None if there is none."""
        self.forget()
        smaller = None if self._plan is None else smaller_plan(self._plans, self._plan)
        self._plan = smaller or self._plan
        return smaller

    def _plan_for(self, entry: ModelEntry) -> MemoryPlan:
        if self._plan is None or self._planned_for != entry:
            self._plans = plans_for(entry, self._device)
            self._plan = choose_plan(self._plans, device_memory(self._device))
            self._planned_for = entry
        return self._plan


def plans_for(entry: ModelEntry, device: torch.device) -> tuple[MemoryPlan, ...]:
    """Return the memory plans of a model on `device`, the fastest first; the baseline has one.

    Raises PipelineFilesError if its files cannot be read.
    """
    try:
        parameters = component_parameters(entry.folder)
    except (CheckpointError, OSError) as error:
        raise PipelineFilesError(Text.about(error)) from error
    side = entry.info.native_size
    if is_baseline(entry.folder):
        return memory_plans(parameters, device_kind(device), (side, side), edits=True)[:1]
    precision = suitable_precision(device, parameters.get("unet", 0))
    return memory_plans(parameters, device_kind(device), (side, side), precision=precision)
