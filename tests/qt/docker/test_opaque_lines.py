"""The advice on line art whose paper hides the colours: the blending mode that shows them depends on the paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from docker_jobs import DEMO, colorize, connected_with
from hands import banner, click, pick, spin, wait_for, widget
from huebrush.base.qt import QtCore, QtGui
from huebrush.jobs.foresight import opaque_paper
from huebrush_protocol.messages import Failed, ImageHeader, Result
from krita import Document
from scripted_backend import ScriptedBackend

OPAQUE = bytes((40, 40, 40, 255)) * 1200
"""A layer of 40 × 30 pixels without a transparent one."""


@pytest.fixture(autouse=True)
def connected(document: Document, backend: ScriptedBackend) -> Iterator[None]:
    """A connection, and line art that covers all of the page."""
    lines(document).setPixelData(QtCore.QByteArray(OPAQUE), 0, 0, 40, 30)
    with connected_with(backend, DEMO):
        pick("huebrush_model", "Demo")
        yield


def lines(document: Document) -> Any:
    """The line-art layer."""
    return next(node for node in document.rootNode().childNodes() if node.name() == "Line art")


def finish(backend: ScriptedBackend, **recipe: object) -> None:
    """Colorize; the backend answers with this recipe."""
    job = colorize(backend).job
    header = ImageHeader("layer", 40, 30, "BGRA", name="Flats")
    backend.send(Result(job, {"recipe_version": 1, **recipe}, (header,)), [OPAQUE])
    wait_for(lambda: widget("huebrush_phase").text() == "Done.", "the layers")
    spin()


@pytest.mark.parametrize(
    "recipe, before, after",
    [
        ({}, "normal", "multiply"),
        ({"light_lines": False}, "normal", "multiply"),
        ({"light_lines": False}, "screen", "multiply"),
        ({"light_lines": True}, "normal", "screen"),
        ({"light_lines": True}, "multiply", "screen"),
    ],
)
def test_the_button_sets_the_mode_that_shows_the_colours(
    document: Document, backend: ScriptedBackend, recipe: dict[str, bool], before: str, after: str
) -> None:
    """Multiply for dark lines, Screen for light ones; also where the layer has the other's mode."""
    lines(document).setBlendingMode(before)
    finish(backend, **recipe)
    said = {"multiply": ("opaque_lines", "Set to Multiply"), "screen": ("opaque_light_lines", "Set to Screen")}
    assert banner() == said[after]
    click("huebrush_banner_remedy")
    assert lines(document).blendingMode() == after and banner() is None


@pytest.mark.parametrize("light, mode", [(False, "multiply"), (True, "screen"), (True, "darken")])
def test_nothing_is_said_where_the_layer_has_a_mode_that_may_be_right(
    document: Document, backend: ScriptedBackend, light: bool, mode: str
) -> None:
    """The mode that shows the colours, or one that the artist has chosen for other reasons."""
    lines(document).setBlendingMode(mode)
    finish(backend, light_lines=light)
    assert banner() is None


