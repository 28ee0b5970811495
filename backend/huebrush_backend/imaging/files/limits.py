"""The one limit of size for pictures of all formats, checked before their pixels are read."""

from __future__ import annotations

from pathlib import Path

import psutil
from huebrush_protocol.frames import MAX_EDGE, MAX_FRAME_BYTES

from huebrush_backend.imaging.files.picture import PictureError

LARGEST_SIDE = MAX_EDGE
"""Most pixels of a picture along a side, as in Krita."""
MOST_PIXELS = MAX_FRAME_BYTES // 4
"""Most pixels of a picture, as in Krita: those of 16384 x 16384."""
BYTES_A_PIXEL = 56
"""Memory that a page takes at most, read and made into flats: 54 for one of 182 megapixels. Without room for that the
work would end in the middle, after minutes."""


def require_size(file: Path, width: int, height: int) -> None:
    """Raise `PictureError` for a picture of `width` x `height` that is too large, or larger than memory allows."""
    size = f"it has {width} x {height} pixels ({width * height / 1e6:.0f} megapixels)"
    if width > LARGEST_SIDE or height > LARGEST_SIDE or width * height > MOST_PIXELS:
        raise PictureError(
            file,
            f"{size}; the limit is {MOST_PIXELS // 10**6} megapixels, and {LARGEST_SIDE} pixels for a side. Make it"
            " smaller, or cut it into parts.",
        )
    needed = width * height * BYTES_A_PIXEL
    free = psutil.virtual_memory().available + psutil.swap_memory().free
    if needed > free:
        raise PictureError(
            file,
            f"{size}, for which {needed / 2**30:.1f} GiB of memory are needed and {free / 2**30:.1f} GiB are"
            " free. Close other programs, or make it smaller.",
        )
