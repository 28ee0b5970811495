"""Follows which model the worker has loaded or is loading, and tells how much longer that will take."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import cattrs
from cattrs.errors import CattrsError
from huebrush_protocol.locations import data_folder
from huebrush_protocol.small_files import SmallFileError, read_json_map

from huebrush_backend.models.catalog import UnknownModelError, find_model

MOST_TIMES = 100
"""Number of models whose times are kept."""
WORKER_START_SECONDS = 4.0
BYTES_A_SECOND = 150e6
"""First guesses, for a model that was never loaded here: how long a worker takes to start, and how fast it reads."""


class ModelLoading:
    """Follows one loading after another, and remembers in `file` how long each took.

    `clock`: returns seconds; its zero does not matter.
    """

    def __init__(self, file: Path | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._file = file or data_folder() / "loading_times.json"
        self._clock = clock
        self._since, self._key = 0.0, ""
        self._loaded: str | None = None
        self._loading: str | None = None

    @property
    def loaded(self) -> str | None:
        """The model that is ready, None if there is none or another is being loaded."""
        return None if self._loading else self._loaded

    @property
    def loading(self) -> str | None:
        """The model that is being loaded, None if none is."""
        return self._loading

    def begin(self, model: str, starts_worker: bool) -> None:
        """Note that the worker begins to load `model`, unless it has it. `starts_worker`: the worker starts first."""
        if model in (self.loaded, self._loading):
            return
        self._loading, self._since = model, self._clock()
        self._key = f"{model} with the worker" if starts_worker else model

    def finish(self, model: str) -> None:
        """Note that `model` is loaded."""
        if self._loading == model:
            self._remember(self._clock() - self._since)
        self._loaded, self._loading = model, None

    def forget(self) -> None:
        """Note that no model is loaded: the worker has ended, or could not load it."""
        self._loaded = self._loading = None

    def seconds_left(self) -> float | None:
        """Return the seconds that the model will still load, None if no model loads or it takes longer than before."""
        if self._loading is None:
            return None
        expected = self._times().get(self._key) or _first_guess(self._loading, self._key != self._loading)
        left = expected - (self._clock() - self._since)
        return left if left > 0 else None

    def _times(self) -> Mapping[str, float]:
        try:
            return cattrs.structure(read_json_map(self._file), dict[str, float])
        except (OSError, SmallFileError, ValueError, OverflowError, TypeError, AttributeError, CattrsError):
            return {}

    def _remember(self, seconds: float) -> None:
        times = {name: known for name, known in self._times().items() if name != self._key}
        times[self._key] = round(seconds, 2)
        newest = dict(list(times.items())[-MOST_TIMES:])
        fresh = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        with contextlib.suppress(OSError):  # only a guess is lost
            self._file.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(newest, indent=1), "utf-8")
            fresh.replace(self._file)


def _first_guess(model: str, starts_worker: bool) -> float:
    """Return the seconds that loading `model` may take, judged by the size of its files; 0 for an unknown model."""
    try:
        folder = find_model(model).folder
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    except (UnknownModelError, OSError):
        return 0.0
    return size / BYTES_A_SECOND + (WORKER_START_SECONDS if starts_worker else 0.0)
