"""Training of the built-in model: every stage learns a little, saves, goes on, and exports a pipeline that paints."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.synthesis import PART_CLASSES
from huebrush_backend.training.bank import make_bank
from huebrush_backend.training.demo import TRAINERS, Plan, publish
from huebrush_backend.training.denoiser import attention_loss
from huebrush_backend.training.loop import Budget
from huebrush_backend.training.samples import random_pair


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


def plan(folder: Path, resume: bool = False) -> Plan:
    return Plan(folder, minutes=1 / 60, resume=resume, drawings=12, size=128, batch=2, device="cpu")


def test_every_stage_trains_resumes_and_the_result_paints(run_folder: Path, tmp_path: Path) -> None:
    for train in TRAINERS.values():
        train(plan(run_folder))
    TRAINERS["clip"](plan(run_folder, resume=True))
    steps = [json.loads(line)["steps"] for line in (run_folder / "clip" / "log.jsonl").read_text().splitlines()]
    assert steps == sorted(steps)

    publish(run_folder / "weights", tmp_path / "demo")
    files = list((tmp_path / "demo").rglob("*.safetensors"))
    assert sum(file.stat().st_size for file in files) <= 48 * 2**20
    assert max(file.stat().st_size for file in files) <= 15 * 2**20
    assert str(run_folder) not in "".join(file.read_text() for file in (tmp_path / "demo").rglob("*.json"))
    pipeline = ColorizePipeline.from_pretrained(tmp_path / "demo", dtype=torch.float32)
    picture = pipeline(torch.full((1, 3, 64, 64), -1.0), [], 64, 64, steps=1).picture
    assert torch.isfinite(picture).all()


def test_a_bank_is_drawn_once_and_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    first = make_bank(tmp_path / "a", 4, seed=3, palettes=2, processes=1)
    again = make_bank(tmp_path / "a", 4, seed=3, palettes=2, processes=1)
    elsewhere = make_bank(tmp_path / "b", 4, seed=3, palettes=2, processes=1)
    for bank in (again, elsewhere):
        np.testing.assert_array_equal(first.labels, bank.labels)
        np.testing.assert_array_equal(first.palettes[0].colors, bank.palettes[0].colors)
    np.testing.assert_allclose(first.presence.sum(axis=1), 1)


def test_a_pair_shares_the_palette_but_not_the_drawing(tmp_path: Path) -> None:
    bank = make_bank(tmp_path, 6, seed=3, palettes=3, processes=1)
    pair = random_pair(bank, np.random.default_rng(1))
    assert pair.ink.dtype == np.float32 and 0 <= pair.ink.min() <= pair.ink.max() <= 1
    assert pair.target.shape == pair.reference.shape == (*pair.labels.shape, 3)
    assert pair.reference_labels.max() < len(PART_CLASSES)
    for part in np.unique(pair.labels):  # flats: one colour a part
        assert len(np.unique(pair.target[pair.labels == part], axis=0)) == 1


def test_attention_on_the_same_part_costs_nothing_and_elsewhere_much() -> None:
    labels, reference_labels = torch.tensor([[1, 2]]), torch.tensor([[1, 2, 9]])
    right = torch.tensor([[[1.0, 0, 0], [0, 1.0, 0]]])
    assert attention_loss(right, labels, reference_labels) < 1e-3
    assert attention_loss(right.flip(2), labels, reference_labels) > 2


def test_attention_to_a_part_that_the_reference_lacks_does_not_count() -> None:
    loss = attention_loss(torch.full((1, 1, 2), 0.5), torch.tensor([[7]]), torch.tensor([[1, 2]]))
    assert loss == 0


def test_the_learning_rate_warms_up_holds_and_falls_to_zero() -> None:
    budget = Budget(seconds=100, learning_rate=1.0, warmup_steps=10, decay=0.5)
    assert budget.rate(0, 0) == pytest.approx(0.1)
    assert budget.rate(40, 50) == 1.0
    assert budget.rate(75, 99) == pytest.approx(0.5)
    assert budget.rate(100, 99) == 0
