"""From a trained run to weights in the repository, and back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch

from huebrush_backend.pipeline.colorize import ColorizePipeline


def publish(weights: Path, destination: Path, shard_bytes: int = 15 * 2**20) -> None:
    """Copy a trained pipeline to `destination` in half precision, in shards of at most `shard_bytes`.

    Raises ValueError when the result exceeds 48 MiB, the limit for weights in the repository.
    """
    pipeline = ColorizePipeline.from_pretrained(weights)
    unfinished = destination.with_name(destination.name + ".partial")
    shutil.rmtree(unfinished, ignore_errors=True)
    pipeline.to(torch.float16)
    pipeline.save_pretrained(unfinished, max_shard_size=shard_bytes)
    for settings in unfinished.rglob("*.json"):
        _forget_origin(settings)
    for file in unfinished.rglob("*.safetensors"):
        file.chmod(0o644)
    total = sum(file.stat().st_size for file in unfinished.rglob("*") if file.is_file())
    if total > 48 * 2**20:
        raise ValueError(f"the weights take {total / 2**20:.1f} MiB; at most 48 MiB go into the repository")
    shutil.rmtree(destination, ignore_errors=True)
    unfinished.rename(destination)


def _forget_origin(settings: Path) -> None:
    """Remove the name of the folder that a component was loaded from: it is useless elsewhere and changes the hash."""
    values = json.loads(settings.read_text(encoding="utf-8"))
    if isinstance(values, dict) and values.pop("_name_or_path", None) is not None:
        settings.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def take_over_published(published: Path, weights: Path) -> None:
    """Copy published weights into a run's exported weights, unless the run already has its own."""
    if published.is_dir() and not weights.exists():
        shutil.copytree(published, weights)
