"""Released single files in the models folder: a folder with the file and a record that describes it. Imports no torch.

models/mult-eps-ft/model.json                       the record
models/mult-eps-ft/mult-eps-ft.safetensors          the authors' file, unchanged
models/mine/mine.safetensors                        a LoRA: small changes to the file of its parent, mult-eps-ft
models/clip-vit-h-14/open_clip_model.safetensors    CLIP, which these files do not contain: one for all of them
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import cattrs
from cattrs.errors import CattrsError
from huebrush_protocol.small_files import SmallFileError, read_json_map
from huebrush_protocol.texts import Text

RECORD_FILE = "model.json"
CLIP_NAME = "clip-vit-h-14"
CLIP_FILE = "open_clip_model.safetensors"

_CONVERTER = cattrs.Converter(detailed_validation=False)


@dataclass(frozen=True)
class ModelRecord:
    """Facts about a single file that the catalogue and the loader need without opening it.

    * `file`: its name, beside the record
    * `family`: as in `checkpoints/families.py`
    * `native_size`: picture side in pixels
    * `sha256`: of the whole file
    * `source`: where it was downloaded, if that is known
    * `parent`: name of the model that it was fine-tuned from; "" for any other
    * `parent_sha256`: of the parent's file
    * `strength`: factor of a LoRA, whose other weights are its parent's; None for a file with all weights
    """

    file: str
    family: str
    title: str
    prediction_type: Literal["epsilon", "v_prediction"]
    native_size: int
    licence: str
    sha256: str
    source: str = ""
    parent: str = ""
    parent_sha256: str = ""
    strength: float | None = None

    @property
    def is_lora(self) -> bool:
        """Whether the file holds only changes to its parent's."""
        return self.strength is not None


def read_record(folder: Path) -> ModelRecord | None:
    """Return the record in `folder`, or None if there is no readable one."""
    try:
        return require_record(folder)
    except (FileNotFoundError, SmallFileError):
        return None


def require_record(folder: Path) -> ModelRecord:
    """Return the record in `folder`. Raises FileNotFoundError if there is none, and `SmallFileError`."""
    values = read_json_map(folder / RECORD_FILE)
    try:
        record = _CONVERTER.structure(values, ModelRecord)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, CattrsError) as error:
        raise SmallFileError(Text.of("model.no_record", file=RECORD_FILE)) from error
    names = (record.file, *([record.parent] if record.parent or record.is_lora else []))
    if not all(name and "\0" not in name and Path(name).name == name for name in names):
        raise SmallFileError(Text.of("model.folder_field", field="file, parent"))
    return record


def write_record(folder: Path, record: ModelRecord) -> None:
    """Write `record` into `folder`. Raises OSError."""
    (folder / RECORD_FILE).write_text(json.dumps(asdict(record), indent=2) + "\n", "utf-8")


def networks_file(folder: Path, record: ModelRecord) -> Path | None:
    """Return the file with the networks of the model in `folder`: its own, or its parent's if it is a LoRA.

    Returns None if that file is missing, or if the parent is not the one that the LoRA was made for.
    """
    if record.is_lora:
        folder, child = folder.parent / record.parent, record
        parent = read_record(folder)
        if parent is None or parent.is_lora or parent.sha256 != child.parent_sha256:
            return None
        record = parent
    file = folder / record.file
    return file if file.is_file() else None


def loras_of(name: str, models_folder: Path) -> list[str]:
    """Return the names of the LoRAs in `models_folder` that need the model `name`."""
    records = {file.parent.name: read_record(file.parent) for file in models_folder.glob(f"*/{RECORD_FILE}")}
    return sorted(child for child, record in records.items() if record and record.is_lora and record.parent == name)


def clip_location(models_folder: Path) -> Path | None:
    """Return the CLIP that released files share: an OpenCLIP file or a transformers folder; None if there is none."""
    folder = models_folder / CLIP_NAME
    if (folder / CLIP_FILE).is_file():
        return folder / CLIP_FILE
    return folder if is_transformers_folder(folder) else None


def is_transformers_folder(folder: Path) -> bool:
    """Return whether `folder` has a configuration and safetensors as transformers writes them."""
    return (folder / "config.json").is_file() and any(folder.glob("model*.safetensors"))
