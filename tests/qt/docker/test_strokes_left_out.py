"""Strokes of the text brush are no part of what is read, wherever among the layers their own layer lies."""

from __future__ import annotations

from typing import Any

from brush_steps import layer_over
from hands import layer_named, new_document, result_of
from huebrush.base.qt import QtCore
from huebrush.capture.pictures import capture
from huebrush.documents.find import document_key, node_id, root_node
from huebrush.documents.own_layers import brush_strokes_within, find_text_brush_layer
from huebrush.settings.sources import ReferenceSource
from huebrush.strokes.text_brush_layer import make_text_brush_layer
from krita import Document, Krita

PINK = bytes((149, 45, 255, 255))


def stroke(document: Document) -> Any:
    """The text brush's layer with a stroke over all of the page."""
    layer = make_text_brush_layer(document)
    layer.setPixelData(QtCore.QByteArray(PINK * 1200), 0, 0, 40, 30)
    return layer


def move_into(group: Any, *layers: Any) -> None:
    for layer in layers:
        layer.remove()
        group.addChildNode(layer, None)


def captured(document: Document, line_art: Any, *references: ReferenceSource) -> list[bytes]:
    """The pixels of the line art and of the references, as a job gets them."""
    return [bytes(frame) for frame in result_of(capture(document, node_id(line_art), references)).frames]


def test_strokes_in_the_group_of_the_lines_are_not_drawn_ones(document):
    group = document.createGroupLayer("Drawing")
    document.rootNode().addChildNode(group, None)
    move_into(group, layer_named(document, "Line art"))
    (plain,) = captured(document, group)
    move_into(group, stroke(document))
    assert brush_strokes_within(document, group) == [[1]]
    assert brush_strokes_within(document, root_node(document)) == [[3, 1]]
    assert captured(document, group) == [plain] and PINK not in plain
    brush = find_text_brush_layer(document)
    assert brush is not None and brush.visible() and len(Krita.instance().documents()) == 1, "all is as it was"
    brush.setVisible(False)
    assert brush_strokes_within(document, group) == [], "what is hidden is not seen anyway"
    assert captured(document, group) == [plain]
    brush.setVisible(True)
    assert captured(document, brush) == [PINK * 1200], "unless they are asked for"


def test_strokes_in_another_document_are_no_part_of_it_as_a_reference(document):
    other = new_document(40, 30, "Other page")
    layer = other.createNode("Painting", "paintlayer")
    layer.setPixelData(QtCore.QByteArray(bytes((1, 2, 3, 255)) * 600), 0, 0, 40, 15)
    other.rootNode().addChildNode(layer, None)
    source = ReferenceSource("document", document_key(other), "Other page")
    lines = layer_named(document, "Line art")
    _, plain = captured(document, lines, source)
    stroke(other)
    _, with_strokes = captured(document, lines, source)
    layer_over(other, layer)
    assert brush_strokes_within(other, root_node(other)) == [[1], [2]], "nor are those over one of its references"
    assert captured(document, lines, source)[1] == plain
    assert with_strokes == plain and PINK not in plain and plain[:4] == bytes((1, 2, 3, 255))
    other.close()
