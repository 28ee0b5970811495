"""Huebrush backend: everything that computes. See docs/architecture.md for the floor plan."""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_DIFFUSERS_COMPONENTS = {
    "ColorizeUNet": "huebrush_backend.models.unet",
    "SketchEncoder": "huebrush_backend.models.sketch_encoder",
    "ModelMixin": "diffusers",
}


def __getattr__(name: str) -> Any:
    """Let diffusers find our components by the package's name in a `model_index.json`, without importing torch before."""
    if name in _DIFFUSERS_COMPONENTS:
        return getattr(importlib.import_module(_DIFFUSERS_COMPONENTS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
