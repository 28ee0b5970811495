"""Flats from a picture that has the page coloured already, and different colours from nothing, in a real Krita."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from docker_steps import MODEL_PATIENCE, colorize, layer_pixels
from example import line_coverage
from PIL import Image

STATE = "[hands.pixel_hash(), hands.pixel_hash('Line art'), [n.visible() for n, _ in walk(d.rootNode())]]"
BLUE, ORANGE = (90, 120, 160, 255), (200, 150, 100, 255)
OUTSIDE = 12
"""Pixels by which the rough painting runs past the middle of the page, whatever the lines say."""


def begin(krita, page, **options: object) -> None:
    """Open the example as a fresh page, with flats as the result."""
    page(krita, **options)
    krita.run(
        "from huebrush.documents import find as documents; "
        "from huebrush.documents.find import walk; d = hands.document(); hands.pick('huebrush_result', 'Flats')"
    )


def composed(krita, folder) -> np.ndarray:
    """The result's group as (H,W,4) uint8 RGBA."""
    return layer_pixels(krita, folder, "documents.find_node(d, hands.job()['group'])")


def colors_kept(krita, x: int) -> list[int]:
    """What the layer "Rough" has at the top, `x` pixels from the left, as sRGB and alpha: the way through a page's ink
    profile costs something, in each Krita something else."""
    krita.run(
        "rough = d.nodeByName('Rough').duplicate(); rough.setColorSpace('RGBA', 'U8', 'sRGB-elle-V2-srgbtrc.icc')"
    )
    blue, green, red, alpha = krita.value(f"list(bytes(rough.pixelData({x}, 0, 1, 1).data()))")
    return [red, green, blue, alpha]


def regions_between_lines() -> tuple[np.ndarray, list[int]]:
    """Labels (H,W) of what lies clearly between the example's lines, and those of 200 pixels and more."""
    free = (cv2.dilate(line_coverage().astype(np.uint8), np.ones((5, 5), np.uint8)) < 16).astype(np.uint8)
    count, labels = cv2.connectedComponents(free, connectivity=4)
    sizes = np.bincount(labels.ravel(), minlength=count)
    return labels, [label for label in range(1, count) if sizes[label] >= 200]


@pytest.mark.parametrize(("model", "depth"), [("RGBA", "U8"), ("CMYKA", "U8"), ("RGBA", "F32")])
def test_a_rough_painting_becomes_flats(real_krita, page, tmp_path, model, depth):
    """Two colours painted right across the page without care: each region has the one that it mostly shows; undo."""
    krita = real_krita
    begin(krita, page, model=model, depth=depth)
    height, width = line_coverage().shape
    rough = np.empty((height, width, 4), np.uint8)
    rough[:, : width // 2 + OUTSIDE], rough[:, width // 2 + OUTSIDE :] = BLUE, ORANGE
    file = tmp_path / "rough.png"
    Image.fromarray(rough).save(file)
    krita.run(f"hands.add_picture(d, 'Rough', {str(file)!r}); d.nodeByName('Rough').setVisible(False)")
    krita.run("d.refreshProjection(); hands.widget('huebrush_panel').refresh()")
    left, right = colors_kept(krita, 0), colors_kept(krita, width - 1)
    krita.run("hands.pick('huebrush_colored', 'Rough')")
    assert not krita.value("hands.widget('huebrush_model').isEnabled()")
    before = krita.value(STATE)
    colorize(krita, MODEL_PATIENCE)
    painted = composed(krita, tmp_path).astype(int)
    assert painted[..., 3].min() == 255, "unpainted pixels"
    labels, regions = regions_between_lines()
    sides = (np.arange(width) < width // 2 + OUTSIDE)[None] & np.ones((height, 1), bool)
    judged = 0
    for region in regions:
        share = sides[labels == region].mean()
        if 0.1 < share < 0.9:
            continue
        wanted = left if share >= 0.9 else right
        assert (painted[labels == region] == wanted).all(), (region, share)
        judged += 1
    assert judged >= 8
    assert krita.value(STATE)[1] == before[1]
    krita.run("hands.press('edit_undo')")
    assert krita.settled(STATE, before) == before


def test_different_colors_from_nothing(real_krita, page, tmp_path):
    """No model, no picture, no hints: every region has one colour, and touching regions are told apart."""
    krita = real_krita
    begin(krita, page)
    krita.run("hands.pick('huebrush_model', 'No model: hints or palette')")
    krita.run("hands.widget('huebrush_palette').setChecked(True)")
    krita.run("hands.pick('huebrush_palette_source', 'Different colours')")
    colorize(krita, MODEL_PATIENCE)
    painted = composed(krita, tmp_path)[..., :3]
    krita.run("hands.widget('huebrush_palette').setChecked(False)")
    labels, regions = regions_between_lines()
    main, kept = {}, 0
    for region in regions:
        found, counts = np.unique(painted[labels == region], axis=0, return_counts=True)
        main[region], kept = found[counts.argmax()], kept + counts.max()
    free = np.isin(labels, regions)
    assert kept > 0.95 * free.sum(), "regions of many colours"  # a closed gap may part what is open here
    assert len({tuple(color.tolist()) for color in main.values()}) > 0.8 * len(regions)
    wide = cv2.dilate(labels.astype(np.uint16), np.ones((15, 15), np.uint8))
    pairs = {(int(a), int(b)) for a, b in zip(labels[free], wide[free], strict=True) if a != b and int(b) in main}
    lab = dict(
        zip(main, cv2.cvtColor(np.array([list(main.values())]) / np.float32(255), cv2.COLOR_RGB2LAB)[0], strict=True)
    )
    assert pairs and all(np.linalg.norm(lab[a] - lab[b]) > 10 for a, b in pairs)
