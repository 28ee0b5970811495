"""Puts fine-tuned models into the models folder: a file of the family's own layout, or a LoRA beside its parent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from diffusers.models.modeling_utils import ModelMixin
from safetensors.torch import save_file

from huebrush_backend.checkpoints.adding import place_file, staged
from huebrush_backend.checkpoints.families import prediction_type_of
from huebrush_backend.checkpoints.files import read_state_dict
from huebrush_backend.checkpoints.keys import sketch_encoder_keys, unet_keys
from huebrush_backend.checkpoints.models_folder import file_sha256, require_free_name, require_space
from huebrush_backend.models.registration import ModelRecord, write_record
from huebrush_backend.models.sketch_encoder import SketchEncoder
from huebrush_backend.models.unet import ColorizeUNet


def write_changed(source: Path, unet: ColorizeUNet, sketch_encoder: SketchEncoder, target: Path) -> None:
    """Write the released file `source` to `target` with other weights of `unet` and `sketch_encoder`.

    Names, shapes and precision of all tensors stay those of the file. Raises OSError.
    """
    weights = read_state_dict(source)
    networks: list[tuple[ModelMixin, dict[str, str]]] = [
        (unet, unet_keys(unet.config, unet.state_dict())),
        (sketch_encoder, sketch_encoder_keys(sketch_encoder.state_dict())),
    ]
    for network, names in networks:
        state = network.state_dict()
        for name, key in names.items():
            former = weights[name]
            weights[name] = state[key].detach().to("cpu", former.dtype).reshape(former.shape).contiguous()
    save_file(weights, target, {"format": "pt"})


def add_tuned(
    file: Path, name: str, parent_name: str, parent: ModelRecord, models_folder: Path, strength: float | None
) -> ModelRecord:
    """Move the fine-tuned weights in `file` into `models_folder` as the model `name`; return its record.

    `parent_name`, `parent`: the model that was fine-tuned. The licence is inherited.
    `strength`: of a LoRA; None for a file with all weights.

    Raises ModelsFolderError and OSError.
    """
    require_free_name(name, models_folder)
    require_space(models_folder, file.stat().st_size)
    link = "+" if strength is not None else "fine-tuned:"
    with staged(name, models_folder) as folder:
        placed = folder / f"{file_stem(name, parent)}.safetensors"
        place_file(file, placed, move=True)
        record = replace(
            parent,
            file=placed.name,
            title=f"{parent.title} {link} {name}",
            sha256=file_sha256(placed),
            source="",
            parent=parent_name,
            parent_sha256=parent.sha256,
            strength=strength,
        )
        write_record(folder, record)
    return record


def file_stem(name: str, parent: ModelRecord) -> str:
    """Return `name`, or another if the authors' program would take that file for a network of another kind.

    That program tells what a network predicts by "eps" in the file's name.
    """
    if prediction_type_of(name) == parent.prediction_type:
        return name
    return f"{name}-eps" if parent.prediction_type == "epsilon" else "tuned"
