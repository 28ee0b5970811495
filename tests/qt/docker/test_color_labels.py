"""Which of Krita's colour labels a layer of a colour gets, and which layers have one at all."""

from __future__ import annotations

import pytest
from huebrush.base.colors import oklab, parse_color
from huebrush.documents.krita_colors import LABELS, nearest_label
from huebrush.results.layers import label_of
from huebrush_protocol.messages import ImageHeader

NAMES = ("blue", "green", "yellow", "orange", "brown", "red", "purple", "grey")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("#ff0000", "red"),
        ("#7a0000", "red"),
        ("#00c000", "green"),
        ("#0030ff", "blue"),
        ("#102060", "blue"),
        ("#fff27a", "yellow"),
        ("#ff9a1f", "orange"),
        ("#6b3d22", "brown"),
        ("#8a2be2", "purple"),
        ("#ffffff", "grey"),
        ("#000000", "grey"),
        ("#777777", "grey"),
        *((f"#{red:02x}{green:02x}{blue:02x}", NAMES[at]) for at, (red, green, blue) in enumerate(LABELS)),
    ],
)
def test_label_looks_like_the_colour(code, name):
    """Dark and light shades of a hue have its label; what has hardly any hue is grey."""
    color = parse_color(code)
    assert color is not None
    assert NAMES[nearest_label(color) - 1] == name


def test_oklab_of_known_colours():
    """The values that the author of Oklab gives for white, and none for black."""
    assert oklab((255, 255, 255)) == pytest.approx((1.0, 0.0, 0.0), abs=1e-3)
    assert oklab((0, 0, 0)) == (0.0, 0.0, 0.0)
    assert oklab((255, 0, 0)) == pytest.approx((0.628, 0.225, 0.126), abs=1e-3)


@pytest.mark.parametrize(
    ("kind", "color", "label"),
    [("color", "#ff0000", 6), ("area", "#0030ff", 1), ("shade", "", 8), ("light", "", 8), ("picture", "", 0)],
)
def test_layers_with_and_without_a_label(kind, color, label):
    """A colour's own; grey for shading; none for a picture, nor for a colour that is none."""
    assert label_of(ImageHeader("layer", 1, 1, "BGRA", kind=kind, color=color)) == label
    assert parse_color("#ff00") is None and parse_color("#gggggg") is None
