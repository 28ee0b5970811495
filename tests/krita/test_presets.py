"""Presets in Krita: one is taken before a job, and the artist's own are there for the next page."""

from __future__ import annotations

import json

SETTINGS = "hands.widget('huebrush_panel')._form.settings"


def test_a_preset_is_taken_saved_and_used_for_another_page(painting_krita, page):
    krita = painting_krita
    page(krita, edge=64)
    before = krita.value(f"[{SETTINGS}.line_art, [each.key for each in {SETTINGS}.references]]")
    krita.run("hands.choose_in_menu('huebrush_presets', 'Comic page')")
    assert krita.value(f"{SETTINGS}.regions.palette_size") == 24
    assert krita.value(f"[{SETTINGS}.line_art, [each.key for each in {SETTINGS}.references]]") == before
    krita.run("hands.widget('huebrush_presets').save_as('Series')")
    stored = json.loads((krita.data / "huebrush" / "presets.json").read_text("utf-8"))
    assert [entry["name"] for entry in stored] == ["Series"]
    krita.run("hands.choose_in_menu('huebrush_presets', 'Painting from a sketch')")
    assert krita.value(f"[{SETTINGS}.regions.result, {SETTINGS}.regions.shading]") == ["flats", True]
    page(krita, edge=64)
    krita.run("hands.choose_in_menu('huebrush_presets', 'Series')")
    assert krita.value(f"[{SETTINGS}.regions.result, {SETTINGS}.regions.palette_size]") == ["flats_by_color", 24]
    krita.run(
        "hands.widget('huebrush_presets').setFocus(); hands.choose_in_menu('huebrush_presets', 'Flats from inks')"
    )
    assert krita.value(f"{SETTINGS}.regions.result") == "flats"


def test_a_preset_goes_through_a_file(painting_krita, page, tmp_path):
    krita, file = painting_krita, str(tmp_path / "Series.huebrush")
    page(krita, edge=64)
    krita.run("presets = hands.widget('huebrush_presets'); hands.choose_in_menu('huebrush_presets', 'Comic page')")
    krita.run(f"presets.save_as('Series'); saved = {SETTINGS}; from huebrush.session import session")
    krita.run(f"presets.export_to({file!r}, session().presets.presets()[0]); session().presets.remove('Series')")
    krita.run(f"hands.choose_in_menu('huebrush_presets', 'Painting from a sketch'); changed = {SETTINGS} != saved")
    krita.run(f"presets.import_from({file!r})")
    assert krita.value(f"changed and {SETTINGS} == saved")
    assert krita.value("[preset.name for preset in session().presets.presets()]") == ["Series"]
