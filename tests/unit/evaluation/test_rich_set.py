"""The evaluation set of rich drawings."""

from __future__ import annotations

import numpy as np
from huebrush_backend.evaluation.sets import EVALUATION_SETS
from huebrush_backend.synthesis import ALL_PART_CLASSES


def test_pairs_of_the_rich_set_are_the_same_each_time_and_share_parts() -> None:
    pairs, again = (list(EVALUATION_SETS["rich"](7, 3)) for _ in range(2))
    assert len(pairs) == 3
    for pair, same in zip(pairs, again, strict=True):
        assert np.array_equal(pair.line_art, same.line_art)
        assert np.array_equal(pair.reference.picture, same.reference.picture)
        assert len(pair.colors) == len(pair.part_names) == len(ALL_PART_CLASSES)
        assert pair.reference.labels is not None
        assert not np.array_equal(pair.labels, pair.reference.labels)
        assert (pair.shown_parts(None) & pair.shown_parts(pair.reference.labels)).sum() >= 4
        assert pair.aligned.labels is not None
        assert np.array_equal(pair.aligned.labels, pair.labels)


def test_numbers_give_other_pairs() -> None:
    first, second = (next(iter(EVALUATION_SETS["rich"](number, 1))) for number in (1, 2))
    assert not np.array_equal(first.labels, second.labels)
