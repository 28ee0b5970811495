"""The pictures of the example document."""

from __future__ import annotations

import numpy as np
from krita_program import ROOT
from PIL import Image

EXAMPLE = ROOT / "docs" / "example"
LINE_ART, REFERENCE = EXAMPLE / "line_art.png", EXAMPLE / "reference.png"


def line_coverage() -> np.ndarray:
    """How much the example's lines cover of each pixel, (H,W) from 0 to 255."""
    lines = np.asarray(Image.open(LINE_ART).convert("RGBA")).astype(int)
    return (255 - lines[..., 1]) * lines[..., 3] // 255
