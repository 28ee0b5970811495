"""Each strategy through its option: one step on a tiny network changes what it should, and leaves the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from huebrush_backend.models.demo import make_sketch_encoder, make_unet
from huebrush_backend.synthesis import PART_CLASSES
from huebrush_backend.training.configuration import Configuration, ConfigurationError, with_values
from huebrush_backend.training.data.bank import Bank, make_bank
from huebrush_backend.training.data.cells import NAMED
from huebrush_backend.training.data.samples import random_pair
from huebrush_backend.training.moment import Moment
from huebrush_backend.training.randomness import Randomness
from huebrush_backend.training.stages.recompute import recompute_layers
from huebrush_backend.training.stages.unet import DenoiserTrainer
from huebrush_backend.training.strategies.options import Strategies, StrategyError

WIDTHS = (16, 16, 16, 16)
TOKENS, SIZE = 9, 12


def options(**values: Any) -> Strategies:
    """Return the strategies of a configuration in which these options are given."""
    return with_values(Configuration(), {("strategies", name): value for name, value in values.items()}).strategies


@pytest.fixture(scope="module")
def batch() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    labels = rng.integers(4, size=(4, 8, 8), dtype=np.uint8)
    shown = np.eye(len(PART_CLASSES), dtype=np.uint8)[rng.integers(4, size=(4, TOKENS))]
    return {
        "sketch": rng.integers(256, size=(4, 64, 64), dtype=np.uint8),
        "latent": rng.normal(size=(4, 8, 8, 8)).astype(np.float16),
        "tokens": rng.normal(size=(4, TOKENS, SIZE)).astype(np.float16),
        "labels": labels,
        "known": np.full_like(labels, NAMED),
        "weights": np.ones((4, 8, 8), np.float16),
        "reference_parts": 16 * shown,
    }


class Seen:
    """The trainer's networks, and all that the UNet was asked in one step."""

    def __init__(self, strategies: Strategies) -> None:
        torch.manual_seed(0)
        unet = make_unet(WIDTHS, token_size=SIZE)
        self.trainer = DenoiserTrainer(unet, make_sketch_encoder((4, 4, 4, 4), WIDTHS), strategies)
        self.asked: list[tuple[torch.Tensor, ...]] = []
        self.answers: list[torch.Tensor] = []
        unet.register_forward_hook(self._keep)

    def _keep(self, module: torch.nn.Module, inputs: tuple, output: torch.Tensor) -> None:
        self.asked.append(inputs[:3])
        self.answers.append(output.detach())

    def step(self, batch: dict[str, np.ndarray], step: int = 0, progress: float = 0.5) -> dict[str, float]:
        """Compute the loss and its gradients; return the numbers to report with the loss."""
        random = Randomness(5, step, range(len(batch["latent"])))
        loss, numbers = self.trainer(batch, Moment(step, progress, random))
        loss.backward()
        return {"loss": float(loss.detach()), **numbers}

    @property
    def noisy(self) -> torch.Tensor:
        return self.asked[0][0]

    @property
    def timestep(self) -> torch.Tensor:
        return self.asked[0][1]

    @property
    def tokens(self) -> torch.Tensor:
        return self.asked[0][2]


def one_step(batch: dict[str, np.ndarray], step: int = 0, progress: float = 0.5, **values: Any) -> tuple[Seen, dict]:
    seen = Seen(options(**values))
    return seen, seen.step(batch, step, progress)


@pytest.fixture(scope="module")
def usual(batch: dict[str, np.ndarray]) -> tuple[Seen, dict]:
    """One step with all references kept, and nothing else changed."""
    return one_step(batch, reference_drop=0)


