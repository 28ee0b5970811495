"""`huebrush` with the test engine: what the plugin is told to start where a test is not about the picture."""

import os
import sys
from pathlib import Path

from huebrush_backend.cli.main import main

HERE = str(Path(__file__).resolve().parent)
sys.path.insert(0, HERE)
os.environ["PYTHONPATH"] = HERE  # for the worker process
sys.exit(main([*sys.argv[1:], "--engine", "painting_engine:create_engine"]))
