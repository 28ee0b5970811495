"""The baseline (Stable Diffusion, ControlNet, IP-Adapter), small, with random weights: alone and in the engine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from huebrush_backend.checkpoints.baseline_adding import add_baseline
from huebrush_backend.checkpoints.installed import load_model
from huebrush_backend.engine.engine import Engine
from huebrush_backend.engine.request import (
    Cancelled,
    ColorizeRequest,
    EngineError,
    EngineEvent,
    PreviewEvent,
    ProgressEvent,
    Reference,
)
from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.pipeline.baseline import BaselinePipeline
from huebrush_backend.pipeline.colorization_pipeline import ColorizeOutput
from huebrush_backend.pipeline.enhancement import Enhancement
from huebrush_backend.pipeline.guidance import Guidance, GuidanceWindow
from huebrush_backend.pipeline.injection import Injection
from huebrush_backend.pipeline.refusals import SamplingError, UnsupportedRequestError
from huebrush_backend.pipeline.schedulers import SCHEDULERS
from huebrush_protocol.parameters import Parameters
from safetensors.torch import save_file
from tiny_baseline import ip_adapter_plus_state, make_quick, write_parts

SIDE = 64
PICTURES = torch.rand(2, 1, 3, 70, 50, generator=torch.Generator().manual_seed(0)) * 2 - 1


@pytest.fixture(scope="module")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models whose only one is the baseline `anything`."""
    folder = tmp_path_factory.mktemp("baseline")
    add_baseline(write_parts(folder), "anything", folder / "models")
    make_quick(folder / "models" / "anything")
    return folder / "models"


@pytest.fixture(scope="module")
def pipeline(models_folder: Path) -> BaselinePipeline:
    loaded = load_model(models_folder / "anything", torch.device("cpu"))
    assert isinstance(loaded, BaselinePipeline)
    return loaded


def run(pipeline: BaselinePipeline, references: tuple[int, ...] = (0,), **options) -> ColorizeOutput:
    sketch = torch.full((1, 3, SIDE, SIDE), -1.0)
    sketch[..., 20:22, :] = 1
    chosen = [PICTURES[number] for number in references]
    settings: dict[str, Any] = {"steps": 2, "seed": 5} | options
    return pipeline(sketch, chosen, SIDE, SIDE, **settings)


def test_the_same_seed_gives_the_same_bytes(pipeline: BaselinePipeline) -> None:
    assert torch.equal(run(pipeline).picture, run(pipeline).picture)


@pytest.mark.parametrize(
    ("references", "changed"),
    [
        ((1,), {}),
        ((0, 1), {}),
        ((), {}),
        ((0,), {"seed": 6}),
        ((0,), {"steps": 3}),
        ((0,), {"guidance": Guidance(3.0, 1.0)}),
        ((0,), {"guidance": Guidance(1.0, 1.0)}),
        ((0,), {"reference_strength": 0.5}),
        ((0,), {"sketch_strength": 0.2}),
        ((0,), {"sampler": "euler"}),
        ((0,), {"noise_schedule": "karras"}),
    ],
)
def test_every_control_changes_the_picture(
    pipeline: BaselinePipeline, references: tuple[int, ...], changed: dict
) -> None:
    other = run(pipeline, references, **changed)
    assert torch.isfinite(other.picture).all()
    assert not torch.allclose(other.latent, run(pipeline).latent, atol=1e-2)


def test_without_strength_a_reference_is_not_seen(pipeline: BaselinePipeline) -> None:
    unseen = run(pipeline, (0,), reference_strength=0.0)
    torch.testing.assert_close(run(pipeline, ()).latent, unseen.latent, atol=1e-3, rtol=1e-4)


def test_an_ip_adapter_of_the_kind_plus_runs_too(tmp_path: Path) -> None:
    save_file(ip_adapter_plus_state(), tmp_path / "plus.safetensors")
    add_baseline(replace(write_parts(tmp_path), ip_adapter=tmp_path / "plus.safetensors"), "plus", tmp_path / "models")
    plus = load_model(tmp_path / "models" / "plus", torch.device("cpu"))
    assert isinstance(plus, BaselinePipeline)
    latents = [run(plus, references).latent for references in ((), (0,), (1,), (0, 1))]
    for number, latent in enumerate(latents):
        assert torch.isfinite(latent).all()
        assert all((latent - other).abs().max() > 0.1 for other in latents[:number])


def test_guidance_suits_stable_diffusion_unless_chosen(pipeline: BaselinePipeline) -> None:
    assert pipeline.guidance_at(None, 1.0) == Guidance(7.5, 1.0)
    assert pipeline.guidance_at(3.0, 2.0) == Guidance(3.0, 2.0)
    assert torch.equal(run(pipeline).latent, run(pipeline, guidance=Guidance(7.5, 1.0)).latent)


