"""A page as large as print takes it, 6071 × 8598 pixels (B4 at 600 dpi), with lines on nothing, and the real engine."""

from __future__ import annotations

import hashlib

import pytest
from measure_ui import ENDS

WIDTH, HEIGHT = 6071, 8598
PATIENCE = 900.0
MAKE = f"""
from huebrush.base.qt import QtGui, image_bytes
Q = hands.QtCore
d = app.createDocument({WIDTH}, {HEIGHT}, "Large", "RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc", 600.0)
def layer(name, paint):
    picture = QtGui.QImage({WIDTH}, {HEIGHT}, QtGui.QImage.Format.Format_ARGB32)
    picture.fill(0)
    painter = QtGui.QPainter(picture)
    paint(painter)
    painter.end()
    node = d.createNode(name, "paintlayer")
    for top in range(0, {HEIGHT}, 1024):
        part = picture.copy(0, top, {WIDTH}, min(1024, {HEIGHT} - top))
        node.setPixelData(Q.QByteArray(image_bytes(part)), 0, top, part.width(), part.height())
    d.rootNode().addChildNode(node, None)
def lines(painter):
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    painter.setPen(QtGui.QPen(QtGui.QColor(20, 20, 30), 11))
    for column in range(3):
        for row in range(4):
            painter.drawEllipse(Q.QRectF(150 + column * 1950, 150 + row * 2100, 1800, 1900))
            painter.drawEllipse(Q.QRectF(700 + column * 1950, 700 + row * 2100, 500, 300))
layer("Line art", lines)
d.refreshProjection(); d.waitForDone(); hands.show(d); hands.spin(1.0)
"""
BYTES = "bytes(hands.layer_named('Line art').pixelData(0, {top}, {width}, 600).data())"


def lines(krita) -> str:
    """The SHA-256 of a band of the line art."""
    code = BYTES.format(top=1800, width=WIDTH)
    return krita.value(f"__import__('hashlib').sha256({code}).hexdigest()")


@pytest.mark.large
@pytest.mark.parametrize(("result", "layers"), [("Flats", 1), ("Flats, a layer per colour", 4)])
def test_large_page(real_krita, result, layers):
    """Flats without a model, as one undo step; the lines stay what they were; each colour of the list is used."""
    krita = real_krita
    krita.run(f"hands.close_all(); exec({MAKE!r}, globals())")
    before, own = krita.value("hands.pixel_hash()"), lines(krita)
    assert own != hashlib.sha256(bytes(WIDTH * 600 * 4)).hexdigest(), "there are no lines in this band"
    krita.run(f"hands.pick('huebrush_result', {result!r}); hands.widget('huebrush_palette').setChecked(True)")
    krita.run("hands.pick('huebrush_model', 'No model: hints or palette')")
    krita.run("hands.pick('huebrush_palette_source', 'From a list')")
    krita.run("hands.widget('huebrush_palette_codes').setText('#d9b99b #4062a8 #b03a2e #e8d34a')")
    krita.run("hands.backend_is_ready() or hands.click('huebrush_backend_start')")
    krita.wait_for("hands.backend_is_ready()", "the backend")
    krita.run("from huebrush_driver.pulse import Pulse; pulse = Pulse(); hands.click('huebrush_colorize')")
    assert krita.wait_for(f"pulse.stage in {ENDS} and pulse.stage", "the end", PATIENCE) == "done", krita.value(
        "hands.banner()"
    )
    stages = krita.value("pulse.stop()")
    held = {name: (round(stage["gap"]["ms"]), stage["krita_call"]) for name, stage in stages.items()}
    print(result, "longest pauses of Krita's main thread, ms, and calls:", held)
    inside = [layer["name"] for layer in krita.value("hands.layers()") if layer["depth"] == 1]
    assert len(inside) == layers, inside
    after = krita.value("hands.pixel_hash()")
    assert after != before and lines(krita) == own
    krita.run("hands.press('edit_undo')")
    assert krita.settled("hands.pixel_hash()", before) == before
    krita.run("hands.close_all()")
