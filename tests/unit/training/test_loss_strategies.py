"""Noise, predictions and weights of timesteps; losses that compare two predictions."""

from __future__ import annotations

import pytest
import torch
from huebrush_backend.models.demo import make_demo_scheduler
from huebrush_backend.pipeline.samplers import make_sampler
from huebrush_backend.training.ranges import ConfigurationError
from huebrush_backend.training.strategies.options import Prediction
from huebrush_backend.training.strategies.prediction import add_noise, min_snr_weights, target, timesteps, with_offset
from huebrush_backend.training.strategies.reference_losses import (
    BlockFeatures,
    dual_tokens,
    gram_loss,
    gram_matrix,
    gram_ramp,
    mismatched,
    weighted_error,
)

KINDS: tuple[Prediction, ...] = ("sample", "epsilon", "v_prediction")


def latents() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    return torch.randn(3, 4, 5, 5), torch.randn(3, 4, 5, 5), torch.tensor([0.9, 0.5, 0.02])


def test_the_velocity_is_the_formula_s_and_leads_back() -> None:
    clean, noise, alpha_bar = latents()
    a = alpha_bar.view(-1, 1, 1, 1)
    velocity = target(clean, noise, alpha_bar, "v_prediction")
    torch.testing.assert_close(velocity, a.sqrt() * noise - (1 - a).sqrt() * clean)
    noisy = add_noise(clean, noise, alpha_bar)
    torch.testing.assert_close(noisy, a.sqrt() * clean + (1 - a).sqrt() * noise)
    torch.testing.assert_close(a.sqrt() * noisy - (1 - a).sqrt() * velocity, clean)
    torch.testing.assert_close(a.sqrt() * velocity + (1 - a).sqrt() * noisy, noise)
    assert target(clean, noise, alpha_bar, "epsilon") is noise
    assert target(clean, noise, alpha_bar, "sample") is clean


def test_min_snr_weights_are_the_formula_s() -> None:
    alpha_bar = torch.tensor([0.99, 0.8, 0.5, 0.01])
    snr = [0.99 / 0.01, 0.8 / 0.2, 1.0, 0.01 / 0.99]
    expected = {
        "sample": [min(each, 5) for each in snr],
        "epsilon": [min(each, 5) / each for each in snr],
        "v_prediction": [min(each, 5) / (each + 1) for each in snr],
    }
    for kind in KINDS:
        assert min_snr_weights(alpha_bar, kind, 5.0).tolist() == pytest.approx(expected[kind], rel=1e-4)
        assert (min_snr_weights(alpha_bar, kind, 0) == 1).all()


@pytest.mark.parametrize("gamma", [5.0, 1.0])
def test_with_min_snr_all_predictions_have_the_same_loss(gamma: float) -> None:
    """An error of the clean latent is the same error for a network that predicts something else."""
    clean, noise, alpha_bar = latents()
    noisy, wrong = add_noise(clean, noise, alpha_bar), clean + 0.1 * torch.randn_like(clean)
    a = alpha_bar.view(-1, 1, 1, 1)
    implied_noise = (noisy - a.sqrt() * wrong) / (1 - a).sqrt()
    predicted = {
        "sample": wrong,
        "epsilon": implied_noise,
        "v_prediction": a.sqrt() * implied_noise - (1 - a).sqrt() * wrong,
    }
    losses = [
        weighted_error(
            predicted[kind],
            target(clean, noise, alpha_bar, kind),
            torch.ones(3, 5, 5),
            min_snr_weights(alpha_bar, kind, gamma),
        )
        for kind in KINDS
    ]
    torch.testing.assert_close(torch.stack(losses), losses[0].expand(3), rtol=1e-3, atol=0)


def test_offset_noise_is_the_same_in_a_whole_channel() -> None:
    noise, offsets = torch.randn(200, 4, 6, 6), torch.randn(200, 4, 1, 1)
    added = with_offset(noise, offsets, 0.05) - noise
    torch.testing.assert_close(added, (0.05 * offsets).expand_as(added), atol=1e-5, rtol=0)
    assert float(added[..., 0, 0].std()) == pytest.approx(0.05, rel=0.1)
    assert torch.equal(with_offset(noise, offsets, 0), noise)


def test_a_power_below_one_prefers_much_noise() -> None:
    uniform = torch.linspace(0, 1, 10_001)
    even, noisy = timesteps(uniform, 1.0, 1000), timesteps(uniform, 0.3, 1000)
    assert even.min() == noisy.min() == 0 and even.max() == noisy.max() == 999
    assert float(even.float().mean()) == pytest.approx(499.5, abs=1)
    assert float(noisy.float().mean()) == pytest.approx(1000 / 1.3, abs=2)


