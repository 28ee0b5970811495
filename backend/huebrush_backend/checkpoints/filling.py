"""Networks filled from a file's tensors, after each of them has been checked by name and shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import torch
from torch import nn

from huebrush_backend.checkpoints.errors import CheckpointKeysError, Shape

Part = tuple[nn.Module, Mapping[str, str]]
"""A network, and by its name in the file what each of its tensors is called."""


def shapes_of(weights: Mapping[str, torch.Tensor]) -> dict[str, Shape]:
    """Return the shape of each tensor of `weights`."""
    return {key: tuple(tensor.shape) for key, tensor in weights.items()}


def require_tensors(found: Mapping[str, Shape], parts: Iterable[Part], may_be_there: Callable[[str], bool]) -> None:
    """Raise CheckpointKeysError unless `found` has just the tensors of `parts` and some that `may_be_there`."""
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
    """Give `network` its tensors; `names` as in `Part`. One that has `dtype` already is taken as it is, not copied.

    What a network names as its `SINGLE_PRECISION` parts stays single.
    """
    wanted = network.state_dict()
    single = getattr(network, "SINGLE_PRECISION", ())
    state = {
        key: weights[name].reshape(wanted[key].shape).to(torch.float32 if key.split(".")[0] in single else dtype)
        for name, key in names.items()
    }
    network.load_state_dict(state, assign=True)
    network.requires_grad_(False).eval()


def _same(found: Shape, wanted: Shape) -> bool:
    """Whether the shapes are equal, a 1x1 convolution counting as a linear layer (the VAE's attention)."""
    return found == wanted or (found[: len(wanted)] == wanted and found[len(wanted) :] == (1, 1))
