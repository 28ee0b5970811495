"""A result as Krita's own Colorize Mask: in Krita 5.2 and later; skipped, saying why, in an older one."""

from __future__ import annotations

import numpy as np
import pytest
from docker_steps import colorize_regions, open_again, save, wait_for_result
from huebrush_protocol.frames import Image
from huebrush_protocol.messages import ImageHeader
from huebrush_protocol.regions import RegionParameters
from scripted_regions import bgr, deal, find_regions

STATE = "[hands.layers(), hands.pixel_hash(), hands.pixel_hash('Line art')]"
MASK = "documents.find_node(d, job.group).childNodes()[-1].childNodes()[0]"
CAN_MASK = "hasattr(hands.document(), 'createColorizeMask')"
OLDER = "Krita {} lets plugins make no Colorize Masks: they came with 5.2 (see newer_krita.py)"
FILL_PATIENCE = 600.0


@pytest.fixture
def masking_krita(recording_krita, page):
    """A Krita that makes Colorize Masks, with the example open."""
    krita, _ = recording_krita
    page(krita)
    skip_where_masks_cannot_be_made(krita)
    return krita


def skip_where_masks_cannot_be_made(krita) -> None:
    if not krita.value(CAN_MASK):
        pytest.skip(OLDER.format(krita.value("app.version()")))


def make_mask(krita, **regions: object) -> None:
    """Ask for a Colorize Mask by script and wait for it."""
    colorize_regions(krita, FILL_PATIENCE, result="colorize_mask", **regions)


def share_right(krita, folder) -> float:
    """How much of the page, without its lines, has the colour of its region; `shown` in Krita holds the layer."""
    shown = folder / "shown.pixels"
    krita.run(f"open({str(shown)!r}, 'wb').write(shown)")
    width, height = krita.value("[w, h]")
    sent = Image(ImageHeader("line_art", width, height, "BGRA"), memoryview((folder / "line_art.pixels").read_bytes()))
    labels, ink = find_regions(sent)
    colors = deal(labels, RegionParameters())
    table = np.array([(0, 0, 0), *(bgr(color) for color in colors[1:])], int)
    pixels = np.fromfile(shown, np.uint8).reshape(height, width, 4)[..., :3]
    return float((np.abs(pixels - table[labels]).max(axis=2) < 25)[~ink].mean())


def test_regions_become_key_strokes(masking_krita, recording_krita, tmp_path, picture):
    """A mask with strokes of each colour in one undo step; its regions have their colours; the file keeps it."""
    krita, folder = recording_krita
    before = krita.value(STATE)
    make_mask(krita, keep_picture=True)
    after = krita.value(STATE)
    assert [layer["type"] for layer in after[0] if layer["depth"] == 1] == ["paintlayer", "paintlayer"]
    assert krita.value(f"{MASK}.type()") == "colorizemask"
    colors = krita.value(f"[[round(c * 255) for c in color.components()[:3]] for color in {MASK}.keyStrokesColors()]")
    assert len(colors) > 4
    krita.run(f"mask = {MASK}; w, h = d.width(), d.height()")
    krita.run("shown = bytes(mask.parentNode().projectionPixelData(0, 0, w, h).data())")
    counts = [krita.value(f"shown.count(bytes({[*color, 255]}))") for color in colors]
    assert sum(counts) > 0.7 * krita.value("w * h") and sum(count > 200 for count in counts) > 4, counts
    assert share_right(krita, folder) > 0.995, "the colours do not end at the lines"
    assert after[2] == before[2] and after[1] != before[1]
    krita.run("d.refreshProjection(); hands.spin(0.3)")
    assert krita.value("hands.pixel_hash()") == after[1]
    picture(krita, "window", "colorize-mask")
    krita.run("hands.press('edit_undo')")
    assert krita.settled(STATE, before) == before
    krita.run("hands.press('edit_redo')")
    assert krita.settled(STATE, after) == after

    file = tmp_path / "page.kra"
    save(krita, file)
    open_again(krita, file)
    assert krita.value(f"len({MASK}.keyStrokesColors())") == len(colors)
    assert krita.value(STATE)[2] == before[2]
    krita.run(f"shown = bytes({MASK}.parentNode().projectionPixelData(0, 0, w, h).data())")
    assert [krita.value(f"shown.count(bytes({[*color, 255]}))") for color in colors] == counts


