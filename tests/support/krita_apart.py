"""Distributes tests over several test processes."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling

IN_KRITA = "tests/krita/"
"""Tests in an open Krita. A single process runs all of them, because two of these at once overload a small machine."""
BY_KRITA = (
    "tests/install/test_demo.py",
    "tests/unit/imaging/files/test_blending.py",
    "tests/unit/imaging/files/test_krita_document.py",
    "tests/unit/imaging/files/test_psd_writing.py",
)
"""Other tests that start Krita, without a window and for a short time."""
LONG = ("tests/style/", "tests/qt/")
"""Tests that take minutes each."""


class KritaApart(LoadFileScheduling):
    """Gives all tests of a file to one process, and all tests in an open Krita to one process."""

    def _split_scope(self, nodeid: str) -> str:
        return IN_KRITA if nodeid.startswith(IN_KRITA) else super()._split_scope(nodeid)


def place_in_line(nodeid: str) -> int:
    """Return a sort key of a test: long tests begin early, so that all processes end at about the same time."""
    return 0 if nodeid.startswith(IN_KRITA) else 1 if nodeid.startswith(BY_KRITA + LONG) else 2
