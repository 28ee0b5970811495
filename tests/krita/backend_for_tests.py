"""`huebrush` with a test engine, whose module is the first word: what the plugin is told to start where a test is not
about the picture."""

import os
import sys
from pathlib import Path

SUPPORT = Path(__file__).resolve().parents[1] / "support"
engine, *rest = sys.argv[1:]
words = [sys.executable, "-m", "huebrush_backend.cli.main", *rest, "--engine", f"{engine}:create_engine"]
os.execve(sys.executable, words, {**os.environ, "PYTHONPATH": str(SUPPORT)})
