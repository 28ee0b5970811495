"""What the backend says is shown in the language Krita runs in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from huebrush.base.problems import from_failure, problem
from huebrush.base.qt import QtCore
from huebrush.base.strings import catalogue, text, translated
from huebrush.results.flats_report import read_flats_report
from huebrush.widgets.models.shop import licence_terms
from huebrush_protocol.endpoint import EndpointError
from huebrush_protocol.errors import refused
from huebrush_protocol.messages import failed
from huebrush_protocol.pulls import LicenceInfo
from huebrush_protocol.texts import Text, joined

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


def test_every_level_of_reasons_is_translated_and_the_systems_own_words_stay(german: None) -> None:
    faults = joined(
        [
            Text.of("checkpoint.missing_keys", count=1, keys="a"),
            Text.of("checkpoint.unexpected_keys", count=2, keys="b"),
        ]
    )
    reason = Text.of("checkpoint.wrong_tensors", faults=faults)
    said = translated(Text.of("model.not_loaded", model="demo", reason=Text.from_data(reason.as_data())))
    assert said.startswith("Das Modell „demo“ lässt sich nicht laden: Die Tensoren der Datei passen nicht")
    assert said.endswith("1 fehlen: a; 2 nicht erwartet: b")
    full = Text.of("pull.disk", reason=Text.about(OSError(28, "No space left on device", "/models/a")))
    assert translated(full) == "Die Dateien lassen sich nicht lesen oder schreiben: /models/a: No space left on device"


def test_a_reason_with_an_unknown_id_stays_english_within_german(german: None) -> None:
    said = translated(Text.of("worker.not_started", reason=Text("All quiet.", "nonesuch.id")))
    assert said == "Der Modellprozess ließ sich nicht starten: All quiet."


def test_an_error_of_the_protocol_is_told_in_german(german: None) -> None:
    shown = problem("not_sent", reason=refused("message.name_length", field="model", most=128))
    assert shown.message.endswith("an das Backend senden: model muss 1 bis 128 Zeichen lang sein.")
    shown = problem("endpoint_unreadable", reason=EndpointError(Text.of("endpoint.none", file="a.json")))
    assert shown.message.endswith("In a.json hat sich kein Backend gemeldet.")


def test_the_device_is_named_in_german(german: None) -> None:
    device = translated(Text.of("device.processor", threads=2))
    assert text("backend.ready", device=device) == "Backend bereit auf dem Prozessor, 2 Threads"


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
