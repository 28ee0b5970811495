"""The folded part of the docker in a real Krita: what reaches the backend of selection and layers, and what is kept."""

from __future__ import annotations

import numpy as np
from docker_steps import LEAST_WIDTH, NARROW, colorize, open_again, save, sent_job, start_backend
from example import LINE_ART
from PIL import Image

with Image.open(LINE_ART) as opened:
    WIDTH, HEIGHT = opened.size
SELECTED = (20, 30, 60, 50)
"""x, y, width, height."""
SKY = (200, 120, 40)
"""Blue, green, red."""
SELECT = """
from krita import Selection
selection = Selection()
selection.select({}, {}, {}, {}, 255)
hands.document().setSelection(selection)
"""
ADD_SKY = """
document = hands.document()
sky = document.createNode("Sky", "paintlayer")
sky.setPixelData(hands.QtCore.QByteArray(bytes(({}, {}, {}, 255)) * (40 * 30)), 10, 15, 40, 30)
document.rootNode().addChildNode(sky, None)
document.refreshProjection()
"""


def test_selection_and_layer_reach_the_backend_as_mask_and_background(recording_krita, page, picture):
    """The mask is what is selected, a byte a pixel over the whole page; the background is the layer without margins."""
    krita, records = recording_krita
    page(krita)
    krita.run(ADD_SKY.format(*SKY))
    krita.run(SELECT.format(*SELECTED))
    start_backend(krita)
    krita.run("hands.toggle('huebrush_page_advanced'); hands.toggle('huebrush_background')")
    krita.run("hands.pick('huebrush_line_art_mask', 'Current selection')")
    krita.run("hands.pick('huebrush_background_picture', 'Sky')")
    krita.run("hands.type_number('huebrush_background_strength_number', 80)")
    assert krita.value(LEAST_WIDTH) <= NARROW
    assert krita.value("hands.unnamed_controls()") == []
    krita.run("hands.show_page('advanced')")
    picture(krita, "", "docker-advanced")
    colorize(krita)

    job = sent_job(records)
    headers = {header["role"]: header for header in job["images"]}
    assert list(headers) == ["line_art", "reference", "background", "line_art_mask"]
    mask = headers["line_art_mask"]
    assert (mask["x"], mask["y"], mask["width"], mask["height"], mask["order"]) == (0, 0, WIDTH, HEIGHT, "GRAY")
    found = np.fromfile(records / "line_art_mask.pixels", np.uint8).reshape(HEIGHT, WIDTH)
    expected = np.zeros((HEIGHT, WIDTH), np.uint8)
    x, y, across, down = SELECTED
    expected[y : y + down, x : x + across] = 255
    assert np.array_equal(found, expected)
    background = headers["background"]
    assert [background[key] for key in ("x", "y", "width", "height", "order")] == [10, 15, 40, 30, "BGRA"]
    assert (records / "background.pixels").read_bytes() == bytes((*SKY, 255)) * (40 * 30)
    enhancement = job["parameters"]["enhancement"]
    assert enhancement["background"] and not enhancement["foreground"]
    assert enhancement["background_strength"] == 0.8


def test_settings_are_there_when_the_document_is_opened_again(recording_krita, tmp_path):
    """And with the mask of a selection that was not saved, Colorize says so instead of doing something else."""
    krita, _ = recording_krita
    saved = tmp_path / "page.kra"
    krita.run("hands.document().setSelection(None)")
    save(krita, saved)
    krita.run("hands.type_number('huebrush_merge_number', 15)")
    open_again(krita, saved)
    assert krita.value("hands.widget('huebrush_background').isChecked()")
    assert krita.value("hands.widget('huebrush_merge_number').value()") == 15
    assert krita.value("hands.widget('huebrush_background_strength_number').value()") == 80
    assert krita.value("hands.widget('huebrush_line_art_mask').currentText()") == "Current selection"
    assert krita.value("hands.widget('huebrush_background_picture').currentText()") == "Sky"
    krita.run("hands.click('huebrush_colorize')")
    krita.wait_for_banner("no_selection")
