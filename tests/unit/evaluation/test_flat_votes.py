"""Votes are counted where the right colours are known: wrong ones, marked ones, and both."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.evaluation.flat_metrics import spread
from huebrush_backend.evaluation.flat_votes import PICTURE_SIZE, VoteTally, model_picture, vote_on
from huebrush_backend.synthesis.flat_pages import FlatPage, draw_flat_page, flats_of


@pytest.fixture(scope="module")
def page() -> FlatPage:
    return draw_flat_page(2, 724, 1024)


def test_wrong_and_unsure_regions_are_counted():
    tally = VoteTally()
    tally.add(np.array([0.0, 12, 30, 2]), np.array([0.9, 0.2, 0.9, 0.1]))
    summary = tally.summary()
    assert (summary["regions"], summary["wrong"], summary["marked_unsure"]) == (4, 0.5, 0.5)
    assert (summary["wrong_that_are_marked"], summary["marked_that_are_wrong"]) == (0.5, 0.5)
    assert summary["delta_e_median"] == 7.0


def test_shares_of_nothing_are_none():
    tally = VoteTally()
    tally.add(np.array([0.0]), np.array([1.0]))
    summary = tally.summary()
    assert summary["wrong"] == 0 and summary["wrong_that_are_marked"] is None


def test_the_picture_is_small_and_nearly_right_where_regions_are_large(page: FlatPage):
    picture = model_picture(page)
    assert max(picture.shape[:2]) == PICTURE_SIZE
    assert (picture == model_picture(page)).all()
    right = flats_of(page)
    largest = int(np.bincount(page.truth.ravel())[1:].argmax()) + 1
    scale = max(page.truth.shape) / PICTURE_SIZE
    rows, columns = (places[::997] for places in np.nonzero(page.truth == largest))
    seen = picture[(rows / scale).astype(int), (columns / scale).astype(int)].astype(int)
    assert np.median(np.abs(seen - right[rows, columns]).max(axis=1)) < 40


def test_marked_regions_are_wrong_more_often_than_others(page: FlatPage):
    tally = VoteTally()
    vote_on(page, spread(page.truth), tally)
    assert tally.regions >= page.count * 0.9
    assert tally.wrong < 0.6 * tally.regions
    assert tally.wrong_and_unsure / tally.unsure > tally.wrong / tally.regions
