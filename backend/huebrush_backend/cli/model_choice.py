"""The model that a command uses: one of the catalogue, or an exported folder."""

from __future__ import annotations

from pathlib import Path

from huebrush_backend.cli.main import CommandError
from huebrush_backend.models.catalog import ModelEntry, UnknownModelError, find_model


def available_model(name: str) -> ModelEntry:
    """Return the catalogue's entry for the model `name`. Raises `CommandError` with the remedy if it is not usable."""
    try:
        entry = find_model(name)
    except UnknownModelError as error:
        raise CommandError(str(error)) from error
    if not entry.info.available:
        raise CommandError(f"the model {name!r} cannot be used. {entry.info.remedy}".rstrip())
    return entry


def exported_model(folder: Path) -> Path:
    """Return `folder` if it holds an exported model. Raises `CommandError` if not."""
    if not (folder / "model_index.json").is_file():
        raise CommandError(f"{folder} is not an exported model: it has no model_index.json")
    return folder
