"""Changes by text, written into the docker of a real Krita: what the backend gets, and what they do to the picture."""

from __future__ import annotations

from docker_steps import LEAST_WIDTH, MODEL_PATIENCE, NARROW, colorize, open_again, save, sent_job, start_backend

SEED, STEPS = 8, 8
"""Seconds that the real model may take, on two busy cores, before it counts as stuck."""


def test_what_is_written_reaches_the_backend(recording_krita, page, picture, tmp_path):
    """Two changes with words completed, put in order; saved with the document; strengths of single blocks too."""
    krita, records = recording_krita
    page(krita)
    start_backend(krita)
    krita.run("hands.toggle('huebrush_page_edit'); hands.click('huebrush_edit_add')")
    krita.run("hands.type_text('huebrush_edit_target', 'green eyes')")
    krita.run("hands.pick('huebrush_edit_where', 'Where words fit'); hands.type_text('huebrush_edit_control', 'eyes')")
    krita.run("hands.click('huebrush_edit_add'); hands.type_text('huebrush_edit_anchor', 'brown hair')")
    assert krita.value("hands.complete('huebrush_edit_target', 'bl')") == ["blue"]
    assert krita.value("hands.complete('huebrush_edit_target', ' ha')") == ["hair", "hat"]
    krita.run("hands.pick('huebrush_edit_where', 'Where words fit')")
    krita.run(
        "hands.type_text('huebrush_edit_control', 'hair'); hands.type_number('huebrush_edit_strength_number', 10)"
    )
    krita.run("hands.click('huebrush_edit_up'); hands.click('huebrush_edit_add')")
    krita.run("hands.type_text('huebrush_edit_target', 'blue background'); hands.toggle('huebrush_edits_list')")
    krita.run("hands.widget('huebrush_edits_list').setCurrentRow(0)")
    assert krita.value(LEAST_WIDTH) <= NARROW
    assert krita.value("hands.unnamed_controls()") == []
    krita.run("hands.show_page('edit')")
    picture(krita, "", "docker-edits")
    krita.run("hands.toggle('huebrush_page_advanced'); hands.toggle('huebrush_blocks_apart')")
    krita.run("hands.type_number('huebrush_block_16', 30)")
    assert krita.value(LEAST_WIDTH) <= NARROW
    assert krita.value("hands.unnamed_controls()") == []
    colorize(krita)
    parameters = sent_job(records)["parameters"]
    found = [(edit["anchor"], edit["target"], edit["control"], edit["strength"]) for edit in parameters["edits"]]
    assert found == [("brown hair", "blue hair", "hair", 10.0), (None, "green eyes", "eyes", 8.0)]
    assert parameters["block_strengths"] == [1.0] * 15 + [0.3]

    saved = tmp_path / "page.kra"
    save(krita, saved)
    open_again(krita, saved)
    rows = "[hands.widget('huebrush_edits_list').item(row).text() for row in range(3)]"
    assert krita.value(rows) == ["brown hair → blue hair, in hair", "→ green eyes, in eyes", "→ blue background"]
    assert krita.value("hands.widget('huebrush_block_16').value()") == 30
    krita.run("hands.toggle('huebrush_page_advanced'); hands.toggle('huebrush_page_edit')")


def test_a_change_by_text_changes_the_picture(real_krita, page):
    """With the built-in model; switched off, it leaves no trace."""
    krita = real_krita
    page(krita)
    bare = krita.value("hands.pixel_hash()")
    krita.run(f"hands.type_number('huebrush_seed_number', {SEED})")
    krita.run(f"hands.type_number('huebrush_steps_number', {STEPS})")
    krita.run("hands.toggle('huebrush_page_edit'); hands.click('huebrush_edit_add')")
    start_backend(krita)
    krita.run("hands.type_text('huebrush_edit_target', ''); hands.pick('huebrush_edit_where', 'Where words fit')")
    krita.run("hands.type_text('huebrush_edit_control', 'hair')")
    assert "pale green" in krita.value("hands.complete('huebrush_edit_target', 'pale')")
    krita.run("hands.type_text('huebrush_edit_target', 'green hair')")
    changed = colorized(krita)
    krita.run("hands.toggle('huebrush_edits_list')")
    plain = colorized(krita)
    krita.run("hands.click('huebrush_edit_remove')")
    assert colorized(krita) == plain
    assert changed not in (plain, bare)


def test_the_docker_shows_where_in_the_reference_words_fit(real_krita, page, picture):
    """With the built-in model: the hair of the example is there, and the lower left corner is none."""
    krita = real_krita
    page(krita)
    start_backend(krita)
    if not krita.value("hands.widget('huebrush_page_edit').isChecked()"):
        krita.run("hands.toggle('huebrush_page_edit')")
    krita.run("hands.click('huebrush_edit_add'); hands.type_text('huebrush_edit_target', 'blue hair')")
    krita.run("hands.pick('huebrush_edit_where', 'Where words fit'); hands.toggle('huebrush_edit_details')")
    krita.run("hands.type_text('huebrush_edit_control', 'pale green hair')")
    krita.run("hands.click('huebrush_edit_fit_show')")
    krita.wait_for("hands.widget('huebrush_edit_fit_map').isVisible()", "where it fits", MODEL_PATIENCE)
    level = "hands.widget('huebrush_edit_fit_map').level_at"
    assert krita.value(f"max({level}(0.4, 0.2), {level}(0.5, 0.2))") >= 3
    assert krita.value(f"{level}(0.05, 0.95)") == 0
    assert krita.value("hands.unnamed_controls()") == []
    krita.run("hands.scroll_to('huebrush_edit_details_reset')")
    picture(krita, "", "where-it-fits")
    krita.run("hands.toggle('huebrush_edit_details'); hands.toggle('huebrush_page_edit')")


def colorized(krita) -> str:
    """Colorize, return the hash of the page, and take it back."""
    colorize(krita, MODEL_PATIENCE)
    found = krita.value("hands.pixel_hash()")
    krita.run("hands.press('edit_undo')")
    return found
