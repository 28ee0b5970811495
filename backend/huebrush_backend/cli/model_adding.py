"""`huebrush models add`: check a released single file of the user and add it to the models."""

from __future__ import annotations

import argparse
import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from huebrush_backend.cli.main import CommandError
from huebrush_backend.models.library_output import quieten_libraries


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `models add`."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a released file of ColorizeDiffusion, or only CLIP")
    parser.add_argument("--name", help="what to call the model (default: after the file)")
    parser.add_argument(
        "--prediction",
        choices=("epsilon", "v_prediction"),
        help="what the network predicts (default: found out by the file's name and a test)",
    )
    parser.add_argument(
        "--allow-pickle", action="store_true", help="also open a .ckpt, .pt, .pth or .bin file; only tensors are read"
    )
    parser.add_argument(
        "--clip",
        metavar="PATH",
        type=Path,
        help="CLIP ViT-H/14, if it is not installed yet: an OpenCLIP file or a transformers folder",
    )


def run(arguments: argparse.Namespace) -> int:
    """Add the model, and CLIP if given; return 0."""
    from huebrush_backend.checkpoints.adding import add_clip, add_model
    from huebrush_backend.checkpoints.models_folder import require_free_name
    from huebrush_backend.checkpoints.releases import WEIGHTS_LICENCE
    from huebrush_backend.models.catalog import default_models_folder
    from huebrush_backend.models.registration import CLIP_NAME, clip_location

    file: Path = arguments.file
    _require_file(file)
    name = arguments.name or model_name(file)
    folder = default_models_folder()
    quieten_libraries()
    with refusals_as_command_errors():
        require_free_name(name, folder)
        if arguments.clip is not None:
            add_clip(arguments.clip, folder, arguments.allow_pickle)
        record = add_model(
            file, name, folder, WEIGHTS_LICENCE.name, arguments.prediction, allow_pickle=arguments.allow_pickle
        )
    print(f"Added {name}: {record.title}, predicts {record.prediction_type}, {record.native_size} px.")
    print(f"Weights: {WEIGHTS_LICENCE.name}, {WEIGHTS_LICENCE.address}")
    print(WEIGHTS_LICENCE.terms)
    if clip_location(folder) is None:
        print(f"It needs CLIP ViT-H/14 too. Run: huebrush models pull {CLIP_NAME}")
    return 0


def model_name(path: Path) -> str:
    """Make a model's name out of the name of its file or folder at `path`."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", path.name if path.is_dir() else path.stem).strip("-._") or "model"


@contextlib.contextmanager
def refusals_as_command_errors() -> Iterator[None]:
    """Turn errors of models' files and folders into `CommandError` with the same message."""
    from huebrush_backend.checkpoints.errors import CheckpointError, ModelsError

    try:
        yield
    except (CheckpointError, ModelsError, OSError) as error:
        raise CommandError(str(error)) from error


def _require_file(file: Path) -> None:
    if file.is_dir():
        raise CommandError(
            f"{file} is a folder. A diffusers folder of Huebrush is not added with this command: put it into the "
            "folder that 'huebrush models folder' names."
        )
    if not file.is_file():
        raise CommandError(f"{file} does not exist")
