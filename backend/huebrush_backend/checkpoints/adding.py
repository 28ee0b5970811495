"""Checks released files and links or copies them into the models folder. A failure leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huebrush_protocol.texts import Text
from safetensors.torch import save_file

from huebrush_backend.checkpoints.clip_files import load_clip, require_fitting
from huebrush_backend.checkpoints.errors import CheckpointError
from huebrush_backend.checkpoints.families import PredictionType
from huebrush_backend.checkpoints.files import read_state_dict
from huebrush_backend.checkpoints.models_folder import (
    ModelsFolderError,
    file_sha256,
    require_free_name,
    require_space,
)
from huebrush_backend.checkpoints.prediction_type import choose_prediction_type
from huebrush_backend.checkpoints.single_file import released_networks
from huebrush_backend.models.registration import (
    CLIP_FILE,
    CLIP_NAME,
    ModelRecord,
    clip_location,
    is_transformers_folder,
    write_record,
)

_STAGING = ".adding"


def add_model(
    file: Path,
    name: str,
    models_folder: Path,
    licence: str,
    prediction_type: PredictionType | None = None,
    allow_pickle: bool = False,
    sha256: str = "",
    source: str = "",
    move: bool = False,
) -> ModelRecord:
    """Check the released model in `file` and put it into `models_folder` as `name`; return its record.

    `file`: the released file; a pickle is rewritten as safetensors.
    `name`: name of the new model.
    `models_folder`: folder that holds the models.
    `licence`: licence of the weights, for the record.
    `prediction_type`: what the network predicts; None finds it out.
    `allow_pickle`: also accept a pickle.
    `sha256`: checksum of the file if already known, else empty.
    `source`: where the file comes from, for the record.
    `move`: move the file. By default it is linked, or copied where the disk has no links.

    Raises CheckpointError, ModelsFolderError, and OSError when files cannot be read or written.
    """
    require_free_name(name, models_folder)
    networks = released_networks(read_state_dict(file, allow_pickle))
    if (clip := clip_location(models_folder)) is not None:
        require_fitting(load_clip(clip), networks.unet.config["cross_attention_dim"])
    if prediction_type is None:
        prediction_type = choose_prediction_type(file.name, networks.unet, networks.sketch_encoder)
    family = networks.family
    del networks  # Windows moves no file that is mapped into memory
    with staged(name, models_folder) as folder:
        placed = _place_weights(file, folder / f"{file.stem}.safetensors", move)
        if placed.suffix != file.suffix:
            sha256 = ""  # rewriting changes the checksum
        record = ModelRecord(
            file=placed.name,
            family=family.name,
            title=f"{family.title} ({name})",
            prediction_type=prediction_type,
            native_size=family.native_size,
            licence=licence,
            sha256=sha256 or file_sha256(placed),
            source=source,
        )
        write_record(folder, record)
    return record


def add_clip(location: Path, models_folder: Path, allow_pickle: bool = False, move: bool = False) -> None:
    """Check the CLIP in `location`, an OpenCLIP file or a transformers folder, and put it into `models_folder`.

    Raises the same errors as `add_model`.
    """
    if clip_location(models_folder) is not None:
        raise ModelsFolderError(
            Text.of("clip.there", folder=str(models_folder)),
            f"To put another in its place, run 'huebrush models remove {CLIP_NAME}' first.",
        )
    if location.is_dir() and not is_transformers_folder(location):
        raise ModelsFolderError(Text.of("clip.files_missing", folder=str(location)))
    load_clip(location, allow_pickle=allow_pickle)
    with staged(CLIP_NAME, models_folder) as folder:
        if location.is_dir():
            for file in (location / "config.json", *sorted(location.glob("model*.safetensors*"))):
                place_file(file, folder / file.name, move=False)
        else:
            _place_weights(location, folder / CLIP_FILE, move)


@contextmanager
def staged(name: str, models_folder: Path) -> Iterator[Path]:
    """Give a folder to fill. It becomes `models_folder`/`name` if the block succeeds and is deleted if it fails."""
    staging = models_folder / _STAGING
    staging.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=staging))
    try:
        yield folder
        folder.chmod(0o755)
        folder.replace(models_folder / name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if not any(staging.iterdir()):
            staging.rmdir()


def _place_weights(file: Path, target: Path, move: bool) -> Path:
    """Put the checked `file` at `target`; rewrite it if it is a pickle."""
    if file.suffix == ".safetensors":
        place_file(file, target, move)
        return target
    weights = read_state_dict(file, allow_pickle=True)
    require_space(target.parent, sum(tensor.nbytes for tensor in weights.values()))
    try:
        save_file({key: tensor.contiguous() for key, tensor in weights.items()}, target)
    except RuntimeError as error:  # tensors that share memory
        raise CheckpointError(Text.of("checkpoint.not_rewritten", file=file.name, reason=str(error))) from error
    return target


def place_file(file: Path, target: Path, move: bool = False) -> None:
    """Link `file` to `target`, or copy it where the disk has no links; with `move`, move it."""
    if move:
        shutil.move(file, target)
        return
    try:
        os.link(file.resolve(), target)
    except OSError:  # another disk, or one without links
        require_space(target.parent, file.stat().st_size)
        shutil.copyfile(file, target)
