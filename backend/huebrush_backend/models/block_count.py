"""Number of transformer blocks of a UNet, read from the headers of its safetensors files. Imports no torch."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

UNET_PREFIX = "model.diffusion_model."
"""Beginning of the names of the UNet's tensors in the authors' single files."""

_LENGTH_BYTES = 8
"""Bytes of the header's length, little-endian, at the beginning of a safetensors file."""
_LONGEST_HEADER = 100 << 20
"""Longest header that the format allows."""
_MARK = ".attn2.to_k.weight"
"""Ending of the name of a cross-attention tensor in every format; each transformer block has one."""


def transformer_block_count(files: Iterable[Path], prefix: str = "") -> int:
    """Return the number of transformer blocks in `files`, counting tensors whose names begin with `prefix`.

    Returns 0 if a file cannot be read; loading the model then reports the problem.
    """
    try:
        keys = [key for file in files for key in _keys(file)]
    except (OSError, ValueError, RecursionError):
        return 0
    return sum(key.startswith(prefix) and key.endswith(_MARK) for key in keys)


def _keys(file: Path) -> list[str]:
    if not file.is_file():  # to open a pipe would wait for its other end
        raise ValueError(f"{file.name} is not a safetensors file")
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(_LENGTH_BYTES), "little")
        if length > _LONGEST_HEADER:
            raise ValueError(f"{file.name} is not a safetensors file")
        header = json.loads(stream.read(length))
    if not isinstance(header, dict):
        raise ValueError(f"{file.name} is not a safetensors file")
    return list(header)
