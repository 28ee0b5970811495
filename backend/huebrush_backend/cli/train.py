"""`huebrush train`: train the built-in model on pictures drawn by this project."""

from __future__ import annotations

import argparse
from pathlib import Path

from huebrush_backend.allocation import keep_freed_memory
from huebrush_backend.cli.libraries import quieten_libraries
from huebrush_backend.cli.main import CommandError
from huebrush_backend.models.catalog import builtin_folder

SHARES = {"clip": 0.12, "vae": 0.12, "unet": 0.7, "decoder": 0.06}
"""Share of the time for each stage with `--stage all`, in order."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `huebrush train`."""
    parser.add_argument("family", choices=["demo"], help="which model")
    parser.add_argument(
        "--stage", choices=[*SHARES, "all"], default="all", help="what to train (default: all, one after the other)"
    )
    parser.add_argument(
        "--minutes", type=float, default=60, help="time budget; --stage all divides it, most for the UNet"
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="continue from the state in the folder, or without one from the published weights",
    )
    parser.add_argument("--folder", type=Path, default=Path("runs/demo"), help="state, samples and weights of the run")
    parser.add_argument("--drawings", type=int, default=12000, help="number of drawings to learn from")
    parser.add_argument("--size", type=int, choices=[128, 256], default=256, help="picture side in the UNet stage")
    parser.add_argument("--batch", type=int, default=32, help="pictures per step")
    parser.add_argument("--learning-rate", type=float, default=5e-4)
    parser.add_argument(
        "--decay", type=float, default=0.3, help="share of the time in which the learning rate falls to 0"
    )
    parser.add_argument("--producers", type=int, default=1, help="processes that draw and encode for the UNet stage")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads of the training process")
    parser.add_argument("--device", default="auto", help="auto or cpu")
    parser.add_argument(
        "--publish", type=Path, metavar="FOLDER", help="then write the half-precision weights to FOLDER"
    )


def run(arguments: argparse.Namespace) -> int:
    """Train; return 0."""
    from huebrush_backend.training.run import TRAINERS, Plan, publish, take_over_published

    if arguments.minutes < 0:
        raise CommandError("--minutes must not be negative")
    quieten_libraries()
    keep_freed_memory()
    if arguments.resume:
        take_over_published(builtin_folder(), arguments.folder / "weights")
    shares = SHARES if arguments.stage == "all" else {arguments.stage: 1.0}
    for stage, share in shares.items():
        if arguments.minutes == 0:
            break
        TRAINERS[stage](
            Plan(
                folder=arguments.folder,
                minutes=arguments.minutes * share,
                resume=arguments.resume,
                drawings=arguments.drawings,
                size=arguments.size,
                batch=arguments.batch,
                learning_rate=arguments.learning_rate,
                decay=arguments.decay,
                producers=arguments.producers,
                threads=arguments.threads,
                device=arguments.device,
            )
        )
    if arguments.publish:
        if not (arguments.folder / "weights" / "model_index.json").is_file():
            raise CommandError(
                f"{arguments.folder} holds no trained model to publish; name the run with --folder, or train the unet "
                "stage there first"
            )
        publish(arguments.folder / "weights", arguments.publish)
        print(f"Weights written to {arguments.publish}")
    return 0
