"""Finds the worker's engine and the front's list of models, without importing torch in the front.

An engine plug is written `module:factory`. `factory(device)` returns a `huebrush_backend.engine.request.Colorizer`. The
module also has `list_models()`, which the front calls, so importing the module must not import torch. Nothing else in
the worker imports torch either. The default plug is this module; tests use others.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from huebrush_protocol.messages import ModelInfo

if TYPE_CHECKING:
    from huebrush_backend.engine.request import Colorizer

DEFAULT_ENGINE = "huebrush_backend.server.engines:create_engine"


class EngineSpecError(Exception):
    """An engine plug cannot be loaded; the message says why."""


def create_engine(device: str) -> Colorizer:
    """Make the real engine on `device` ("auto", "cpu", "cuda", …)."""
    from huebrush_backend.engine.engine import Engine

    return Engine(device=device)


def list_models() -> tuple[ModelInfo, ...]:
    """Return the models of the real engine, without importing torch."""
    from huebrush_backend.models.catalog import list_models as list_catalog

    return tuple(list_catalog())


def load_factory(spec: str) -> Callable[[str], Colorizer]:
    """Return the factory of the engine plug `spec`. Raises `EngineSpecError`."""
    module, name = _load(spec)
    return _function(module, name, spec)


def import_ahead(spec: str) -> None:
    """Import what the engine of the plug `spec` needs, if that can be done ahead (`import_libraries` in its module)."""
    importing = getattr(_load(spec)[0], "import_libraries", None)
    if importing is not None:
        importing()


def import_libraries() -> None:
    """Import torch and the rest of the real engine, which takes seconds, and use no device."""
    from huebrush_backend.models.libraries import has_model_libraries

    importlib.import_module("huebrush_backend.engine.engine")
    if not has_model_libraries():
        return
    for name in ("huebrush_backend.engine.painter", "huebrush_backend.pipeline.loading", "diffusers.guiders"):
        importlib.import_module(name)
    for name in ("CLIPImageProcessor", "CLIPModel"):  # transformers imports these when they are asked for
        getattr(importlib.import_module("transformers"), name)
    for name in ("AutoencoderKL", "UNet2DConditionModel"):
        getattr(importlib.import_module("diffusers"), name)


def load_model_list(spec: str) -> Callable[[], tuple[ModelInfo, ...]]:
    """Return the `list_models` function that goes with the engine plug `spec`. Raises `EngineSpecError`."""
    return _function(_load(spec)[0], "list_models", spec)


def _load(spec: str) -> tuple[ModuleType, str]:
    module_name, colon, function_name = spec.partition(":")
    if not (module_name and colon and function_name):
        raise EngineSpecError(f"{spec!r} is not of the form module:factory")
    try:
        return importlib.import_module(module_name), function_name
    except ImportError as error:
        raise EngineSpecError(f"the engine module {module_name!r} cannot be imported: {error}") from error


def _function(module: ModuleType, name: str, spec: str) -> Callable[..., Any]:
    function = getattr(module, name, None)
    if not callable(function):
        raise EngineSpecError(f"{spec!r}: {module.__name__} has no function {name!r}")
    return function
