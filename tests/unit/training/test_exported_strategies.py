"""A trained model says how it was trained, so that it is asked in the same way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.training.configuration import Configuration, StageName, with_values
from huebrush_backend.training.moment import Moment
from huebrush_backend.training.plan import TrainingPlan
from huebrush_backend.training.preparation import prepare_unet
from huebrush_backend.training.randomness import Randomness
from huebrush_backend.training.train import train

VALUES = {
    "run": {"steps": 1, "precision": "float32", "device": "cpu", "producers": 0},
    "data": {"drawings": 4, "palettes": 40, "size": 64, "chunk": 4, "pool": 1},
    "network": {
        "widths": (16,) * 4, "stem_widths": (4,) * 4, "token_grid": 4, "token_size": 32, "vision_layers": 1,
        "text_width": 32, "text_layers": 1, "vae_widths": (8,) * 4, "latent_channels": 4,
    },
    "optimization": {"batch": 4},
}  # fmt: skip


def plan(folder: Path, stage: StageName, **strategies: Any) -> TrainingPlan:
    values: dict[tuple[str, ...], Any] = {
        (section, name): value for section, names in VALUES.items() for name, value in names.items()
    }
    values |= {("strategies", name): value for name, value in strategies.items()}
    return TrainingPlan(folder, with_values(Configuration(), {**values, ("run", "stage"): stage}), resume=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run's folder in which CLIP, with positions, and the VAE have had their one step."""
    folder = tmp_path_factory.mktemp("run")
    assert train(plan(folder, "clip", clip_placement=True, margin_share=1.0))
    assert train(plan(folder, "vae"))
    return folder


@pytest.mark.parametrize(("kind", "count", "prediction"), [("cls", 1, "epsilon"), ("full", 17, "v_prediction")])
def test_the_export_says_what_is_predicted_and_which_tokens_are_seen(
    folder: Path, kind: str, count: int, prediction: str
) -> None:
    chosen = plan(folder, "unet", reference_tokens=kind, prediction=prediction, token_positions=False, gram_weight=1.0)
    preparation = prepare_unet(chosen, chosen.accelerator())
    preparation.start(0)
    batch = preparation.get_batch(0, range(4), lambda: True)
    preparation.close()
    loss, _ = preparation.module(batch, Moment(0, 1.0, Randomness(0, 0, range(4))))
    loss.backward()
    assert torch.isfinite(loss)
    assert batch["tokens"].shape == (4, count, 32)
    assert batch["reference_parts"].shape[:2] == (4, count)
    preparation.outputs.export()

    pipeline = ColorizePipeline.from_pretrained(folder / "weights")
    assert pipeline.scheduler.config["prediction_type"] == prediction
    reference = torch.rand(1, 3, 40, 40) * 2 - 1
    assert pipeline.reference_tokens == kind
    assert pipeline.encode_references([reference]).shape == (1, count, 32)
    picture = pipeline(torch.full((1, 3, 64, 64), -1.0), [reference], 64, 64, steps=2).picture
    assert torch.isfinite(picture).all()
    embedding = pipeline.image_encoder.vision_model.embeddings.position_embedding.weight
    assert (embedding[1:] == 0).all() and (embedding[0] != 0).any()
