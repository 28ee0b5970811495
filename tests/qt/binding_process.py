"""One process can hold only one Qt, so the tests in inside/ run in a process of their own for each Qt binding."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
INSIDE = "inside"
BINDING_VARIABLE = "HUEBRUSH_TEST_BINDING"
PATIENCE = 500
"""Seconds for one binding; a quiet machine needs a few."""


def run_inside(binding: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run the tests in inside/ with this binding, in a new `home` and without a screen.

    Their own folders lie elsewhere, where paths are short enough for Unix sockets.
    """
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    words = ("-q", "-p", "no:cacheprovider", "-o", "python_files=check_*.py")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QT_", "HUEBRUSH_", "PYTEST_"))}
    environment = {
        **kept,
        BINDING_VARIABLE: binding,
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(HERE / "stand_in"),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_RUNTIME_DIR": str(runtime),
    }
    with tempfile.TemporaryDirectory(prefix="hb-") as folder:
        return subprocess.run(
            [sys.executable, "-m", "pytest", str(HERE / INSIDE), *words, "--basetemp", f"{folder}/pytest"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
