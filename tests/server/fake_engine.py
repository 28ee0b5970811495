"""An engine for tests of the server: does in no time, and without torch, what the first reference's name tells it to.

It waits for nothing but files in the folder that `FAKE_ENGINE_FOLDER` names, so that tests decide when things happen.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from huebrush_backend.engine.request import (
    Cancelled,
    ColorizeRequest,
    ColorizeResult,
    EngineError,
    EventCallback,
    PreviewEvent,
    ProgressEvent,
    ResultLayer,
)
from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.texts import Text


def list_models() -> tuple[ModelInfo, ...]:
    """The models this engine pretends to have."""
    return (
        ModelInfo("demo", "Fake", "fake", "none", True),
        ModelInfo("second", "Another", "fake", "none", True),
        ModelInfo("absent", "Absent model", "fake", "none", False, remedy="Run: huebrush models fetch absent"),
    )


def create_engine(device: str) -> FakeEngine:
    """The factory that `--engine fake_engine:create_engine` names."""
    return FakeEngine(device)


def create_engine_that_may_hang(device: str) -> FakeEngine:
    """A factory that waits for ever, as for a driver, if there is a file "hang" when it is called."""
    if (Path(os.environ["FAKE_ENGINE_FOLDER"]) / "hang").exists():
        signal.pause()
    return FakeEngine(device)


def create_broken_engine(device: str) -> FakeEngine:
    """A factory that fails, like an installation without torch."""
    raise ImportError(f"no module named torch for {device}")


def create_engine_without_device(device: str) -> FakeEngine:
    """A factory that fails like the real one on a machine without the chosen device."""
    raise DeviceError(Text.of("device.missing", device="cuda:7"))


class DeviceError(Exception):
    """The device is missing. (The real error comes with torch.)"""


class FakeEngine:
    """See the module's text; `colorize` has the signature of the real engine's."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.folder = Path(os.environ["FAKE_ENGINE_FOLDER"])
        (self.folder / "worker.pid").write_text(str(os.getpid()), encoding="ascii")

    def device_description(self) -> str:
        return f"fake {self.device}"

    def prepare(self, model: str, is_cancelled: Callable[[], bool]) -> None:
        if (self.folder / "cannot-prepare").exists():
            raise EngineError("model_missing", "The files are damaged.", "Fetch them again.")
        with (self.folder / "prepared").open("a", encoding="ascii") as stream:
            stream.write(f"{model}\n")
        if (self.folder / "holds-models").exists():
            self._wait_for("loaded")

    def colorize(
        self, request: ColorizeRequest, on_event: EventCallback, is_cancelled: Callable[[], bool]
    ) -> ColorizeResult:
        behaviour = request.references[0].name if request.references else ""
        if behaviour == "memory_error":
            raise MemoryError
        if behaviour == "out_of_memory":
            raise EngineError("out_of_memory", "There was not enough memory.", "Choose a smaller model.")
        if behaviour == "engine_error":
            raise EngineError("bad_input", "The line art is empty.", "Draw something.")
        if behaviour == "bug":
            raise ZeroDivisionError("a bug")
        if behaviour == "spin":
            while True:
                pass
        if behaviour == "exit":
            os._exit(7)
        if behaviour == "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        steps = request.parameters.steps
        for step in range(1, steps + 1):
            if is_cancelled():
                raise Cancelled
            if behaviour == "gated":
                (self.folder / "held").write_text(str(step), encoding="ascii")
                self._wait_for(f"step-{step}")
            if behaviour == "endless":
                while not is_cancelled():
                    time.sleep(0.005)
                raise Cancelled
            (self.folder / "steps").write_text(str(step), encoding="ascii")
            on_event(ProgressEvent("denoising", step, steps, step / steps, float(steps - step)))
            on_event(PreviewEvent(step, np.full((4, 6, 3), step, np.uint8)))
        inverted = request.line_art.copy()
        inverted[..., :3] = 255 - inverted[..., :3]
        layers = (
            ResultLayer("inverted", inverted, x=3, y=-2),
            ResultLayer("same", request.line_art, artists_word="same"),
        )
        recipe = {"recipe_version": 1, "model": request.model, "pid": os.getpid(), "inputs": [len(request.references)]}
        recipe["modules"] = [name for name in sys.modules if not name.startswith("_")]
        return ColorizeResult(layers, recipe)

    def _wait_for(self, name: str) -> None:
        while not (self.folder / name).exists():
            time.sleep(0.005)
