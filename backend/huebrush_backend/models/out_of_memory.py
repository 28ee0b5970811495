"""Errors that say that memory ran out. Imports no torch: where torch is not loaded, none of its errors is raised."""

from __future__ import annotations

import sys

_TEXTS = ("DefaultCPUAllocator: can't allocate memory", "MPS backend out of memory")


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether `error` says that memory ran out, the computer's or the device's.

    PyTorch has a separate error type for this on CUDA only; on the CPU and on Apple's GPUs only the text tells.
    """
    torch = sys.modules.get("torch")
    if isinstance(error, MemoryError) or (torch is not None and isinstance(error, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(text in str(error) for text in _TEXTS)
