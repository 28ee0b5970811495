"""Largest pages of Photoshop documents, known without the library that writes them."""

from __future__ import annotations

from pathlib import Path

from huebrush_backend.imaging.files.picture import PictureError

LONGEST_SIDES = {".psd": 30_000, ".psb": 300_000}
"""Most pixels along a side, for each kind of file by the end of its name."""


def require_size(path: Path, size: tuple[int, int]) -> None:
    """Raise `PictureError` when a page of this size does not fit into a file of this name."""
    longest = LONGEST_SIDES.get(path.suffix.lower())
    if longest is not None and max(size) > longest:
        remedy = "give it a name that ends with .psb, or .ora" if longest < max(LONGEST_SIDES.values()) else "use .ora"
        raise PictureError(path, f"a {path.suffix} has at most {longest:,} pixels along a side; {remedy}.")
