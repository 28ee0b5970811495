"""The Qt binding that the environment names."""

from __future__ import annotations

import importlib
import os
from typing import Any

_BINDING = os.environ["HUEBRUSH_TEST_BINDING"]
QtCore: Any = importlib.import_module(f"{_BINDING}.QtCore")
QtGui: Any = importlib.import_module(f"{_BINDING}.QtGui")
QtWidgets: Any = importlib.import_module(f"{_BINDING}.QtWidgets")
QAction: Any = (QtGui if _BINDING == "PyQt6" else QtWidgets).QAction
