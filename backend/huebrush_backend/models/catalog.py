"""Catalogue of the models and the folders of their weights. Imports no torch, as the backend's front asks here too."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from huebrush_protocol.locations import data_folder
from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.parameters import SAMPLERS
from huebrush_protocol.texts import Text

from huebrush_backend.models.baseline_folder import BASELINE_PIPELINE, baseline_info
from huebrush_backend.models.block_count import UNET_PREFIX, transformer_block_count
from huebrush_backend.models.demo_words import DEMO_WORDS
from huebrush_backend.models.registration import CLIP_NAME, RECORD_FILE, clip_location, networks_file, read_record
from huebrush_backend.models.settings import read_settings

BUILTIN_MODEL = "demo"
ENHANCEMENTS_OF_PIPELINES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ColorizePipeline": ("background",),
        "ColorizePipelineV15": ("background", "foreground"),
        "ColorizePipelineV2": ("background", "foreground", "style"),
    }
)
"""Classes of our own saved pipelines (`pipeline.loading`), and the enhancements of each."""
ENHANCEMENTS_OF_FAMILIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "colorize-diffusion-v1": ENHANCEMENTS_OF_PIPELINES["ColorizePipeline"],
        "colorize-diffusion-v1.5": ENHANCEMENTS_OF_PIPELINES["ColorizePipelineV15"],
        "colorize-diffusion-v2": ENHANCEMENTS_OF_PIPELINES["ColorizePipelineV2"],
    }
)
"""Enhancements by the family of a released file (`checkpoints.families`)."""
MODELS_VARIABLE = "HUEBRUSH_MODELS"
"""Environment variable that names the models folder; it overrides all other settings."""


@dataclass(frozen=True)
class ModelEntry:
    """A model and the folder of its weights: a diffusers folder, or a released single file with its record."""

    info: ModelInfo
    folder: Path


class UnknownModelError(LookupError):
    """A model name that does not exist; the message and `names` list the existing names."""

    def __init__(self, name: str, names: str) -> None:
        super().__init__(f"There is no model {name!r}; there are: {names}.")
        self.names = names


def builtin_folder() -> Path:
    """Return the folder of the built-in model's weights."""
    return Path(__file__).parent.parent / "weights" / BUILTIN_MODEL


def default_models_folder() -> Path:
    """Return the folder whose subfolders are the user's own models.

    It is `$HUEBRUSH_MODELS`, otherwise the folder the user chose (`huebrush models folder`), otherwise a folder in the
    user's data folder.
    """
    chosen = os.environ.get(MODELS_VARIABLE) or read_settings().models_folder
    return Path(chosen) if chosen else data_folder() / "models"


def list_entries(models_folder: Path | None = None) -> list[ModelEntry]:
    """Return the built-in model, then the user's own in `models_folder`, by name.

    The user's own are diffusers folders of our pipeline, released single files that were added, and baselines.
    """
    folder = models_folder or default_models_folder()
    own = [_folder_entry(index) for index in folder.glob("*/model_index.json")]
    own += [_record_entry(record.parent) for record in folder.glob(f"*/{RECORD_FILE}")]
    found = [entry for entry in own if entry is not None]
    return [_builtin_entry(), *sorted(found, key=lambda entry: entry.info.name)]


def list_models(models_folder: Path | None = None) -> tuple[ModelInfo, ...]:
    """Return all models to choose from."""
    return tuple(entry.info for entry in list_entries(models_folder))


def find_model(name: str, models_folder: Path | None = None) -> ModelEntry:
    """Return the model called `name`. Raises UnknownModelError."""
    entries = list_entries(models_folder)
    for entry in entries:
        if entry.info.name == name:
            return entry
    raise UnknownModelError(name, ", ".join(entry.info.name for entry in entries))


def weights_sha256(folder: Path) -> str:
    """Return one SHA-256 over the names, contents and sizes of all files of a model folder, in the order of names.

    For a released single file it is the hash of the file itself, computed when it was added; for a LoRA it is a hash of
    both files' hashes and the strength.
    """
    if (record := read_record(folder)) is not None:
        if not record.is_lora:
            return record.sha256
        return hashlib.sha256(f"{record.parent_sha256} {record.sha256} {record.strength}".encode()).hexdigest()
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0")
        with file.open("rb") as stream:
            while block := stream.read(2**20):
                digest.update(block)
        digest.update(file.stat().st_size.to_bytes(8, "little"))
    return digest.hexdigest()


