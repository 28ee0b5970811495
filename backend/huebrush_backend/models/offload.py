"""Networks that wait in the computer's memory and are on the device only while they compute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from accelerate.hooks import ModelHook, add_hook_to_module
from accelerate.utils import send_to_device
from torch import nn

WAITING = torch.device("cpu")


class Offload:
    """Manager that keeps one group of networks at a time on `device`: the group of the network that computes.

    accelerate's hooks bring a network when it is called. A network used in another way than by its `forward` is
    announced by `bring`.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._present: tuple[nn.Module, ...] = ()

    def add(self, *group: nn.Module) -> None:
        """Register networks that are on the device together, and send them away."""
        for network in group:
            network.to(WAITING)
            add_hook_to_module(network, _ComesWhenCalled(self, group))

    def make_present(self, group: Sequence[nn.Module]) -> None:
        """Bring `group` to the device, and send away the group that is there."""
        if self._present == tuple(group):
            return
        self.clear()
        self._present = tuple(group)
        for network in group:
            network.to(self.device)

    def clear(self) -> None:
        """Send away the group on the device."""
        for network in self._present:
            network.to(WAITING)
        self._present = ()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    @property
    def present(self) -> tuple[nn.Module, ...]:
        """Networks that are on the device."""
        return self._present


class _ComesWhenCalled(ModelHook):
    def __init__(self, offload: Offload, group: tuple[nn.Module, ...]) -> None:
        self._offload, self._group = offload, group

    def pre_forward(self, module: nn.Module, *args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Bring the network and its inputs to the device."""
        self._offload.make_present(self._group)
        device = self._offload.device
        moved: Any = send_to_device(args, device), send_to_device(kwargs, device)
        return moved


def bring(network: nn.Module) -> None:
    """Bring `network` to the device for a computation other than its `forward`; does nothing if it never leaves."""
    hook = getattr(network, "_hf_hook", None)
    if isinstance(hook, _ComesWhenCalled):
        hook.pre_forward(network)
