"""Choice of the device to compute on, and names of devices for people."""

from __future__ import annotations

import platform

import psutil
import torch
from huebrush_protocol.texts import Text

from huebrush_backend.models.memory_plan import DeviceKind, DeviceMemory, Precision, default_precision

FULL_SIZE = 100_000_000
"""Parameters from which a UNet is of full size; the small model's has 15 million."""


class DeviceError(ValueError):
    """This machine does not have the device; the message is a `Text`."""


def choose_device(name: str = "auto") -> torch.device:
    """Return the device for `name`: "auto", "cpu", "cuda", "cuda:1", "mps" …

    Raises DeviceError for a device that this machine does not have.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise DeviceError(Text.of("device.missing", device=name)) from error
    return device


def describe_device(device: torch.device) -> str:
    """Return a name such as "NVIDIA GeForce RTX 4070 (12 GB)" or "CPU (x86_64, 2 threads)"."""
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        return f"{properties.name} ({properties.total_memory / 2**30:.0f} GB)"
    if device.type == "mps":
        return "Apple GPU (MPS)"
    return f"CPU ({platform.machine()}, {torch.get_num_threads()} threads)"


def device_text(device: torch.device) -> Text:
    """Return the name that people read after "ready on", such as "the CPU, 2 threads"."""
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        size = f"{properties.total_memory / 2**30:.0f}"
        return Text.of("device.graphics_card", name=properties.name, size=size)
    if device.type == "mps":
        return Text.of("device.apple")
    threads = torch.get_num_threads()
    return Text.of("device.one_thread") if threads == 1 else Text.of("device.processor", threads=threads)


def weight_dtype(device: torch.device) -> torch.dtype:
    """Return the precision to compute in: half on GPUs, single on the CPU."""
    return torch.float32 if device.type == "cpu" else torch.float16


def suitable_precision(device: torch.device, unet_parameters: int) -> Precision:
    """Return the precision in which a UNet with this many parameters is fastest on `device` without visible loss.

    Processors with bfloat16 instructions take half the time for a full-size network. A small one gains little and stays
    in the precision it was trained in.
    """
    if device.type == "cpu" and unet_parameters >= FULL_SIZE and computes_bfloat16(device):
        return "bfloat16"
    return default_precision(device_kind(device))


def device_kind(device: torch.device) -> DeviceKind:
    """Return the kind of a device: "cuda" (ROCm too), "mps", or "cpu"."""
    return "cuda" if device.type == "cuda" else "mps" if device.type == "mps" else "cpu"


def device_memory(device: torch.device) -> DeviceMemory:
    """Return the memory that a model can have on `device` now."""
    kind = device_kind(device)
    if kind == "cuda":
        return DeviceMemory(kind, torch.cuda.mem_get_info(device)[0])
    if kind == "mps":
        return DeviceMemory(kind, torch.mps.recommended_max_memory())
    return DeviceMemory(kind, psutil.virtual_memory().available)


def computes_bfloat16(device: torch.device) -> bool:
    """Return whether `device` has instructions for bfloat16. Others imitate it, several times as slowly as float32."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "cpu":
        capabilities = torch.cpu.get_capabilities()
        return any(bool(capabilities.get(name)) for name in ("avx512_bf16", "amx_bf16"))
    return False
