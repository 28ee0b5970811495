"""Colorize with a selection: what the docker says before, and what of a result is written."""

from __future__ import annotations

from dataclasses import replace

import pytest
from docker_jobs import colorize
from hands import banner, click, layer_named, pick, result_of, spin, type_text, wait_for, widget
from huebrush import api
from huebrush.documents.pixels import Rect
from huebrush.jobs.effective_job import use_of_selection
from huebrush.jobs.selected_part import SelectedPart, clipped, clipped_copy
from huebrush.session import session
from huebrush.settings.advanced import AdvancedSettings
from huebrush.settings.flats import RegionSettings
from huebrush.settings.sources import ReferenceSource
from huebrush.settings.store import DocumentSettings
from huebrush.strokes.masks import Mask, pack_mask
from huebrush_protocol.frames import Image
from huebrush_protocol.messages import Acknowledge, ImageHeader, Result, Submit
from krita import Selection
from region_results import DYE, UNSURE

PLACE = (2, 3, 10, 8)
"""What is selected: x, y, width and height; half, as of 255."""


@pytest.fixture(autouse=True)
def selected(document, regions_as_new):
    """Something of the page is selected, by half."""
    selection = Selection()
    selection.select(*PLACE, 128)
    document.setSelection(selection)
    spin()
    widget("huebrush_panel").refresh()


def line():
    return widget("huebrush_in_selection")


def answer(backend, job: str, *layers: ImageHeader, **report: object) -> None:
    """Send opaque layers of one grey, and wait for the end."""
    data = [b"\x64\x64\x64\xff" * (header.width * header.height) for header in layers]
    backend.send(Result(job, {"recipe_version": 1}, layers, report), data)
    assert backend.receive(Acknowledge).job == job
    spin()


def names(document) -> list[str]:
    return [node.name() for node in document.rootNode().childNodes()]


def key() -> str:
    return widget("huebrush_panel")._document


def job():
    return session().jobs.latest(key())


def test_docker_says_it_before_the_press(able_backend, document):
    """A line at the button while something of the page is selected; off it stays off, also in the next Krita."""
    assert line().isVisible() and line().isChecked() and line().text() == "Only in the selection"
    line().look(document, DocumentSettings(regions=RegionSettings(result="colorize_mask")))
    assert line().isVisible() and not line().isEnabled() and "whole page" in line().text()
    pick("huebrush_result", "Check my flats")
    assert line().isVisible() and line().isEnabled() and line().text() == "Check only the selection"
    pick("huebrush_result", "Picture")
    click("huebrush_in_selection")
    assert session().store.plugin.in_selection is False
    answer(able_backend, colorize(able_backend).job, ImageHeader("layer", 40, 30, "BGRA", name="Colour"))
    assert job().selected is None
    click("huebrush_in_selection")
    for selection in (Selection(), None):
        if selection is not None:
            selection.select(100, 3, 10, 8, 255)
        document.setSelection(selection)
        widget("huebrush_panel").refresh()
        assert not line().isVisible()


def test_a_selection_for_an_edit_or_a_mask_is_none_for_the_result(able_backend, document):
    """It means what it always meant."""
    click("huebrush_page_edit")
    click("huebrush_edit_add")
    type_text("huebrush_edit_target", "red hair")
    pick("huebrush_edit_where", "Selection")
    assert line().isVisible() and not line().isEnabled() and "edit or a mask" in line().text()
    click("huebrush_page_colorize")
    sent = colorize(able_backend)
    assert [edit.mask for edit in sent.parameters.edits] == [0]
    answer(able_backend, sent.job, ImageHeader("layer", 40, 30, "BGRA", name="Colour"))
    assert job().selected is None
    click("huebrush_page_edit")
    click("huebrush_edit_remove")
    click("huebrush_page_colorize")
    assert line().isEnabled()
    masked = AdvancedSettings(foreground=True, line_art_mask=(ReferenceSource("selection", "", ""),))
    assert use_of_selection(DocumentSettings(advanced=masked)) == "otherwise"
    assert use_of_selection(DocumentSettings(advanced=replace(masked, foreground=False))) == "only_there"


def test_layers_are_clipped(able_backend, document):
    """Those of which nothing is left are left out."""
    pick("huebrush_result", "Flats, a layer per colour")
    headers = [
        ImageHeader("layer", 40, 30, "BGRA", name="sky #1", kind="color", color="#646464"),
        ImageHeader("layer", 9, 9, "BGRA", x=20, y=20, name="sea #2", kind="color", color="#646464"),
    ]
    answer(able_backend, colorize(able_backend).job, *headers)
    (made,) = layer_named(
        document, next(n for n in names(document) if n.startswith(("Picture ", "Flats ")))
    ).childNodes()
    assert made.name() == "sky #1"
    shown = [bytes(made.pixelData(x, y, 1, 1).data()) for x, y in ((2, 3), (11, 10), (1, 3), (12, 10))]
    assert shown == [bytes((100, 100, 100, 128))] * 2 + [bytes(4)] * 2


