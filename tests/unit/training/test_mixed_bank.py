"""Banks of drawings of several kinds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.synthesis import ALL_PART_CLASSES, KINDS
from huebrush_backend.training.data.mixed_bank import CHARACTERS, MixedBank, make_mixed_bank

COUNT = 32


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> MixedBank:
    shares = {"animal": 1.0, "vehicle": 1.0, CHARACTERS: 1.0}
    return make_mixed_bank(tmp_path_factory.mktemp("bank"), COUNT, 3, shares, palettes=4, processes=1)


def test_kinds_come_by_their_shares(bank: MixedBank) -> None:
    kinds = Counter("characters" if kind in KINDS else kind for kind in bank.kinds)
    assert set(kinds) == {"animal", "vehicle", "characters"}
    assert len(bank) == COUNT
    assert bank.presence.shape == (COUNT, len(ALL_PART_CLASSES))
    assert len(bank.palettes[0].colors) == len(ALL_PART_CLASSES)


def test_partners_of_rich_drawings_are_their_sisters(bank: MixedBank) -> None:
    always = replace(bank, sister_share=1.0)
    index = next(number for number, kind in enumerate(bank.kinds) if kind == "vehicle")
    sister = always.partner(index, np.random.default_rng(0))
    assert sister == index ^ 1
    assert bank.kinds[sister] == bank.kinds[index]
    assert not np.array_equal(bank.labels[sister], bank.labels[index])
    never = replace(bank, sister_share=0.0)
    partners = {never.partner(index, np.random.default_rng(seed)) for seed in range(12)}
    assert len(partners) > 1
    assert index not in partners


def test_a_bank_is_read_again_and_depends_on_the_shares(tmp_path: Path) -> None:
    first = make_mixed_bank(tmp_path, 2, 1, {"food": 1.0}, palettes=1, processes=1)
    again = make_mixed_bank(tmp_path, 2, 1, {"food": 1.0, "face": 0.0}, palettes=1, processes=1)
    assert np.array_equal(first.labels, again.labels)
    assert len(list(tmp_path.iterdir())) == 2
    assert make_mixed_bank(tmp_path, 2, 1, {"face": 1.0}, palettes=1, processes=1).kinds == ("face", "face")


def test_mistakes_in_shares_are_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="portrait"):
        make_mixed_bank(tmp_path, 2, 1, {"portrait": 1.0})
    with pytest.raises(ValueError, match="above 0"):
        make_mixed_bank(tmp_path, 2, 1, {"food": 0.0})
