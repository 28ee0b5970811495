"""Pictures by others among the samples: their parts guide attention, but have no names to learn."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from huebrush_backend.drawings.sources import open_folder
from huebrush_backend.models.catalog import builtin_folder
from huebrush_backend.models.demo import make_sketch_encoder, make_unet
from huebrush_backend.synthesis import PART_CLASSES
from huebrush_backend.training.configuration import Configuration, ConfigurationError, with_values
from huebrush_backend.training.data.bank import make_bank
from huebrush_backend.training.data.cells import (
    NAMED,
    UNKNOWN,
    UNNAMED,
    known_cells,
    part_shares,
    small_part_weights,
)
from huebrush_backend.training.data.producer import Chunk, Recipe, SampleMaker
from huebrush_backend.training.moment import Moment
from huebrush_backend.training.plan import TrainingPlan
from huebrush_backend.training.randomness import Randomness
from huebrush_backend.training.stages.unet import DenoiserTrainer
from huebrush_backend.training.strategies.options import Strategies
from small_drawings import BERRY, HOUSE


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two drawings and a bank."""
    found = tmp_path_factory.mktemp("pictures")
    (found / "house.svg").write_bytes(HOUSE)
    (found / "berry.svg").write_bytes(BERRY)
    make_bank(found / "bank", 4, seed=1, palettes=4, processes=1)
    return found


def chunk(folder: Path, share: float) -> Chunk:
    """Return a chunk of two samples, of which this share is made of the drawings in `folder`."""
    recipe = Recipe(
        weights=builtin_folder(),
        open_bank=partial(make_bank, folder / "bank", 4, 1, 4),
        strategies=Strategies(),
        size=64,
        chunk=2,
        seed=3,
        half=False,
        device="cpu",
        open_pictures=partial(open_folder, folder),
        pictures_share=share,
    )
    made = SampleMaker(recipe).make(0, 0.0)
    assert made is not None
    return made


@pytest.fixture(scope="module")
def chunks(folder: Path) -> dict[str, Chunk]:
    """Return a chunk of our own drawings and one of drawings by others."""
    return {"own": chunk(folder, 0.0), "others": chunk(folder, 1.0)}


def test_samples_of_others_have_parts_without_names(folder: Path, chunks: dict[str, Chunk]) -> None:
    own, others, again = chunks["own"], chunks["others"], chunk(folder, 1.0)
    assert set(np.unique(own["known"])) == {NAMED}
    assert set(np.unique(others["known"])) <= {UNKNOWN, UNNAMED}
    assert (others["known"] == UNNAMED).mean() > 0.5
    assert others["labels"].max() < len(PART_CLASSES)
    assert others["reference_parts"].any()
    assert all(np.array_equal(others[name], again[name]) for name in others)
    assert {name: plane.shape for name, plane in own.items()} == {name: plane.shape for name, plane in others.items()}


def test_names_are_learned_from_our_own_drawings_alone(chunks: dict[str, Chunk]) -> None:
    widths = (16, 16, 16, 16)
    trainer = DenoiserTrainer(make_unet(widths), make_sketch_encoder((4, 4, 4, 4), widths), Strategies())
    for name, learns in (("own", True), ("others", False)):
        trainer.zero_grad()
        loss, numbers = trainer(chunks[name], Moment(0, 0.0, Randomness(1, 0, range(2), torch.device("cpu"))))
        loss.backward()
        gradient = trainer.part_head.weight.grad
        assert gradient is not None
        assert bool(gradient.abs().sum() > 0) == learns
        assert numbers["attention"] > 0
        assert np.isfinite(list(numbers.values())).all()


def test_unknown_cells_have_a_label_that_can_be_counted() -> None:
    labels, known = known_cells(np.array([[3, 255]], np.uint8), is_named=False)
    assert labels.tolist() == [[3, 0]]
    assert known.tolist() == [[UNNAMED, UNKNOWN]]
    assert known_cells(np.array([[3, 255]], np.uint8), is_named=True)[1].tolist() == [[NAMED, UNKNOWN]]


def test_cells_of_a_picture_without_parts_count_alike() -> None:
    shares = part_shares(np.full((32, 32), 255, np.uint8), 4)
    assert (small_part_weights(shares) == 1).all()


def test_the_configuration_opens_the_pictures_that_it_names(folder: Path) -> None:
    configuration = with_values(Configuration(), {("data", "pictures"): (str(folder),), ("run", "stage"): "unet"})
    opened = TrainingPlan(folder, configuration, False).open_pictures
    assert opened is not None
    assert len(opened()) == 2
    assert TrainingPlan(folder, with_values(Configuration(), {("run", "stage"): "unet"}), False).open_pictures is None
    with pytest.raises(ConfigurationError, match="pictures_share"):
        with_values(Configuration(), {("data", "pictures_share"): 1.5})
