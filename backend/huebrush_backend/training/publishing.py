"""From a trained run to weights in the repository, and back."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import torch

from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.training.configuration import ConfigurationError, StageName


def require_publishable(weights: Path, destination: Path) -> None:
    """Raise ConfigurationError unless `destination` is new, empty, or a published model that may be replaced."""
    if destination.resolve() in (weights.resolve(), *weights.resolve().parents):
        raise ConfigurationError(f"{destination} holds the run's own weights; publish to another folder")
    if destination.exists() and not destination.is_dir():
        raise ConfigurationError(f"{destination} is a file; publish to a folder")
    if destination.is_dir() and any(destination.iterdir()) and not (destination / "model_index.json").is_file():
        raise ConfigurationError(f"{destination} holds other files, which would be lost; publish to a new folder")


def publish(weights: Path, destination: Path, shard_bytes: int = 15 * 2**20) -> None:
    """Copy a trained pipeline to `destination` in half precision, in shards of at most `shard_bytes`.

    Raises ConfigurationError when `destination` holds anything but a published model, and when the result exceeds 48
    MiB, the limit for weights in the repository. `destination` then stays as it is.
    """
    require_publishable(weights, destination)
    pipeline = ColorizePipeline.from_pretrained(weights)
    pipeline.to(torch.float16)
    destination.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{destination.name}-", dir=destination.parent) as place:
        unfinished = Path(place, "weights")
        pipeline.save_pretrained(unfinished, max_shard_size=shard_bytes)
        for settings in unfinished.rglob("*.json"):
            _forget_origin(settings)
        for file in unfinished.rglob("*.safetensors"):
            file.chmod(0o644)
        total = sum(file.stat().st_size for file in unfinished.rglob("*") if file.is_file())
        if total > 48 * 2**20:
            raise ConfigurationError(
                f"the weights take {total / 2**20:.1f} MiB; at most 48 MiB go into the repository: train narrower "
                "networks"
            )
        shutil.rmtree(destination, ignore_errors=True)
        unfinished.rename(destination)


def _forget_origin(settings: Path) -> None:
    """Remove the name of the folder that a component was loaded from: it is useless elsewhere and changes the hash."""
    values = json.loads(settings.read_text(encoding="utf-8"))
    if isinstance(values, dict) and values.pop("_name_or_path", None) is not None:
        settings.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


TRAINED_PARTS: dict[StageName, tuple[str, ...]] = {
    "clip": ("image_encoder", "text_encoder", "tokenizer"),
    "vae": ("vae",),
    "unet": ("unet", "sketch_encoder", "scheduler"),
    "decoder": (),
}
"""Parts of the exported weights that a stage makes anew. The decoder's goes on from the VAE."""


def take_over_other_parts(source: Path, weights: Path, stage: StageName) -> None:
    """Copy those parts of the exported weights in `source` into `weights` that `stage` does not train.

    Raises ConfigurationError if `source` holds no weights, or `weights` exists already.
    """
    if not (source / "model_index.json").is_file():
        raise ConfigurationError(f"{source} holds no exported weights; name the folder weights of a run, or demo")
    if weights.exists() and os.environ.get("WORLD_SIZE", "1") == "1":  # otherwise another process may have been faster
        raise ConfigurationError(f"{weights} exists already: go on with --resume, or choose another --folder")
    _copy(source, weights, ("model_index.json", *TRAINED_PARTS[stage]))


def take_over_published(published: Path, weights: Path) -> None:
    """Copy published weights into a run's exported weights, unless the run already has its own."""
    if published.is_dir() and not weights.exists():
        _copy(published, weights)


def _copy(source: Path, weights: Path, left_out: Sequence[str] = ()) -> None:
    """Copy `source` without the names `left_out`; several processes of one run may do so at once."""
    weights.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".weights-", dir=weights.parent) as place:
        copied = shutil.copytree(source, Path(place, "weights"), ignore=shutil.ignore_patterns(*left_out))
        with suppress(OSError):  # another process was faster
            Path(copied).rename(weights)
