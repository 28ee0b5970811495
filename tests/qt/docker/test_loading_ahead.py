"""The chosen model is loaded before the first job, and the light says how long that takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from docker_jobs import DEMO, called, connected_with
from hands import pick, show_document, spin, wait_for, widget
from huebrush.session import session
from huebrush_protocol.messages import Hello, ModelInfo, Welcome
from huebrush_protocol.preparing import Preparation, Prepare
from krita import Document
from scripted_backend import ScriptedBackend

OTHER = ModelInfo("other", "Other", "other", "free", available=True)


@pytest.fixture
def backend(tmp_path: Path, document: Document) -> Iterator[ScriptedBackend]:
    """A backend beside an open document, with the docker as artists have it."""
    store = session().store
    store.plugin = replace(store.plugin, load_ahead=True)
    made = ScriptedBackend(tmp_path)
    yield made
    made.close()
    store.plugin = replace(store.plugin, load_ahead=False)


def tip() -> str:
    """What the light says."""
    return widget("huebrush_backend_light").toolTip()


def refresh() -> None:
    """Bring the docker up to date, as when the pointer enters."""
    widget("huebrush_panel").refresh()
    spin()


def test_the_light_says_how_long_the_model_loads(backend: ScriptedBackend) -> None:
    with called(backend):
        backend.greet(("prepare",))
        wait_for(lambda: session().link.is_ready, "the connection")
        refresh()
        assert backend.receive(Prepare) == Prepare("demo")
        backend.send(Preparation("demo", "loading", 7.2))
        wait_for(lambda: "7 s left" in tip(), "the time left")
        assert "Loading the model" in tip() and "7 s left" in widget("huebrush_backend_light").accessibleName()
        backend.send(Preparation("demo", "ready"))
        wait_for(lambda: "ready on" in tip(), "the model")
        refresh()
        assert backend.is_quiet, "the same wish is sent again"


def test_another_model_waits_until_there_is_a_reference(backend: ScriptedBackend, document: Document) -> None:
    with connected_with(backend, DEMO, OTHER, capabilities=("prepare",)):
        refresh()
        assert backend.receive(Prepare) == Prepare("demo")
        kept = widget("huebrush_reference_list").sources
        widget("huebrush_reference_list").set_sources(())
        pick("huebrush_model", "Other")
        assert backend.is_quiet, "a large model is loaded for a page without a reference"
        widget("huebrush_reference_list").set_sources(kept)
        refresh()
        assert backend.receive(Prepare) == Prepare("other")


@pytest.mark.parametrize("why", ["switched off", "old backend", "no weights", "no document"])
def test_nothing_is_asked_for(backend: ScriptedBackend, document: Document, why: str) -> None:
    store = session().store
    store.plugin = replace(store.plugin, load_ahead=why != "switched off")
    if why == "no document":
        show_document(None)
    refresh()
    with called(backend):
        assert backend.receive(Hello)
        models = (replace(DEMO, available=why != "no weights"),)
        backend.send(Welcome(1, "test", "", models, () if why == "old backend" else ("prepare",)))
        wait_for(lambda: session().link.is_ready, "the connection")
        refresh()
        assert backend.is_quiet
