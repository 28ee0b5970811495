"""Painted edits with flats as the result: what the backend gets, and what becomes of the layers that are edited."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from brush_steps import answer, brushed, edited, names, painted, settled
from docker_jobs import DEMO, connected_with, forget_regions, remembered
from hands import click, pick, wait_for
from huebrush.results.recipes import read_newest_settings
from huebrush.settings.store import read_settings
from huebrush.strokes.target_layer import layer_to_edit
from huebrush_protocol.messages import CAPABILITIES
from scripted_backend import ScriptedBackend

pytestmark = pytest.mark.usefixtures("edits_shown")


@pytest.fixture
def connected(document, backend: ScriptedBackend) -> Iterator[ScriptedBackend]:
    """A backend that can edit places of a page."""
    with connected_with(backend, DEMO, capabilities=CAPABILITIES):
        yield backend
    forget_regions()


@pytest.mark.parametrize(("label", "name"), [("Flats", "flats"), ("Flats, a layer per colour", "flats_by_color")])
def test_flats_are_made_with_what_is_painted_and_stay_layers_when_edited(document, connected, label, name):
    pick("huebrush_result", label)
    brushed("#c81e28")
    painted(document, (remembered().edits[0].color, 3, 4, 6, 5))
    click("huebrush_colorize")
    got = answer(connected)
    assert got["result"] == name and got["edits"][0].mask == 0 and "before" not in got["images"]
    settled(connected)
    group = layer_to_edit(document)
    assert group is not None and "Text brush" not in names(document)

    click("huebrush_edit_brush")
    painted(document, (remembered().edits[0].color, 20, 4, 6, 5))
    click("huebrush_edits_apply")
    got = answer(connected)
    assert got["result"] == name, "one layer stays one, a stack a stack"
    ((before, _),) = got["images"]["before"]
    ((mask, _),) = got["images"]["edit_mask"]
    assert (before.width, before.height) == (40, 30) and (mask.x, mask.width) == (20, 6)
    settled(connected)
    assert names(document)[:3] == ["Line art", "#c81e28 · edit", group.name()]
    assert not group.visible()
    wait_for(lambda: edited(document).name() == "#c81e28 · edit", "the new layer to go on from")
    assert remembered().regions.result == name, "the docker keeps what was chosen for the next page"
    record = read_settings(read_newest_settings(document))
    assert record.edits[0].target == "#c81e28" and record.regions.result == name
    assert edited(document).type() == ("paintlayer" if name == "flats" else "grouplayer")
