"""What is sent of a layer is what the artist sees of it: its frame, its clipping, its colours, beside the page too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ANIMATE = """
d = hands.document(); group = d.createGroupLayer('Inks'); d.rootNode().addChildNode(group, None)
lines = hands.layer_named('Line art').duplicate(); hands.layer_named('Line art').remove()
group.addChildNode(lines, None); lines.setName('Line art'); d.setActiveNode(lines); hands.spin(0.3)
lines.enableAnimation(); d.setFullClipRangeEndTime(24); d.setCurrentTime(10); d.waitForDone(); hands.spin(0.5)
d.setActiveNode(lines); hands.spin(0.5)  # only then 5.2 may add frames
app.action('add_blank_frame').trigger(); hands.spin(0.5); d.waitForDone()
lines.setPixelData(hands.QtCore.QByteArray(bytes((0, 0, 0, 255)) * 6400), 60, 60, 80, 80)
d.refreshProjection(); d.waitForDone(); hands.spin(0.5)
"""
PAINT = """
d, r = hands.document(), hands.layer_named('Reference')
def square(node, color, x, y, width, height):
    "Paint a rectangle of one colour, blue, green and red, in the node's own colour space."
    own = (node.colorModel(), node.colorDepth(), node.colorProfile())
    small = d.createNode('small', 'paintlayer'); small.setColorSpace('RGBA', 'U8', 'sRGB-elle-V2-srgbtrc.icc')
    small.setPixelData(hands.QtCore.QByteArray(bytes((*color, 255)) * (width * height)), 0, 0, width, height)
    small.setColorSpace(*own)
    node.setPixelData(small.pixelData(0, 0, width, height), x, y, width, height)
def ready():
    "Let Krita compose the page and the docker see the layers."
    d.refreshProjection(); d.waitForDone(); hands.spin(0.3); hands.widget('huebrush_panel').refresh()
def take(name):
    "Choose one layer as the only reference."
    while hands.widget('huebrush_references').count():
        hands.widget('huebrush_references').setCurrentRow(0); hands.click('huebrush_reference_remove')
    hands.choose_in_menu('huebrush_reference_add', name)
"""
INTO_GROUP = (
    "g = d.createGroupLayer('Refs'); d.rootNode().addChildNode(g, hands.layer_named('Background'))\n"
    "inner = r.duplicate(); r.remove(); g.addChildNode(inner, None); r = inner"
)

CLIPPED = {
    "layer": "d.createNode('Colours', 'paintlayer'); inner = colors",
    "group": "d.createGroupLayer('Colours'); inner = d.createNode('I', 'paintlayer'); colors.addChildNode(inner, None)",
}
CHOSEN = {"layer": "Reference", "group": "Refs"}
STYLE = """
def number(key, unit, value):
    return f"<node type='UnitFloat' key='{key}' unit='#{unit}' value='{value}'/>"
def effect(key, red, green, blue, *numbers):
    "A layer effect in one colour, as in a file of styles."
    parts = zip(("Rd  ", "Grn ", "Bl  "), (red, green, blue))
    channels = "".join(f"<node type='Double' key='{name}' value='{value}'/>" for name, value in parts)
    return (f"<node type='Descriptor' name='' key='{key}' classId='{key}'><node type='Boolean' key='enab' value='1'/>"
            "<node type='Enum' key='Md  ' typeId='BlnM' value='Nrml'/>" + number("Opct", "Prc", 100) + "".join(numbers)
            + f"<node type='Descriptor' key='Clr ' name='' classId='RGBC'>{channels}</node></node>")
def set_style(node, *effects):
    "Give a layer these effects."
    shared = number("Scl ", "Prc", 100) + "<node type='Boolean' key='masterFXSwitch' value='1'/>"
    node.setLayerStyleFromAsl("<asl><node type='Descriptor' name='' classId='null'>" + shared + "".join(effects)
                              + "</node></asl>")
    assert node.layerStyleToAsl()
