"""Widens the saved head that names parts, when a training goes on with more part classes than before."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

HEAD = "part_head."
"""Beginning of the names of the weights with a row for each part class."""


def with_wider_head(state: dict[str, Any], module: nn.Module) -> dict[str, Any]:
    """Return a stage's saved `state` with rows for all part classes that `module` knows.

    Part classes are only ever appended, so the saved rows stay what they are. New rows of the weights and of their
    average are those of `module`; the optimizer knows nothing of them yet. A state that has all rows is returned as it
    is, and so is one of other networks.
    """
    saved, new = state["module"], dict(module.named_parameters())
    grown = [
        name
        for name, weights in new.items()
        if name.startswith(HEAD)
        and name in saved
        and saved[name].shape[1:] == weights.shape[1:]
        and len(saved[name]) < len(weights)
    ]
    if not grown:
        return state

    def widened(rows: torch.Tensor, name: str, new_rows: torch.Tensor) -> torch.Tensor:
        return torch.cat([rows, new_rows[len(saved[name]) :].to(rows)])

    names, optimizer = list(new), state["optimizer"]
    moments = dict(optimizer["state"])
    (group,) = optimizer["param_groups"]
    for name in grown:
        number = group["params"][names.index(name)]
        if number in moments:
            moments[number] = {
                key: widened(value, name, torch.zeros_like(new[name])) if value.dim() else value
                for key, value in moments[number].items()
            }
    weights = {**saved, **{name: widened(saved[name], name, new[name].detach()) for name in grown}}
    average = state["average"]
    if average is not None:
        shadows = list(average["shadow_params"])
        for name in grown:
            place = names.index(name)
            shadows[place] = widened(shadows[place], name, new[name].detach())
        average = {**average, "shadow_params": shadows}
    return {**state, "module": weights, "optimizer": {**optimizer, "state": moments}, "average": average}
