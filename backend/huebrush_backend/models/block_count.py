"""How many transformer blocks a UNet in safetensors files has, read off the files' headers. Imports no torch."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

UNET_PREFIX = "model.diffusion_model."
"""How the names of the UNet's tensors begin in the authors' single files."""

_LENGTH_BYTES = 8
"""A safetensors file begins with the length of its header, little-endian."""
_LONGEST_HEADER = 100 << 20
"""The format allows no longer one."""
_MARK = ".attn2.to_k.weight"
"""Each transformer block has one cross-attention, which is called so in every format."""


def transformer_block_count(files: Iterable[Path], prefix: str = "") -> int:
    """Return how many transformer blocks the tensors in `files` make up whose names begin with `prefix`.

    0 when one of the files cannot be read: whoever loads the model says what is wrong with it.
    """
    try:
        keys = [key for file in files for key in _keys(file)]
    except (OSError, ValueError):
        return 0
    return sum(key.startswith(prefix) and key.endswith(_MARK) for key in keys)


def _keys(file: Path) -> list[str]:
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(_LENGTH_BYTES), "little")
        if length > _LONGEST_HEADER:
            raise ValueError(f"{file.name} is not a safetensors file")
        header = json.loads(stream.read(length))
    if not isinstance(header, dict):
        raise ValueError(f"{file.name} is not a safetensors file")
    return list(header)