@pytest.mark.parametrize("mode, said", [("normal", "grey_and_opaque"), ("multiply", "grey_document")])
def test_a_grey_document_shows_its_colours_by_one_click(
    document: Document, backend: ScriptedBackend, mode: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its page alone, or together with opaque paper: a grey scan opens as such a document."""
    spaces: list[str] = []
    monkeypatch.setattr(document, "setColorSpace", lambda *space: spaces.append(space[0]), raising=False)
    monkeypatch.setattr(document, "colorDepth", lambda: "U8", raising=False)
    monkeypatch.setattr(document, "colorModel", lambda: "RGBA" if spaces else "GRAYA")
    lines(document).setBlendingMode(mode)
    finish(backend)
    assert banner() == (said, "Show colours")
    click("huebrush_banner_remedy")
    assert spaces == ["RGBA"] and lines(document).blendingMode() != "normal" and banner() is None


@pytest.mark.parametrize("is_grey, mode", [(True, "multiply"), (False, "normal")])
def test_half_of_that_mended_by_hand_is_not_enough(
    document: Document, backend: ScriptedBackend, is_grey: bool, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "colorModel", lambda: "GRAYA")
    finish(backend)
    monkeypatch.setattr(document, "colorModel", lambda: "GRAYA" if is_grey else "RGBA")
    lines(document).setBlendingMode(mode)
    widget("huebrush_panel").refresh()
    assert banner() == ("grey_and_opaque", "Show colours")


def test_what_would_hide_a_result_is_said_before_it_and_mended_by_one_click(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opaque paper, a grey page, or both; the message goes as soon as the artist has mended it by hand, too."""
    spaces: list[str] = []
    monkeypatch.setattr(document, "setColorSpace", lambda *space: spaces.append(space[0]), raising=False)
    monkeypatch.setattr(document, "colorDepth", lambda: "U8", raising=False)
    monkeypatch.setattr(document, "colorModel", lambda: "RGBA" if spaces else "GRAYA")
    widget("huebrush_panel").refresh()
    assert banner() == ("hidden_both", "Show colours")
    click("huebrush_banner_remedy")
    assert spaces == ["RGBA"] and lines(document).blendingMode() == "screen" and banner() is None
    lines(document).setBlendingMode("normal")
    widget("huebrush_panel").refresh()
    assert banner() == ("hidden_paper", "Show colours")
    lines(document).setBlendingMode("darken")
    widget("huebrush_panel").refresh()
    assert banner() is None
    spaces.clear()
    widget("huebrush_panel").refresh()
    assert banner() == ("hidden_grey", "Show colours")
    click("huebrush_banner_dismiss")
    assert banner() is None


def test_light_paper_is_multiplied_and_lines_on_nothing_are_left_alone(document: Document) -> None:
    lines(document).setPixelData(QtCore.QByteArray(bytes((250, 250, 250, 255)) * 1200), 0, 0, 40, 30)
    widget("huebrush_panel").refresh()
    assert banner() == ("hidden_paper", "Show colours")
    click("huebrush_banner_remedy")
    assert lines(document).blendingMode() == "multiply"
    lines(document).setBlendingMode("normal")
    lines(document).setPixelData(QtCore.QByteArray((bytes((0, 0, 0, 255)) * 200 + bytes(800)) * 3), 0, 0, 40, 30)
    widget("huebrush_panel").refresh()
    assert banner() is None


@pytest.mark.parametrize(
    "size, paper, hole, is_paper",
    [
        ((48, 40), (0, 0, 45, 36), None, True),
        ((48, 40), (0, 0, 45, 36), (20, 20, 6, 6), False),
        ((48, 40), (3, 2, 45, 36), None, True),
        ((48, 40), (0, 0, 9, 36), None, False),
        ((48, 48), (0, 0, 0, 0), None, False),
    ],
)
def test_paper_is_found_in_a_small_picture_of_whole_tiles(
    document: Document,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
    paper: tuple[int, int, int, int],
    hole: tuple[int, int, int, int] | None,
    is_paper: bool,
) -> None:
    """Krita shows a layer's tiles as far as they go, also beyond the page; a panel or a frame is no paper."""
    layer = document.createNode("Scan", "paintlayer")
    monkeypatch.setattr(document, "width", lambda: 600)
    monkeypatch.setattr(document, "height", lambda: 480)
    small = QtGui.QImage(*size, QtGui.QImage.Format.Format_ARGB32)
    small.fill(0)
    painter = QtGui.QPainter(small)
    painter.fillRect(QtCore.QRect(*paper), QtGui.QColor("white"))
    painter.setCompositionMode(QtGui.QPainter.CompositionMode.CompositionMode_Clear)
    painter.fillRect(QtCore.QRect(*(hole or (0, 0, 0, 0))), QtGui.QColor("white"))
    painter.end()
    monkeypatch.setattr(layer, "thumbnail", lambda _width, _height: small, raising=False)
    monkeypatch.setattr(layer, "bounds", lambda: QtCore.QRect(0, 0, 600, 480), raising=False)
    assert opaque_paper(document, layer) == ("multiply" if is_paper else None)


def test_a_dismissed_failure_hides_no_word_before_the_next_run(document: Document, backend: ScriptedBackend) -> None:
    """What the artist has dismissed is over; that the paper would hide a result is not."""
    lines(document).setBlendingMode("normal")
    backend.send(Failed(colorize(backend).job, "out_of_memory", "The card is full.", "Close other programs."))
    wait_for(lambda: (banner() or ("",))[0] not in ("", "hidden_paper"), "the failure")
    click("huebrush_banner_dismiss")
    assert (banner() or ("",))[0] == "hidden_paper"
    click("huebrush_banner_dismiss")
    widget("huebrush_panel").refresh()
    assert banner() is None


def test_a_dismissed_advice_on_the_result_is_not_given_again_in_other_words(
    document: Document, backend: ScriptedBackend
) -> None:
    lines(document).setBlendingMode("normal")
    finish(backend)
    click("huebrush_banner_dismiss")
    widget("huebrush_panel").refresh()
    assert banner() is None
