"""Backends and the folders that they run in."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from serving_backend import Backend


@pytest.fixture
def root() -> Iterator[Path]:
    """A private folder with a path short enough for Unix sockets."""
    folder = Path(tempfile.mkdtemp(prefix="hb-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def start_backend(root: Path) -> Iterator[Callable[..., Backend]]:
    """A function that starts a backend with the given options of `huebrush serve`; all are ended after the test."""
    started: list[Backend] = []

    def start(*options: str, **keywords) -> Backend:
        started.append(Backend(root, *options, **keywords))
        return started[-1]

    yield start
    for backend in started:
        backend.close()


@pytest.fixture
def backend(start_backend: Callable[..., Backend]) -> Backend:
    """A backend with the fake engine."""
    return start_backend()
