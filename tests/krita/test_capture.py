"""What is read from a document for a job, compared with what was put there."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest

PREPARE = """
import base64, os
from huebrush.capture.pictures import capture
from huebrush.settings.sources import ReferenceSource
from huebrush.documents.find import node_id
from huebrush.base.qt import QtCore

def painted(rectangles):
    "A layer of the document's own colour space with opaque rectangles: (x, y, width, height, (blue, green, red))."
    document = hands.document()
    layer = document.createNode("Painted", "paintlayer")
    own = (layer.colorModel(), layer.colorDepth(), layer.colorProfile())
    layer.setColorSpace("RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc")
    for x, y, width, height, color in rectangles:
        layer.setPixelData(QtCore.QByteArray(bytes((*color, 255)) * (width * height)), x, y, width, height)
    layer.setColorSpace(*own)
    return layer

def read(node):
    "Capture with this node as reference, whatever is waited for; return header and bytes of the reference."
    lines = node_id(hands.layer_named("Line art"))
    steps = capture(hands.document(), lines, (ReferenceSource("layer", node_id(node), "Reference"),))
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            header, data = stop.value.headers[1], stop.value.frames[1]
            place = [header.x, header.y, header.width, header.height]
            return [place, base64.b64encode(bytes(data)).decode()]
"""
RECTANGLES = ((10, 12, 6, 5, (150, 115, 90)), (-7, 30, 5, 4, (85, 110, 165)))
"""One on the page, one outside; blue, green, red that CMYK has too."""


def read(krita, node: str) -> tuple[list[int], np.ndarray]:
    """Return where a reference layer lies, and its pixels as (height, width, 4) uint8 BGRA."""
    place, data = krita.value(f"read({node})")
    return place, np.frombuffer(base64.b64decode(data), np.uint8).reshape(place[3], place[2], 4)


@pytest.mark.parametrize(
    ("model", "depth"), [("RGBA", "U8"), ("RGBA", "U16"), ("RGBA", "F16"), ("RGBA", "F32"), ("CMYKA", "U8")]
)
def test_reference_layer_is_read_whole_and_without_margins(lonely_krita, page, model, depth):
    """Also what lies outside the page, in any colour space; what is transparent around it is left out."""
    page(lonely_krita, model=model, depth=depth)
    lonely_krita.run(PREPARE)
    lonely_krita.run(f"layer = painted({RECTANGLES!r}); hands.document().rootNode().addChildNode(layer, None)")
    lonely_krita.run("before = bytes(layer.pixelData(0, 0, 64, 64).data())")
    place, pixels = read(lonely_krita, "layer")
    assert place == [-7, 12, 23, 22]
    expected = np.zeros((22, 23, 4), int)
    for x, y, width, height, color in RECTANGLES:
        expected[y - 12 : y - 12 + height, x + 7 : x + 7 + width] = (*color, 255)
    assert np.array_equal(pixels[..., 3], expected[..., 3])
    seen = expected[..., 3] > 0
    tolerance = 24 if model == "CMYKA" else 2  # Kritas differ in their CMYK profile: 16 in 5.1, 18 in 5.3
    assert np.abs(pixels.astype(int) - expected)[seen].max() <= tolerance
    assert lonely_krita.value("bytes(layer.pixelData(0, 0, 64, 64).data()) == before")


def test_hidden_group_is_read_as_it_would_show(lonely_krita, page):
    """Hiding a group, or letting its layers through to those below, changes nothing about what is read from it."""
    page(lonely_krita)
    lonely_krita.run(PREPARE)
    lonely_krita.run(
        "group = hands.document().createGroupLayer('Colours'); hands.document().rootNode().addChildNode(group, None)\n"
        "for rectangles in (((5, 5, 40, 40, (9, 99, 199)),), ((20, 20, 40, 40, (200, 100, 0)),)):\n"
        "    layer = painted(rectangles); layer.setOpacity(128); group.addChildNode(layer, None)\n"
        "hands.document().refreshProjection()"
    )
    shown: tuple[Any, np.ndarray] = read(lonely_krita, "group")
    assert shown[0] == [5, 5, 55, 55] and len(np.unique(shown[1].reshape(-1, 4), axis=0)) == 4
    for change in ("group.setVisible(False)", "group.setVisible(True); group.setPassThroughMode(True)"):
        lonely_krita.run(change)
        hidden = read(lonely_krita, "group")
        assert hidden[0] == shown[0] and np.array_equal(hidden[1], shown[1]), change
    assert lonely_krita.value("len(app.documents())") == 1


def test_strokes_of_the_text_brush_are_left_out_of_groups_and_of_other_documents(lonely_krita, page):
    """The page's own bytes come, without its strokes, and nothing changes in it; in CMYK too."""
    page(lonely_krita, model="CMYKA", depth="U8")
    lonely_krita.run(PREPARE)
    lonely_krita.run(
        "from huebrush.strokes.text_brush_layer import make_text_brush_layer\n"
        "from huebrush.documents.find import document_key\n"
        "from huebrush.documents.layer_reading import read_node\n"
        "from huebrush.documents.pixels import Rect\n"
        "d = hands.document(); group = d.createGroupLayer('Colours'); d.rootNode().addChildNode(group, None)\n"
        "for rectangles in (((5, 5, 40, 40, (9, 99, 199)),), ((20, 20, 40, 40, (200, 100, 0)),)):\n"
        "    layer = painted(rectangles); layer.setOpacity(128); group.addChildNode(layer, None)\n"
        "d.refreshProjection()\n"
        "def seen(node):\n"
        "    steps = read_node(d, node, Rect(0, 0, d.width(), d.height()))\n"
        "    while True:\n"
        "        try:\n"
        "            next(steps)\n"
        "        except StopIteration as stop:\n"
        "            return bytes(stop.value.data)\n"
        "plain = [seen(group), seen(d.rootNode())]\n"
        "brush = make_text_brush_layer(d); brush.remove(); group.addChildNode(brush, None)\n"
        "brush.setPixelData(QtCore.QByteArray(bytes((149, 45, 255, 255)) * 900), 10, 10, 30, 30)\n"
        "d.refreshProjection()"
    )
    hidden = lonely_krita.value("hands.pixel_hash()")
    assert lonely_krita.value("seen(brush).count(bytes((149, 45, 255, 255))) > 0")
    assert lonely_krita.value("[seen(group) == plain[0], seen(d.rootNode()) == plain[1]]") == [True, True]
    assert lonely_krita.value("hands.pixel_hash()") == hidden
    assert lonely_krita.value("[brush.visible(), len(app.documents())]") == [True, 1]
