"""The released networks with the recorded cases' weights, built as from a single file."""

from __future__ import annotations

from functools import cache

from huebrush_backend.checkpoints.single_file import ReleasedNetworks, released_networks
from vectors import Case, Vectors


@cache
def _networks(vectors: Vectors, model: str) -> ReleasedNetworks:
    return released_networks(vectors.weights(model), head_width=vectors.small_config["num_head_channels"])


def networks_of(case: Case) -> ReleasedNetworks:
    """Return the networks that `case` was recorded with; the same ones for all cases of a folder and model."""
    return _networks(case.vectors, case.model)
