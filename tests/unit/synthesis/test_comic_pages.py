"""Comic pages with known truth."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.synthesis.comic_pages import STRIP, draw_comic_page


@pytest.mark.parametrize("kind", ["grid", "black", STRIP])
def test_a_page_is_the_same_every_time_and_its_parts_do_not_overlap(kind: str) -> None:
    width, height = (200, 1200) if kind == STRIP else (400, 560)
    page, again = (draw_comic_page(3, kind, width, height) for _ in range(2))
    assert np.array_equal(page.ink, again.ink) and np.array_equal(page.colors, again.colors)
    assert not (page.painted & page.gutters).any() and not (page.painted & page.balloons).any()
    assert not (page.gutters & page.balloons).any()
    assert page.painted.mean() > 0.2 and page.gutters.mean() > 0.02 and page.panels
    assert page.ink[page.painted].max() < 64


def test_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="grid"):
        draw_comic_page(1, "photo")


def test_what_is_seen_of_a_panel_lacks_what_covers_it_and_the_empty_surroundings_of_one_without_border() -> None:
    page = draw_comic_page(6, "inset", 450, 635)
    inset = page.panels[-1].mean(0).astype(int)
    assert page.shown[inset[1], inset[0]] == len(page.panels)
    assert set(np.unique(page.shown)) == set(range(len(page.panels) + 1))
    page = draw_comic_page(5, "borderless", 450, 635)
    own = np.nonzero(page.shown == 2)
    drawn = np.nonzero((page.shown == 2) & (page.ink >= 64))
    assert len(drawn[0]) and own[0].min() == drawn[0].min() and own[1].max() == drawn[1].max()
