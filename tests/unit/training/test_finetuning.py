"""The loss of fine-tuning is the families' own, a new LoRA changes nothing, and pairs do not depend on threads."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from pathlib import Path

import numpy as np
import pytest
import torch
from huebrush_backend.checkpoints.families import PredictionType
from huebrush_backend.checkpoints.single_file import released_scheduler
from huebrush_backend.drawings.sources import open_folder
from huebrush_backend.models.sketch_encoder import SketchEncoder
from huebrush_backend.models.unet import ColorizeUNet
from huebrush_backend.training.configuration import ConfigurationError, with_values
from huebrush_backend.training.finetuning.configuration import NATURAL_STRATEGIES, FineTuning, defaults_of
from huebrush_backend.training.finetuning.loss import FineTuner, TuningBatch, attach_lora, changes_by_layer
from huebrush_backend.training.finetuning.samples import TuningSamples
from huebrush_backend.training.moment import Moment
from huebrush_backend.training.randomness import Randomness
from huebrush_backend.training.strategies.options import Strategies
from small_drawings import HOUSE
from tiny_pictures import write_pictures
from tiny_release import SMALL_SKETCH_ENCODER, SMALL_UNET, TOKEN_SIZE
from torch import nn

ROWS = 3


class Silent(nn.Module):
    """Takes the place of a network: answers zeros, and keeps what it was asked."""

    dtype = torch.float32

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Sequence[torch.Tensor]] = []

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        self.asked.append(inputs)
        return torch.zeros_like(inputs[0])


def batch() -> TuningBatch:
    torch.manual_seed(1)
    return TuningBatch(torch.rand(ROWS, 1, 64, 64) * 2 - 1, torch.randn(ROWS, 4, 8, 8), torch.randn(ROWS, 4, 32))


def moment() -> Moment:
    return Moment(0, 0.0, Randomness(7, 0, range(ROWS)))


def tuner(unet: nn.Module, sketch_encoder: nn.Module, kind: PredictionType, strategies: Strategies) -> FineTuner:
    return FineTuner(unet, sketch_encoder, nn.ModuleDict(), kind, strategies)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("kind", ["epsilon", "v_prediction"])
def test_the_loss_is_the_error_of_what_the_family_predicts(kind: PredictionType) -> None:
    unet, samples = Silent(), batch()
    loss, numbers = tuner(unet, Silent(), kind, NATURAL_STRATEGIES)(samples, moment())
    noisy, timestep = unet.asked[0][:2]
    alpha_bar = released_scheduler().alphas_cumprod[timestep].view(-1, 1, 1, 1)
    signal, share = alpha_bar.sqrt(), (1 - alpha_bar).sqrt()
    noise = (noisy - signal * samples.clean) / share
    right = noise if kind == "epsilon" else signal * noise - share * samples.clean
    assert loss.item() == pytest.approx(right.square().mean().item(), rel=1e-4)
    assert numbers["error"] == pytest.approx(loss.item())


def test_strategies_reach_line_art_tokens_and_loss() -> None:
    unet, sketch_encoder = Silent(), Silent()
    strategies = Strategies(
        **{**NATURAL_STRATEGIES.__dict__, "reference_drop": 1.0, "sketch_drop": 1.0, "dual_weight": 2.0}
    )
    loss, numbers = tuner(unet, sketch_encoder, "epsilon", strategies)(batch(), moment())
    assert not unet.asked[0][2].any()  # no reference
    assert (sketch_encoder.asked[0][0] == -1).all()  # no line art, three channels
    assert sketch_encoder.asked[0][0].shape[1] == 3
    assert len(unet.asked) == 2 and unet.asked[1][2].shape == (ROWS, 1, TOKEN_SIZE)
    assert loss.item() == pytest.approx(numbers["error"] + 2 * numbers["dual"])
    unet.asked.clear()
    noisy = Strategies(**{**NATURAL_STRATEGIES.__dict__, "reference_drop": 0.0, "token_noise": "plain"})
    tuner(unet, sketch_encoder, "epsilon", noisy)(batch(), moment())
    assert not torch.allclose(unet.asked[0][2], batch().tokens)


def test_a_new_lora_changes_nothing_and_learns_alone() -> None:
    torch.manual_seed(0)
    unet = ColorizeUNet(**SMALL_UNET).requires_grad_(False).eval()
    unet.install_attention_processors()
    sketch_encoder = SketchEncoder(**SMALL_SKETCH_ENCODER).requires_grad_(False)
    before = {name: weight.clone() for name, weight in unet.state_dict().items()}
    plain, _ = tuner(unet, sketch_encoder, "epsilon", NATURAL_STRATEGIES)(batch(), moment())
    changes = attach_lora(unet, rank=4)
    assert len(changes) == 8 * unet.transformer_block_count  # four projections each of self- and cross-attention
    with_lora = FineTuner(unet, sketch_encoder, changes, "epsilon", NATURAL_STRATEGIES)
    loss, _ = with_lora(batch(), moment())
    assert torch.equal(loss, plain)
    assert all(name.startswith("trained.") for name in with_lora.state_dict())

    optimizer = torch.optim.SGD(with_lora.parameters(), lr=1.0)
    loss.backward()
    optimizer.step()
    assert not torch.equal(with_lora(batch(), moment())[0], plain)
    assert all(torch.equal(weight, before[name]) for name, weight in unet.state_dict().items())
    assert set(changes_by_layer(changes)) <= {name for name, _ in unet.named_modules()}


def test_pairs_depend_on_seed_step_and_row_alone(tmp_path: Path) -> None:
    source = open_folder(write_pictures(tmp_path / "pictures", 5))

    def samples(readers: int, seed: int = 1) -> TuningSamples:
        return TuningSamples(source, 64, seed, batch=4, steps=3, strategies=NATURAL_STRATEGIES, readers=readers)

    one, many, other = samples(1), samples(3), samples(1, seed=2)
    try:
        whole = [*one.pairs(0, range(4)), *one.pairs(1, range(4))]
        # Two processes or two parts ask for half of each step.
        halves = [pair for step in (0, 1) for rows in (range(2), range(2, 4)) for pair in many.pairs(step, rows)]
        for pair, twin in zip(whole, halves, strict=True):
            assert np.array_equal(pair.ink, twin.ink) and np.array_equal(pair.reference, twin.reference)
        assert not np.array_equal(whole[0].target, other.pairs(0, range(1))[0].target)
    finally:
        for each in (one, many, other):
            each.close()


def test_answers_for_svg_drawings_have_their_lines(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"house-{number}.svg").write_bytes(HOUSE)
    source = open_folder(tmp_path)
    samples = TuningSamples(source, 64, 1, batch=1, steps=1, strategies=NATURAL_STRATEGIES, readers=1)
    pairs = [samples.pair(0, row) for row in range(6)]
    samples.close()
    inked = [pair.target[pair.ink > 0.4] for pair in pairs]
    assert sum(len(pixels) for pixels in inked) > 100
    assert max(pixels.max() for pixels in inked) <= 0.6 * 255 + 1
    assert max(pair.target[pair.ink == 0].max() for pair in pairs) > 200


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        *(("run", name, value) for name, value in (("seed", -1), ("steps", 0), ("threads", 99999999999))),
        *(("run", "readers", value) for value in (0, 99999999999)),
        *(("data", "size", value) for value in (0, 32, 100, 64 * 10**9)),
        *(("what", name, value) for name, value in (("rank", 0), ("rank", 10**9), ("strength", nan))),
        *(("optimization", name, nan) for name in ("learning_rate", "decay", "weight_decay", "gradient_norm")),
        *(("optimization", "warmup", value) for value in (-1, 10**10)),
        *(("output", name, nan) for name in ("checkpoint_minutes", "report_seconds")),
        *(("output", name, -1) for name in ("checkpoint_steps", "sheet_steps")),
    ],
)
def test_values_out_of_range_are_refused_by_the_option(section: str, name: str, value: float) -> None:
    with pytest.raises(ConfigurationError, match=rf"{section}\.{name} is .*; --{name.replace('_', '-')} must be"):
        with_values(FineTuning(), {(section, name): value})


def test_patches_must_divide_the_chosen_size() -> None:
    shuffled = {("strategies", "patch_shuffle_share"): 0.5, ("strategies", "patch_shuffle_most"): 128}
    assert with_values(FineTuning(), shuffled).data.size is None
    with pytest.raises(ConfigurationError, match="must divide --size, 192"):
        with_values(FineTuning(), {**shuffled, ("data", "size"): 192})


def test_values_that_cannot_be_are_refused() -> None:
    for section, values in (
        ("strategies", {"point_pairs": 3}),
        ("strategies", {"dual_weight": 1.0, "dual_reference": "mismatched"}),
        ("what", {"strength": 3.0}),
        ("optimization", {"accumulation": 3}),
    ):
        natural = FineTuning()
        part = type(getattr(natural, section))(**{**getattr(natural, section).__dict__, **values})
        with pytest.raises(ConfigurationError):
            FineTuning(**{section: part})
    assert defaults_of("full").optimization.learning_rate < defaults_of("lora").optimization.learning_rate
