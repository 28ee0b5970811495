"""Distributes tests over several test processes."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling

WITH_KRITA = ("tests/krita/", "tests/install/test_demo.py", "tests/unit/imaging/files/test_krita_document.py")
"""Tests that start Krita. A single process runs all of them, because two Kritas at once overload a small machine."""
LONG = ("tests/style/", "tests/qt/")
"""Tests that take minutes each."""


class KritaApart(LoadFileScheduling):
    """Gives all tests of a file to one process, and all tests with Krita to one process."""

    def _split_scope(self, nodeid: str) -> str:
        return WITH_KRITA[0] if nodeid.startswith(WITH_KRITA) else super()._split_scope(nodeid)


def place_in_line(nodeid: str) -> int:
    """Return a sort key of a test: long tests begin early, so that all processes end at about the same time."""
    return 0 if nodeid.startswith(WITH_KRITA) else 1 if nodeid.startswith(LONG) else 2
