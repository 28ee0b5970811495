"""The last step of `install.py demo`: Krita without a window, as its program for scripts, colorizes the example."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from huebrush_installer.checkout import Checkout
from huebrush_installer.console import Console
from huebrush_installer.context import Context
from huebrush_installer.krita_demo import colorize_in_krita
from huebrush_installer.krita_locations import Surroundings
from krita_program import OTHER_SYSTEM, ROOT, start_screen, stop_screen
from newer_krita import HOST_INSIDE


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[str]:
    """What DISPLAY is on a desktop."""
    with (tmp_path / "screen.log").open("wb") as log:
        screen, display = start_screen(log)
        try:
            yield display
        finally:
            stop_screen(screen)


@pytest.fixture
def programs(tmp_path: Path) -> tuple[Path, Path]:
    """Krita's program for scripts, and this Python as that Krita sees it."""
    if OTHER_SYSTEM is None:
        return Path(shutil.which("kritarunner") or "kritarunner"), Path(sys.executable)
    runner = _script(tmp_path / "kritarunner", f"exec /usr/sbin/chroot '{OTHER_SYSTEM}' kritarunner")
    return runner, _script(tmp_path / "python", f"exec /usr/sbin/chroot {HOST_INSIDE} '{sys.executable}'")


def _script(path: Path, command: str) -> Path:
    path.write_text(f'#!/bin/sh\n{command} "$@"\n', "utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.usefixtures("prepared_home")  # so the libraries that the plugin carries along are there
@pytest.mark.parametrize("on_desktop", [True, False])
def test_with_and_without_a_desktop(
    tmp_path: Path,
    programs: tuple[Path, Path],
    desktop: str,
    monkeypatch: pytest.MonkeyPatch,
    on_desktop: bool,
) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    if on_desktop:
        monkeypatch.setenv("DISPLAY", desktop)
    else:
        monkeypatch.delenv("DISPLAY", raising=False)
    context = Context(Checkout(ROOT), Surroundings.here(), Console())
    made = colorize_in_krita(context, *programs, tmp_path, seed=1, steps=1)
    assert made.document.stat().st_size > 0
    assert made.picture.read_bytes().startswith(b"\x89PNG")