def test_a_page_too_large_to_wait_for_is_left_to_krita(masking_krita):
    """The strokes are there at once, the artist is told, and Krita's own update fills the page."""
    krita = masking_krita
    krita.run("from huebrush.documents import colorize_mask as colorize_masks; limit = colorize_masks.LARGEST_FILLED")
    try:
        krita.run("colorize_masks.LARGEST_FILLED = 1")
        make_mask(krita)
    finally:
        krita.run("colorize_masks.LARGEST_FILLED = limit")
    assert krita.wait_for_banner("mask_to_fill")["message"].startswith("The key strokes are there")
    before = krita.value("hands.pixel_hash()")
    krita.run(f"{MASK}.updateMask(True)")
    krita.wait_for(f"hands.pixel_hash() != {before!r}", "the filled page", FILL_PATIENCE)


def test_lowest_line_art(masking_krita):
    """Below the lowest layer too, where the group goes by way of the Layers docker."""
    krita = masking_krita
    krita.run("d = hands.document(); hands.layer_named('Background').remove(); n = hands.layer_named('Reference')")
    krita.run("top = n.duplicate(); n.remove(); d.rootNode().addChildNode(top, None); top.setVisible(False)")
    krita.run("d.refreshProjection(); hands.spin(0.3)")
    before = krita.value(STATE)
    make_mask(krita)
    after = krita.value(STATE)
    assert [layer["name"] for layer in after[0] if layer["depth"] == 0][:2] == ["Reference", "Line art"]
    assert krita.value(f"len({MASK}.keyStrokesColors())") > 4 and after[1] != before[1]
    krita.run("hands.press('edit_undo')")
    assert krita.settled(STATE, before) == before


def test_docker_offers_it(recording_krita, page):
    """Where Krita makes such masks; elsewhere it is greyed out and says what it needs."""
    krita, _ = recording_krita
    page(krita)
    can = krita.value(CAN_MASK)
    krita.run("hands.widget('huebrush_panel').refresh(); box = hands.widget('huebrush_result')")
    assert krita.value("bool(box.model().item(4).flags() & hands.QtCore.Qt.ItemFlag.ItemIsEnabled)") == can
    tip = krita.value("box.itemData(4, hands.QtCore.Qt.ItemDataRole.ToolTipRole)")
    assert ("5.2" in tip) != can
    if not can:
        krita.run(
            "from huebrush import api; from huebrush.base import problems; "
            "from huebrush.settings.flats import RegionSettings"
        )
        with pytest.raises(Exception, match=r"Krita 5\.2"):
            krita.run(
                "api.colorize(hands.document(), references=[hands.layer_named('Reference')], "
                "regions=RegionSettings(result='colorize_mask'))"
            )


def test_key_strokes_of_the_real_engine(real_krita, page, tmp_path):
    """Colours spread from a list, one stroke a region: filled by Krita, they are the flats of the same job."""
    krita = real_krita
    page(krita)
    skip_where_masks_cannot_be_made(krita)
    krita.run(
        "from huebrush import api; from huebrush.documents import find as documents; "
        "from huebrush.settings.flats import RegionSettings"
    )
    krita.run("d = hands.document(); w, h = d.width(), d.height()")
    pictures = []
    for result in ("flats", "colorize_mask"):
        file = tmp_path / result
        krita.run(
            f"job = api.colorize(d, model='none', seed=3, regions=RegionSettings({result!r}, palette_source='colors', "
            "palette='#d9b99b #4062a8 #b03a2e #e8d34a #3f8f4f', hard_edges=True))"
        )
        wait_for_result(krita, FILL_PATIENCE)
        krita.run(
            "d.waitForDone(); n = documents.find_node(d, job.group).childNodes()[-1]; "
            f"open({str(file)!r}, 'wb').write(bytes(n.projectionPixelData(0, 0, w, h).data()))"
        )
        pictures.append(np.fromfile(file, np.uint8).reshape(-1, 4).astype(int))
    lines = bytes.fromhex(krita.value("bytes(hands.layer_named('Line art').pixelData(0, 0, w, h).data()).hex()"))
    own = np.frombuffer(lines, np.uint8).reshape(-1, 4).astype(int)
    free = (255 - own[:, 1]) * own[:, 3] // 255 < 64
    same = np.abs(pictures[0] - pictures[1]).max(axis=1) < 25
    assert same[free].mean() > 0.97
