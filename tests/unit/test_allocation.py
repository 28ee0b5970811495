"""Freed memory is kept, or given back, where glibc can be told so."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest
from huebrush_backend import allocation

SCRIPT = """
import resource, sys
from huebrush_backend.allocation import keep_freed_memory
if sys.argv[1] == "keep":
    assert keep_freed_memory()
for turn in range(2):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    block = bytearray(b"x" * 2**26)
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    del block
print(faults)
"""


def faults_of_the_second_time(way: str) -> int:
    """Return how many pages the system has to clear when 128 MB are taken a second time."""
    done = subprocess.run([sys.executable, "-c", SCRIPT, way], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_memory_that_was_freed_is_taken_again_without_the_system() -> None:
    assert faults_of_the_second_time("keep") < 1000 < faults_of_the_second_time("give back")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_small_pieces_that_were_freed_are_given_back() -> None:
    pieces = [bytearray(b"x" * 12_000) for _ in range(3000)]  # too small to be mappings of their own
    kept = pieces[::100]  # so that the heap does not simply end earlier
    del pieces
    assert allocation.give_back_freed_memory()
    assert all(piece[0] for piece in kept)


def test_elsewhere_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocation.sys, "platform", "darwin")
    assert not allocation.keep_freed_memory() and not allocation.give_back_freed_memory()
