"""Scripts run inside a Krita without a window, with settings of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from huebrush_backend.imaging.files.krita_document import find_kritarunner


def run_in_krita(folder: Path, name: str, code: str, *arguments: Path) -> None:
    """Run the script `code` in a Krita without a window, with settings below `folder`."""
    (folder / f"{name}.py").write_text(code, "utf-8")
    runner = find_kritarunner()
    assert runner is not None
    unwanted = ("VIRTUAL_ENV", "DISPLAY", "WAYLAND_DISPLAY")
    environment = {key: value for key, value in os.environ.items() if key not in unwanted}
    environment |= {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(folder)}
    for variable, place in (("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache")):
        environment[variable] = str(folder / "huebrush" / "krita" / place)
        Path(environment[variable]).mkdir(parents=True, exist_ok=True)
    command = [*runner, "-s", name, "-f", "main", *map(str, arguments)]
    subprocess.run(command, env=environment, timeout=300, check=False, capture_output=True)