@pytest.mark.parametrize("sampler", SCHEDULERS)
def test_each_step_of_each_sampler_is_reported(pipeline: BaselinePipeline, sampler: str) -> None:
    seen: list[tuple[int, int]] = []
    clean: list[torch.Tensor] = []

    def report(step: int, steps: int, latent: torch.Tensor) -> None:
        seen.append((step, steps))
        clean.append(latent)

    output = run(pipeline, sampler=sampler, steps=4, on_step=report)
    assert seen == [(step, len(seen)) for step in range(1, len(seen) + 1)]
    assert len(seen) >= 4
    if sampler == "euler":  # its last step goes all the way
        torch.testing.assert_close(clean[-1], output.latent, atol=1e-2, rtol=1e-2)


def test_an_exception_in_the_callback_stops_the_run_at_once(pipeline: BaselinePipeline) -> None:
    calls = []

    def stop(step: int, steps: int, clean: torch.Tensor) -> None:
        calls.append(step)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        run(pipeline, on_step=stop)
    assert calls == [1]


@pytest.mark.parametrize(
    "asked",
    [
        {"edits": [TextEdit("red hair")]},
        {"injection": Injection()},
        {"enhancement": Enhancement(style=True)},
        {"reference_strength": [1.0, 0.5]},
    ],
)
def test_what_the_baseline_has_not_is_refused(pipeline: BaselinePipeline, asked: dict) -> None:
    with pytest.raises(UnsupportedRequestError, match="This model"):
        run(pipeline, **asked)


def test_what_does_nothing_is_not_refused(pipeline: BaselinePipeline) -> None:
    idle = {
        "edits": [TextEdit("red hair", strength=0.0)],
        "enhancement": Enhancement(),
        "reference_strength": [1.0] * 9,
    }
    assert torch.equal(run(pipeline, **idle).latent, run(pipeline).latent)


def test_samplers_that_diffusers_has_not_are_refused(pipeline: BaselinePipeline) -> None:
    with pytest.raises(SamplingError, match="choose one of dpm, ddim"):
        run(pipeline, sampler="k_euler")


def test_what_has_no_meaning_is_left_out_and_noted(pipeline: BaselinePipeline) -> None:
    guidance = Guidance(7.5, 3.0, GuidanceWindow(start=0.5))
    output = run(pipeline, (0, 1), reference_weights=[1.0, 2.0], guidance=guidance)
    assert torch.equal(output.latent, run(pipeline, (0, 1)).latent)
    assert [note.removeprefix("This model ignores ") for note in output.notes] == [
        "the weights of the references.",
        "the guidance scale of the line art.",
        "the guidance window.",
    ]
    assert run(pipeline, (0, 1), reference_weights=[2.0, 2.0]).notes == ()


def request(**parameters) -> ColorizeRequest:
    page = np.full((90, 120, 4), 255, np.uint8)
    page[20:24, 10:110, :3] = 0
    reference = np.full((40, 30, 4), (200, 40, 30, 255), np.uint8)
    settings: dict[str, Any] = {"steps": 2} | parameters
    return ColorizeRequest("anything", page, (Reference(reference),), Parameters(**settings))


def test_the_engine_runs_a_baseline_as_any_model(models_folder: Path) -> None:
    engine, events = Engine("cpu", models_folder), []
    result = engine.colorize(request(sketch_guidance=2.0), events.append, lambda: False)
    assert result.layers[0].pixels.shape == (90, 120, 4)
    assert result.recipe["parameters"]["reference_guidance"] == 7.5
    assert [note["id"] for note in result.recipe["notes"]] == ["note.ignores_sketch_guidance"]
    assert [event.step for event in events if isinstance(event, PreviewEvent)] == [1, 2]
    phases = [event.phase for event in events if isinstance(event, ProgressEvent)]
    assert list(dict.fromkeys(phases)) == ["loading", "preparing", "conditioning", "denoising", "decoding", "finishing"]
    again = engine.colorize(request(sketch_guidance=2.0), lambda event: None, lambda: False)
    assert np.array_equal(again.layers[0].pixels, result.layers[0].pixels)
    assert again.recipe == result.recipe


def test_a_cancelled_baseline_stops_within_a_step(models_folder: Path) -> None:
    seen = []

    def note(event: EngineEvent) -> None:
        seen.append(event.step if isinstance(event, PreviewEvent) else 0)

    with pytest.raises(Cancelled):
        Engine("cpu", models_folder).colorize(request(steps=50), note, lambda: bool(seen and seen[-1] == 1))
    assert max(seen) == 1


def test_the_engine_says_what_a_baseline_cannot_do(models_folder: Path) -> None:
    with pytest.raises(EngineError, match="does not work with this model") as caught:
        Engine("cpu", models_folder).colorize(request(sampler="k_euler"), lambda event: None, lambda: False)
    assert caught.value.code == "bad_input"
