"""Finds the model that a request names, before anything of it is loaded. Imports no torch."""

from __future__ import annotations

from pathlib import Path

from huebrush_protocol.texts import Text

from huebrush_backend.engine.request import EngineError
from huebrush_backend.models.catalog import ModelEntry, UnknownModelError, find_model


def installed_model(name: str, models_folder: Path | None = None) -> ModelEntry:
    """Return the catalogue entry of the model `name`. Raises EngineError if it is unknown or cannot be used."""
    try:
        entry = find_model(name, models_folder)
    except UnknownModelError as error:
        raise EngineError.of("model.unknown", "unknown_model", model=name, names=error.names) from error
    if not entry.info.available:
        message = Text.of("model.not_installed", title=entry.info.title)
        raise EngineError("model_missing", message, entry.info.remedy)
    return entry
