"""The palette's swatches in a real Krita: colours from the canvas, however it is shown, and names on layers."""

from __future__ import annotations

import pytest
from docker_steps import MODEL_PATIENCE, colorize, layer_pixels, open_again, save

SETUP = """
from huebrush.documents.canvas import canvas_view
d, view = hands.document(), app.activeWindow().activeView()
viewport = canvas_view().area.viewport()
swatches = hands.widget('huebrush_swatches')
def tools():
    buttons = app.activeWindow().qwindow().findChildren(hands.QtWidgets.QToolButton)
    return [b.objectName() for b in buttons if b.isChecked() and b.metaObject().className() == 'KoToolBoxButton']
def in_hand():
    brush = view.currentBrushPreset().name()
    return [tools(), d.activeNode().name(), brush, view.brushSize(), canvas_hands.foreground()]
def click_swatch(index):
    hands.bring_up(swatches)
    keys = hands.QtCore.Qt.KeyboardModifier.NoModifier
    hands.QTest.mouseClick(swatches, hands.LEFT, keys, swatches.square(index).center())
    hands.spin()
def key(*keys, on=swatches):
    for each in keys:
        hands.QTest.keyClick(on, getattr(hands.QtCore.Qt.Key, 'Key_' + each))
        hands.spin()
"""
BLOCKS = """
data = bytearray()
for y in range(800):
    for x in range(8):
        data += bytes((128, 20 + 30 * (y // 100), 20 + 30 * x, 255)) * 100
n = d.createNode('Blocks', 'paintlayer')
n.setColorSpace('RGBA', 'U8', 'sRGB-elle-V2-srgbtrc.icc')
n.setPixelData(hands.QtCore.QByteArray(bytes(data)), 0, 0, 800, 800)
n.setColorSpace(d.colorModel(), d.colorDepth(), d.colorProfile())
d.rootNode().addChildNode(n, None); d.refreshProjection(); d.waitForDone(); hands.spin(0.5)
"""
SEEN = """
def even(picture, at):
    "The colour on the screen around a place, None where several meet."
    colors = {picture.pixelColor(at.x() + x, at.y() + y).name() for x in (-6, 0, 6) for y in (-6, 0, 6)}
    return colors.pop() if len(colors) == 1 else None
def places(count):
    "Places of the canvas where the screen shows an even colour of the blocks, each with that colour."
    picture, canvas = viewport.grab().toImage(), canvas_view()  # to find the canvas takes Krita a while
    found = []
    for x in range(40, viewport.width() - 40, 23):
        for y in range(40, viewport.height() - 40, 29):
            at = hands.QtCore.QPoint(x, y)
            point = canvas.page_point(hands.QtCore.QPointF(at))
            color, is_inside = even(picture, at), hands.QtCore.QRectF(0, 0, 800, 800).contains(point)
            if color and is_inside and color not in [other for _, other in found]:
                found.append((at, color))
    return found[:: max(1, len(found) // count)][:count]
def pick(at):
    "Click at a place of the canvas with the eyedropper; return the colour that the palette has now."
    hands.click('huebrush_palette_pick')
    target = canvas_hands._canvas()
    corner = hands.QtCore.QPoint(0, 0)
    here = hands.QtCore.QPointF(at if target is viewport else at - target.mapTo(viewport, corner))
    kinds, none = hands.QtCore.QEvent.Type, hands.QtCore.Qt.MouseButton.NoButton
    for kind, buttons in ((kinds.MouseButtonPress, hands.LEFT), (kinds.MouseButtonRelease, none)):
        event = hands.QtGui.QMouseEvent(kind, here, canvas_hands._global(target, here), hands.LEFT, buttons,
                                        hands.QtCore.Qt.KeyboardModifier.NoModifier)
        hands.QtWidgets.QApplication.sendEvent(target, event)
    hands.spin()
    return swatches.colors[swatches.current]
"""


def begin(krita, page, **options) -> None:
    """Flats of an own list, on a page of even blocks of colour."""
    page(krita, edge=800, **options)
    krita.run("hands.pick('huebrush_result', 'Flats'); hands.widget('huebrush_palette').setChecked(True)")
    krita.run(SETUP)
    krita.run("hands.pick('huebrush_palette_source', 'From a list')")
    krita.run("hands.widget('huebrush_palette_codes').setText('#010203')")


def difference(one: str, other: str) -> int:
    """The largest difference of a channel, of 255."""
    return max(abs(int(one[at : at + 2], 16) - int(other[at : at + 2], 16)) for at in (1, 3, 5))


@pytest.mark.parametrize(
    ("zoom", "turn", "mirror"), [(1.0, 0, False), (0.4, 0, True), (1.7, 33, False), (0.7, -120, True)]
)
def test_the_eyedropper_takes_what_is_seen(lonely_krita, page, zoom, turn, mirror):
    """The colour on the screen, at any zoom, turned and mirrored; nothing is painted, and nothing else is in hand."""
    krita = lonely_krita
    begin(krita, page)
    krita.run(BLOCKS)
    krita.run(SEEN)
    krita.run(
        f"c = view.canvas(); c.setZoomLevel({zoom}); c.setRotation({turn}); c.setMirror({mirror}); hands.spin(0.7)"
    )
    before = krita.value("[hands.pixel_hash(), in_hand()]")
    krita.run("chosen = places(5); picked = [pick(at) for at, _ in chosen]")
    seen, picked = krita.value("[color for _, color in chosen]"), krita.value("picked")
    assert len(seen) >= 4, "too little of the page is on the screen"
    assert max(map(difference, picked, seen)) <= 2, (picked, seen)
    assert krita.value("[hands.pixel_hash(), in_hand()]") == before
    assert krita.value("[swatches.colors[0], len(swatches.colors)]") == ["#010203", 1 + len(set(picked))]
    krita.run("c.setMirror(False); c.setRotation(0)")


