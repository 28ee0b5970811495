"""When memory runs out: the engine goes on with a smaller plan and says so, or gives up when there is none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from huebrush_backend.engine.engine import Engine
from huebrush_backend.engine.request import ColorizeRequest, ColorizeResult, EngineError, ProgressEvent, Reference
from huebrush_backend.models.memory_plan import memory_plans
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_protocol.parameters import Parameters

PAGE = np.full((80, 80, 4), 255, np.uint8)
PAGE[20:24, 10:70, :3] = 0
REFERENCE = np.full((64, 64, 4), (40, 60, 200, 255), np.uint8)


def exhaust_memory() -> None:
    """Ask for more than any computer has: PyTorch raises its own error."""
    torch.empty(1 << 60, dtype=torch.uint8)


class Decoding:
    """The pipeline's `decode`, for which there is not enough memory the first few times."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, failures: int) -> None:
        self.failures, self.tiled = failures, []
        decode: Callable[..., torch.Tensor] = ColorizePipeline.decode

        def scarce(pipeline: ColorizePipeline, latent: torch.Tensor) -> torch.Tensor:
            self.tiled.append((pipeline.vae.use_tiling, pipeline.unet.dtype))
            if len(self.tiled) <= self.failures:
                exhaust_memory()
            return decode(pipeline, latent)

        monkeypatch.setattr(ColorizePipeline, "decode", scarce)


def colorize(events: list) -> ColorizeResult:
    request = ColorizeRequest("demo", PAGE, (Reference(REFERENCE),), Parameters(steps=1))
    return Engine("cpu").colorize(request, events.append, lambda: False)


def test_a_smaller_plan_is_taken_and_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = colorize([])
    decoding, events = Decoding(monkeypatch, failures=1), []
    result = colorize(events)
    assert decoding.tiled == [(False, torch.float32), (True, torch.bfloat16)]
    assert any(note["id"] == "note.memory" and "bfloat16" in note["english"] for note in result.recipe["notes"])
    assert not any(note["id"] == "note.memory" for note in plain.recipe["notes"])
    assert (plain.recipe["dtype"], result.recipe["dtype"]) == ("float32", "bfloat16")
    phases = [event.phase for event in events if isinstance(event, ProgressEvent)]
    assert phases.count("loading") == 2
    difference = result.layers[0].pixels.astype(int) - plain.layers[0].pixels
    assert np.abs(difference).mean() < 2


def test_when_the_smallest_plan_does_not_fit_the_engine_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    decoding = Decoding(monkeypatch, failures=10)
    with pytest.raises(EngineError) as caught:
        colorize([])
    assert caught.value.code == "out_of_memory"
    plans = memory_plans({"unet": 1000, "vae": 1000}, "cpu", (256, 256))
    assert len(decoding.tiled) == len(plans) == 2  # a canvas of one tile has no use for tiles alone
