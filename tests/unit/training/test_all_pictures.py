"""Training on all that can be drawn: rich drawings and pictures by others beside our first set, in every stage."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from huebrush_backend.drawings.pairs import UNLABELLED, DrawnPair
from huebrush_backend.models.catalog import builtin_folder
from huebrush_backend.models.demo import make_clip, make_sketch_encoder, make_unet
from huebrush_backend.synthesis import ALL_PART_CLASSES, PART_CLASSES, caption, color_picture
from huebrush_backend.training.configuration import Configuration, ConfigurationError, with_values
from huebrush_backend.training.data.bank import Bank, make_bank
from huebrush_backend.training.data.cells import part_shares
from huebrush_backend.training.data.mixed_bank import make_mixed_bank, shares_of_kinds
from huebrush_backend.training.data.producer import Recipe, SampleMaker
from huebrush_backend.training.data.samples import pair_from, varied_picture
from huebrush_backend.training.moment import Moment
from huebrush_backend.training.plan import BANK_SEED, TrainingPlan
from huebrush_backend.training.randomness import Randomness
from huebrush_backend.training.stages.clip import ClipBatch, ClipTrainer, clip_batch
from huebrush_backend.training.stages.unet import DenoiserTrainer
from huebrush_backend.training.stages.vae import PicturesByOthers, autoencoder_batch
from huebrush_backend.training.strategies.options import Strategies
from huebrush_backend.training.strategies.placement import NO_PART, place
from huebrush_backend.training.strategies.reference_picture import photograph_some, vary_reference
from huebrush_backend.training.wider_head import with_wider_head
from small_drawings import BERRY, HOUSE
from tiny_training import state_of, train
from torch import nn
from transformers import CLIPTokenizer

FIRST = len(PART_CLASSES)
SMALL = Strategies(
    mirror_share=0, placement_share=1, rotation=0, shift=0, stretch=0, scale_least=0.5, scale_most=0.5,
    margin_share=1, margin="white", deformation="none", clip_placement=True,
)  # fmt: skip
"""References half as large in the middle of a white margin."""


class Halves:
    """A source whose references are red on the left and blue on the right, with the labels 1 and 2, and none below."""

    colors = np.array([[0, 0, 0], [250, 0, 0], [0, 0, 250]], np.uint8)

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return 1

    def pair(self, seed: int, index: int, size: int = 256) -> DrawnPair:
        self.asked.append((seed, index))
        labels = np.ones((size, size), np.uint8)
        labels[:, size // 2 :] = 2
        picture = self.colors[labels]
        labels[size * 3 // 4 :] = UNLABELLED
        return DrawnPair(np.zeros((size, size), np.float32), picture, picture, labels, labels, self.colors)


def generators(count: int) -> list[np.random.Generator]:
    return [np.random.default_rng([3, row]) for row in range(count)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("banks")


@pytest.fixture(scope="module")
def open_bank(folder: Path) -> Callable[[], Bank]:
    return partial(make_bank, folder, 4, 1, 4, 1)


@pytest.fixture(scope="module")
def open_rich_bank(folder: Path) -> Callable[[], Bank]:
    return partial(make_mixed_bank, folder, 4, 1, {"vehicle": 1.0}, 4, 1)


@pytest.fixture(scope="module")
def trainer() -> Callable[[int], ClipTrainer]:
    """Return a function that makes a tiny CLIP to train, with this number of part classes."""
    tokenizer = CLIPTokenizer.from_pretrained(builtin_folder() / "tokenizer")

    def make(classes: int) -> ClipTrainer:
        clip = make_clip(
            len(tokenizer), tokenizer.bos_token_id, tokenizer.eos_token_id,
            token_grid=8, token_size=32, vision_layers=1, text_width=32, text_layers=2,
        )  # fmt: skip
        return ClipTrainer(clip, tokenizer, 32, classes)

    return make


def learn(trainer: ClipTrainer, batch: ClipBatch) -> dict[str, float]:
    """Do one backward pass; return the numbers to report, all of them finite."""
    loss, numbers = trainer(batch)
    loss.backward()
    assert np.isfinite([float(loss.detach()), *numbers.values()]).all()
    return numbers


def plan_with(folder: Path, rich: float) -> TrainingPlan:
    values = {("data", "rich"): rich, ("data", "drawings"): 4, ("data", "palettes"): 4}
    return TrainingPlan(folder, with_values(Configuration(), values), False)


def test_without_rich_drawings_the_bank_and_its_batches_are_those_of_before(
    folder: Path, open_bank: Callable[[], Bank]
) -> None:
    """What the random numbers of a batch are used for is written down here as it always was."""
    opened: Any = plan_with(folder, 0.0).open_bank
    assert (opened.func, opened.args) == (make_bank, (folder / "bank", 4, BANK_SEED, 4))
    bank, options = open_bank(), Strategies(clip_placement=True, margin_share=0.5)
    assert bank.classes == FIRST
    batch = clip_batch(bank, 8, generators(3), options)
    crops = ((autoencoder_batch(bank, generators(3)) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
    captions = []
    for row, (rng, again) in enumerate(zip(generators(3), generators(3), strict=True)):
        drawing, palette = bank.drawing(int(rng.integers(4))), bank.palettes[rng.integers(4)]
        picture, labels = place(varied_picture(drawing, palette, rng), drawing.labels, options, rng)
        captions.append(caption(drawing, palette, rng))
        assert np.array_equal(batch.parts[row].numpy(), part_shares(labels, 8))
        assert np.array_equal(batch.pictures[row].numpy(), picture)

        drawing, palette = bank.drawing(int(again.integers(4))), bank.palettes[again.integers(4)]
        plain = again.random() < 0.6
        picture = color_picture(drawing, palette, ink=not plain and again.random() < 0.5, shading=not plain)
        top, left = again.integers(0, 193, 2)
        crop = picture[top : top + 64, left : left + 64]
        assert np.array_equal(crops[row], crop[:, ::-1] if again.random() < 0.5 else crop)
    assert batch.captions == captions
    assert batch.named.all()


def test_the_share_of_rich_drawings_opens_a_bank_of_all_kinds(folder: Path) -> None:
    opened: Any = plan_with(folder, 0.4).open_bank
    assert (opened.func, opened.args) == (make_mixed_bank, (folder / "bank", 4, BANK_SEED, shares_of_kinds(0.4), 4))
    assert sum(shares_of_kinds(0.4).values()) == pytest.approx(1)
    assert shares_of_kinds(0.4)["characters"] == pytest.approx(0.6)
    with pytest.raises(ConfigurationError, match=r"data\.rich is 1\.5"):
        plan_with(folder, 1.5)


def test_clip_learns_the_parts_of_rich_drawings(
    open_rich_bank: Callable[[], Bank], trainer: Callable[[int], ClipTrainer]
) -> None:
    bank = open_rich_bank()
    assert bank.classes == len(ALL_PART_CLASSES)
    batch = clip_batch(bank, 8, generators(3), Strategies())
    assert batch.parts.shape == (3, 64, len(ALL_PART_CLASSES))
    assert batch.parts[..., FIRST:].sum() > 1
    head = trainer(bank.classes)
    assert head.part_head.out_features == bank.classes
    learn(head, batch)
    assert head.part_head.weight.grad is not None


def test_the_unet_learns_the_parts_of_rich_drawings(open_rich_bank: Callable[[], Bank]) -> None:
    recipe = Recipe(
        weights=builtin_folder(), open_bank=open_rich_bank, strategies=Strategies(looks_share=1.0),
        size=64, chunk=2, seed=3, half=False, device="cpu",
    )  # fmt: skip
    chunk = SampleMaker(recipe).make(0, 0.0)
    assert chunk is not None
    assert chunk["labels"].max() >= FIRST
    assert chunk["reference_parts"].shape[-1] == len(ALL_PART_CLASSES)
    assert chunk["reference_parts"][..., FIRST:].any()
    widths = (16, 16, 16, 16)
    denoiser = DenoiserTrainer(
        make_unet(widths), make_sketch_encoder((4, 4, 4, 4), widths), Strategies(), len(ALL_PART_CLASSES)
    )
    loss, numbers = denoiser(chunk, Moment(0, 0.0, Randomness(1, 0, range(2), torch.device("cpu"))))
    loss.backward()
    assert np.isfinite([float(loss.detach()), *numbers.values()]).all()


def test_references_by_others_are_placed_with_their_parts() -> None:
    pair = pair_from(Halves(), np.random.default_rng(0), 64, SMALL)
    inside = pair.reference_labels != NO_PART
    assert (pair.reference[:15] == 255).all()
    assert (pair.reference_labels[:15] == NO_PART).all()
    assert 0.15 < inside.mean() < 0.22  # a quarter of the page, a quarter of which has no part
    assert (pair.labels == 1).mean() == 0.375  # the drawing itself stays as it is
    for part, color in ((1, (250, 0, 0)), (2, (0, 0, 250))):
        assert (np.abs(pair.reference[pair.reference_labels == part].astype(int) - color).max(axis=1) < 10).mean() > 0.8
    assert not pair.is_named


def test_references_by_others_are_mirrored_with_their_parts() -> None:
    options = Strategies(mirror_share=1, placement_share=0, deformation="none")
    pair = pair_from(Halves(), np.random.default_rng(0), 64, options)
    assert (pair.reference_labels[0] == np.repeat([2, 1], 32)).all()
    assert (pair.reference[0, 0] == (0, 0, 250)).all()
    assert (pair.labels[0] == np.repeat([1, 2], 32)).all()


def test_references_by_others_are_bent_and_shuffled_like_copies() -> None:
    still = {"mirror_share": 0.0, "placement_share": 0.0}
    for changes in ({"deformation": "spline"}, {"deformation": "none", "patch_shuffle_share": 1.0}):
        options: Any = {**still, **changes}
        pair = pair_from(Halves(), np.random.default_rng(0), 64, Strategies(**options))
        assert not np.array_equal(pair.reference_labels, pair.labels)
        red = pair.reference[..., 0] > 125
        known = pair.reference_labels != NO_PART
        assert (red == (pair.reference_labels == 1))[known].mean() > 0.95


def test_clip_learns_from_pictures_by_others_the_colours_alone(
    open_bank: Callable[[], Bank], trainer: Callable[[int], ClipTrainer]
) -> None:
    bank = open_bank()
    others = clip_batch(bank, 8, generators(2), SMALL, Halves(), 1.0)
    assert not others.named.any() and not others.parts.any()
    assert others.captions == [] and others.phrases == []
    colors, weights = others.colors[0].reshape(8, 8, 3), others.weights[0].reshape(8, 8)
    assert ((colors[3, 3] + 1) * 127.5).numpy() == pytest.approx([250, 0, 0], abs=1)
    assert ((colors[3, 4] + 1) * 127.5).numpy() == pytest.approx([0, 0, 250], abs=1)
    assert weights[0].max() == 0 < weights[3, 3]  # the margin does not count
    clip = trainer(bank.classes)
    numbers = learn(clip, others)
    assert numbers["part_accuracy"] == numbers["caption_loss"] == 0
    assert clip.part_head.weight.grad is not None
    assert not clip.part_head.weight.grad.any()
    mixed = clip_batch(bank, 8, generators(8), Strategies(), Halves(), 0.5)
    assert 0 < int(mixed.named.sum()) == len(mixed.captions) < 8
    assert learn(trainer(bank.classes), mixed)["caption_loss"] > 0


def test_where_parts_are_unknown_clip_learns_the_colours_of_the_picture(open_bank: Callable[[], Bank]) -> None:
    class Photographs(Halves):
        def pair(self, seed: int, index: int, size: int = 256) -> DrawnPair:
            known, nothing = super().pair(seed, index, size), np.full((size, size), UNLABELLED, np.uint8)
            empty = np.zeros((0, 3), np.uint8)
            return DrawnPair(known.ink, known.target, known.reference, nothing, nothing, empty)

    still = Strategies(mirror_share=0, placement_share=0, clip_placement=True)
    batch = clip_batch(open_bank(), 8, generators(1), still, Photographs(), 1.0)
    assert ((batch.colors[0, 0] + 1) * 127.5).numpy() == pytest.approx([250, 0, 0], abs=1)
    assert (batch.weights == 1).all()


def test_the_vae_sees_each_picture_by_others_in_many_crops(open_bank: Callable[[], Bank]) -> None:
    source = Halves()
    others = PicturesByOthers(source, 1.0, seed=5)
    crops = (autoencoder_batch(open_bank(), generators(4), others) + 1) * 127.5
    assert set(np.unique(crops.round().numpy())) <= {0, 250}
    first = set(source.asked)
    assert {seed for seed, _ in first} == {5} and len(first) == len(source.asked)
    autoencoder_batch(open_bank(), generators(4), others)
    assert len(source.asked) == len(first)


def test_a_share_of_references_looks_like_photographs_and_keeps_its_place() -> None:
    planes = Halves().pair(0, 0, 64)
    picture, labels = planes.reference, planes.labels
    still: Any = {"mirror_share": 0.0, "placement_share": 0.0}
    rng, options = np.random.default_rng(1), Strategies(looks_share=0.5, **still)
    looks = [vary_reference(picture, labels, False, options, 0.0, rng) for _ in range(200)]
    changed = [not np.array_equal(seen, picture) for seen, _ in looks]
    assert 0.33 < np.mean(changed) < 0.53  # some looks change nothing: each of their effects comes by chance
    assert all(np.array_equal(seen, labels) for _, seen in looks)
    assert all((seen[..., 0] > 125).mean() == pytest.approx(0.5, abs=0.1) for seen, _ in looks)
    untouched = np.random.default_rng(1)
    assert photograph_some(picture, Strategies(), untouched) is picture
    assert untouched.random() == np.random.default_rng(1).random()  # without looks no random number is used up


def test_a_run_goes_on_with_rich_drawings_and_pictures_by_others(tmp_path: Path) -> None:
    run, pictures = tmp_path / "run", tmp_path / "pictures"
    pictures.mkdir()
    (pictures / "house.svg").write_bytes(HOUSE)
    (pictures / "berry.svg").write_bytes(BERRY)
    assert train(run, "--stage", "clip", "--steps", "1") == 0
    before = state_of(run, "clip")
    more = ("--rich", "0.8", "--pictures", str(pictures), "--looks-share", "0.5")
    assert train(run, "--stage", "clip", "--steps", "2", "--resume", *more) == 0
    after = state_of(run, "clip")
    rows = [len(state["/module/part_head.weight"]) for state in (before, after)]
    assert rows == [FIRST, len(ALL_PART_CLASSES)]
    assert (before["/clock/steps"], after["/clock/steps"]) == (1, 2)
    assert all(value.isfinite().all() for value in after.values() if isinstance(value, torch.Tensor))


class Named(nn.Module):
    """A network with a head that names parts."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.body = nn.Linear(3, 4)
        self.part_head = nn.Linear(4, classes)

    def optimizer(self) -> torch.optim.Optimizer:
        return torch.optim.AdamW(self.parameters(), lr=0.1)


