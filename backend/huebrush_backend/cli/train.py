"""`huebrush train`: train the built-in model on pictures drawn by this project."""

from __future__ import annotations

import argparse
from pathlib import Path

from huebrush_backend.cli.main import CommandError

STAGES = ("clip", "vae", "unet", "all")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `huebrush train`."""
    parser.add_argument("family", choices=["demo"], help="which model")
    parser.add_argument(
        "--stage", choices=STAGES, default="all", help="what to train (default: all, one after the other)"
    )
    parser.add_argument(
        "--minutes", type=float, default=60, help="time budget; with --stage all 1/8 CLIP, 1/8 VAE, rest UNet"
    )
    parser.add_argument("--resume", action="store_true", help="go on from the state in the folder")
    parser.add_argument("--folder", type=Path, default=Path("runs/demo"), help="state, samples and weights of the run")
    parser.add_argument("--drawings", type=int, default=12000, help="how many drawings are drawn to learn from")
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
        "--publish", type=Path, metavar="FOLDER", help="afterwards write the half-precision weights there"
    )


def run(arguments: argparse.Namespace) -> int:
    """Train; returns 0."""
    from huebrush_backend.training.demo import TRAINERS, Plan, publish

    if arguments.minutes < 0:
        raise CommandError("--minutes must not be negative")
    stages = TRAINERS if arguments.stage == "all" else {arguments.stage: TRAINERS[arguments.stage]}
    shares = {"clip": 1 / 8, "vae": 1 / 8, "unet": 3 / 4} if arguments.stage == "all" else {arguments.stage: 1.0}
    for stage, train in stages.items():
        if arguments.minutes == 0:
            break
        train(
            Plan(
                folder=arguments.folder,
                minutes=arguments.minutes * shares[stage],
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
        publish(arguments.folder / "weights", arguments.publish)
        print(f"Weights written to {arguments.publish}")
    return 0
