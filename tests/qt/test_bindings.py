"""The whole docker with PyQt5 and with PyQt6, without Krita.

Its `krita` is the small one in stand_in/; what only Krita can show (undo, colour, repainting) is left to tests/krita.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from binding_process import run_inside


@pytest.mark.parametrize("binding", ["PyQt5", "PyQt6"])
def test_docker_with(binding: str, tmp_path: Path) -> None:
    """Every test in inside/ passes."""
    if importlib.util.find_spec(binding) is None:
        pytest.skip(f"{binding} has no wheels for this platform (see pyproject.toml)")
    done = run_inside(binding, tmp_path)
    assert done.returncode == 0, f"with {binding}:\n{done.stdout}{done.stderr}"
