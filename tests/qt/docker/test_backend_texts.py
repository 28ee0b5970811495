"""What the backend says is shown in the language Krita runs in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from huebrush.base.problems import from_failure
from huebrush.base.qt import QtCore
from huebrush.base.strings import catalogue, translated
from huebrush.results.flats_report import read_flats_report
from huebrush.widgets.models.shop import licence_terms
from huebrush_protocol.messages import failed
from huebrush_protocol.pulls import LicenceInfo
from huebrush_protocol.texts import Text

REASON = Text.of("palette.too_many", count=5000, most=4096)


@pytest.fixture
def german() -> Iterator[None]:
    """Krita in German."""
    before = QtCore.QLocale()
    QtCore.QLocale.setDefault(QtCore.QLocale(QtCore.QLocale.Language.German))
    yield
    QtCore.QLocale.setDefault(before)


def place(said: Any) -> dict[str, Any]:
    fix = {"kind": "close", "text": Text.of("fix.close").as_data(), "x": 1, "y": 1, "x2": 2, "y2": 2}
    return {"kind": "open_gap", "risk": 1.0, "text": said, "x": 1, "y": 1, "fixes": [fix]}


def test_failures_are_told_in_german(german: None) -> None:
    shown = from_failure(failed("", "busy", "queue.full", reason="9 jobs"))
    assert shown.message == "Die Warteschlange ist voll: 9 jobs."
    assert shown.advice.startswith("Warten Sie, bis")


def test_failures_are_told_in_english() -> None:
    assert from_failure(failed("", "busy", "queue.full", reason="9 jobs")).message == "The queue is full: 9 jobs."


def test_a_text_within_a_text_is_translated_too(german: None) -> None:
    said = translated(Text.of("palette.unusable", reason=REASON))
    assert said == f"Es lässt sich keine Palette bilden: {translated(REASON)}" and "5000 Farben sind" in said


@pytest.mark.parametrize(
    "said", [Text("All quiet.", "nonesuch.id"), Text("All quiet.", "edit.no_mask", {"other": 1}), "All quiet."]
)
def test_what_has_no_translation_is_shown_as_it_came(german: None, said: str) -> None:
    assert translated(said) == "All quiet."


def test_places_to_check_are_told_in_german(german: None) -> None:
    said = Text.of("place.open_gap", width=7).as_data()
    report = read_flats_report({"places_to_check": [place(said), place(7), place("a detail")]})
    assert report is not None
    assert [it.text for it in report.places] == [
        "die Linie hat eine Lücke von 7 px, breiter als die geschlossenen Lücken",
        "a detail",
    ]
    assert report.places[0].suggestions[0].text == "die Lücke schließen"


def test_a_licence_is_told_in_german_as_long_as_it_says_the_same(german: None) -> None:
    known = catalogue("en")["licence.CC-BY-NC-SA-4.0"]
    licence = LicenceInfo("CC-BY-NC-SA-4.0", "Creative Commons", "", known)
    assert licence_terms(licence).startswith("Die Gewichte sind das Werk der Autoren")
    assert licence_terms(replace(licence, terms="Newer terms.")) == "Newer terms."
