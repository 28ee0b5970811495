"""`huebrush` with a test engine, whose module is the first word: what the plugin is told to start where a test is not
about the picture."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OWN_CODE = [str(ROOT / name) for name in ("tests/support", "backend", "protocol")]
engine, *rest = sys.argv[1:]
words = [sys.executable, "-m", "huebrush_backend.cli.main", *rest, "--engine", f"{engine}:create_engine"]
os.execve(sys.executable, words, {**os.environ, "PYTHONPATH": os.pathsep.join(OWN_CODE)})
