"""One Krita at a time, which test files that need the same kind of it use one after the other.

A start of Krita and of a backend with its model takes as long as many a test. What a file leaves behind (documents,
settings, open sections, variables) is cleared away before the next. A Krita in which a test failed is ended, and so is
that of a file which sets `LEAVES_TRACES`, because what it changes cannot be cleared away.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

import pytest
from krita_program import BRUSHING_BACKEND, PAINTING_BACKEND, RECORDING_BACKEND, KritaProgram

LEAVES_TRACES = "LEAVES_TRACES"
"""Name of a file's constant: True where no other file may use its Krita."""
FRESH = """
for name in set(globals()) - {"hands", "canvas_hands", "reference_hands", "app", "result", "__builtins__"}:
    del globals()[name]
hands.start_afresh()
"""


class KritaKind(Enum):
    """Kinds of Krita, by the fixture that gives one, in the order in which the tests use them."""

    LONELY = "lonely_krita"
    REAL = "real_krita"
    RECORDING = "recording_krita"
    PAINTING = "painting_krita"
    BRUSHING = "brushing_krita"


def kind_of(item: pytest.Item) -> KritaKind | None:
    """Return the kind of Krita that a test asks for, None for a test with a Krita of its own."""
    names = getattr(item, "fixturenames", ())
    return next((kind for kind in KritaKind if kind.value in names), None)


class SharedKrita:
    """The Krita that runs now, if any."""

    def __init__(self, prepared_home: Path) -> None:
        """Begin without one. New Kritas get a copy of `prepared_home` as their home."""
        self.records = Path(tempfile.mkdtemp(prefix="hb-records-"))
        """Where a backend of the kind RECORDING writes jobs down."""
        self._prepared_home = prepared_home
        self._kind: KritaKind | None = None
        self._program: KritaProgram | None = None

    @contextmanager
    def borrow(self, kind: KritaKind, request: pytest.FixtureRequest) -> Iterator[KritaProgram]:
        """Give one of this `kind` to a file of tests, as if it had just been started.

        A file that borrows two kinds has the second in place of the first, which then has ended. Fails when Python
        failed inside it unnoticed.
        """
        program = self._program
        if program is None or kind is not self._kind or not program.is_running:
            self.end()
            program = self._start(kind)
        else:
            program.run(FRESH)
        for file in self.records.iterdir():
            file.unlink()
        failures = request.session.testsfailed
        yield program
        printed = program.output()
        has_failed = request.session.testsfailed > failures or "Traceback" in printed
        if program is self._program and (has_failed or getattr(request.module, LEAVES_TRACES, False)):
            self.end()
        assert "Traceback" not in printed, f"Python failed inside Krita, unnoticed by the tests:\n{printed}"

    def end(self) -> None:
        """End the Krita that runs."""
        if self._program is not None:
            self._program.stop()
        self._program = self._kind = None

    def close(self) -> None:
        """End the Krita that runs, and forget what its backend wrote down."""
        self.end()
        shutil.rmtree(self.records)

    def _start(self, kind: KritaKind) -> KritaProgram:
        backends = {
            KritaKind.RECORDING: [*RECORDING_BACKEND, str(self.records)],
            KritaKind.PAINTING: PAINTING_BACKEND,
            KritaKind.BRUSHING: BRUSHING_BACKEND,
        }
        install = kind is not KritaKind.LONELY
        self._program = KritaProgram(backend=backends.get(kind), install=install, like=self._prepared_home)
        self._kind = kind
        return self._program
