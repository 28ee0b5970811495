"""Which layer is taken for the lines of a page that Huebrush has not seen before: whole words, then looks."""

from __future__ import annotations

import pytest

OPEN = """
from huebrush.documents.find import find_node
from huebrush.documents.layer_guess import likely_line_art
from huebrush.documents.own_layers import pickable_layers
def offer(layers):
    "Show a page with these layers, bottom first; a drawing is one with thin lines, paint one with a dark square."
    global d
    hands.close_all()
    d = app.createDocument(128, 128, 'N', 'RGBA', depth, '', 72.0)
    own = (d.colorModel(), d.colorDepth(), d.colorProfile())
    for name, look in layers:
        node = d.createNode(name, 'paintlayer')
        node.setColorSpace('RGBA', 'U8', 'sRGB-elle-V2-srgbtrc.icc')
        black = lambda width, height: hands.QtCore.QByteArray(bytes((20, 20, 20, 255)) * (width * height))
        if look == 'drawing':
            for place in range(10, 120, 18):
                node.setPixelData(black(2, 108), place, 10, 2, 108)
                node.setPixelData(black(108, 2), 10, place, 108, 2)
        elif look == 'paint':
            node.setPixelData(black(90, 90), 20, 20, 90, 90)
        node.setColorSpace(*own)
        d.rootNode().addChildNode(node, None)
    hands.show(d)
    hands.widget('huebrush_panel').refresh()
    return hands.widget('huebrush_line_art').currentText().strip()
"""


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([("Line art", ""), ("Pink cheeks", "")], "Line art"),
        ([("線画", ""), ("視線画像", "")], "線画"),
        ([("Inks", "drawing"), ("Sketch", "drawing")], "Inks"),
        ([("Lines of hair", "paint"), ("Lines", "drawing"), ("Line colours", "paint")], "Lines"),
        ([("Layer 1", "drawing"), ("Layer 2", "paint"), ("Layer 3", "")], "Layer 1"),
    ],
)
@pytest.mark.parametrize("depth", ["U8", "U16"])
def test_lines_are_found_among_layers(lonely_krita, depth, layers, expected):
    lonely_krita.run(f"{OPEN}\ndepth = {depth!r}")
    assert lonely_krita.value(f"offer({layers!r})") == expected


def test_active_layer_counts_where_nothing_tells(lonely_krita):
    lonely_krita.run(f"{OPEN}\ndepth = 'U8'")
    layers = [("Layer 1", "paint"), ("Layer 2", "paint"), ("Layer 3", "paint")]
    lonely_krita.run(f"offer({layers!r})")
    lonely_krita.run("d.setActiveNode(hands.layer_named('Layer 2'))")
    lonely_krita.wait_for("d.activeNode().name() == 'Layer 2'", "the active layer")
    guess = "find_node(d, likely_line_art(d, pickable_layers(d))).name()"
    assert lonely_krita.value(guess) == "Layer 2"
