"""Kritas for the tests: one with the real backend, one with the painting engine, one that knows of no backend."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from example import LINE_ART, REFERENCE
from krita_program import OTHER_SYSTEM, KritaHung, KritaProgram, prepare_home
from shared_krita import KritaKind, SharedKrita, kind_of

PICTURES = "HUEBRUSH_PICTURES"
"""Set it to a folder (docs/images) to have the manual's pictures made."""
HUNG = pytest.StashKey[str]()
"""Of a test in whose midst Krita stopped answering, where it was; of the run, the first of them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests with the same kind of Krita follow each other, where the first of tests/krita stands."""
    kinds, here = list(KritaKind), Path(__file__).parent
    own = sorted(
        (item for item in items if item.path.is_relative_to(here)),
        key=lambda item: kinds.index(kind) if (kind := kind_of(item)) else len(kinds),
    )
    places = [place for place, item in enumerate(items) if item.path.is_relative_to(here)]
    for place, item in zip(places, own, strict=True):
        items[place] = item


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Run a test; the first of a run in whose midst Krita stopped answering once more, in a new Krita.

    That was seen once in some hundred thousand tests, with a cause that is not known. The end of the run says where
    Krita was (tests/conftest.py).
    """
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    if HUNG in item.stash and HUNG not in item.config.stash:
        item.config.stash[HUNG] = item.stash[HUNG]
        item.user_properties.append(("krita_hung", item.stash[HUNG]))
        item.session._setupstate.teardown_exact(None)  # pytest has no public way to begin a session's fixtures anew
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Note where Krita was when it stopped answering."""
    if call.excinfo is not None and call.excinfo.errisinstance(KritaHung):
        item.stash[HUNG] = str(call.excinfo.value)


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


@pytest.fixture(scope="session")
def shared_krita(prepared_home: Path) -> Iterator[SharedKrita]:
    """The Krita that several files use."""
    shared = SharedKrita(prepared_home)
    yield shared
    shared.close()


@pytest.fixture(scope="module")
def real_krita(shared_krita: SharedKrita, request: pytest.FixtureRequest) -> Iterator[KritaProgram]:
    """A Krita whose plugin starts the real backend with the built-in model."""
    with shared_krita.borrow(KritaKind.REAL, request) as krita:
        yield krita


@pytest.fixture(scope="module")
def painting_krita(shared_krita: SharedKrita, request: pytest.FixtureRequest) -> Iterator[KritaProgram]:
    """A Krita whose plugin starts a backend with the painting engine."""
    with shared_krita.borrow(KritaKind.PAINTING, request) as krita:
        yield krita


@pytest.fixture(scope="module")
def brushing_krita(shared_krita: SharedKrita, request: pytest.FixtureRequest) -> Iterator[KritaProgram]:
    """A Krita whose plugin starts a backend that makes brushed edits without a model."""
    with shared_krita.borrow(KritaKind.BRUSHING, request) as krita:
        yield krita


@pytest.fixture(scope="module")
def recording_krita(shared_krita: SharedKrita, request: pytest.FixtureRequest) -> Iterator[tuple[KritaProgram, Path]]:
    """A Krita whose plugin starts a backend that writes jobs down, and the folder in which it does."""
    with shared_krita.borrow(KritaKind.RECORDING, request) as krita:
        yield krita, shared_krita.records


@pytest.fixture(scope="module")
def lonely_krita(shared_krita: SharedKrita, request: pytest.FixtureRequest) -> Iterator[KritaProgram]:
    """A Krita whose plugin knows of no backend."""
    with shared_krita.borrow(KritaKind.LONELY, request) as krita:
        yield krita


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