def same(first: Sequence[torch.Tensor], second: Sequence[torch.Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_without_strategies_there_is_one_prediction_of_the_whole_reference(
    batch: dict, usual: tuple[Seen, dict]
) -> None:
    seen, numbers = usual
    assert len(seen.asked) == 1
    torch.testing.assert_close(seen.tokens, torch.from_numpy(batch["tokens"]).float())
    clean = torch.from_numpy(batch["latent"]).float()
    assert numbers["error"] == pytest.approx(float((seen.answers[0] - clean).square().mean()), rel=1e-4)
    assert set(numbers) == {"loss", "error", "part_accuracy", "small_part_accuracy", "attention"}


@pytest.mark.parametrize(
    "values",
    [
        {"reference_drop": 0.999},
        {"token_noise": "folded"},
        {"token_shuffle_share": 1.0},
        {"token_pool_share": 0.5},
        {"dual_weight": 1.0},
        {"gram_weight": 1.0},
        {"point_pairs": 2},
        {"prediction": "v_prediction"},
        {"min_snr_gamma": 5.0},
    ],
    ids=lambda values: next(iter(values)),
)
def test_strategies_leave_line_art_latent_noise_and_timesteps_as_they_are(
    batch: dict, usual: tuple[Seen, dict], values: dict
) -> None:
    seen, numbers = one_step(batch, **{"reference_drop": 0, **values})
    assert same(seen.asked[0][:2], usual[0].asked[0][:2])
    assert numbers["loss"] != usual[1]["loss"] or "token_shuffle_share" in values


def test_a_dropped_reference_is_all_zero_and_tells_attention_nothing(batch: dict) -> None:
    seen, numbers = one_step(batch, reference_drop=1.0)
    assert (seen.tokens == 0).all()
    assert numbers["attention"] == 0


def test_the_drop_rate_follows_the_step(batch: dict) -> None:
    schedule = {
        "reference_drop": 1.0,
        "reference_drop_end": 0.0,
        "reference_drop_step": 0.5,
        "reference_drop_every": 10,
    }
    assert (one_step(batch, step=9, **schedule)[0].tokens == 0).all()
    assert (one_step(batch, step=20, **schedule)[0].tokens != 0).any(dim=(1, 2)).all()  # pyright: ignore


def test_noisy_tokens_are_noisy_by_the_step_of_their_latent(batch: dict, usual: tuple[Seen, dict]) -> None:
    seen, _ = one_step(batch, reference_drop=0, token_noise="plain")
    plain = usual[0].tokens
    shares = seen.trainer.alpha_bar[seen.timestep]  # pyright: ignore[reportIndexIssue]
    for row, share in enumerate(shares.tolist()):  # pyright: ignore[reportAttributeAccessIssue]
        added = seen.tokens[row] - share**0.5 * plain[row]
        assert float(added.std()) == pytest.approx((1 - share) ** 0.5, rel=0.3)


def test_shuffled_tokens_change_nothing_that_the_network_computes(batch: dict, usual: tuple[Seen, dict]) -> None:
    seen, numbers = one_step(batch, reference_drop=0, token_shuffle_share=1.0)
    assert not torch.equal(seen.tokens, usual[0].tokens)
    assert torch.equal(seen.tokens.sort(dim=1)[0], usual[0].tokens.sort(dim=1)[0])
    torch.testing.assert_close(seen.answers[0], usual[0].answers[0], rtol=1e-4, atol=1e-5)
    assert numbers["attention"] == pytest.approx(usual[1]["attention"], rel=1e-4)
    full = one_step(batch, reference_drop=0, token_shuffle_share=1.0, reference_tokens="full")[0]
    assert torch.equal(full.tokens[:, 0], usual[0].tokens[:, 0])  # CLS stays first


def test_the_pool_is_learned_and_replaces_some_tokens(batch: dict, usual: tuple[Seen, dict]) -> None:
    seen, _ = one_step(batch, reference_drop=0, token_pool_share=0.5, token_pool_size=20)
    replaced = (seen.tokens == 0).all(dim=-1)
    assert int(replaced.sum()) > 0 and int(replaced.sum(dim=1).max()) <= 4
    assert torch.equal(seen.tokens[~replaced], usual[0].tokens[~replaced])
    gradient = seen.trainer.token_pool.tokens.grad
    assert gradient is not None and gradient.abs().sum() > 0
    assert not any("pool" in name for name in usual[0].trainer.state_dict())


def test_the_pool_leaves_the_cls_token_alone(batch: dict, usual: tuple[Seen, dict]) -> None:
    values: dict[str, Any] = {"reference_drop": 0, "token_pool_share": 1.0, "token_pool_size": 20}
    replaced = torch.zeros(len(batch["tokens"]), TOKENS, dtype=torch.bool)
    for step in range(20):
        seen, _ = one_step(batch, step, reference_tokens="full", **values)
        assert torch.equal(seen.tokens[:, 0], usual[0].tokens[:, 0])
        replaced |= (seen.tokens == 0).all(dim=-1)
    assert replaced[:, 1:].all(), "every other token is replaced at times"
    alone = {**batch, "tokens": batch["tokens"][:, :1], "reference_parts": 0 * batch["reference_parts"][:, :1]}
    seen, _ = one_step(alone, reference_tokens="cls", **values)
    assert torch.equal(seen.tokens, usual[0].tokens[:, :1])


def test_predictions_are_compared_with_what_they_predict(batch: dict, usual: tuple[Seen, dict]) -> None:
    clean = torch.from_numpy(batch["latent"]).float()
    for kind in ("epsilon", "v_prediction"):
        seen, numbers = one_step(batch, reference_drop=0, prediction=kind)
        a = seen.trainer.alpha_bar[seen.timestep].view(-1, 1, 1, 1)  # pyright: ignore
        noise = (seen.noisy - a.sqrt() * clean) / (1 - a).sqrt()
        right = noise if kind == "epsilon" else a.sqrt() * noise - (1 - a).sqrt() * clean
        assert same(seen.answers, usual[0].answers)
        assert numbers["error"] == pytest.approx(float((seen.answers[0] - right).square().mean()), rel=1e-3)
        assert numbers["attention"] == usual[1]["attention"]


def test_min_snr_weighs_the_error_of_each_sample(batch: dict, usual: tuple[Seen, dict]) -> None:
    seen, numbers = one_step(batch, reference_drop=0, min_snr_gamma=2.0)
    a = seen.trainer.alpha_bar[seen.timestep]  # pyright: ignore[reportIndexIssue]
    errors = (seen.answers[0] - torch.from_numpy(batch["latent"]).float()).square().mean(dim=(1, 2, 3))
    assert numbers["error"] == pytest.approx(float((errors * (a / (1 - a)).clamp(max=2)).mean()), rel=1e-4)


def test_offset_noise_shifts_whole_channels_of_the_latent_only(batch: dict, usual: tuple[Seen, dict]) -> None:
    seen, _ = one_step(batch, reference_drop=0, offset_noise=0.5)
    shift = seen.noisy - usual[0].noisy
    assert float(shift.std(dim=(2, 3)).max()) < 1e-5
    assert float(shift.abs().mean()) > 0.05
    assert same(seen.asked[0][1:], usual[0].asked[0][1:])


@pytest.mark.parametrize("kind", ["none", "mismatched"])
def test_dual_conditioned_training_adds_the_error_of_a_second_prediction(
    batch: dict, usual: tuple[Seen, dict], kind: str
) -> None:
    seen, numbers = one_step(batch, reference_drop=0, dual_weight=0.7, dual_reference=kind)
    assert len(seen.asked) == 2 and same(seen.asked[1][:2], seen.asked[0][:2])
    second = seen.asked[1][2]
    assert (second == 0).all() if kind == "none" else torch.equal(second, seen.tokens.roll(1, 0))
    clean = torch.from_numpy(batch["latent"]).float()
    assert numbers["dual"] == pytest.approx(float((seen.answers[1] - clean).square().mean()), rel=1e-4)
    assert numbers["loss"] == pytest.approx(usual[1]["loss"] + 0.7 * numbers["dual"], rel=1e-4)
    assert numbers["attention"] == usual[1]["attention"]


def test_the_gram_term_asks_with_mismatched_references_once_it_counts(batch: dict, usual: tuple[Seen, dict]) -> None:
    early, numbers = one_step(batch, progress=0.2, reference_drop=0, gram_weight=1.0)
    assert len(early.asked) == 1 and numbers["loss"] == usual[1]["loss"]
    late, numbers = one_step(batch, progress=2 / 3, reference_drop=0, gram_weight=1.0)
    assert len(late.asked) == 2 and torch.equal(late.asked[1][2], late.tokens.roll(1, 0))
    assert numbers["gram"] > 0
    assert numbers["loss"] == pytest.approx(usual[1]["loss"] + 0.5 * numbers["gram"], rel=1e-4)


def test_gram_loss_is_zero_when_all_references_are_the_same(batch: dict) -> None:
    alike = {**batch, "tokens": batch["tokens"][:1].repeat(4, axis=0)}
    assert one_step(alike, progress=1.0, reference_drop=0, gram_weight=1.0)[1]["gram"] == pytest.approx(0, abs=1e-9)


def test_one_sample_has_no_other_sample_s_reference(batch: dict) -> None:
    alone = {name: plane[:1] for name, plane in batch.items()}
    with pytest.raises(StrategyError, match="two samples"):
        one_step(alone, dual_weight=1.0, dual_reference="mismatched")


def test_a_configuration_says_so_before_the_training() -> None:
    values = {("optimization", "batch"): 4, ("optimization", "accumulation"): 4, ("strategies", "gram_weight"): 1.0}
    with pytest.raises(ConfigurationError, match="another sample"):
        with_values(Configuration(), values)


def test_both_terms_with_mismatched_references_share_one_prediction(batch: dict) -> None:
    seen, numbers = one_step(batch, progress=1.0, gram_weight=1.0, dual_weight=1.0, dual_reference="mismatched")
    assert len(seen.asked) == 2
    assert {"gram", "dual"} <= set(numbers)


@pytest.mark.parametrize("recomputed", [False, True])
def test_points_are_learned_and_count_only_for_their_own_reference(
    batch: dict, usual: tuple[Seen, dict], recomputed: bool
) -> None:
    seen = Seen(options(reference_drop=0, point_pairs=3, dual_weight=1.0))
    if recomputed:
        recompute_layers(seen.trainer)
    seen.step(batch)
    without = Seen(options(reference_drop=0, dual_weight=1.0))
    without.step(batch)
    assert not torch.allclose(seen.answers[0], without.answers[0], atol=1e-6)
    torch.testing.assert_close(seen.answers[1], without.answers[1])
    for embeddings in seen.trainer.pair_embeddings:
        gradient = embeddings.vectors.grad
        assert isinstance(gradient, torch.Tensor) and float(gradient.abs().sum()) > 0
    assert not any("embedding" in name for name in usual[0].trainer.unet.state_dict() if "time_embedding" not in name)


def test_weights_of_zero_switch_the_helper_losses_off(batch: dict) -> None:
    _, numbers = one_step(batch, part_naming_weight=0, attention_weight=0)
    assert numbers["loss"] == pytest.approx(numbers["error"])


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return make_bank(tmp_path_factory.mktemp("bank"), 4, seed=3, palettes=4, processes=1)


def test_the_share_of_copies_is_an_option(bank: Bank) -> None:
    still = {"deformation": "none", "mirror_share": 0, "placement_share": 0}

    def copies(share: float) -> float:
        rng, strategies = np.random.default_rng(0), options(copy_share=share, **still)
        pairs = [random_pair(bank, rng, strategies) for _ in range(60)]
        return float(np.mean([np.array_equal(pair.labels, pair.reference_labels) for pair in pairs]))

    assert copies(0) == 0
    assert copies(1) == 1
    assert copies(0.15) == pytest.approx(0.15, abs=0.12)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_share_of_mirrored_references_is_an_option(bank: Bank, share: float) -> None:
    strategies = options(copy_share=1.0, deformation="none", placement_share=0, mirror_share=share)
    for seed in range(20):
        pair = random_pair(bank, np.random.default_rng(seed), strategies)
        expected = pair.labels[:, ::-1] if share else pair.labels
        assert np.array_equal(pair.reference_labels, expected)


def test_picture_strategies_change_the_reference_and_leave_line_art_and_answer(bank: Bank) -> None:
    def pair(**values: Any):
        return random_pair(bank, np.random.default_rng(2), options(copy_share=1.0, **values), progress=1.0)

    changes = [
        {},
        {"deformation": "spline"},
        {"deformation": "spline", "spline_sigma": 40.0},
        {"scale_least": 0.4, "scale_most": 0.5, "placement_share": 1.0, "margin_share": 1.0},
        {"patch_shuffle_share": 1.0, "patch_shuffle_most": 8},
    ]
    changes += [{"margin_share": 1.0}, {"looks_share": 1.0}, {"mirror_share": 1.0, "placement_share": 0.0}]
    pairs = [pair(**each) for each in changes]
    for number, each in enumerate(pairs):
        for plane in ("ink", "target", "labels"):
            assert np.array_equal(getattr(each, plane), getattr(pairs[0], plane)), (changes[number], plane)
        for other in pairs[:number]:
            assert not np.array_equal(each.reference, other.reference)
