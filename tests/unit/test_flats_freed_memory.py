"""Freed memory goes back to the system."""

from __future__ import annotations

import ctypes
import sys

import numpy as np
import pytest
from huebrush_backend.flats.freed_memory import give_back_freed_memory


def test_there_is_nothing_to_ask_for_where_glibc_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert give_back_freed_memory() is False


def test_a_c_library_that_cannot_do_it_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    assert give_back_freed_memory() is False


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc keeps freed memory so")
def test_small_pieces_that_were_freed_are_given_back() -> None:
    if not hasattr(ctypes.CDLL(None), "gnu_get_libc_version"):
        pytest.skip("this C library is not glibc")
    pieces = [np.ones(12_000, np.uint8) for _ in range(3000)]  # too small to be mappings of their own
    kept = pieces[::100]  # so that the heap does not simply end earlier
    del pieces
    assert give_back_freed_memory()
    assert all(piece.all() for piece in kept)
