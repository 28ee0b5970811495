"""Kritas for the tests: one with the real backend, one with the painting engine, one that knows of no backend."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from example import LINE_ART, REFERENCE
from krita_program import (
    BRUSHING_BACKEND,
    OTHER_SYSTEM,
    PAINTING_BACKEND,
    RECORDING_BACKEND,
    KritaProgram,
    prepare_home,
)

PICTURES = "HUEBRUSH_PICTURES"
"""Set it to a folder (docs/images) to have the manual's pictures made."""


@pytest.fixture(scope="session", autouse=True)
def krita_and_screen() -> None:
    """Skip, saying why, where there is no Krita or no Xvfb."""
    missing = [name for name in (*([] if OTHER_SYSTEM else ["krita"]), "Xvfb") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"NOT INSTALLED: {' '.join(missing)} (on Debian: krita python3-pyqt5 xvfb)")


@pytest.fixture(scope="session")
def prepared_home(tmp_path_factory: pytest.TempPathFactory, krita_and_screen: None) -> Path:
    """The home that each Krita gets a copy of, so that one start of all has to make Krita's resources."""
    folder = tmp_path_factory.mktemp("prepared") / "home"
    prepare_home(folder)
    return folder


@pytest.fixture(scope="module")
def real_krita(prepared_home: Path) -> Iterator[KritaProgram]:
    """A Krita whose plugin starts the real backend with the built-in model."""
    yield from _program(KritaProgram(like=prepared_home))


@pytest.fixture(scope="module")
def painting_krita(prepared_home: Path) -> Iterator[KritaProgram]:
    """A Krita whose plugin starts a backend with the painting engine."""
    yield from _program(KritaProgram(backend=PAINTING_BACKEND, like=prepared_home))


@pytest.fixture(scope="module")
def brushing_krita(prepared_home: Path) -> Iterator[KritaProgram]:
    """A Krita whose plugin starts a backend that makes brushed edits without a model."""
    yield from _program(KritaProgram(backend=BRUSHING_BACKEND, like=prepared_home))


@pytest.fixture(scope="module")
def recording_krita(
    tmp_path_factory: pytest.TempPathFactory, prepared_home: Path
) -> Iterator[tuple[KritaProgram, Path]]:
    """A Krita whose plugin starts a backend that writes jobs down, and the folder in which it does."""
    folder = tmp_path_factory.mktemp("records")
    for krita in _program(KritaProgram(backend=[*RECORDING_BACKEND, str(folder)], like=prepared_home)):
        yield krita, folder


@pytest.fixture(scope="module")
def lonely_krita(prepared_home: Path) -> Iterator[KritaProgram]:
    """A Krita whose plugin knows of no backend."""
    yield from _program(KritaProgram(install=False, like=prepared_home))


@pytest.fixture
def picture() -> Callable[[KritaProgram, str, str], None]:
    """Return a function that saves a picture of a widget for the manual, when pictures are asked for."""

    def save(krita: KritaProgram, widget: str, name: str) -> None:
        folder = os.environ.get(PICTURES)
        if folder:
            path = Path(folder).resolve() / f"{name}.png"
            krita.run(f"hands.float_docker(); hands.grab({widget!r}, {str(path)!r}); hands.dock_docker()")

    return save


@pytest.fixture
def page() -> Callable[..., None]:
    """Return a function that opens the example as a fresh document: (krita, **options of hands.make_document)."""

    def make(krita: KritaProgram, **options: object) -> None:
        krita.run("hands.close_all()")
        words = "".join(f", {name}={value!r}" for name, value in options.items())
        krita.run(f"hands.make_document({str(LINE_ART)!r}, {str(REFERENCE)!r}{words})")

    return make


def _program(krita: KritaProgram) -> Iterator[KritaProgram]:
    try:
        yield krita
        printed = krita.output()
    finally:
        krita.stop()
    assert "Traceback" not in printed, f"Python failed inside Krita, unnoticed by the tests:\n{printed}"
