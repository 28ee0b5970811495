"""Tells whether the libraries that models need are installed, and how to install them. Imports none of them."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from huebrush_protocol.texts import Text

LIBRARIES = ("torch", "diffusers", "transformers", "accelerate", "huggingface_hub", "safetensors")
"""Modules without which no model runs: those of the extra `models`."""
EXTRAS = {"models": LIBRARIES, "train": ("cssselect2", "resvg_py", "tinycss2"), "tensorboard": ("tensorboard",)}
"""Names of the package's extras (pyproject.toml), each with modules that it brings."""


def has_model_libraries() -> bool:
    """Return whether models can run; flats, palettes, files and checks can in any case."""
    return not missing_libraries()


def missing_libraries() -> tuple[str, ...]:
    """Return the names of those for models that are not installed."""
    return tuple(name for name in LIBRARIES if find_spec(name) is None)


def missing_libraries_remedy() -> Text:
    """Return the way to add missing libraries for models, with the command for this very Python."""
    return Text.of("model.no_libraries", command=install_command("models"))


def extra_with(module: str) -> str | None:
    """Return the extra that brings `module`, or None if it belongs to none."""
    name = module.partition(".")[0]
    return next((extra for extra, modules in EXTRAS.items() if name in modules), None)


def install_command(extra: str) -> str:
    """Return the command that adds `extra` to this very Python."""
    program = f'"{sys.executable}" -m pip install'
    if find_spec("pip") is None:  # an environment made by uv has none
        program = f'uv pip install --python "{sys.executable}"'
    return f'{program} "huebrush[{extra}]"'