def test_nothing_within_is_said(able_backend, document):
    """No empty group is added."""
    before = names(document)
    answer(able_backend, colorize(able_backend).job, ImageHeader("layer", 9, 9, "BGRA", x=20, y=20, name="Colour"))
    assert names(document) == before
    assert (banner() or "")[0] == "nothing_in_selection"


def test_corrections_keep_to_the_same_place(able_backend, document):
    """They do not look at what is selected by then, and refuse a page of another size."""
    pick("huebrush_result", "Flats")
    answer(
        able_backend,
        colorize(able_backend).job,
        ImageHeader("layer", 40, 30, "BGRA", name="Flats"),
        regions=2,
        places_to_check=[{**UNSURE, "x": 3.0, "y": 4.0, "spots": []}, UNSURE],
    )
    assert widget("huebrush_places_to_check").text() == "1 place to check"
    part = job().selected
    assert part is not None and (part.width, part.height) == (40, 30)
    document.setSelection(None)
    widget("huebrush_panel").refresh()
    click("huebrush_page_check")
    click("huebrush_fix_all")
    again = able_backend.receive(Submit)
    assert [fix.color for fix in again.parameters.regions.fixes] == [DYE["color"]]
    answer(able_backend, again.job, ImageHeader("layer", 40, 30, "BGRA", name="Flats"), regions=2)
    assert job().selected == part
    document.resizeImage(0, 0, 60, 30)
    widget("huebrush_panel").places_to_check.make_again(())
    wait_for(lambda: not job().is_active, "the end")
    assert (banner() or "")[0] == "selected_on_other_page"
    click("huebrush_page_colorize")


def test_a_check_lists_what_is_selected(able_backend, document):
    """The other places are found too, but not listed; repairs stay within the selection, whatever is selected then."""
    inside = {**UNSURE, "x": 3.0, "y": 4.0, "spots": []}
    pick("huebrush_result", "Check my flats")
    pick("huebrush_flats", "Background")
    answer(able_backend, colorize(able_backend).job, regions=2, places_to_check=[inside, UNSURE])
    assert widget("huebrush_places_to_check").text() == "1 place to check"
    document.setSelection(None)
    click("huebrush_page_check")
    click("huebrush_fix_all")
    again = able_backend.receive(Submit)
    repaired = ImageHeader("layer", 40, 30, "BGRA", name="Repairs", kind="flats")
    answer(able_backend, again.job, repaired, regions=2, places_to_check=[UNSURE])
    group = document.rootNode().childNodes()[-2]
    assert [node.name() for node in group.childNodes()] == ["Repairs"]
    opacities = [bytes(group.childNodes()[0].pixelData(x, y, 1, 1).data())[3] for x, y in ((2, 3), (11, 10), (1, 3))]
    assert opacities == [128, 128, 0]
    assert widget("huebrush_places_to_check").text() == "Selection clean"
    click("huebrush_page_colorize")
    pick("huebrush_result", "Picture")


def test_scripts_ask_for_it(able_backend, document):
    reference = layer_named(document, "Reference")
    for wanted in (False, True):
        started = api.colorize(document, references=[reference], in_selection=wanted)
        sent = able_backend.receive(Submit)
        answer(able_backend, sent.job, ImageHeader("layer", 40, 30, "BGRA", name="Colour"))
        assert (started.selected is not None) == wanted


@pytest.mark.parametrize("order", ["GRAY", "BGRA"])
def test_bytes_of_clipped_layers(order):
    """Opacity is multiplied, colours stay; of copies the lesser opacity counts; bytes without opacity are 0."""
    size = len(order) if order == "BGRA" else 1
    shares = bytes((0, 1, 100, 255))
    part = SelectedPart(8, 8, result_of(pack_mask(Mask(Rect(2, 1, 4, 1), shares))))
    rows = b"".join(bytes((7,) * (size - 1) + (200,)) for _ in range(16))
    image = Image(ImageHeader("layer", 8, 2, order, x=0, y=0, stride=8 * size), memoryview(rows))
    for clip, opacity in ((clipped, (0, 1, 78, 200)), (clipped_copy, (0, 1, 100, 200))):
        (made,) = result_of(clip([image], part))
        assert (made.header.x, made.header.y, made.header.width, made.header.height) == (2, 1, 4, 1)
        pixels = bytes(made.data)
        assert tuple(pixels[size - 1 :: size]) == opacity
        if size == 4:
            assert pixels[:4] == bytes(4) and pixels[4:7] == b"\7\7\7"
