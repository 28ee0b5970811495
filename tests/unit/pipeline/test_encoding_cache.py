"""What has been encoded is recalled by the content of the input, and forgotten when there is too much of it."""

from __future__ import annotations

import pytest
import torch
from huebrush_backend.pipeline.encoding_cache import EncodingCache, content_hash

KIB = 1024


def block(value: float, kib: int = 1) -> torch.Tensor:
    return torch.full((kib * KIB // 4,), float(value))


def test_an_input_is_encoded_once() -> None:
    cache, calls = EncodingCache(), []

    def encode() -> torch.Tensor:
        calls.append(1)
        return block(1)

    first = cache.recall("encoder", (block(0),), encode)
    assert cache.recall("encoder", (block(0).clone(),), encode) is first
    assert len(calls) == 1


@pytest.mark.parametrize("other", [("other", block(0)), ("encoder", block(5)), ("encoder", block(0).half())])
def test_another_encoder_or_another_input_is_encoded_anew(other: tuple[str, torch.Tensor]) -> None:
    cache = EncodingCache()
    first = cache.recall("encoder", (block(0),), lambda: block(1))
    assert cache.recall(other[0], (other[1],), lambda: block(2)) is not first


def test_the_same_bytes_in_another_shape_or_order_are_another_input() -> None:
    inputs = [(torch.zeros(2, 3),), (torch.zeros(3, 2),), (torch.zeros(3, 2), "a"), ("a", torch.zeros(3, 2))]
    inputs += [("ab", "c"), ("a", "bc"), (1, 2), ("1", "2"), (12,)]
    assert len({content_hash(each) for each in inputs}) == len(inputs)


def test_a_picture_is_known_however_it_lies_in_memory() -> None:
    picture = torch.rand(1, 3, 5, 7)
    assert content_hash((picture,)) == content_hash((picture.to(memory_format=torch.channels_last),))


def test_half_precision_can_be_told_apart() -> None:
    first, second = (torch.tensor([value], dtype=torch.bfloat16) for value in (1.0, 2.0))
    assert content_hash((first,)) != content_hash((second,))


def test_the_least_recently_used_goes_first() -> None:
    cache = EncodingCache(max_bytes=2 * KIB)
    for value in (1, 2, 1, 3):
        cache.recall("encoder", (value,), lambda value=value: block(value))
    assert cache.size == 2 * KIB
    kept = {value: cache.recall("encoder", (value,), lambda: block(0)) for value in (1, 3)}
    assert {value: float(tensor[0]) for value, tensor in kept.items()} == {1: 1.0, 3: 3.0}
    assert float(cache.recall("encoder", (2,), lambda: block(0))[0]) == 0.0


def test_what_is_larger_than_the_cache_is_not_kept_and_drives_nothing_out() -> None:
    cache = EncodingCache(max_bytes=2 * KIB)
    small = cache.recall("encoder", (1,), lambda: block(1))
    cache.recall("encoder", (2,), lambda: [block(2), block(2), block(2)])
    assert cache.recall("encoder", (1,), lambda: block(0)) is small
    assert cache.size == KIB
