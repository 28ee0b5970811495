"""`huebrush` with the painting engine: what the plugin is told to start where a test is not about the picture."""

import os
import sys
from pathlib import Path

SUPPORT = Path(__file__).resolve().parents[1] / "support"
words = [sys.executable, "-m", "huebrush_backend.cli.main", *sys.argv[1:], "--engine", "painting_engine:create_engine"]
os.execve(sys.executable, words, {**os.environ, "PYTHONPATH": str(SUPPORT)})
