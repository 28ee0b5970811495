"""The fake engine, beside the real list of models."""

from __future__ import annotations

from fake_engine import create_engine
from huebrush_backend.server.engines import list_models

__all__ = ["create_engine", "list_models"]