def test_a_saved_head_gets_rows_for_new_part_classes() -> None:
    before, after = Named(3), Named(5)
    optimizer = before.optimizer()
    before.part_head(before.body(torch.ones(2, 3))).square().sum().backward()
    optimizer.step()
    average = [weights.detach() * 2 for weights in before.parameters()]
    state = {
        "module": before.state_dict(), "optimizer": optimizer.state_dict(), "average": {"shadow_params": average},
        "clock": {"steps": 1},
    }  # fmt: skip
    fresh = {name: weights.detach().clone() for name, weights in after.named_parameters()}
    wider, again = with_wider_head(state, after), after.optimizer()
    after.load_state_dict(wider["module"])
    again.load_state_dict(wider["optimizer"])
    assert torch.equal(after.body.weight, before.body.weight)
    for name in ("weight", "bias"):
        old, new = getattr(before.part_head, name), getattr(after.part_head, name)
        assert torch.equal(new[:3], old) and torch.equal(new[3:], fresh[f"part_head.{name}"][3:])
        moments, former = again.state[new]["exp_avg"], optimizer.state[old]["exp_avg"]
        assert torch.equal(moments[:3], former) and former.any() and not moments[3:].any()
    assert torch.equal(wider["average"]["shadow_params"][2][:3], average[2])
    assert torch.equal(wider["average"]["shadow_params"][2][3:], fresh["part_head.weight"][3:])
    assert wider["clock"] == state["clock"]
    after.part_head(after.body(torch.ones(2, 3))).square().sum().backward()
    again.step()
    assert with_wider_head(state, before) is state
    assert with_wider_head(state, Named(2)) is state  # refused when it is loaded: classes are never lost
