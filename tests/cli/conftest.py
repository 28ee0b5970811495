"""Fixtures for the command-line tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from huebrush_backend import engine
from huebrush_backend.imaging.files import write_png
from huebrush_backend.models import catalog
from painting_engine import PaintingEngine, line_drawing


@pytest.fixture
def requests_seen(monkeypatch: pytest.MonkeyPatch) -> list[engine.ColorizeRequest]:
    """Put the painting engine in place of the real one; gives the requests it gets."""
    PaintingEngine.seen.clear()
    entry = catalog.find_model(catalog.BUILTIN_MODEL)
    ready = replace(entry, info=replace(entry.info, available=True))
    monkeypatch.setattr(catalog, "list_entries", lambda models_folder=None: [ready])
    monkeypatch.setattr(engine, "Engine", PaintingEngine)
    return PaintingEngine.seen


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A folder with lines.png (on nothing), paper.png (on white) and a red ref.png."""
    write_png(tmp_path / "lines.png", line_drawing())
    write_png(tmp_path / "paper.png", line_drawing(transparent=False))
    write_png(tmp_path / "ref.png", np.full((30, 20, 4), (200, 40, 30, 255), np.uint8))
    return tmp_path
