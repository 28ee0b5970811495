"""Tells whether the libraries that models need are installed, and how to install them. Imports none of them."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from huebrush_protocol.texts import Text

LIBRARIES = ("torch", "diffusers", "transformers", "accelerate", "huggingface_hub", "safetensors")
"""Modules without which no model runs."""
EXTRA = "huebrush[models]"
"""What installs them, as pip names it."""


def has_model_libraries() -> bool:
    """Return whether models can run; flats, palettes, files and checks can in any case."""
    return not missing_libraries()


def missing_libraries() -> tuple[str, ...]:
    """Return the names of those that are not installed."""
    return tuple(name for name in LIBRARIES if find_spec(name) is None)


def missing_libraries_remedy() -> Text:
    """Return what to do about libraries that are missing, with the command for this very Python."""
    python = sys.executable
    program = f'"{python}" -m pip' if find_spec("pip") is not None else f'uv pip --python "{python}"'
    return Text.of("model.no_libraries", command=f'{program} install "{EXTRA}"')