paint_over = effect("SoFi", 10, 200, 30)
to_the_right = [number("lagl", "Ang", 180), number("Dstn", "Pxl", 24), number("Ckmt", "Pxl", 0)]
shadow = effect("DrSh", 200, 0, 90, *to_the_right, number("blur", "Pxl", 0), number("Nose", "Prc", 0))
"""
"""Layer styles for `set_style`: another colour, and a hard shadow 24 pixels to the right."""


def sent(recording_krita) -> dict[str, tuple[dict[str, Any], np.ndarray]]:
    """Press Colorize; return header and pixels, (H,W,4) BGRA, of what was sent, by role."""
    krita, folder = recording_krita
    krita.run("hands.click('huebrush_colorize')")
    assert krita.wait_for_end() == "done", krita.value("hands.banner()")
    return {header["role"]: (header, pixels(folder, header)) for header in read_headers(folder)}


def read_headers(folder: Path) -> list[dict[str, Any]]:
    """The headers of the job that was written down."""
    return json.loads((folder / "job.json").read_text())["images"]


def pixels(folder: Path, header: dict[str, Any]) -> np.ndarray:
    """The pixels of a picture that was written down."""
    data = np.fromfile(folder / f"{header['role']}.pixels", np.uint8)
    return data.reshape(header["height"], header["width"], 4)


@pytest.mark.parametrize("state", ["group.setVisible(False)", "group.setPassThroughMode(True)", "pass"])
def test_shown_frame_of_animated_lines_is_sent(recording_krita, page, state):
    """In a hidden group, in one that lets its layers through, and in an ordinary one."""
    krita, _ = recording_krita
    page(krita, edge=256)
    krita.run(f"{ANIMATE}\n{state}; d.refreshProjection(); d.waitForDone(); hands.spin(0.5)")
    krita.run("hands.widget('huebrush_panel').refresh(); hands.pick('huebrush_line_art', 'Inks')")
    _, lines = sent(recording_krita)["line_art"]
    assert krita.value("d.currentTime()") == 10
    painted = "sum(alpha > 128 for alpha in bytes(lines.pixelData(0, 0, 256, 256).data())[3::4])"
    shown = krita.value(painted)  # a square of 80 pixels, and the lines of frame 0 in a Krita that has added no frame
    assert shown == 6400 or not krita.value("lines.hasKeyframeAtTime(10)")
    assert np.count_nonzero(lines[..., 3] > 128) == shown


@pytest.mark.parametrize("kind", ["layer", "group"])
@pytest.mark.parametrize("model", ["RGBA", "CMYKA"])
def test_reference_beside_the_page_is_sent_whole(recording_krita, page, kind, model):
    krita, _ = recording_krita
    page(krita, edge=64, model=model, depth="U8")
    krita.run(f"{PAINT}\n{INTO_GROUP if kind == 'group' else ''}")
    krita.run("r.setPixelData(hands.QtCore.QByteArray(bytes(len(r.pixelData(0, 0, 64, 64)))), 0, 0, 64, 64)")
    krita.run(f"square(r, (150, 115, 90), 70, -20, 12, 9); ready(); take({CHOSEN[kind]!r})")
    header, picture = sent(recording_krita)["reference"]
    assert [header[name] for name in ("x", "y", "width", "height")] == [70, -20, 12, 9]
    assert np.abs(picture[..., :3].astype(int) - (150, 115, 90)).max() <= 24 and (picture[..., 3] == 255).all()


@pytest.mark.parametrize(
    ("kind", "x", "y"), [("layer", -6000, -6000), ("layer", -40000, 20), ("layer", 50000, 50000), ("group", 30, 9000)]
)
def test_stray_mark_is_left_out_and_named(recording_krita, page, kind, x, y):
    krita, _ = recording_krita
    page(krita, edge=128)
    krita.run(f"{PAINT}\n{INTO_GROUP if kind == 'group' else ''}\nsquare(r, (0, 0, 0), {x}, {y}, 3, 3); ready()")
    krita.run(f"take({CHOSEN[kind]!r})")
    header, _ = sent(recording_krita)["reference"]
    assert [header[name] for name in ("x", "y", "width", "height")] == [0, 0, 128, 128]
    said = krita.value("hands.banner()")
    assert said is not None and f"{x}, {y}" in said["message"] + said["advice"]


def test_small_picture_far_from_the_page_is_sent(recording_krita, page):
    """What is all there is belongs to nothing else, however far it is."""
    krita, _ = recording_krita
    page(krita, edge=64)
    krita.run(f"{PAINT}\nr.setPixelData(hands.QtCore.QByteArray(bytes(64 * 64 * 4)), 0, 0, 64, 64)")
    krita.run("square(r, (9, 99, 199), 7000, -900, 40, 30); ready()")
    header, _ = sent(recording_krita)["reference"]
    assert [header[name] for name in ("x", "y", "width", "height")] == [7000, -900, 40, 30]
    assert krita.value("(hands.banner() or {}).get('code')") != "left_out"


@pytest.mark.parametrize("kind", ["layer", "group"])
def test_reference_that_inherits_alpha_is_clipped(recording_krita, page, kind):
    """As Krita shows it: where the layers below it in its group are, and nowhere else."""
    krita, _ = recording_krita
    page(krita, edge=64)
    krita.run(
        f"{PAINT}\ng = d.createGroupLayer('Girl'); d.rootNode().addChildNode(g, None)\n"
        "base = d.createNode('Base', 'paintlayer'); square(base, (0, 0, 0), 8, 8, 20, 30); g.addChildNode(base, None)\n"
        f"colors = {CLIPPED[kind]}; square(inner, (9, 99, 199), 0, 0, 64, 20); g.addChildNode(colors, None)\n"
        "colors.setInheritAlpha(True); ready(); take('Colours')"
    )
    header, picture = sent(recording_krita)["reference"]
    assert [header[name] for name in ("x", "y", "width", "height")] == [8, 8, 20, 12]
    assert (picture == (9, 99, 199, 255)).all()


@pytest.mark.parametrize("depth", ["U8", "U16"])
@pytest.mark.parametrize("profile", ["sRGB-elle-V2-g10.icc", "sRGB-elle-V4-srgbtrc.icc", "ClayRGB-elle-V2-srgbtrc.icc"])
def test_colours_are_sent_as_srgb(recording_krita, page, profile, depth):
    """A profile is what it does: these are linear, the same as sRGB, and one with other primaries."""
    krita, _ = recording_krita
    page(krita, model="RGBA", depth=depth, profile=profile, edge=64)
    krita.run(f"{PAINT}\nsquare(r, (60, 128, 200), 0, 0, 64, 64); ready()")
    _, picture = sent(recording_krita)["reference"]
    assert np.abs(picture[30, 30, :3].astype(int) - (60, 128, 200)).max() <= 4, picture[30, 30]


@pytest.mark.parametrize("kind", ["layer", "group", "within"])
def test_layer_style_of_a_reference_is_sent(recording_krita, page, kind):
    """Of a layer, of a group and of a layer in a group: its colour, and its shadow, which ends beside the page."""
    krita, _ = recording_krita
    page(krita, edge=64)
    krita.run(f"{PAINT}\n{STYLE}\n{'' if kind == 'layer' else INTO_GROUP}")
    krita.run("r.setPixelData(hands.QtCore.QByteArray(bytes(64 * 64 * 4)), 0, 0, 64, 64)")
    krita.run(
        f"square(r, (0, 0, 255), 38, 20, 20, 12); set_style({'g' if kind == 'group' else 'r'}, paint_over, shadow)"
    )
    krita.run(f"ready(); take({CHOSEN['layer' if kind == 'layer' else 'group']!r})")
    header, picture = sent(recording_krita)["reference"]
    assert [header[name] for name in ("x", "y", "width", "height")] == [38, 20, 44, 12]
    assert (picture[:, :20] == (30, 200, 10, 255)).all()
    assert np.abs(picture[1:-1, 25:43].astype(int) - (90, 0, 200, 255)).max() <= 1, "the shadow"


def test_lines_with_a_style_are_sent_as_they_are_seen(recording_krita, page):
    """In the colour that their style gives them, at half their opacity too, and with their mask."""
    krita, _ = recording_krita
    page(krita, edge=64)
    krita.run(f"{PAINT}\n{STYLE}\nink = hands.layer_named('Line art'); set_style(ink, paint_over); ink.setOpacity(128)")
    krita.run("ready(); plain = ink.pixelData(0, 0, 64, 64)")
    _, lines = sent(recording_krita)["line_art"]
    own = np.array(krita.value("list(bytes(plain.data()))"), np.uint8).reshape(64, 64, 4)
    painted = own[..., 3] > 0
    assert painted.any() and (lines[painted][:, :3] == (30, 200, 10)).all()
    assert np.abs(lines[..., 3].astype(int) - own[..., 3]).max() <= 1


def test_shapes_keep_their_size_whatever_the_resolution(recording_krita, page):
    """Of 150.5 pixels per inch across and 75 down: a vector layer in a hidden group, which is read from a copy."""
    krita, _ = recording_krita
    page(krita, edge=64)
    krita.run(f"{PAINT}\nd.setXRes(150.5); d.setYRes(75.0)")
    krita.run("g = d.createGroupLayer('Refs'); d.rootNode().addChildNode(g, None)")
    rectangle = '<rect x="6" y="6" width="18" height="36" fill="red"/>'
    shape = f'<svg width="72pt" height="72pt" viewBox="0 0 72 72">{rectangle}</svg>'
    krita.run(f"v = d.createVectorLayer('Shapes'); g.addChildNode(v, None); v.addShapesFromSvg({shape!r})")
    krita.run("ready(); b = v.bounds(); g.setVisible(False); ready(); take('Refs')")
    header, picture = sent(recording_krita)["reference"]
    place = [header[name] for name in ("x", "y", "width", "height")]
    assert place == krita.value("[b.x(), b.y(), b.width(), b.height()]") and place[2:] != [place[2]] * 2
    assert (picture[2:-2, 2:-2] == (0, 0, 255, 255)).all()
