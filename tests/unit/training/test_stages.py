"""Training of the built-in model: every stage learns a little, saves, goes on, and exports a pipeline that paints."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from huebrush_backend.models.demo import TOKEN_SIZE, make_sketch_encoder, make_unet
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.synthesis import PART_CLASSES
from huebrush_backend.training.budget import Budget
from huebrush_backend.training.configuration import STAGE_SHARES, Configuration, StageName, with_values
from huebrush_backend.training.data.bank import make_bank
from huebrush_backend.training.data.cells import central_parts, part_shares, small_part_weights
from huebrush_backend.training.data.samples import random_pair
from huebrush_backend.training.plan import TrainingPlan
from huebrush_backend.training.publishing import publish
from huebrush_backend.training.stages.attention import attention_loss, observe_attention
from huebrush_backend.training.strategies.options import Strategies
from huebrush_backend.training.train import train
from safetensors.torch import load_file


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


def plan(folder: Path, stage: StageName, resume: bool = False, minutes: float = 1 / 60) -> TrainingPlan:
    values = {
        ("run", "stage"): stage,
        ("run", "minutes"): minutes,
        ("run", "precision"): "float32",
        ("run", "device"): "cpu",
        ("data", "drawings"): 12,
        ("data", "palettes"): 512,
        ("data", "size"): 128,
        ("data", "chunk"): 8,
        ("optimization", "batch"): 2,
        ("network", "widths"): (16, 16, 16, 16),
        ("network", "stem_widths"): (4, 4, 8, 8),
        ("network", "token_grid"): 8,
        ("network", "token_size"): 32,
        ("network", "vision_layers"): 1,
        ("network", "text_width"): 32,
        ("network", "text_layers"): 2,
        ("network", "vae_widths"): (8, 8, 8, 8),
        ("network", "latent_channels"): 4,
    }
    return TrainingPlan(folder, with_values(Configuration(), values), resume)


def test_every_stage_trains_resumes_and_the_result_paints(run_folder: Path, tmp_path: Path) -> None:
    for stage in STAGE_SHARES:
        assert train(plan(run_folder, stage)), stage
        sheets = list((run_folder / stage).glob("sheet-*.png"))
        assert sheets, stage
        sheet = cv2.imread(str(sheets[0]))
        assert sheet is not None
        assert min(sheet.shape[:2]) > 100
    vocabulary = run_folder / "weights" / "tokenizer" / "tokenizer.json"
    written = vocabulary.stat().st_mtime_ns
    train(plan(run_folder, "clip", resume=True, minutes=2 / 60))
    assert vocabulary.stat().st_mtime_ns == written, "the text tower goes on with the vocabulary that it knows"
    steps = [json.loads(line)["steps"] for line in (run_folder / "clip" / "log.jsonl").read_text().splitlines()]
    assert steps == sorted(steps)

    publish(run_folder / "weights", tmp_path / "demo", shard_bytes=200_000)
    for file in (tmp_path / "demo").rglob("*.safetensors"):
        assert sum(tensor.nbytes for tensor in load_file(file).values()) <= 200_000, file
    assert len(list((tmp_path / "demo" / "unet").glob("*.safetensors"))) > 1
    assert str(run_folder) not in "".join(file.read_text() for file in (tmp_path / "demo").rglob("*.json"))
    pipeline = ColorizePipeline.from_pretrained(tmp_path / "demo", dtype=torch.float32)
    picture = pipeline(torch.full((1, 3, 128, 128), -1.0), [], 128, 128, steps=1).picture
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
    pair = random_pair(bank, np.random.default_rng(1), Strategies())
    assert pair.ink.dtype == np.float32 and 0 <= pair.ink.min() <= pair.ink.max() <= 1
    assert pair.target.shape == pair.reference.shape == (*pair.labels.shape, 3)
    assert pair.reference_labels.max() < len(PART_CLASSES)
    for part in np.unique(pair.labels):  # flats: one colour a part
        assert len(np.unique(pair.target[pair.labels == part], axis=0)) == 1


def test_attention_on_the_same_part_costs_nothing_and_elsewhere_much() -> None:
    wanted, shown = one_hot_places([1, 2, 1, 2]), one_hot([1, 2, 9]).unsqueeze(0)
    right = torch.tensor([[[1.0, 0, 0], [0, 1.0, 0]] * 2])
    assert attention_loss(right, wanted, shown, torch.ones(1, 2, 2)) < 1e-3
    assert attention_loss(right.flip(2), wanted, shown, torch.ones(1, 2, 2)) > 2


def test_attention_to_a_token_that_shows_other_parts_too_costs_something() -> None:
    half = (one_hot([1]) + one_hot([2])) / 2
    shown = torch.stack([one_hot([1])[0], half[0]]).unsqueeze(0)
    pure, mixed = (torch.tensor([[row]]) for row in ([1.0, 0.0], [0.0, 1.0]))
    losses = [attention_loss(seen, one_hot_places([1]), shown, torch.ones(1, 1, 1)) for seen in (pure, mixed)]
    assert losses[0] < 1e-3
    assert losses[1] == pytest.approx(np.log(2), abs=1e-3)


def test_attention_to_a_part_that_the_reference_lacks_does_not_count() -> None:
    shown = one_hot([1, 2]).unsqueeze(0)
    assert attention_loss(torch.full((1, 1, 2), 0.5), one_hot_places([7]), shown, torch.ones(1, 1, 1)) == 0


def test_explicit_attention_gives_what_the_unet_gives_and_keeps_where_it_looked() -> None:
    torch.manual_seed(0)
    unet = make_unet().eval()
    sketch, tokens = torch.randn(1, 3, 64, 64), torch.randn(1, 5, TOKEN_SIZE)
    inputs = torch.randn(1, 8, 8, 8), 500, tokens, make_sketch_encoder()(sketch)
    expected = unet(*inputs)
    (kept,) = observe_attention(unet, ["up_blocks.3.attentions.0"])
    torch.testing.assert_close(unet(*inputs), expected, rtol=1e-4, atol=1e-5)
    unet.install_attention_processors()  # as exporting a pipeline does in the middle of training
    assert kept in unet.attn_processors.values()
    assert kept.probabilities is not None
    assert kept.probabilities.shape == (1, 64, 5)


def test_small_parts_count_more_than_their_area() -> None:
    labels = np.zeros((64, 64), np.uint8)
    labels[:8, :8] = 3
    shares = part_shares(labels, 8)
    weights = small_part_weights(shares)
    assert shares.shape == (64, len(PART_CLASSES))
    assert weights.mean() == pytest.approx(1)
    assert weights[0] == pytest.approx(weights[1] * 63**0.6, rel=1e-3)
    assert central_parts(labels, 8)[0, 0] == 3


def one_hot(parts: list[int]) -> torch.Tensor:
    return torch.nn.functional.one_hot(torch.tensor(parts), len(PART_CLASSES)).float()


def one_hot_places(parts: list[int]) -> torch.Tensor:
    side = round(len(parts) ** 0.5)
    return one_hot(parts).T.reshape(1, len(PART_CLASSES), side, side)


def test_the_learning_rate_warms_up_holds_and_falls_to_zero() -> None:
    by_time = Budget(steps=None, seconds=100, learning_rate=1.0, warmup=10, decay=0.5)
    assert by_time.rate(0, 0) == pytest.approx(0.1)
    assert by_time.rate(50, 40) == 1.0
    assert by_time.rate(99, 75) == pytest.approx(0.5)
    assert by_time.rate(99, 100) == 0
    by_steps = Budget(steps=200, seconds=None, learning_rate=1.0, warmup=10, decay=0.5)
    assert by_steps.rate(150, 1e9) == pytest.approx(0.5)
    assert Budget(steps=200, seconds=None, learning_rate=1.0, warmup=0, decay=0).rate(199, 0) == 1.0
