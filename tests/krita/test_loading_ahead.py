"""The backend starts and loads the model when the docker is seen beside a document, before anything is pressed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from example import LINE_ART, REFERENCE
from krita_program import KritaProgram

SESSION = "__import__('huebrush.session', fromlist=['session']).session()"
STATE = f"{SESSION}.preparing.state and {SESSION}.preparing.state.state"
LIGHT = "hands.widget('huebrush_backend_light').toolTip()"


@pytest.fixture(scope="module")
def fresh_krita(prepared_home: Path) -> Iterator[KritaProgram]:
    """A Krita as an artist has it, with the built-in model."""
    krita = KritaProgram(like=prepared_home, load_ahead=True)
    yield krita
    krita.stop()


def test_the_model_is_ready_before_the_press(fresh_krita: KritaProgram):
    krita = fresh_krita
    assert krita.value(f"{SESSION}.link.state.value") == "off", "without a document nothing is started"
    krita.run(f"hands.make_document({str(LINE_ART)!r}, {str(REFERENCE)!r})")
    said = krita.wait_for(f"({STATE}) == 'loading' and {LIGHT}", "the model to be loaded")
    assert "Loading the model" in said and "left" in said, said
    krita.wait_for(f"({STATE}) == 'ready'", "the model to be ready")
    assert "ready on" in krita.value(LIGHT)
    assert krita.value("hands.job()") is None and not krita.value("hands.banner()")

    krita.run(
        "hands.phases = []\n"
        f"hands.listener = lambda received: hands.phases.append(getattr(received.message, 'phase', ''))\n"
        f"{SESSION}.link.received.connect(hands.listener)\n"
        "hands.type_number('huebrush_steps_number', 2); hands.click('huebrush_colorize')"
    )
    assert krita.wait_for_end() == "done"
    phases = [phase for phase in krita.value("hands.phases") if phase]
    assert phases.count("loading") == 1 and phases[1] == "preparing", phases  # said, and over at once


def test_what_the_artist_stopped_stays_off(fresh_krita: KritaProgram):
    krita = fresh_krita
    krita.run(f"{SESSION}.link.stop()")
    krita.run(f"hands.make_document({str(LINE_ART)!r}, {str(REFERENCE)!r})")
    krita.run("hands.widget('huebrush_panel').refresh(); hands.spin(1.0)")
    assert krita.value(f"{SESSION}.link.state.value") == "off"
    assert krita.value(STATE) is None
