"""Trainings of networks so small that a step takes milliseconds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from huebrush_backend.cli.main import main
from safetensors.torch import load_file, save_file

WORDS = (
    *("--drawings", "8", "--palettes", "16", "--size", "64", "--batch", "4", "--chunk", "4", "--pool", "3"),
    *("--first-chunks", "2", "--reuse", "2", "--widths", "16,16,16,16", "--stem-widths", "4,4,8,8"),
    *("--token-grid", "6", "--token-size", "32", "--vision-layers", "1", "--text-width", "32", "--text-layers", "2"),
    *("--vae-widths", "8,8,8,8", "--latent-channels", "4", "--producers", "0", "--report-seconds", "0"),
    *("--device", "cpu", "--precision", "float32", "--checkpoint-steps", "3", "--sheet-steps", "0"),
    *("--decay", "0", "--warmup", "1"),
)
"""Options of `huebrush train demo`."""


def train(folder: Path, *words: str) -> int:
    """Run `huebrush train demo` in this process with tiny networks; return its exit status."""
    return main(train_words(folder, *words))


def train_words(folder: Path, *words: str) -> list[str]:
    """Return the words of a training with tiny networks; later `words` count more."""
    return ["train", "demo", "--folder", str(folder), *WORDS, *words]


def write_weights(folder: Path) -> None:
    """Write what the UNet stage needs into the run's `folder`, in half precision as published weights are."""
    for stage in ("clip", "vae"):
        assert train(folder, "--stage", stage, "--steps", "0") == 0
    for part in ("image_encoder", "text_encoder", "vae"):
        for file in (folder / "weights" / part).glob("*.safetensors"):
            save_file({name: tensor.half() for name, tensor in load_file(file).items()}, file, {"format": "pt"})
    for part in ("image_encoder", "text_encoder"):
        settings = folder / "weights" / part / "config.json"
        settings.write_text(json.dumps(json.loads(settings.read_text("utf-8")) | {"dtype": "float16"}), "utf-8")


def state_of(folder: Path, stage: str = "unet") -> dict[str, Any]:
    """Return all values of a stage's saved state by their paths, without the seconds."""
    state = torch.load(folder / stage / "state.pt", weights_only=True)
    del state["clock"]["seconds"]
    return dict(_leaves(state, ""))


def losses_of(folder: Path, stage: str = "unet") -> list[float]:
    """Return the loss of each entry in the log."""
    lines = (folder / stage / "log.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["loss"] for line in lines]


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}/{name}")
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{path}/{number}")
    else:
        yield path, value
