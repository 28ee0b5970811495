"""Opens checkpoint files: maps safetensors into memory; opens pickles only on request and never runs their code."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import torch
from huebrush_protocol.texts import Text
from safetensors import SafetensorError
from safetensors.torch import load_file

from huebrush_backend.checkpoints.errors import CheckpointError, DamagedFileError, PickleRefusedError

_LENGTH_BYTES = 8
"""Beginning of a safetensors file: the length of its header, little-endian."""
_ZIP_START = b"PK\x03\x04"
_PICKLE_STARTS = (_ZIP_START, b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
"""First bytes of pickles: of a zip archive, which torch.save writes, and of bare pickles of each protocol."""


def read_state_dict(file: Path, allow_pickle: bool = False) -> dict[str, torch.Tensor]:
    """Return the tensors of `file`. They stay in the file until they are used; nothing is copied into memory here.

    `allow_pickle`: also open .ckpt, .pt, .pth and .bin files. Only tensors are read; PyTorch refuses files that would
    run code.
    Raises DamagedFileError, PickleRefusedError, CheckpointError, and OSError when the file cannot be read.
    """
    with file.open("rb") as stream:
        start = stream.read(4)
    if start.startswith(_PICKLE_STARTS) and file.suffix != ".safetensors":
        if not allow_pickle:
            raise PickleRefusedError(file)
        return _read_pickle(file)
    _check_length(file)
    try:
        return load_file(file)
    except SafetensorError as error:
        raise DamagedFileError(Text.of("checkpoint.damaged", file=file.name, reason=str(error))) from error


def _check_length(file: Path) -> None:
    size = file.stat().st_size
    with file.open("rb") as stream:
        header_length = int.from_bytes(stream.read(_LENGTH_BYTES), "little")
        if size < _LENGTH_BYTES or header_length == 0:
            raise DamagedFileError(Text.of("checkpoint.no_header", file=file.name, size=size))
        if header_length > size - _LENGTH_BYTES:
            raise DamagedFileError(Text.of("checkpoint.short_header", file=file.name, size=size, wanted=header_length))
        header = stream.read(header_length)
    try:
        entries = json.loads(header)
        ends = [entry["data_offsets"][1] for key, entry in entries.items() if key != "__metadata__"]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise DamagedFileError(Text.of("checkpoint.unreadable_header", file=file.name)) from error
    wanted = _LENGTH_BYTES + header_length + max(ends, default=0)
    if size != wanted:
        id = "checkpoint.cut_short" if size < wanted else "checkpoint.too_long"
        raise DamagedFileError(Text.of(id, file=file.name, size=size, wanted=wanted))


def _read_pickle(file: Path) -> dict[str, torch.Tensor]:
    try:
        content = torch.load(file, map_location="cpu", mmap=_is_zip(file), weights_only=True)
    except pickle.UnpicklingError as error:
        raise CheckpointError(Text.of("checkpoint.not_only_tensors", file=file.name, reason=str(error))) from error
    except (RuntimeError, EOFError) as error:
        raise DamagedFileError(Text.of("checkpoint.damaged", file=file.name, reason=str(error))) from error
    content = content.get("state_dict", content) if isinstance(content, dict) else {}
    return {key: value for key, value in content.items() if isinstance(value, torch.Tensor)}


def _is_zip(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(4) == _ZIP_START
