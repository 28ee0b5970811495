"""Pages with known regions, each drawn once in a run of the tests: one takes seconds, however small it is."""

from __future__ import annotations

from functools import lru_cache

from huebrush_backend.synthesis.flat_pages import FlatPage, draw_flat_page

SMALL_PAGE = (420, 594)
"""Width and height, in pixels."""


@lru_cache
def drawn_page(seed: int, width: int, height: int) -> FlatPage:
    """As `draw_flat_page`; only to be read."""
    return draw_flat_page(seed, width, height)
