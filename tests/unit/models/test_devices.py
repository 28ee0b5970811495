"""Errors that mean that memory ran out, and errors that do not."""

from __future__ import annotations

import pytest
import torch
from huebrush_backend.models.out_of_memory import is_out_of_memory


def test_what_pytorch_raises_when_the_computers_memory_runs_out_is_known() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 60, dtype=torch.uint8)
    assert is_out_of_memory(caught.value)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 9.00 GB)"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ValueError("MPS backend out of memory"), False),
    ],
)
def test_other_devices_and_other_errors(error: Exception, expected: bool) -> None:
    assert is_out_of_memory(error) is expected
