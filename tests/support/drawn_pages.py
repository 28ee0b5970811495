"""Pages with known regions. Each is drawn once per test run, because even a small page takes seconds."""

from __future__ import annotations

from functools import lru_cache

from huebrush_backend.synthesis.flat_pages import FlatPage, draw_flat_page

SMALL_PAGE = (420, 594)
"""Width and height in pixels."""


@lru_cache
def drawn_page(seed: int, width: int, height: int) -> FlatPage:
    """Return the page of `draw_flat_page`. It is shared, so tests must not change it."""
    return draw_flat_page(seed, width, height)
