"""The pipeline with the built-in weights: reproducible, steered by its inputs, saved and loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.models.catalog import builtin_folder
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.guidance import Guidance, GuidanceWindow
from huebrush_backend.pipeline.injection import Injection
from huebrush_backend.pipeline.loading import load_pipeline
from huebrush_backend.pipeline.preview import LatentPreview
from huebrush_backend.pipeline.samplers import SAMPLER_NAMES
from huebrush_backend.pipeline.schedulers import SCHEDULERS, clean_latent, make_scheduler

SIZE = 64


@pytest.fixture(scope="module")
def pipeline() -> ColorizePipeline:
    loaded = ColorizePipeline.from_pretrained(builtin_folder(), dtype=torch.float32)
    loaded.set_progress_bar_config(disable=True)
    return loaded


def sketch() -> torch.Tensor:
    lines = torch.full((1, 3, SIZE, SIZE), -1.0)
    lines[..., 20:22, :] = 1
    lines[..., :, 40:42] = 1
    return lines


def reference(seed: int = 0) -> torch.Tensor:
    return torch.rand(1, 3, 90, 70, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def run(pipeline: ColorizePipeline, **options) -> torch.Tensor:
    settings = {"references": [reference()], "steps": 3, "seed": 5} | options
    return pipeline(sketch(), settings.pop("references"), SIZE, SIZE, **settings).picture


def test_the_same_seed_gives_the_same_bytes(pipeline: ColorizePipeline) -> None:
    assert torch.equal(run(pipeline), run(pipeline))


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": 6},
        {"references": [reference(1)]},
        {"references": []},
        {"reference_strength": 0.2},
        {"sketch_strength": 0.2},
        {"guidance": Guidance(6, 1)},
        {"guidance": Guidance(4, 3)},
        {"steps": 4},
        {"sampler": "k_heun"},
        {"sampler": "k_heun", "noise_schedule": "karras"},
        {"edits": [TextEdit("red hair", control="hair", strength=4.0)]},
        {"reference_strength": [1.0] * 5 + [0.0] * 4},
        {"injection": Injection()},
        {"noise": torch.zeros(1, 8, SIZE // 8, SIZE // 8)},
    ],
)
def test_every_control_changes_the_picture(pipeline: ColorizePipeline, changed: dict) -> None:
    assert not torch.allclose(run(pipeline), run(pipeline, **changed), atol=1e-3)


@pytest.mark.parametrize("changed", [{"reference_fidelity": 0.0}, {"sketch_fidelity": 1.0}, {"start": 0.5}])
def test_every_control_of_the_injection_changes_the_picture(pipeline: ColorizePipeline, changed: dict) -> None:
    plain, other = (run(pipeline, injection=injection) for injection in (Injection(), Injection(**changed)))
    assert not torch.allclose(plain, other, atol=1e-3)


@pytest.mark.parametrize("options", [{"references": []}, {"injection": Injection(start=1.5)}])
def test_an_injection_that_never_begins_changes_nothing(pipeline: ColorizePipeline, options: dict) -> None:
    plain = options | {"injection": None}
    assert torch.equal(run(pipeline, **{"injection": Injection()} | options), run(pipeline, **plain))


@pytest.mark.parametrize("sampler", ["dpm", "ddim", "euler", "lms", "k_euler", "k_dpmpp_2m", "k_dpmpp_3m_sde"])
def test_samplers_paint_and_report_each_step(pipeline: ColorizePipeline, sampler: str) -> None:
    seen: list[tuple[int, int]] = []
    picture = run(pipeline, sampler=sampler, steps=4, on_step=lambda step, steps, clean: seen.append((step, steps)))
    assert picture.shape == (1, 3, SIZE, SIZE)
    assert torch.isfinite(picture).all()
    assert seen == [(step, 4) for step in range(1, 5)]


def test_the_model_chooses_the_guidance_only_when_nobody_else_does(pipeline: ColorizePipeline) -> None:
    suitable = pipeline.config["reference_guidance"]
    assert pipeline.guidance_at(None, 2.0) == Guidance(suitable, 2.0)
    assert pipeline.guidance_at(suitable, None) == Guidance(suitable, pipeline.config["sketch_guidance"])
    assert pipeline.guidance_at(suitable + 1, 1.0) == Guidance(suitable + 1, 1.0)


def test_outside_its_window_the_reference_is_not_seen(pipeline: ColorizePipeline) -> None:
    closed = Guidance(4, 1, GuidanceWindow(start=1.1))
    torch.testing.assert_close(run(pipeline, guidance=closed), run(pipeline, references=[]), atol=1e-4, rtol=0)
    late = Guidance(4, 1, GuidanceWindow(start=0.5))
    assert not torch.allclose(run(pipeline, guidance=late), run(pipeline, references=[]), atol=1e-3)


def test_edits_that_have_no_strength_change_nothing(pipeline: ColorizePipeline) -> None:
    assert torch.equal(run(pipeline, edits=[TextEdit("red hair", strength=0.0)]), run(pipeline))


def test_a_wrong_number_of_reference_strengths_is_refused(pipeline: ColorizePipeline) -> None:
    with pytest.raises(ValueError, match="9 transformer blocks, but 2"):
        run(pipeline, reference_strength=[1.0, 1.0])


def test_an_unknown_noise_schedule_is_refused_with_the_names_there_are(pipeline: ColorizePipeline) -> None:
    with pytest.raises(ValueError, match="automatic, uniform, karras"):
        run(pipeline, noise_schedule="magic")


def test_a_sampler_that_does_not_go_with_the_model_is_refused(pipeline: ColorizePipeline) -> None:
    with pytest.raises(ValueError, match="does not work with this model"):
        run(pipeline, sampler="pndm", steps=4)


def test_too_few_steps_for_a_sampler_are_refused(pipeline: ColorizePipeline) -> None:
    with pytest.raises(ValueError, match="at least 4 steps"):
        run(pipeline, sampler="pndm", steps=3)


def test_samplers_with_noise_of_their_own_depend_on_the_seed_alone(pipeline: ColorizePipeline) -> None:
    settings = {"sampler": "k_euler_a", "noise": torch.ones(1, 8, SIZE // 8, SIZE // 8)}
    assert torch.equal(run(pipeline, **settings), run(pipeline, **settings))
    assert not torch.allclose(run(pipeline, **settings), run(pipeline, **settings, seed=6), atol=1e-3)


def test_an_unknown_sampler_is_refused_with_the_names_there_are(pipeline: ColorizePipeline) -> None:
    with pytest.raises(ValueError, match=", ".join(SAMPLER_NAMES)):
        run(pipeline, sampler="magic")


def test_an_exception_in_the_callback_stops_the_run(pipeline: ColorizePipeline) -> None:
    calls = []

    def stop(step: int, steps: int, clean: torch.Tensor) -> None:
        calls.append(step)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        run(pipeline, on_step=stop)
    assert calls == [1]


@pytest.mark.parametrize("sampler", ["dpm", "k_euler"])
def test_a_picture_to_go_on_from_stays_the_more_the_less_may_change(pipeline: ColorizePipeline, sampler: str) -> None:
    before = run(pipeline, seed=9, references=[reference(1)]).clamp(-1, 1)
    options = {"initial": before, "steps": 10, "sampler": sampler}
    moved = [float((run(pipeline, change=change, **options) - before).abs().mean()) for change in (0.1, 0.5, 1.0)]
    assert moved == sorted(moved) and moved[0] < moved[2] / 2
    assert torch.equal(run(pipeline, change=1.0, **options), run(pipeline, steps=10, sampler=sampler))
    assert torch.equal(run(pipeline, change=0.5, **options), run(pipeline, change=0.5, **options))


def test_no_reference_is_the_same_as_reference_strength_zero(pipeline: ColorizePipeline) -> None:
    plain = Guidance(1, 1)
    nothing = run(pipeline, references=[], guidance=plain)
    torch.testing.assert_close(nothing, run(pipeline, reference_strength=0.0, guidance=plain), atol=1e-4, rtol=0)


def test_a_reference_with_all_the_weight_counts_alone(pipeline: ColorizePipeline) -> None:
    # Attention is so sharp that 1e-12 would still be seen where the second reference fits far better.
    both = run(pipeline, references=[reference(0), reference(1)], reference_weights=[1.0, 1e-36])
    torch.testing.assert_close(both, run(pipeline, references=[reference(0)]), atol=1e-3, rtol=0)


def test_equal_weights_do_not_depend_on_the_order(pipeline: ColorizePipeline) -> None:
    one_way = run(pipeline, references=[reference(0), reference(1)])
    torch.testing.assert_close(one_way, run(pipeline, references=[reference(1), reference(0)]), atol=1e-3, rtol=0)


def test_a_saved_pipeline_paints_the_same_picture(pipeline: ColorizePipeline, tmp_path: Path) -> None:
    pipeline.save_pretrained(tmp_path)
    again = ColorizePipeline.from_pretrained(tmp_path, dtype=torch.float32)
    assert again.config["native_size"] == pipeline.config["native_size"]
    # Not to the bit: weights at other addresses may take other kernels.
    torch.testing.assert_close(run(again), run(pipeline), atol=1e-4, rtol=0)


def test_the_text_tower_is_loaded_when_a_text_is_to_be_encoded(pipeline: ColorizePipeline) -> None:
    lazy = load_pipeline(builtin_folder(), torch.device("cpu"))
    run(lazy)
    assert lazy.text_encoder is None
    edits = [TextEdit("red hair", control="hair", strength=4.0)]
    torch.testing.assert_close(run(lazy, edits=edits), run(pipeline, edits=edits), atol=1e-4, rtol=0)
    assert lazy.text_encoder is not None


def test_without_a_text_tower_edits_are_refused() -> None:
    bare = ColorizePipeline.from_pretrained(builtin_folder(), text_encoder=None)
    with pytest.raises(ValueError, match="no text encoder"):
        run(bare, edits=[TextEdit("red hair")])


@pytest.mark.parametrize("kind", ["epsilon", "v_prediction", "sample"])
@pytest.mark.parametrize("sampler", [name for name in SCHEDULERS if name != "pndm"])
def test_the_clean_latent_is_found_from_every_kind_of_prediction(
    pipeline: ColorizePipeline, sampler: str, kind: str
) -> None:
    config = dict(pipeline.scheduler.config) | {"prediction_type": kind}
    scheduler = make_scheduler(sampler, config)
    scheduler.set_timesteps(5)
    timestep = scheduler.timesteps[2]
    clean, noise = torch.randn(1, 8, 4, 4), torch.randn(1, 8, 4, 4)
    alpha_bar = scheduler.alphas_cumprod[int(timestep)]
    latent = alpha_bar.sqrt() * clean + (1 - alpha_bar).sqrt() * noise
    prediction = {
        "epsilon": noise,
        "sample": clean,
        "v_prediction": alpha_bar.sqrt() * noise - (1 - alpha_bar).sqrt() * clean,
    }[kind]
    if sampler in ("euler", "lms"):  # their latents are not scaled down
        latent = latent / alpha_bar.sqrt()
    found = clean_latent(prediction, latent, timestep, scheduler)
    torch.testing.assert_close(found, clean, atol=2e-2, rtol=1e-2)


def test_previews_show_plain_colours_about_right(pipeline: ColorizePipeline) -> None:
    preview = LatentPreview(pipeline.vae)
    colors = torch.tensor([[0.8, -0.8, -0.8], [-0.8, -0.8, 0.8], [0.9, 0.9, 0.9]])
    pictures = colors[:, :, None, None].expand(-1, 3, SIZE, SIZE)
    with torch.inference_mode():
        latents = pipeline.vae.encode(pictures).latent_dist.mean * pipeline.vae.config["scaling_factor"]  # pyright: ignore[reportAttributeAccessIssue]
    shown = torch.cat([preview.picture(latent[None]) for latent in latents]).mean(dim=(2, 3))
    assert (shown - colors).abs().mean() < 0.35
