"""The Qt binding that the process has loaded before."""

from __future__ import annotations

import importlib
import sys
from typing import Any

_BINDING = "PyQt6" if "PyQt6.QtCore" in sys.modules else "PyQt5"
QtCore: Any = importlib.import_module(f"{_BINDING}.QtCore")
QtGui: Any = importlib.import_module(f"{_BINDING}.QtGui")
QtWidgets: Any = importlib.import_module(f"{_BINDING}.QtWidgets")
QAction: Any = (QtGui if _BINDING == "PyQt6" else QtWidgets).QAction
