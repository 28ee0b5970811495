"""Results made of regions, written by a real Krita: each kind of layer, in any document, in one undo step."""

from __future__ import annotations

import pytest
from docker_steps import colorize_regions, open_again, save

RESULTS = ("flats", "flats_by_color", "flats_by_area")
STATE = "[hands.layers(), hands.pixel_hash(), hands.pixel_hash('Line art')]"
LOOKS = (
    "[(n.name(), n.blendingMode(), n.colorLabel(), n.alphaLocked(), [n.bounds().width(), n.bounds().height()]) "
    "for n in documents.find_node(hands.document(), job.group).childNodes()]"
)


@pytest.mark.parametrize("result", RESULTS)
def test_each_kind_is_one_undo_step_and_lies_in_the_saved_file(recording_krita, page, tmp_path, result):
    """Layers with names, labels, blending and locks in one group; one Ctrl+Z takes all back; the file opens again."""
    krita, _ = recording_krita
    page(krita)
    before = krita.value(STATE)
    colorize_regions(krita, result=result, shading=True, keep_picture=True)
    after = krita.value(STATE)
    looks = krita.value(LOOKS)
    assert [look[0] for look in (looks[0], *looks[-2:])] == ["Model picture", "Shade", "Light"]
    assert [look[1:4] for look in looks[-2:]] == [["multiply", 8, False], ["screen", 8, False]]
    assert looks[0][1:4] == ["normal", 0, False]
    colored = looks[1:-2]
    if result == "flats":
        assert [look[:4] for look in colored] == [["Flats", "normal", 0, False]]
    else:
        assert len(colored) >= 3 and all(look[1] == "normal" and look[2] and look[3] for look in colored)
        width, height = krita.value("[d.width(), d.height()]")
        assert any(look[4][0] < width and look[4][1] < height for look in colored), "layers as large as the page"
        assert len({look[2] for look in colored}) > 2, "labels do not follow the colours"
    krita.run("d.refreshProjection(); hands.spin(0.3)")
    assert krita.value(STATE) == after, "the page was not shown as it is"
    krita.run("hands.press('edit_undo')")
    assert krita.settled(STATE, before) == before
    krita.run("hands.press('edit_redo')")
    assert krita.settled(STATE, after) == after

    file = tmp_path / "page.kra"
    save(krita, file)
    open_again(krita, file)
    assert krita.value(LOOKS) == looks
    assert krita.value("hands.pixel_hash()") == after[1]


@pytest.mark.parametrize(("model", "depth"), [("CMYKA", "U8"), ("RGBA", "U16"), ("GRAYA", "U8"), ("RGBA", "F32")])
def test_any_document_takes_it(recording_krita, page, model, depth):
    """The layers keep their own space, whose bytes are the palette's, and the page changes and comes back."""
    krita, _ = recording_krita
    page(krita, model=model, depth=depth)
    before = krita.value(STATE)
    colorize_regions(krita, result="flats_by_color", shading=True)
    inside = [layer for layer in krita.value("hands.layers()") if layer["depth"] == 1]
    assert inside and all(layer["space"] == "RGBA/U8" for layer in inside)
    assert {layer["blending"] for layer in inside} == {"normal", "multiply", "screen"}
    name = next(layer["name"] for layer in inside if layer["name"].endswith(" colour"))
    wanted = bytes.fromhex(name[1:7])[::-1] + b"\xff"
    assert krita.value(
        f"(lambda n, w: bytes(n.pixelData(n.bounds().x(), n.bounds().y(), n.bounds().width(), n.bounds().height())"
        f".data()).count(bytes(w)) > 50)(hands.layer_named({name!r}), {list(wanted)})"
    )
    after = krita.value(STATE)
    assert after[1] != before[1]
    krita.run("d.refreshProjection(); hands.spin(0.3)")
    assert krita.value("hands.pixel_hash()") == after[1]
    krita.run("hands.press('edit_undo')")
    assert krita.settled(STATE, before) == before
