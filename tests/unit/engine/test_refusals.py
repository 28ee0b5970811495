"""What the engine says about a request that it cannot carry out."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.engine.engine import Engine
from huebrush_backend.engine.request import ColorizeRequest, EngineError
from huebrush_protocol.parameters import Parameters


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        (Parameters(sampler="nonesuch"), "There is no sampler 'nonesuch'; choose one of dpm"),
        (Parameters(sampler="pndm", steps=3), "needs at least 4 steps"),
    ],
)
def test_a_sampler_that_cannot_be_used_is_a_fault_of_the_request(parameters: Parameters, reason: str) -> None:
    page = np.full((80, 80, 4), 255, np.uint8)
    page[20:24, 10:70, :3] = 0
    request = ColorizeRequest("demo", page, (), parameters)
    with pytest.raises(EngineError, match=reason) as caught:
        Engine("cpu").colorize(request, lambda event: None, lambda: False)
    assert caught.value.code == "bad_input"
