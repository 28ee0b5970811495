"""The fast way: fewer evaluations, and an end when colours have settled."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from huebrush_backend.engine.engine import Engine
from huebrush_backend.engine.request import ColorizeRequest, PreviewEvent
from huebrush_backend.models.catalog import builtin_folder
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.fast import GUIDED_PART, MOST_STEPS, SettledColors, fast_guidance, fast_steps
from huebrush_backend.pipeline.guidance import Guidance
from huebrush_backend.pipeline.preview import LatentPreview
from huebrush_protocol.parameters import Parameters

SIZE = 64


@pytest.fixture(scope="module")
def pipeline() -> ColorizePipeline:
    loaded = ColorizePipeline.from_pretrained(builtin_folder(), dtype=torch.float32)
    loaded.set_progress_bar_config(disable=True)
    return loaded


def test_few_steps_stay_few() -> None:
    assert (fast_steps(3), fast_steps(50)) == (3, MOST_STEPS)


def test_outside_its_part_of_the_way_there_is_no_guidance() -> None:
    guidance = fast_guidance(Guidance(4, 3))
    start, _ = GUIDED_PART
    before, within = (guidance.at(999 * (1 - way), 999) for way in (start - 0.1, start + 0.1))
    assert (before.branches, within.branches) == (1, 3)
    assert Guidance(4, 3).at(999, 999).branches == 3


def test_guidance_outside_its_interval_runs_one_branch(
    pipeline: ColorizePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[int] = []
    forward = pipeline.unet.conv_in.forward

    def counted(states: torch.Tensor) -> torch.Tensor:
        rows.append(len(states))
        return forward(states)

    monkeypatch.setattr(pipeline.unet.conv_in, "forward", counted)
    sketch, reference = torch.full((1, 3, SIZE, SIZE), -1.0), torch.zeros(1, 3, SIZE, SIZE)
    pipeline(sketch, [reference], SIZE, SIZE, steps=4, guidance=Guidance(4, 1, interval=(0.5, 1.0)))
    assert rows == [1, 1, 2, 2]


def test_colours_that_stay_have_settled(pipeline: ColorizePipeline) -> None:
    is_settled = SettledColors(LatentPreview(pipeline.vae))
    first = torch.zeros(1, 8, 4, 4)
    assert [is_settled(latent) for latent in (first, first + 1, first + 1, first)] == [False, False, True, False]


def test_a_picture_ends_with_the_step_that_is_good_enough(pipeline: ColorizePipeline) -> None:
    steps: list[int] = []
    cleans: list[torch.Tensor] = []

    def report(step: int, of: int, clean: torch.Tensor) -> None:
        steps.append(step)
        cleans.append(clean)

    sketch = torch.full((1, 3, SIZE, SIZE), -1.0)
    output = pipeline(sketch, [], SIZE, SIZE, steps=5, on_step=report, is_settled=lambda clean: len(cleans) == 2)
    assert steps == [1, 2]
    assert torch.equal(output.latent, cleans[-1])


def test_the_engine_takes_few_steps_and_says_so_in_the_recipe() -> None:
    page = np.full((80, 80, 4), 255, np.uint8)
    page[20:24, 10:70, :3] = 0
    events: list = []
    request = ColorizeRequest("demo", page, (), Parameters(steps=20, fast=True))
    result = Engine("cpu").colorize(request, events.append, lambda: False)
    previews = [event.step for event in events if isinstance(event, PreviewEvent)]
    assert previews and max(previews) <= MOST_STEPS
    assert result.recipe["parameters"]["fast"] is True
