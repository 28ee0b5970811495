"""`huebrush models add-baseline`: make a model for comparison out of the user's files."""

from __future__ import annotations

import argparse
from pathlib import Path

from huebrush_backend.cli.model_adding import model_name, refusals_as_command_errors
from huebrush_backend.models.library_output import quieten_libraries


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `models add-baseline`."""
    parser.description = (
        "Make a model for comparison: Stable Diffusion 1.5, or a model derived from it, with ControlNet for line art "
        "and IP-Adapter. All parts are files and folders on this machine; only safetensors are read."
    )
    for option, metavar, meaning in (
        ("--checkpoint", "PATH", "a Stable Diffusion 1.x model: a single file or a diffusers folder"),
        ("--controlnet", "FOLDER", "a ControlNet for line art, light on black: a diffusers folder"),
        ("--ip-adapter", "FILE", "an IP-Adapter, such as ip-adapter_sd15.safetensors"),
        ("--image-encoder", "FOLDER", "the CLIP that belongs to the IP-Adapter: a transformers folder"),
    ):
        parser.add_argument(option, type=Path, required=True, metavar=metavar, help=meaning)
    parser.add_argument("--name", help="what to call the model (default: after the checkpoint)")


def run(arguments: argparse.Namespace) -> int:
    """Make the model; return 0."""
    from huebrush_backend.checkpoints.baseline_adding import add_baseline
    from huebrush_backend.checkpoints.baseline_parts import BaselineParts
    from huebrush_backend.models.baseline_folder import BASELINE_LICENCE
    from huebrush_backend.models.catalog import default_models_folder

    name = arguments.name or model_name(arguments.checkpoint)
    quieten_libraries()
    parts = BaselineParts(arguments.checkpoint, arguments.controlnet, arguments.ip_adapter, arguments.image_encoder)
    with refusals_as_command_errors():
        add_baseline(parts, name, default_models_folder())
    print(f"Added {name}: ControlNet and IP-Adapter, for comparison.")
    print(f"Weights: the licences {BASELINE_LICENCE}.")
    return 0