@pytest.mark.parametrize(("model", "depth"), [("RGBA", "U16"), ("RGBA", "F32"), ("GRAYA", "U8"), ("CMYKA", "U8")])
def test_the_eyedropper_takes_sRGB_from_any_document(lonely_krita, page, model, depth):
    krita = lonely_krita
    begin(krita, page, model=model, depth=depth)
    krita.run(BLOCKS)
    krita.run(SEEN)
    krita.run("view.canvas().setZoomLevel(0.5); hands.spin(0.7)")
    krita.run("chosen = places(3); picked = [pick(at) for at, _ in chosen]")
    seen, picked = krita.value("[color for _, color in chosen]"), krita.value("picked")
    assert seen and max(map(difference, picked, seen)) <= 3, (picked, seen)


def test_escape_puts_the_eyedropper_down(lonely_krita, page):
    """The next stroke paints again."""
    krita = lonely_krita
    begin(krita, page)
    krita.run("hands.click('huebrush_palette_pick'); pointer = hands.QtWidgets.QApplication.overrideCursor")
    assert krita.value("pointer() is not None and hands.widget('huebrush_palette_pick').isChecked()")
    krita.run("key('Escape', on=hands.widget('huebrush_palette_pick'))")
    assert not krita.value("pointer() is not None or hands.widget('huebrush_palette_pick').isChecked()")
    before = krita.value("hands.pixel_hash()")
    krita.run("canvas_hands.stroke([(100, 100), (300, 300)], 40)")
    assert krita.settled("hands.pixel_hash() != " + repr(before), True)


def test_swatches_give_and_take_kritas_colour(lonely_krita, page):
    """A click takes a colour in hand, + adds the one in hand, in a CMYK page too; one Ctrl+Z takes back one change."""
    krita = lonely_krita
    begin(krita, page, model="CMYKA", depth="U8")
    krita.run("from huebrush.documents.krita_colors import foreground")
    krita.run("hands.widget('huebrush_palette_codes').setText('#c81e28 coat, #1f77b4'); click_swatch(1)")
    assert difference(krita.value("foreground()"), "#1f77b4") <= 2
    krita.run("canvas_hands.set_foreground(120, 110, 100); hands.click('huebrush_palette_add')")
    colors = krita.value("swatches.colors")
    assert colors[:2] == ["#c81e28", "#1f77b4"] and difference(colors[2], "#786e64") <= 3
    krita.run("key('Home', 'Delete')")
    assert krita.value("swatches.colors") == colors[1:]
    krita.run(
        "hands.QTest.keyClick(swatches, hands.QtCore.Qt.Key.Key_Z, hands.QtCore.Qt.KeyboardModifier.ControlModifier)"
    )
    assert krita.settled("swatches.describe(0)", "coat (#c81e28)") == "coat (#c81e28)"


def test_names_are_those_of_the_layers_and_are_kept(real_krita, page, picture, tmp_path):
    """Typed beside the swatch; on the layers of a result, and in the docker when the file is opened again."""
    krita = real_krita
    page(krita)
    krita.run("hands.pick('huebrush_result', 'Flats, a layer per colour')")
    krita.run("hands.pick('huebrush_model', 'No model: hints or palette')")
    krita.run("hands.widget('huebrush_palette').setChecked(True); hands.pick('huebrush_palette_source', 'From a list')")
    krita.run("hands.widget('huebrush_palette_codes').setText('#d9b99b, #4062a8 coat, #b03a2e, #e8d34a, #2a9d8f')")
    krita.run(SETUP)
    krita.run("hands.float_docker(); hands.bring_up(swatches); swatches.set_current(0)")
    krita.run("key('F2'); field = hands.widget('huebrush_color_name')")
    krita.run("hands.QTest.keyClicks(field, 'Face, 2nd'); hands.spin()")
    picture(krita, "", "docker-swatches")
    krita.run("hands.dock_docker(); hands.QTest.keyClick(field, hands.QtCore.Qt.Key.Key_Return)")
    assert krita.value("swatches.describe(0)") == "Face, 2nd (#d9b99b)"
    save(krita, tmp_path / "page.kra")
    colorize(krita, MODEL_PATIENCE)
    names = [layer["name"] for layer in krita.value("hands.layers()")]
    assert any("Face, 2nd" in name for name in names) and any("coat" in name for name in names), names
    node = next(name for name in names if "Face, 2nd" in name)
    painted = layer_pixels(krita, tmp_path, f"hands.layer_named({node!r})")
    assert ((painted == (0xD9, 0xB9, 0x9B, 255)).all(2)).sum() > 100
    save(krita, tmp_path / "page.kra")
    open_again(krita, tmp_path / "page.kra")
    assert krita.value("swatches.describe(0)") == "Face, 2nd (#d9b99b)"
