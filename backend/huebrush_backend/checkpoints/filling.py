"""Fills networks with a file's tensors, after checking the name and shape of each tensor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import torch
from torch import nn

from huebrush_backend.checkpoints.errors import CheckpointKeysError, Shape

Part = tuple[nn.Module, Mapping[str, str]]
"""A network, and a mapping from the names of tensors in the file to their names in the network."""


def shapes_of(weights: Mapping[str, torch.Tensor]) -> dict[str, Shape]:
    """Return the shape of each tensor of `weights`."""
    return {key: tuple(tensor.shape) for key, tensor in weights.items()}


def require_tensors(found: Mapping[str, Shape], parts: Iterable[Part], may_be_there: Callable[[str], bool]) -> None:
    """Raise CheckpointKeysError unless `found` has all tensors of `parts`, and beyond them only keys that may be there.

    `may_be_there`: says of a key outside `parts` whether it is allowed.
    """
    expected: dict[str, Shape] = {}
    for network, names in parts:
        state = network.state_dict()
        expected |= {name: tuple(state[key].shape) for name, key in names.items()}
    unexpected = [key for key in found if key not in expected and not may_be_there(key)]
    missing = [key for key in expected if key not in found]
    wrong = {
        key: (found[key], shape) for key, shape in expected.items() if key in found and not _same(found[key], shape)
    }
    if missing or unexpected or wrong:
        raise CheckpointKeysError(missing, unexpected, wrong)


def fill(network: nn.Module, names: Mapping[str, str], weights: Mapping[str, torch.Tensor], dtype: torch.dtype) -> None:
    """Give `network` its tensors in precision `dtype`. A tensor that already has `dtype` is used without a copy.

    `names`: as in `Part`. Parts that the network lists in `SINGLE_PRECISION` stay in single precision.
    """
    expected = network.state_dict()
    single = getattr(network, "SINGLE_PRECISION", ())
    state = {
        key: weights[name].reshape(expected[key].shape).to(torch.float32 if key.split(".")[0] in single else dtype)
        for name, key in names.items()
    }
    network.load_state_dict(state, assign=True)
    network.requires_grad_(False).eval()


def _same(shape: Shape, expected: Shape) -> bool:
    """Return whether the shapes are equal. A 1x1 convolution equals a linear layer (in the VAE's attention)."""
    return shape == expected or (shape[: len(expected)] == expected and shape[len(expected) :] == (1, 1))
