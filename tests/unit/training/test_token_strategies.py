"""Strategies that change reference tokens: kinds, drop, noise, shuffle, pool, points."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from huebrush_backend.models.attention import attend_to
from huebrush_backend.models.clip import image_tokens
from huebrush_backend.training.strategies.options import Strategies
from huebrush_backend.training.strategies.point_pairs import PairEmbeddings, choose_pairs
from huebrush_backend.training.strategies.reference_drop import drop_rate, drop_references
from huebrush_backend.training.strategies.reference_tokens import forget_positions, parts_of_tokens
from huebrush_backend.training.strategies.token_noise import add_token_noise, token_timesteps
from huebrush_backend.training.strategies.token_shuffle import TokenPool, permute_tokens
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def small_clip() -> CLIPVisionModelWithProjection:
    torch.manual_seed(0)
    return CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            image_size=32, patch_size=8, hidden_size=16, intermediate_size=32, num_hidden_layers=2,
            num_attention_heads=2, projection_dim=12,
        )
    ).eval()  # fmt: skip


def test_every_kind_of_tokens_has_parts_for_each_and_the_cls_token_shows_none() -> None:
    parts = np.random.default_rng(0).random((2, 6, 4))
    np.testing.assert_array_equal(parts_of_tokens(parts, "local"), parts)
    full, cls = parts_of_tokens(parts, "full"), parts_of_tokens(parts, "cls")
    np.testing.assert_array_equal(full[:, 1:], parts)
    assert full.shape == (2, 7, 4) and cls.shape == (2, 1, 4)
    assert (full[:, 0] == 0).all() and (cls == 0).all()


def patches_swapped(pixels: torch.Tensor) -> torch.Tensor:
    """Return `pixels` with the first and the last patch of 8 px exchanged."""
    swapped = pixels.clone()
    swapped[..., :8, :8], swapped[..., -8:, -8:] = pixels[..., -8:, -8:], pixels[..., :8, :8]
    return swapped


@torch.no_grad()
def test_clip_without_positions_gives_the_same_tokens_in_another_order() -> None:
    clip, pixels = small_clip(), torch.randn(1, 3, 32, 32, generator=generator())
    order = [0, 16, *range(2, 16), 1]
    before = image_tokens(clip, pixels)
    assert not torch.allclose(image_tokens(clip, patches_swapped(pixels))[:, order], before, atol=1e-3)
    forget_positions(clip)
    after = image_tokens(clip, pixels)
    assert not torch.allclose(after, before, atol=1e-3)
    torch.testing.assert_close(image_tokens(clip, patches_swapped(pixels))[:, order], after)


def test_forgotten_positions_stay_forgotten_in_training() -> None:
    clip = small_clip().train()
    forget_positions(clip)
    optimizer = torch.optim.AdamW(clip.parameters(), lr=0.1)
    weights = clip.vision_model.embeddings.position_embedding.weight
    cls = weights[0].detach().clone()
    image_tokens(clip, torch.randn(2, 3, 32, 32)).square().mean().backward()
    optimizer.step()
    assert (weights[1:] == 0).all()
    assert not torch.equal(weights[0], cls)


def test_references_are_dropped_as_often_as_the_rate_says() -> None:
    rate = drop_rate(Strategies(reference_drop=0.3), 0)
    kept = torch.rand(10_000, generator=generator()) >= rate
    tokens = drop_references(torch.ones(10_000, 3, 2), kept)
    dropped = (tokens == 0).all(dim=(1, 2))
    assert float(dropped.float().mean()) == pytest.approx(0.3, abs=0.02)
    assert torch.equal(dropped, ~kept)
    assert (tokens[kept] == 1).all()


def test_the_drop_rate_is_constant_or_moves_step_by_step_to_its_end() -> None:
    assert {drop_rate(Strategies(), step) for step in (0, 10_000, 10**7)} == {0.1}
    falling = Strategies(
        reference_drop=0.999, reference_drop_end=0.8, reference_drop_step=0.05, reference_drop_every=100
    )
    rates = [drop_rate(falling, step) for step in (0, 99, 100, 250, 399, 400, 10**6)]
    assert rates == pytest.approx([0.999, 0.999, 0.949, 0.899, 0.849, 0.8, 0.8])
    rising = Strategies(reference_drop=0.1, reference_drop_end=0.25, reference_drop_step=0.1, reference_drop_every=10)
    assert [drop_rate(rising, step) for step in (0, 10, 20)] == pytest.approx([0.1, 0.2, 0.25])


def test_noise_of_tokens_follows_the_timestep_and_folds_back() -> None:
    steps = torch.tensor([0, 500, 899, 900, 999])
    assert token_timesteps(steps, "plain", 1000).tolist() == [0, 500, 899, 900, 999]
    assert token_timesteps(steps, "folded", 1000).tolist() == [0, 500, 899, 99, 0]


@pytest.mark.parametrize("scale", [0.3, 1.0, 5.0])
def test_noisy_tokens_keep_their_variance_of_which_the_schedule_leaves_a_share(scale: float) -> None:
    tokens = scale * torch.randn(3, 400, 16, generator=generator(1))
    alpha_bar = torch.tensor([1.0, 0.6, 0.1])
    noisy = add_token_noise(tokens, torch.randn(3, 400, 16, generator=generator(2)), alpha_bar)
    torch.testing.assert_close(noisy[0], tokens[0])
    for row, share in enumerate(alpha_bar.tolist()):
        added = noisy[row] - share**0.5 * tokens[row]
        assert float(added.var()) == pytest.approx((1 - share) * scale**2, rel=0.05)
        assert float(noisy[row].var()) == pytest.approx(scale**2, rel=0.06)


def test_no_reference_gets_no_noise() -> None:
    nothing = torch.zeros(1, 5, 4)
    assert (add_token_noise(nothing, torch.randn(1, 5, 4), torch.tensor([0.2])) == 0).all()


class Layer(torch.nn.Module):
    """The projections of an attention layer, as far as `attend_to` needs them."""

    def __init__(self) -> None:
        super().__init__()
        self.heads, self.to_q = 2, torch.nn.Linear(8, 8)


def test_cross_attention_does_not_see_permuted_tokens() -> None:
    tokens, parts = torch.randn(2, 6, 8), torch.rand(2, 6, 3)
    order = torch.randperm(6, generator=generator(4))
    moved, moved_parts = permute_tokens(tokens, parts, order)
    for place, source in enumerate(order.tolist()):
        assert torch.equal(moved[:, place], tokens[:, source])
        assert torch.equal(moved_parts[:, place], parts[:, source])
    layer, states = Layer(), torch.randn(2, 5, 8)
    keys = [each.unflatten(-1, (2, -1)).transpose(1, 2) for each in (tokens, moved)]
    first, second = (attend_to(layer, states, (each, each)) for each in keys)  # pyright: ignore[reportArgumentType]
    torch.testing.assert_close(first, second)


def test_the_pool_replaces_up_to_its_share_of_tokens_and_learns() -> None:
    pool = TokenPool(2560, 4)
    assert pool.tokens.shape == (2560, 4) and (pool.tokens == 0).all()
    rows, count = 600, 20
    tokens, parts = torch.ones(rows, count, 4), torch.ones(rows, count, 3)
    draw = generator(5)
    orders = torch.stack([torch.randperm(count, generator=draw) for _ in range(rows)])
    picks = torch.randint(2560, (rows, count), generator=draw)
    changed, changed_parts = pool(tokens, parts, 0.2, torch.rand(rows, generator=draw), orders, picks)
    replaced = (changed == 0).all(dim=-1)
    amounts = replaced.sum(dim=1)
    assert set(amounts.tolist()) == {0, 1, 2, 3, 4}
    assert float(amounts.float().mean()) == pytest.approx(2, abs=0.2)
    assert replaced.float().mean(dim=0) == pytest.approx(torch.full((count,), 0.1), abs=0.05)  # no place is preferred
    assert torch.equal((changed_parts == 0).all(dim=-1), replaced)
    changed.sum().backward()
    assert pool.tokens.grad is not None
    assert set(pool.tokens.grad.abs().sum(dim=1).nonzero().flatten().tolist()) == set(picks[replaced].tolist())


def one_hot(parts: list[int]) -> torch.Tensor:
    return torch.nn.functional.one_hot(torch.tensor(parts), 5).float()


def test_point_pairs_show_the_same_part() -> None:
    labels = torch.tensor([[[0, 1], [2, 3]]]).repeat(200, 1, 1)
    seen = torch.stack([one_hot([1, 1, 2, 4]), one_hot([4, 4, 4, 4])]).repeat(100, 1, 1)
    seen[:, 2] *= 0.95
    draw = generator(6)
    scores = torch.rand(200, 3, 4, generator=draw), torch.rand(200, 3, 4, generator=draw)
    known = torch.ones(200, 2, 2, dtype=torch.bool)
    pairs = choose_pairs(labels, known, seen, torch.rand(200, generator=draw), *scores)
    shared, alone = pairs.given[::2], pairs.given[1::2]
    assert not alone.any()  # no part is in both
    assert set(shared.sum(dim=1).tolist()) == {0, 1, 2, 3}
    chosen = {
        (int(cell), int(token)) for cell, token in zip(pairs.cells[::2][shared], pairs.tokens[::2][shared], strict=True)
    }
    assert chosen == {(1, 0), (1, 1), (2, 2)}
    assert not pairs.without(torch.zeros(200, dtype=torch.bool)).given.any()
    assert not choose_pairs(labels, ~known, seen, torch.full((200,), 0.99), *scores).given.any()


def test_points_add_one_vector_to_the_query_and_the_key_of_a_pair_only() -> None:
    embeddings = PairEmbeddings(2, 6)
    labels, seen = torch.zeros(1, 4, 4, dtype=torch.long), torch.zeros(1, 3, 5)
    labels[0, 3, 3], seen[0, 1, 2] = 2, 1
    labels[labels == 0] = 4
    known = torch.ones(1, 4, 4, dtype=torch.bool)
    pairs = choose_pairs(labels, known, seen, torch.tensor([0.5]), torch.rand(1, 2, 16), torch.rand(1, 2, 3))
    assert pairs.given.tolist() == [[True, False]]
    query, key = embeddings(torch.zeros(1, 4, 6), torch.zeros(1, 3, 6), pairs)  # queries are half as fine as cells
    torch.testing.assert_close(query[0, 3], embeddings.vectors[0])
    torch.testing.assert_close(key[0, 1], embeddings.vectors[0])
    assert (query[0, :3] == 0).all() and (key[0, [0, 2]] == 0).all()
