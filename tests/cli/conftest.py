"""Fixtures for the command-line tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.engine import engine
from huebrush_backend.engine.request import ColorizeRequest, ColorizeResult, EventCallback
from huebrush_backend.imaging.files import write_png
from huebrush_backend.models import catalog
from line_drawing import line_drawing
from painting_engine import PaintingEngine
from tiny_release import write_clip, write_release


@pytest.fixture
def requests_seen(monkeypatch: pytest.MonkeyPatch) -> list[ColorizeRequest]:
    """Put the painting engine in place of the real one; gives the requests it gets."""
    seen: list[ColorizeRequest] = []

    class RecordingEngine(PaintingEngine):
        def colorize(
            self, request: ColorizeRequest, on_event: EventCallback, is_cancelled: Callable[[], bool]
        ) -> ColorizeResult:
            seen.append(request)
            return super().colorize(request, on_event, is_cancelled)

    entry = catalog.find_model(catalog.BUILTIN_MODEL)
    ready = replace(entry, info=replace(entry.info, available=True))
    monkeypatch.setattr(catalog, "list_entries", lambda models_folder=None: [ready])
    monkeypatch.setattr(engine, "Engine", RecordingEngine)
    return seen


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A folder with lines.png (on nothing), paper.png (on white) and a red ref.png."""
    write_png(tmp_path / "lines.png", line_drawing())
    write_png(tmp_path / "paper.png", line_drawing(transparent=False))
    write_png(tmp_path / "ref.png", np.full((30, 20, 4), (200, 40, 30, 255), np.uint8))
    return tmp_path


@pytest.fixture
def models_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this user, who has settled nothing yet, has models; not made yet."""
    monkeypatch.setenv("HUEBRUSH_DATA", str(tmp_path / "data"))
    for name in ("HUEBRUSH_MODELS", "HF_ENDPOINT", "HF_TOKEN", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "data" / "models"


@pytest.fixture(scope="session")
def released_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small v1 file and a small CLIP under the names of the published ones; only to be read."""
    folder = tmp_path_factory.mktemp("released")
    write_release(folder / "mult-eps-ft.safetensors")
    write_clip(folder / "open_clip_model.safetensors")
    return folder
