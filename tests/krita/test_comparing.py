"""Two results of the real engine compared by regions in a real Krita, and a region of one taken into the other."""

from __future__ import annotations

import numpy as np
from docker_steps import MODEL_PATIENCE, colorize, layer_pixels
from test_history import HANDS

PATIENCE = 400.0
HEAD = "hands.widget('huebrush_places_to_check').text()"
TREE = "[[node.name(), node.visible()] for node in d.rootNode().childNodes()]"


def test_a_region_of_one_result_is_taken_into_the_other(real_krita, page, picture, tmp_path):
    """By clicks: show one, show the other, compare, look at a region, take it. The comparison writes nothing; the mix
    is one undo step, has that region from the other to the byte, and all else from the first."""
    krita = real_krita
    page(krita, edge=256)
    krita.run(HANDS.replace("PyQt5", krita.value("hands.QtCore.__name__").split(".")[0]))
    krita.run("d = hands.document(); hands.pick('huebrush_result', 'Flats')")
    for seed in (501, 502):
        krita.run(f"hands.type_number('huebrush_seed_number', {seed})")
        colorize(krita, MODEL_PATIENCE)
    krita.wait_for("is_kept(2)", "the files of two results")
    krita.run("click_row(1); click_row(0)")
    assert [name[:7] for name in krita.value("shown()")] == ["Flats 2"]
    krita.run("names = [node.name() for node in d.rootNode().childNodes() if node.name().startswith('Flats')]")
    ours = {
        name: layer_pixels(krita, tmp_path, f"hands.layer_named({name!r})") for name in sorted(krita.value("names"))
    }
    base, other = ours.values()
    krita.run("hands.spin(0.3); d.setModified(False)")
    before, step = krita.value(TREE), krita.value("app.action('edit_undo').text()")

    krita.run("hands.click('huebrush_history_compare')")
    krita.wait_for(f"'differ' in {HEAD}", "the comparison", PATIENCE)
    assert krita.value("hands.widget('huebrush_page_check').isChecked()")
    count = int(krita.value(HEAD).split()[0])
    assert count > 2
    assert krita.value(TREE) == before
    assert krita.value("[d.modified(), app.action('edit_undo').text()]") == [False, step]

    krita.run("hands.press('huebrush_next_place'); hands.spin(0.5)")
    assert krita.value("hands.widget('huebrush_place_list').item(0).text()").startswith("Differs (")
    picture(krita, "", "docker-compare")
    krita.run("hands.click('huebrush_fix_0')")
    krita.wait_for("any(name.startswith('Mix 1') for name, _ in " + TREE + ")", "the mix", PATIENCE)
    krita.wait_for(f"{HEAD}.startswith('{count - 1} region')", "one region less", PATIENCE)
    mix = layer_pixels(krita, tmp_path, "[n for n in d.rootNode().childNodes() if n.name().startswith('Mix 1')][0]")
    taken = (mix != base).any(axis=-1)
    assert taken.any() and np.array_equal(mix[taken], other[taken])
    assert taken.sum() < (other != base).any(axis=-1).sum()
    seen = {name: visible for name, visible in krita.value(TREE)}
    assert [seen[name] for name in ours] == [False, False]
    krita.run("hands.show_page('history')")
    assert krita.value("rows()[0]").startswith("Mix 1")

    krita.run("hands.press('edit_undo')")
    krita.wait_for("not any(name.startswith('Mix') for name, _ in " + TREE + ")", "one step back")
    assert krita.settled(TREE, before) == before
    krita.run("hands.show_page('colorize'); hands.pick('huebrush_result', 'Picture')")