@pytest.mark.parametrize("sampler", ["dpm", "ddim", "euler", "k_euler", "k_dpmpp_2m"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_exported_schedule_samples_each_prediction_right(kind: Prediction, sampler: str) -> None:
    """A network that always knows the answer leads every sampler to it, if the schedule says what it predicts."""
    torch.manual_seed(1)
    clean, noise = torch.randn(1, 8, 4, 4), torch.randn(1, 8, 4, 4)
    scheduler = make_demo_scheduler(kind)
    assert scheduler.config["prediction_type"] == kind
    alphas = scheduler.alphas_cumprod

    def predict(latent: torch.Tensor, timestep: torch.Tensor | float) -> torch.Tensor:
        t = float(timestep)
        low, high = int(t), min(int(t) + 1, len(alphas) - 1)
        sigmas = [((1 - alphas[i]) / alphas[i]).sqrt().log() for i in (low, high)]
        sigma = torch.lerp(sigmas[0], sigmas[1], t - low).exp()
        alpha_bar = (1 / (sigma**2 + 1)).reshape(1)
        implied = (latent - alpha_bar.sqrt() * clean) / (1 - alpha_bar).sqrt()
        return target(clean, implied, alpha_bar, kind)

    latent = make_sampler(sampler, scheduler.config, 12).sample(noise, predict, lambda *_: None, None)
    torch.testing.assert_close(latent, clean, atol=0.02, rtol=0)


def test_errors_are_weighted_by_place_and_by_sample() -> None:
    predicted, right = torch.ones(2, 3, 2, 2), torch.zeros(2, 3, 2, 2)
    places = torch.tensor([[[1.0, 0], [0, 0]], [[1, 1], [1, 1]]])
    assert weighted_error(predicted, right, places, torch.tensor([4.0, 0.5])).item() == pytest.approx((4 + 4 * 0.5) / 8)


def test_the_second_prediction_sees_nothing_or_the_reference_of_another_sample() -> None:
    tokens = torch.randn(4, 6, 8)
    none = dual_tokens(tokens, "none")
    assert none.shape == (4, 1, 8) and (none == 0).all()
    other = dual_tokens(tokens, "mismatched")
    assert torch.equal(other, mismatched(tokens))
    assert all(torch.equal(other[(row + 1) % 4], tokens[row]) for row in range(4))


def test_the_gram_loss_of_the_same_features_is_zero_and_knows_no_length() -> None:
    features = [torch.randn(2, 7, 5), torch.randn(2, 3, 8)]
    assert gram_loss(features, [3 * each for each in features]).item() == pytest.approx(0, abs=1e-10)
    assert gram_loss(features, [each.flip(1) for each in features]).item() > 0.01


def test_a_gram_matrix_holds_cosines_and_ignores_a_common_turn() -> None:
    features = torch.randn(2, 7, 5)
    gram = gram_matrix(features)
    torch.testing.assert_close(gram.diagonal(dim1=1, dim2=2), torch.ones(2, 7))
    cosine = torch.nn.functional.cosine_similarity(features[1, 2], features[1, 4], dim=0)
    torch.testing.assert_close(gram[1, 2, 4], cosine)
    turn = torch.linalg.qr(torch.randn(5, 5))[0]
    torch.testing.assert_close(gram_matrix(features @ turn), gram, atol=1e-5, rtol=1e-5)


def test_only_the_mismatched_features_learn_from_the_gram_loss() -> None:
    ours, aligned = (torch.randn(1, 4, 3, requires_grad=True) for _ in range(2))
    gram_loss([ours], [aligned]).backward()
    assert ours.grad is not None and ours.grad.abs().sum() > 0
    assert aligned.grad is None


def test_the_gram_term_grows_from_a_third_of_the_training_to_its_end() -> None:
    factors = [gram_ramp(progress, 1 / 3) for progress in (0, 0.33, 1 / 3, 2 / 3, 1, 1.2)]
    assert factors == pytest.approx([0, 0, 0, 0.5, 1, 1])


def test_unknown_blocks_are_refused_by_name() -> None:
    network = torch.nn.ModuleDict({"up": torch.nn.ModuleDict({"transformer_blocks": torch.nn.ModuleList()})})
    network["up"]["transformer_blocks"].append(torch.nn.Linear(2, 2))  # pyright: ignore
    with pytest.raises(ConfigurationError, match=r"--gram-blocks has 'down'.*; it has up\.transformer_blocks\.0"):
        BlockFeatures(network, ["down"])
    features = BlockFeatures(network, ["up"])
    block = network.get_submodule("up.transformer_blocks.0")
    output = block(torch.ones(1, 3, 2))
    assert torch.equal(features.take()[0], output)
    assert features.take() == []
