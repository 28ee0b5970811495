"""Catalogue of the models and the folders of their weights. Imports no torch, as the backend's front asks here too."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from huebrush_protocol import codec
from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.frames import MAX_EDGE
from huebrush_protocol.locations import data_folder
from huebrush_protocol.messages import ModelInfo, Models
from huebrush_protocol.parameters import SAMPLERS
from huebrush_protocol.small_files import SmallFileError, read_json_map
from huebrush_protocol.texts import Text

from huebrush_backend.models.baseline_folder import BASELINE_PIPELINE, baseline_info
from huebrush_backend.models.block_count import UNET_PREFIX, transformer_block_count
from huebrush_backend.models.demo_words import DEMO_WORDS
from huebrush_backend.models.libraries import has_model_libraries, missing_libraries_remedy
from huebrush_backend.models.registration import (
    CLIP_NAME,
    RECORD_FILE,
    clip_location,
    networks_file,
    read_record,
    require_record,
)
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
INDEX_FILE = "model_index.json"
MOST_LISTED = 300
MOST_UNUSABLE = 64
MOST_ENTRY_BYTES = 1500
"""Limits by which the list of models fits into the header of a message."""
LARGEST_GUIDANCE = 1000.0
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

    The user's own are diffusers folders of our pipeline, released single files that were added, and baselines. One
    whose files cannot be read is listed as not available, with the reason in `remedy`; all are where the libraries for
    models are not installed. At most `MOST_LISTED` usable and
    `MOST_UNUSABLE` others are listed.
    """
    try:
        folders = sorted((models_folder or default_models_folder()).iterdir())
    except OSError:  # it does not exist yet, or cannot be read
        folders = []
    own = [entry for folder in folders for entry in _own_entries(folder)]
    usable = [entry for entry in own if entry.info.available]
    unusable = [entry for entry in own if not entry.info.available]
    listed = [*usable[:MOST_LISTED], *unusable[:MOST_UNUSABLE]]
    entries = [_builtin_entry(), *sorted(listed, key=lambda entry: entry.info.name)]
    return entries if has_model_libraries() else [_without_libraries(entry) for entry in entries]


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


def _without_libraries(entry: ModelEntry) -> ModelEntry:
    """Return `entry` as not available for lack of libraries; what else is wrong with it is said first."""
    if not entry.info.available:
        return entry
    return replace(entry, info=replace(entry.info, available=False, remedy=missing_libraries_remedy()))


def _own_entries(folder: Path) -> list[ModelEntry]:
    """Return the models in `folder`, which may hold none of ours. No content of a file makes this fail or wait."""
    readers = {INDEX_FILE: _folder_entry, RECORD_FILE: _record_entry}
    found, faults = [], []
    for name, read in readers.items():
        if not os.path.lexists(folder / name):
            continue
        try:
            _require_text(folder)
            entry = read(folder)
            if entry is not None:
                _require_sendable(entry.info)
                found.append(entry)
        except FileNotFoundError:
            faults.append(Text.of("file.failed", file=name, reason=Text.of("file.not_regular")))
        except SmallFileError as error:
            faults.append(Text.of("file.failed", file=name, reason=Text.about(error)))
    return found or [_unusable_entry(folder, fault) for fault in faults[:1]]


def _unusable_entry(folder: Path, reason: Text) -> ModelEntry:
    name = _shown_name(folder)
    remedy = Text.of("model.folder_bad", folder=str(folder), reason=reason)
    return ModelEntry(ModelInfo(name, name, "unknown", "unknown", available=False, remedy=remedy), folder)


def _shown_name(folder: Path) -> str:
    """Return the name of `folder`; bytes that are no characters become question marks."""
    return folder.name.encode("utf-8", "replace").decode("utf-8")


def _require_text(folder: Path) -> None:
    if _shown_name(folder) != folder.name:
        raise SmallFileError(Text.of("model.folder_name"))


def _require_sendable(info: ModelInfo) -> None:
    """Raise SmallFileError if no message can carry `info`, for example because a title is too long."""
    try:
        size = len(codec.encode(Models((info,)))[0])
    except ProtocolError as error:
        raise SmallFileError(error.message) from error
    if size > MOST_ENTRY_BYTES:
        raise SmallFileError(Text.of("model.folder_field", field="title, licence"))


def _folder_entry(folder: Path) -> ModelEntry | None:
    settings = read_json_map(folder / INDEX_FILE)
    pipeline = settings.get("_class_name")
    if not isinstance(pipeline, str):
        raise SmallFileError(Text.of("model.folder_field", field="_class_name"))
    if pipeline == BASELINE_PIPELINE:
        return ModelEntry(baseline_info(folder), folder)
    if pipeline not in ENHANCEMENTS_OF_PIPELINES:
        return None
    name = folder.name
    native_size = settings.get("native_size", 512)
    if not isinstance(native_size, int) or not 1 <= native_size <= MAX_EDGE:
        raise SmallFileError(Text.of("model.folder_field", field="native_size"))
    info = ModelInfo(
        name=name,
        title=name,
        family="colorize-diffusion",
        licence=str(settings.get("licence", "unknown: see where the weights come from")),
        available=True,
        native_size=native_size,
        enhancements=ENHANCEMENTS_OF_PIPELINES[pipeline],
        samplers=_samplers(folder),
        blocks=_folder_blocks(folder),
        reference_guidance=_guidance(settings, "reference_guidance", ModelInfo.reference_guidance),
        sketch_guidance=_guidance(settings, "sketch_guidance", ModelInfo.sketch_guidance),
    )
    return ModelEntry(info, folder)


def _record_entry(folder: Path) -> ModelEntry:
    record = require_record(folder)
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
        return read_json_map(folder / INDEX_FILE)
    except (FileNotFoundError, SmallFileError):
        return {}


def _guidance(settings: Mapping[str, Any], name: str, usual: float) -> float:
    """Return a guidance that suits a saved pipeline; an old one without the setting was of the released models."""
    value = settings.get(name, usual)
    if not isinstance(value, (int, float)) or not abs(value) <= LARGEST_GUIDANCE:
        raise SmallFileError(Text.of("model.folder_field", field=name))
    return float(value)


def _folder_blocks(folder: Path) -> int:
    return transformer_block_count(sorted((folder / "unet").glob("*.safetensors")))


def _samplers(folder: Path) -> tuple[str, ...]:
    """Return the samplers that suit a diffusers folder: all, without PNDM for networks that predict the picture."""
    try:
        settings = read_json_map(folder / "scheduler" / "scheduler_config.json")
    except (FileNotFoundError, SmallFileError):
        return SAMPLERS
    predicts_picture = settings.get("prediction_type") == "sample"
    return tuple(name for name in SAMPLERS if name != "pndm") if predicts_picture else SAMPLERS
