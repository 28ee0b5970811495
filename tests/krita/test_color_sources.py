"""The list of where colours came from, by the real engine and the built-in model: its rows, a swap, and undo."""

from __future__ import annotations

import numpy as np
from docker_steps import MARKER, MODEL_PATIENCE, colorize, layer_pixels, wait_for_result

STEPS = 4
STATE = "[hands.pixel_hash(), hands.pixel_hash('Line art'), [n.visible() for n, _ in walk(d.rootNode())]]"
ROWS = "hands.widget('huebrush_source_list').count()"
PARTS = (
    "[[part.spot.color, list(map(list, part.points)), [other.color for other in part.alternatives]] "
    "for part in report.sources]"
)
CHOICES = "[b.accessibleName() for b in (hands.widget('huebrush_source_0_0'), hands.widget('huebrush_source_0_1'))]"


def rgb(color: str) -> list[int]:
    """Red, green and blue of "#rrggbb"."""
    return [int(color[at : at + 2], 16) for at in (1, 3, 5)]


def composed(krita, folder) -> np.ndarray:
    """The result's group as (H,W,3) int, sRGB."""
    return layer_pixels(krita, folder, "documents.find_node(d, hands.job()['group'])")[..., :3].astype(int)


def test_a_part_gets_another_colour_wherever_it_occurs(real_krita, page, picture, tmp_path):
    """Exactly the pixels of that part change, by one job and one undo step; the way back gives the same page again."""
    krita = real_krita
    page(krita)
    krita.run(
        "from huebrush.documents import find as documents; from huebrush.documents.find import walk; "
        "from huebrush.documents.canvas import canvas_view; from huebrush.session import session; d = hands.document()"
    )
    krita.run(f"hands.type_number('huebrush_steps_number', {STEPS}); hands.type_number('huebrush_seed_number', 8)")
    krita.run("hands.pick('huebrush_result', 'Flats'); hands.widget('huebrush_palette').setChecked(True)")
    krita.run("hands.toggle('huebrush_hard_edges')")
    assert krita.value("hands.widget('huebrush_colors_from').currentText()") == "From the reference"
    krita.run("hands.widget('huebrush_palette').setChecked(False)")
    colorize(krita, MODEL_PATIENCE)
    krita.run("report = session().jobs.latest(documents.document_key(d)).flats_report")
    parts = krita.value(PARTS)
    krita.run("hands.show_page('check'); hands.widget('huebrush_color_sources').setChecked(True)")
    assert len(parts) >= 3 and krita.value(ROWS) == len(parts)
    color, points, others = parts[0]
    assert len(others) == 2
    first, before = krita.value(STATE), composed(krita, tmp_path)
    krita.run(
        "hands.widget('huebrush_source_list').setFocus(); "
        "hands.QTest.keyClick(hands.widget('huebrush_source_list'), hands.QtCore.Qt.Key.Key_Down)"
    )
    krita.wait_for("hands.widget('huebrush_source_spot').isVisible()", "the spot in the reference")
    krita.run("hands.spin(0.7)")
    assert krita.value(f"{MARKER} is not None and {MARKER}.isVisible()")
    picture(krita, "", "docker-sources")
    assert krita.value(STATE) == first, "looking at a spot changed the page"

    krita.run("hands.click('huebrush_source_0_0')")
    wait_for_result(krita, MODEL_PATIENCE)
    krita.wait_for(f"{CHOICES}[0] == 'Back to {color}, as it was'", "the row of the swapped part")
    krita.run("hands.spin(0.5)")
    picture(krita, "", "docker-source-swapped")
    swapped = composed(krita, tmp_path)
    of_part, changed = (before == rgb(color)).all(axis=2), (before != swapped).any(axis=2)
    assert all(of_part[int(y), int(x)] for x, y in points)
    assert np.array_equal(changed, of_part)
    assert (swapped[of_part] == rgb(others[0])).all()
    assert krita.value(ROWS) == len(parts), "the swapped part has lost its row"
    assert krita.value(STATE)[1] == first[1]

    krita.run("hands.press('edit_undo')")
    assert krita.settled(STATE, first) == first
    assert krita.settled(f"{CHOICES}[0]", f"Take {others[0]} wherever this colour occurs").startswith("Take")
    krita.run("hands.press('edit_redo'); hands.spin(0.5)")
    krita.wait_for(f"{CHOICES}[0].startswith('Back')", "the swap again")
    krita.run("hands.click('huebrush_source_0_0')")
    wait_for_result(krita, MODEL_PATIENCE)
    assert np.array_equal(composed(krita, tmp_path), before)
    krita.run("hands.widget('huebrush_color_sources').setChecked(False)")
