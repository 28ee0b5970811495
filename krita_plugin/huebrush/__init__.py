"""Huebrush for Krita: colorize line art from a reference picture, in the docker "Huebrush"."""

from __future__ import annotations

import importlib.util

if importlib.util.find_spec("krita") is not None:  # tests import single modules without Krita
    from .base import vendoring

    vendoring.ensure_protocol()

    from krita import Krita

    if Krita.instance() is not None:
        from .extension import register

        register(Krita.instance())
