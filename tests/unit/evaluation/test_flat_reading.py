"""The figures of reading are those of photographs whose ink and polarity are known."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.evaluation import flat_reading
from huebrush_backend.evaluation.flat_reading import evaluate_reading, read_photograph
from huebrush_backend.synthesis.flat_pages import FlatPage, draw_flat_page
from huebrush_backend.synthesis.photographs import KINDS, photograph_page


@pytest.fixture(scope="module")
def page() -> FlatPage:
    return draw_flat_page(3, 420, 560)


@pytest.mark.parametrize("kind", KINDS)
def test_a_photograph_of_each_kind_is_read_right(page: FlatPage, kind: str):
    photograph = photograph_page(page, kind, 1)
    is_right, ink = read_photograph(photograph)
    assert is_right
    assert ink.shape == photograph.ink.shape
    assert (ink >= 64)[photograph.ink >= 200].mean() > 0.8


def test_wrong_polarity_and_lost_ink_are_counted(monkeypatch: pytest.MonkeyPatch, page: FlatPage):
    monkeypatch.setattr(flat_reading, "draw_flat_page", lambda *arguments: page)
    right = evaluate_reading(2, 0)
    assert (right["polarity_right"], right["pages"], right["wrong"]) == (1.0, 2, [])
    assert set(right["kinds"]) == set(list(KINDS)[:2])
    assert min(right["recall"], right["precision"], right["regions_right"]) > 0.8
    monkeypatch.setattr(flat_reading, "paper_is_dark", lambda pixels: True)
    monkeypatch.setattr(flat_reading, "ink_coverage", lambda pixels, reading: np.zeros(pixels.shape[:2], np.uint8))
    wrong = evaluate_reading(2, 0)
    assert (wrong["polarity_right"], wrong["recall"], wrong["precision"]) == (0.0, 0.0, 0.0)
    assert wrong["wrong"] == [{"kind": "phone", "number": 0}, {"kind": "hard_shadow", "number": 1}]


def test_photographs_depend_only_on_seed_and_number(page: FlatPage):
    first, again, other = (photograph_page(page, "mixed", number) for number in (4, 4, 5))
    assert np.array_equal(first.pixels, again.pixels)
    assert first.pixels.shape != other.pixels.shape or not np.array_equal(first.pixels, other.pixels)
    with pytest.raises(ValueError, match="unknown kind"):
        photograph_page(page, "painting")
