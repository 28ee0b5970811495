"""Edits whose places meet: which of them counts is said in the list, and when the job begins, not only at its end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from brush_steps import answer, brushed, painted, settled
from docker_jobs import DEMO, connected_with, remembered
from hands import Key, banner, click, pick, press, result_of, spin, type_text, wait_for, widget
from huebrush.documents.pixels import Rect
from huebrush.strokes.masks import Mask, masks_meet
from huebrush_protocol.messages import CAPABILITIES
from krita import Selection
from scripted_backend import ScriptedBackend

pytestmark = pytest.mark.usefixtures("edits_shown")


@pytest.fixture
def connected(document, backend: ScriptedBackend) -> Iterator[ScriptedBackend]:
    """A backend that can edit places of a page, and a selection."""
    selection = Selection()
    selection.select(0, 0, 10, 20, 255)
    document.setSelection(selection)
    with connected_with(backend, DEMO, capabilities=CAPABILITIES):
        yield backend
    document.setSelection(None)


def selected(target: str) -> None:
    """Add an edit that acts in the selection."""
    click("huebrush_edit_add")
    type_text("huebrush_edit_target", target)
    pick("huebrush_edit_where", "Selection")


def said() -> str:
    """What stands in the list about edits that meet, "" where nothing does."""
    label = widget("huebrush_edits_meeting")
    return label.text() if label.isVisible() else ""


def test_an_overlap_is_told_when_the_job_begins(document, connected):
    brushed("blue hair")
    painted(document, (remembered().edits[0].color, 8, 4, 6, 5))
    selected("green hair")
    click("huebrush_edits_apply")
    wait_for(lambda: banner() == ("edits_overlap", ""), "what is told")
    assert widget("huebrush_banner_text").text() == "“green hair” covers part of “blue hair”."
    assert widget("huebrush_cancel").isVisible(), "there is time to think again"
    answer(connected)
    settled(connected)
    assert banner() is None, "what the backend has found in the end counts"


def test_places_apart_are_not_spoken_of(document, connected):
    brushed("blue hair")
    painted(document, (remembered().edits[0].color, 10, 4, 6, 5))
    selected("green hair")
    click("huebrush_edits_apply")
    answer(connected)
    assert banner() is None
    settled(connected)


def test_the_list_says_which_one_counts(document):
    brushed("blue hair")
    brushed("red hat")
    assert said() == "", "a stroke's pixel is of one edit alone"
    press("huebrush_edit_whole_regions", Key.Key_Space)
    assert said() == "Where the two meet, “red hat” counts, not “blue hair”: it is later in the list."
    press("huebrush_edits_list", Key.Key_Space)
    assert said() == "", "one that is off meets nobody"
    selected("green top")
    assert "“green top” counts, not “blue hair”" in said()
    click("huebrush_edit_up")
    click("huebrush_edit_up")
    assert "“blue hair” counts, not “green top”" in said(), "the order is turned round"
    selected("pink shoes")
    assert said().startswith("“pink shoes” covers “green top” completely")
    pick("huebrush_edit_where", "Text brush")
    assert said() == "Where edits meet, the later one in the list counts."
    spin()


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Mask(Rect(5, 5, 2, 2), b"\xff" * 4), True),
        (Mask(Rect(5, 5, 2, 2), b"\0\0\0\xff"), False),
        (Mask(Rect(6, 6, 2, 2), b"\x01" * 4), False),
        (Mask(Rect(-3, -3, 4, 4), b"\x01" * 16), True),
        (Mask(Rect(6, 0, 4, 4), b"\xff" * 16), False),
        (Mask(Rect(0, 40, 4, 4), b"\xff" * 16), False),
    ],
)
def test_masks_meet_in_a_pixel_or_not_at_all(other: Mask, expected: bool):
    """The first is painted at (0, 0) and, softly, at (5, 5); what only touches it does not meet it."""
    data = bytearray(36)
    data[0], data[35] = 255, 128
    one = Mask(Rect(0, 0, 6, 6), bytes(data))
    assert (result_of(masks_meet(one, other)), result_of(masks_meet(other, one))) == (expected, expected)
