"""Evaluation sets of drawings by others that are never trained on."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.drawings.fetching import measure_set
from huebrush_backend.drawings.sets import Archive, is_held_out
from huebrush_backend.evaluation.sets import EVALUATION_SETS, PairsError, held_out_drawings
from small_drawings import BERRY, HOUSE


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small measured set: houses are held out, berries are not."""
    folder = tmp_path_factory.mktemp("sets")
    with zipfile.ZipFile(folder / "fluent.zip", "w") as archive:
        for name in (f"thing {letter}{other}" for letter in "abcdefgh" for other in "abcdefgh"):
            archive.writestr(f"{name}.svg", HOUSE if is_held_out(name) else BERRY)
    measure_set(Archive(folder / "fluent.zip"), 1)
    return folder


def test_pairs_show_held_out_drawings_alone(folder: Path) -> None:
    pairs = list(held_out_drawings("fluent", 3, 6, folder))
    assert len(pairs) == 6
    assert all(len(pair.colors) >= 8 for pair in pairs), "a house has seven parts and a ground, a berry three"


def test_right_answers_lie_where_the_labels_say(folder: Path) -> None:
    for pair in held_out_drawings("fluent", 3, 4, folder):
        shown = np.flatnonzero(pair.shown_parts(None))
        assert len(shown) >= 4
        assert pair.part_names[0] == "ground"
        paper = pair.ink < 10
        for part in shown:
            where = (pair.labels == part) & paper
            assert np.abs(np.median(pair.aligned.picture[where], axis=0) - pair.colors[part]).max() <= 3
        assert pair.reference.labels is not None
        assert (pair.shown_parts(None) & pair.shown_parts(pair.reference.labels)).sum() >= 2
        assert pair.contradicting is None


def test_the_same_number_gives_the_same_pairs_and_another_gives_others(folder: Path) -> None:
    first, again, other = (next(held_out_drawings("fluent", number, 1, folder)) for number in (1, 1, 2))
    assert np.array_equal(first.reference.picture, again.reference.picture)
    assert not np.array_equal(first.reference.picture, other.reference.picture)


def test_a_set_that_was_not_fetched_says_how(tmp_path: Path) -> None:
    assert {"fluent", "noto", "openclipart"} <= EVALUATION_SETS.keys()
    with pytest.raises(PairsError, match="huebrush drawings fetch noto"):
        next(held_out_drawings("noto", 0, 1, tmp_path))
