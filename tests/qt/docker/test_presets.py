"""Presets: taken, saved, deleted, and passed on as files; pages keep what is their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hands import banner, pick, spin, widget
from huebrush.jobs.to_protocol import job_parameters, region_parameters
from huebrush.session import session
from huebrush.settings.presets import SHIPPED, SUFFIX
from huebrush.settings.store import DocumentSettings
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.presets import PRESETS
from krita import Document


@pytest.fixture(autouse=True)
def no_presets(document: Document) -> Iterator[None]:
    """An open page, and no presets of the artist's own."""
    file = session().store.folder / "presets.json"
    file.unlink(missing_ok=True)
    widget("huebrush_panel").refresh()
    yield
    file.unlink(missing_ok=True)
    choose("Flats from inks")
    pick("huebrush_result", "Picture")


def menu() -> Any:
    """The menu as it is when it opens."""
    found = widget("huebrush_presets").menu()
    found.aboutToShow.emit()
    return found


def choose(*path: str) -> None:
    """Choose an entry of the menu."""
    entries = menu()
    for number, label in enumerate(path):
        action = next(action for action in entries.actions() if action.text() == label)
        if number == len(path) - 1:
            action.trigger()
        else:
            entries = action.menu()
    spin()


def shown() -> DocumentSettings:
    """What the docker shows."""
    return widget("huebrush_panel")._form.settings


def names() -> list[str]:
    """The presets in the menu."""
    return [action.text() for action in menu().actions() if action.text() and not action.menu()]


def test_a_shipped_preset_changes_the_way_and_nothing_of_the_page() -> None:
    before = shown()
    assert names()[:3] == ["Flats from inks", "Painting from a sketch", "Comic page"]
    assert all(action.toolTip() for action in menu().actions()[:3])
    choose("Comic page")
    comic = shown()
    assert comic.regions.result == SHIPPED["comic"].regions.result and comic.regions.palette_size == 24
    assert (comic.line_art, comic.references, comic.seed, comic.model) == (
        before.line_art,
        before.references,
        before.seed,
        before.model,
    )
    choose("Painting from a sketch")
    assert shown().regions == SHIPPED["sketch"].regions, "something of the preset before is left"
    assert shown().regions.shading and shown().regions.result != comic.regions.result


def test_shipped_presets_give_the_jobs_that_are_measured() -> None:
    """`huebrush evaluate presets` compares the protocol's presets with the protocol's defaults."""

    def job(settings: DocumentSettings) -> Parameters:
        return job_parameters(settings, settings.advanced, region_parameters(settings.regions, dots_per_inch=0))

    assert {name: job(settings) for name, settings in SHIPPED.items()} == dict(PRESETS)
    assert job(DocumentSettings()) == Parameters()


def test_what_is_shown_can_be_saved_taken_again_and_deleted() -> None:
    choose("Comic page")
    saved = shown()
    widget("huebrush_presets").save_as("  Series & co  ")
    choose("Painting from a sketch")
    assert shown() != saved
    choose("Series && co")
    assert shown() == saved
    choose("Painting from a sketch")
    widget("huebrush_presets").save_as("Series & co")  # replaced
    choose("Series && co")
    assert shown().regions.shading and names().count("Series && co") == 1
    choose("Delete", "Series && co")
    assert "Series && co" not in names()


def test_a_preset_goes_to_another_artist_as_a_file(tmp_path: Path) -> None:
    choose("Comic page")
    saved = shown()
    button = widget("huebrush_presets")
    button.save_as("Series")
    file = tmp_path / f"Series{SUFFIX}"
    button.export_to(str(file), session().presets.presets()[0])
    choose("Delete", "Series")
    choose("Painting from a sketch")
    button.import_from(str(file))
    assert shown() == saved and "Series" in names()
    content = json.loads(file.read_text("utf-8"))["settings"]
    assert not {"line_art", "references", "seed", "edits", "colored"} & set(content)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"huebrush_preset": 1, "name": "", "settings": {}}', "\0", None])
def test_another_file_is_refused_in_words(tmp_path: Path, content: str | None) -> None:
    before, file = shown(), tmp_path / "other.json"
    if content is not None:
        file.write_text(content, "utf-8")
    widget("huebrush_presets").import_from(str(file))
    assert banner() == ("preset_unreadable", "")
    assert "other.json" in widget("huebrush_banner_text").text()
    assert shown() == before and len(names()) == 5


def test_damaged_presets_are_left_out() -> None:
    widget("huebrush_presets").save_as("Good")
    file = session().store.folder / "presets.json"
    entries = json.loads(file.read_text("utf-8"))
    wild = {
        "huebrush_preset": 1,
        "name": "Wild",
        "settings": {"steps": "many", "regions": {"gap": 1e99}, "advanced": 3},
    }
    file.write_text(json.dumps([3, None, {"name": "Old"}, wild, *entries]), "utf-8")
    assert names()[3:5] == ["Good", "Wild"]
    choose("Wild")
    assert shown().steps == DocumentSettings().steps, "what cannot be read takes its default"
    file.write_text("{", "utf-8")
    assert len(names()) == 5