def _builtin_entry() -> ModelEntry:
    folder = builtin_folder()
    index = _read_index(folder)
    available = (folder / "model_index.json").exists()
    remedy = "" if available else Text.of("model.builtin_missing")
    info = ModelInfo(
        name=BUILTIN_MODEL,
        title="Built-in (small)",
        family="demo",
        licence="GPL-3.0-or-later",
        available=available,
        builtin=True,
        remedy="" if available else remedy,
        native_size=256,
        enhancements=ENHANCEMENTS_OF_PIPELINES["ColorizePipeline"],
        samplers=_samplers(folder),
        blocks=_folder_blocks(folder),
        vocabulary=DEMO_WORDS,
        reference_guidance=_guidance(index, "reference_guidance", ModelInfo.reference_guidance),
        sketch_guidance=_guidance(index, "sketch_guidance", ModelInfo.sketch_guidance),
    )
    return ModelEntry(info, folder)


def _folder_entry(index: Path) -> ModelEntry | None:
    settings = _read_index(index.parent)
    if settings.get("_class_name") == BASELINE_PIPELINE:
        return ModelEntry(baseline_info(index.parent), index.parent)
    if settings.get("_class_name") not in ENHANCEMENTS_OF_PIPELINES:
        return None
    name = index.parent.name
    info = ModelInfo(
        name=name,
        title=name,
        family="colorize-diffusion",
        licence=str(settings.get("licence", "unknown: see where the weights come from")),
        available=True,
        native_size=int(settings.get("native_size", 512)),
        enhancements=ENHANCEMENTS_OF_PIPELINES[settings["_class_name"]],
        samplers=_samplers(index.parent),
        blocks=_folder_blocks(index.parent),
        reference_guidance=_guidance(settings, "reference_guidance", ModelInfo.reference_guidance),
        sketch_guidance=_guidance(settings, "sketch_guidance", ModelInfo.sketch_guidance),
    )
    return ModelEntry(info, index.parent)


def _record_entry(folder: Path) -> ModelEntry | None:
    record = read_record(folder)
    if record is None:
        return None
    remedy, networks = "", networks_file(folder, record)
    if not (folder / record.file).is_file():
        remedy = Text.of("model.file_gone", file=record.file, folder=str(folder))
    elif networks is None:
        remedy = Text.of("model.parent_gone", parent=record.parent, name=folder.name)
    elif clip_location(folder.parent) is None:
        remedy = Text.of("model.needs_clip", clip=CLIP_NAME)
    info = ModelInfo(
        name=folder.name,
        title=record.title if record.strength in (None, 1.0) else f"{record.title}, strength {record.strength:g}",
        family=record.family,
        licence=record.licence,
        available=not remedy,
        remedy=remedy,
        native_size=record.native_size,
        enhancements=ENHANCEMENTS_OF_FAMILIES.get(record.family, ()),
        blocks=0 if networks is None else transformer_block_count([networks], UNET_PREFIX),
    )
    return ModelEntry(info, folder)


def _read_index(folder: Path) -> dict[str, Any]:
    """Return the settings of the pipeline saved in `folder`; empty if they cannot be read."""
    try:
        settings = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return settings if isinstance(settings, dict) else {}


def _guidance(settings: Mapping[str, Any], name: str, usual: float) -> float:
    """Return a guidance that suits a saved pipeline; an old one without the setting was of the released models."""
    value = settings.get(name)
    return float(value) if isinstance(value, (int, float)) else usual


def _folder_blocks(folder: Path) -> int:
    return transformer_block_count(sorted((folder / "unet").glob("*.safetensors")))


def _samplers(folder: Path) -> tuple[str, ...]:
    """Return the samplers that suit a diffusers folder: all, without PNDM for networks that predict the picture."""
    try:
        settings = json.loads((folder / "scheduler" / "scheduler_config.json").read_text("utf-8"))
        predicts_picture = settings["prediction_type"] == "sample"
    except (OSError, ValueError, KeyError, TypeError):
        return SAMPLERS
    return tuple(name for name in SAMPLERS if name != "pndm") if predicts_picture else SAMPLERS
