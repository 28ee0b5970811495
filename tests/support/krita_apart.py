"""Share out tests over processes, where several run them at once."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling

WITH_KRITA = ("tests/krita/", "tests/install/test_demo.py", "tests/unit/imaging/files/test_krita_document.py")
"""These start Kritas: one process has them all, for two Kritas at a time are too much for a small machine."""
LONG = ("tests/style/", "tests/qt/")
"""A few tests that take minutes each."""


class KritaApart(LoadFileScheduling):
    """Gives the tests of a file to one process, and all tests with Krita to the same."""

    def _split_scope(self, nodeid: str) -> str:
        return WITH_KRITA[0] if nodeid.startswith(WITH_KRITA) else super()._split_scope(nodeid)


def place_in_line(nodeid: str) -> int:
    """Return a number that is lower for what is to be begun early, so that in the end no process has much left."""
    return 0 if nodeid.startswith(WITH_KRITA) else 1 if nodeid.startswith(LONG) else 2
