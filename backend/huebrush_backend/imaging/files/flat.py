"""Flat pictures written in the format that their name says."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from huebrush_backend.imaging.color import flatten_on_white
from huebrush_backend.imaging.files.picture import PictureError
from huebrush_backend.imaging.files.png import write_png
from huebrush_backend.imaging.files.writing import write_atomically

_PILLOW = {".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
FLAT_ENDINGS = (".png", *_PILLOW)
"""Endings of names, each with its format."""


def write_flat(path: Path, pixels: NDArray[np.uint8]) -> None:
    """Write (H,W,4) RGBA or (H,W,3) RGB uint8 as PNG, JPEG (on white) or WebP. Raises `PictureError`."""
    kind = _PILLOW.get(path.suffix.lower())
    if kind is None:
        write_png(path, pixels)
        return
    stored = flatten_on_white(pixels) if kind == "JPEG" and pixels.shape[2] == 4 else pixels
    data = io.BytesIO()
    try:
        Image.fromarray(stored).save(data, kind, quality=95, **({"lossless": True} if kind == "WEBP" else {}))
    except (OSError, ValueError) as error:  # such as a side that is too long for the format
        raise PictureError(
            path, f"it cannot be written as {kind}: {error}. Give it a name that ends in .png."
        ) from error
    write_atomically(path, lambda stream: stream.write(data.getvalue()))
