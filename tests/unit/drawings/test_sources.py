"""Folders of pictures, drawings and characters give pairs, the same ones for the same seed and index."""

from __future__ import annotations

import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest
from huebrush_backend.drawings.pairs import UNLABELLED, DrawnPair
from huebrush_backend.drawings.sources import Characters, Drawings, Mixture, Pictures, SourceError, open_folder
from small_drawings import BERRY, HOUSE


def picture(file: Path, color: tuple[int, int, int]) -> None:
    """Write a picture of a disc with an outline."""
    file.parent.mkdir(parents=True, exist_ok=True)
    page = np.full((120, 90, 3), 240, np.uint8)
    cv2.circle(page, (45, 60), 30, color[::-1], -1)
    cv2.circle(page, (45, 60), 30, (0, 0, 0), 3)
    cv2.imwrite(str(file), page)


def same(first: DrawnPair, second: DrawnPair) -> bool:
    """Return whether two pairs have the same pictures."""
    return all(
        np.array_equal(getattr(first, name), getattr(second, name))
        for name in ("ink", "target", "reference", "labels", "reference_labels")
    )


def test_a_folder_of_pictures_gives_their_lines_and_another_view(tmp_path: Path) -> None:
    picture(tmp_path / "one.png", (200, 40, 40))
    source = open_folder(tmp_path)
    pair = source.pair(1, 0, 64)
    assert isinstance(source, Pictures)
    assert pair.ink.max() > 0.4
    assert pair.ink.mean() < 0.3
    assert (pair.labels == UNLABELLED).all()
    assert not np.array_equal(pair.target, pair.reference)


def test_a_folder_of_drawings_gives_labelled_pairs(tmp_path: Path) -> None:
    (tmp_path / "house.svg").write_bytes(HOUSE)
    (tmp_path / "berry.SVG").write_bytes(BERRY)
    source = open_folder(tmp_path)
    assert isinstance(source, Drawings)
    assert len(source) == 2
    assert set(np.unique(source.pair(0, 0, 64).labels)) & {1, 2, 3}


def test_each_subfolder_is_a_character(tmp_path: Path) -> None:
    for name, colors in {"anna": [(200, 40, 40), (220, 60, 60)], "ben": [(40, 40, 200), (60, 60, 220)]}.items():
        for number, color in enumerate(colors):
            picture(tmp_path / name / f"{number}.png", color)
    picture(tmp_path / "alone" / "0.png", (0, 0, 0))
    source = open_folder(tmp_path)
    assert isinstance(source, Characters)
    assert len(source) == 2
    for index in range(6):
        pair = source.pair(0, index, 48)
        target, reference = pair.target[24, 24].astype(int), pair.reference[24, 24].astype(int)
        assert abs(int((target - reference)[0])) in (19, 20, 21)  # the same character's other picture
        assert abs(int((target - reference)[1])) in (19, 20, 21)


def test_pictures_and_drawings_mix(tmp_path: Path) -> None:
    (tmp_path / "house.svg").write_bytes(HOUSE)
    picture(tmp_path / "one.png", (200, 40, 40))
    source = open_folder(tmp_path)
    assert isinstance(source, Mixture)
    labelled = [(source.pair(0, index, 32).labels != UNLABELLED).any() for index in range(12)]
    assert any(labelled)
    assert not all(labelled)


def test_seed_and_index_decide_also_in_another_process(tmp_path: Path) -> None:
    (tmp_path / "house.svg").write_bytes(HOUSE)
    (tmp_path / "berry.svg").write_bytes(BERRY)
    source = open_folder(tmp_path)
    other = pickle.loads(pickle.dumps(source))
    assert same(source.pair(5, 7, 48), other.pair(5, 7, 48))
    assert not same(source.pair(5, 7, 48), source.pair(5, 8, 48))
    assert not same(source.pair(5, 7, 48), source.pair(6, 7, 48))


def test_damaged_files_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "house.svg").write_bytes(HOUSE)
    (tmp_path / "broken.svg").write_bytes(b"<svg")
    source = open_folder(tmp_path)
    assert all((source.pair(0, index, 32).labels > 0).any() for index in range(6))


def test_only_damaged_files_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "broken.svg").write_bytes(b"<svg")
    with pytest.raises(SourceError, match="no valid XML"):
        open_folder(tmp_path).pair(0, 0, 32)


@pytest.mark.parametrize("name", ["", "missing"])
def test_a_folder_with_nothing_to_learn_from_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError):
        open_folder(tmp_path / name)
