"""Cache of encoders' outputs for repeated inputs: a new seed encodes nothing again, another text only the text."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

import torch

Encoded = TypeVar("Encoded", torch.Tensor, list[torch.Tensor])

DEFAULT_MAX_BYTES = 96 * 2**20
"""Room for the sketch features of a few canvases and many references.

The features of one canvas take 8 MB at 512 px in full size and single precision.
"""


class EncodingCache:
    """Cache of outputs by the encoder and the content of its inputs; the least recently used is dropped first.

    The key is everything that the encoder sees, so no parameter can be forgotten. A cache lives as long as the model
    that filled it. Outputs are shared and must not be changed.
    """

    def __init__(self, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._known: OrderedDict[Hashable, torch.Tensor | list[torch.Tensor]] = OrderedDict()

    @property
    def size(self) -> int:
        """Number of bytes kept."""
        return self._bytes

    def recall(
        self, encoder: Hashable, inputs: Sequence[torch.Tensor | str | int], compute: Callable[[], Encoded]
    ) -> Encoded:
        """Return the result of `compute`, which must depend on `encoder` and `inputs` only; computed if not known
        yet."""
        key = (encoder, content_hash(inputs))
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]  # pyright: ignore[reportReturnType]  the same encoder gives the same kind
        found = compute()
        size = _byte_count(found)
        if size <= self._max_bytes:
            self._known[key] = found
            self._bytes += size
        while self._bytes > self._max_bytes:
            _, dropped = self._known.popitem(last=False)
            self._bytes -= _byte_count(dropped)
        return found


def content_hash(inputs: Sequence[torch.Tensor | str | int]) -> bytes:
    """Return the SHA-256 of `inputs`: tensors with their type and shape, texts and numbers."""
    digest = hashlib.sha256()
    for item in inputs:
        if isinstance(item, torch.Tensor):
            digest.update(f"{item.dtype}{tuple(item.shape)};".encode())
            digest.update(item.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
        else:
            content = repr(item).encode()
            digest.update(f"{len(content)};".encode() + content)
    return digest.digest()


def _byte_count(encoded: torch.Tensor | list[torch.Tensor]) -> int:
    tensors = [encoded] if isinstance(encoded, torch.Tensor) else encoded
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)
