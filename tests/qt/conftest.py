"""Keeps what needs a Qt of its own out of the process that has none; see binding_process.py."""

from __future__ import annotations

import os

from binding_process import BINDING_VARIABLE, INSIDE

collect_ignore = [] if BINDING_VARIABLE in os.environ else [INSIDE]
