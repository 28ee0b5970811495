"""The layers of a result are called what they are in Krita's language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from huebrush.base.qt import QtCore
from huebrush.base.strings import text
from huebrush.results.layer_names import layer_name
from huebrush_protocol.messages import ImageHeader


@pytest.fixture
def in_german() -> Iterator[None]:
    """A Krita that runs in German."""
    before = QtCore.QLocale()
    QtCore.QLocale.setDefault(QtCore.QLocale(QtCore.QLocale.Language.German))
    yield
    QtCore.QLocale.setDefault(before)


NAMES = [
    ("shade", "Shadow", "Schatten"),
    ("flats", "Repairs", "Korrekturen"),
    ("flats", "Something newer", "Something newer"),
    ("color", "light brown #c68642", "hellbraun #c68642"),
    ("color", "skin #e0ac69", "Haut #e0ac69"),
    ("color", "Hero's coat #00aa77", "Hero's coat #00aa77"),
    ("area", "dark sea green 12", "dunkelmeergrün 12"),
    ("area", "brown, small areas", "braun, kleine Flächen"),
    ("area", "Hair 2", "Hair 2"),
    ("area", "white", "weiß"),
    ("picture", "", ""),
]


@pytest.mark.parametrize(("kind", "name", "german"), NAMES)
def test_in_german(in_german, kind, name, german):
    """What the backend made up is translated, what the artist called something is not."""
    assert layer_name(ImageHeader("layer", 1, 1, "RGBA", name=name, kind=kind)) == german


@pytest.mark.parametrize(
    ("kind", "name", "word", "german"),
    [
        ("color", "skin #e0ac69", "skin", "skin #e0ac69"),
        ("area", "skin 2", "skin", "skin 2"),
        ("area", "skin, small areas", "skin", "skin, kleine Flächen"),
        ("area", "white 2 1", "white 2", "white 2 1"),
        ("area", "brown, small areas", "brown, small areas", "brown, small areas"),
        ("color", "#e0ac69 (.*", "(.*", "#e0ac69 (.*"),
    ],
)
def test_the_artists_word_for_a_colour_is_not_translated(in_german, kind, name, word, german):
    """It stays as the artist wrote it, also where the backend has the same word."""
    header = ImageHeader("layer", 1, 1, "RGBA", name=name, kind=kind, artists_word=word)
    assert layer_name(header) == german


@pytest.mark.parametrize(("kind", "name", "german"), NAMES)
def test_in_english(kind, name, german):
    """In English it is the backend's own name."""
    assert layer_name(ImageHeader("layer", 1, 1, "RGBA", name=name, kind=kind)) == name


def test_the_group_of_a_result_in_german(in_german):
    """What differs comes first."""
    assert text("layer.result.flats", number=3) == "Farbflächen 3"
