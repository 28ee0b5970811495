"""Painting panel by panel: what the model sees of each, how the page is put together, and how its colours agree."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from huebrush_backend.comics.layout import find_layout
from huebrush_backend.engine import panels as panels_module
from huebrush_backend.engine.flats import RegionMaker
from huebrush_backend.engine.page_ink import PageInk
from huebrush_backend.engine.page_layout import PageLayouts, layout_note
from huebrush_backend.engine.page_lines import PageLines
from huebrush_backend.engine.panel_colors import agreeing
from huebrush_backend.engine.panels import paint_panels
from huebrush_backend.engine.picture_cache import ModelPicture
from huebrush_backend.engine.progress import EngineProgress
from huebrush_backend.engine.request import Cancelled, ColorizeRequest, PreviewEvent, ProgressEvent, Reference
from huebrush_backend.flats.colors.reference_looks import ReferenceLooks
from huebrush_backend.flats.colors.reference_palette import ReferencePalette
from huebrush_backend.imaging.color import color_difference
from huebrush_protocol.parameters import PANELS_OFF, Parameters
from huebrush_protocol.regions import RegionParameters

from tests.unit.comics.comic_drawings import PANELS, comic_page, speech

TONES = ((200, 40, 40), (40, 160, 60), (40, 60, 200))


def line_art() -> np.ndarray:
    tone = 255 - comic_page()
    return np.dstack([tone, tone, tone, np.full_like(tone, 255)])


def a_request(**changes: Any) -> ColorizeRequest:
    return ColorizeRequest("demo", line_art(), (), Parameters(steps=4, **changes))


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[SimpleNamespace]:
    """Arguments of the painter for each panel; it returns a plain picture in the next of `TONES`."""
    calls: list[SimpleNamespace] = []

    def paint(
        request: ColorizeRequest, lines: PageLines, model: Any, progress: EngineProgress, palette: ReferencePalette
    ) -> ModelPicture:
        calls.append(SimpleNamespace(request=request, ink=lines.ink))
        progress.step(1, 4)
        height, width = lines.ink.shape
        picture = np.full((round(height / 2), round(width / 2), 3), TONES[len(calls) - 1], np.uint8)
        progress.preview(1, picture)
        weights = np.full((8, 8, len(palette)), (len(calls) - 1) / 2, np.float16)
        return ModelPicture(picture, request.parameters, None, (), ReferenceLooks(palette, weights))

    monkeypatch.setattr(panels_module, "paint_picture", paint)
    return calls


def painted(request: ColorizeRequest, events: list[Any], cancelled: bool = False) -> ModelPicture:
    lines = PageLines(request)
    layout = find_layout(lines.ink_bytes)
    assert layout is not None
    progress = EngineProgress(request, events.append, lambda: cancelled)
    model = SimpleNamespace(pipeline=SimpleNamespace(trims_margins=False))
    return paint_panels(request, lines, layout, model, progress)  # type: ignore[arg-type]


def test_each_panel_is_seen_alone_and_lies_in_its_place(seen: list[SimpleNamespace]) -> None:
    picture = painted(a_request(), []).picture
    assert picture is not None and len(seen) == 3
    down, across = picture.shape[0] / 800, picture.shape[1] / 600
    for (left, top, right, bottom), tone, call in zip(PANELS, TONES, seen, strict=True):
        middle = picture[int((top + bottom) / 2 * down), int((left + right) / 2 * across)]
        assert color_difference(middle, np.array(tone, np.uint8)) < 1
        height, width = call.ink.shape
        assert abs(width - (right - left)) < 40 and abs(height - (bottom - top)) < 40
        assert call.request.line_art.shape[:2] == call.ink.shape
        assert not call.ink[:, -2:].any()  # the margin shows nothing of the neighbours
    assert tuple(picture[2, 2]) == (255, 255, 255)


def test_each_panel_goes_on_from_its_own_part(seen: list[SimpleNamespace]) -> None:
    rows, columns = np.indices((800, 600))
    page = np.dstack([rows % 256, columns % 256, rows // 256, np.full_like(rows, 255)]).astype(np.uint8)
    painted(replace(a_request(), initial=Reference(page, "Result")), [])
    for (left, top, right, bottom), call in zip(PANELS, seen, strict=True):
        part = call.request.initial.pixels
        assert part.shape[:2] == call.ink.shape and call.request.initial.name == "Result"
        middle = part[part.shape[0] // 2, part.shape[1] // 2].astype(int)
        assert abs(middle[0] + 256 * middle[2] - (top + bottom) / 2) < 3
        assert abs(middle[1] - (left + right) / 2 % 256) < 3
        assert np.array_equal(part[..., 3] == 0, call.request.line_art[..., 3] == 0)  # of the neighbours nothing


def test_what_the_panels_looked_at_lies_in_their_places(seen: list[SimpleNamespace]) -> None:
    reference = np.full((64, 64, 4), (200, 40, 40, 255), np.uint8)
    looks = painted(replace(a_request(), references=(Reference(reference),)), []).looks
    assert looks is not None and looks.weights.shape[2] == 1
    rows, columns = looks.weights.shape[:2]
    for number, (left, top, right, bottom) in enumerate(PANELS):
        middle = looks.weights[int((top + bottom) / 2 * rows / 800), int((left + right) / 2 * columns / 600), 0]
        assert abs(float(middle) - number / 2) < 1e-3


def test_progress_counts_all_panels_and_previews_show_the_page(seen: list[SimpleNamespace]) -> None:
    events: list[Any] = []
    painted(a_request(), events)
    steps = [event for event in events if isinstance(event, ProgressEvent)]
    assert [event.fraction for event in steps] == sorted(event.fraction for event in steps)
    assert steps[0].fraction < 1 / 3 < steps[1].fraction < 2 / 3 < steps[2].fraction
    assert all(event.seconds_left is not None for event in steps)
    previews = [event.pixels for event in events if isinstance(event, PreviewEvent)]
    assert len(previews) == 3 and len({preview.shape for preview in previews}) == 1
    whites = [float((preview == 255).all(axis=2).mean()) for preview in previews]
    assert whites[0] > whites[1] > whites[2]


def test_it_stops_between_steps(seen: list[SimpleNamespace]) -> None:
    with pytest.raises(Cancelled):
        painted(a_request(), [], cancelled=True)
    assert len(seen) == 1


def test_the_note_tells_how_many_panels_there_are(seen: list[SimpleNamespace]) -> None:
    note = painted(a_request(), []).notes[0]
    assert note.id == "note.panels" and note.arguments["count"] == 3


def test_layouts_are_off_on_request_and_kept_for_the_same_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    layouts, ink = PageLayouts(), comic_page()
    assert layouts.of(a_request(panels=PANELS_OFF), PageInk(ink)) is None
    first = layouts.of(a_request(), PageInk(ink))
    assert first is not None and layouts.of(a_request(), PageInk(ink.copy())) is first
    assert layout_note(first).arguments["balloons"] == 0
    assert layouts.of(a_request(), PageInk(np.zeros_like(ink))) is None


def test_the_same_part_gets_one_colour_and_other_parts_keep_theirs() -> None:
    rng = np.random.default_rng(1)

    def picture(hair: tuple[int, int, int], coat: tuple[int, int, int]) -> np.ndarray:
        plain = np.zeros((40, 60, 3), np.int16)
        plain[:, :40], plain[:, 40:] = hair, coat
        return np.clip(plain + rng.integers(-4, 5, plain.shape), 0, 255).astype(np.uint8)

    first, second = picture((180, 60, 60), (40, 60, 160)), picture((172, 68, 52), (220, 210, 60))
    one, other = agreeing([first, second])
    assert color_difference(one[:, :40].mean((0, 1)).astype(np.uint8), other[:, :40].mean((0, 1)).astype(np.uint8)) < 2
    assert (
        color_difference(first[:, :40].mean((0, 1)).astype(np.uint8), second[:, :40].mean((0, 1)).astype(np.uint8)) > 3
    )
    assert np.abs(one[:, 40:].astype(int) - first[:, 40:]).max() <= 6
    assert np.abs(other[:, 40:].astype(int) - second[:, 40:]).max() <= 6


def test_flats_leave_gutters_and_balloons_unpainted_unless_wanted_or_hinted() -> None:
    ink = comic_page()
    speech(ink, 200, 110)
    tone = 255 - ink
    lines = np.dstack([tone, tone, tone, np.full_like(tone, 255)])
    layout = find_layout(ink)
    picture = np.full((400, 300, 3), (120, 60, 30), np.uint8)

    def alpha(
        places: tuple[tuple[int, int], ...], hints: np.ndarray | None = None, kind: str | None = None, **changes: Any
    ) -> list[int]:
        parameters = Parameters(regions=RegionParameters(result="flats", **changes))
        request = ColorizeRequest("demo", lines, (), parameters, hints=hints)
        shown = ModelPicture(picture, parameters, None, ())
        result = RegionMaker().make(request, None, PageInk(ink), shown, lambda: None, layout)
        page = np.zeros((*ink.shape, 4), np.uint8)
        for layer in result.layers:
            if kind is not None and layer.kind != kind:
                continue
            height, width = layer.pixels.shape[:2]
            page[layer.y : layer.y + height, layer.x : layer.x + width] = layer.pixels
        assert not [place for place in result.flats_report["places_to_check"] if place["kind"] == "unpainted"]
        return [int(page[y, x, 3]) for x, y in places]

    panel, gutter, balloon, letter = (450, 100), (300, 312), (130, 110), (172, 98)
    assert alpha((panel, gutter, balloon, letter)) == [255, 0, 0, 0]
    assert alpha((panel, gutter, balloon, letter), paint_paper=True) == [255, 255, 255, 255]
    assert alpha((panel, gutter, balloon), kind="picture", keep_picture=True) == [255, 0, 0]
    assert alpha((panel, gutter), kind="picture", keep_picture=True, paint_paper=True) == [255, 255]
    hints = np.zeros((*ink.shape, 4), np.uint8)
    hints[305:315, 100:120] = (255, 220, 0, 255)
    assert alpha((panel, gutter, balloon), hints) == [255, 255, 0]


def test_the_picture_of_a_strip_parts_its_open_drawings() -> None:
    ink, colors = np.zeros((3600, 400), np.uint8), np.full((3600, 400, 3), 255, np.uint8)
    for number, top in enumerate(range(0, 3600, 600)):
        cv2.ellipse(ink, (200, top + 300), (120, 160), 0, 12, 348, 255, 4)
        cv2.ellipse(colors, (200, top + 300), (120, 160), 0, 0, 360, TONES[number % 3], -1)
    layout = find_layout(ink)
    assert layout is not None and len(layout.boxes) > 1
    tone = 255 - ink
    parameters = Parameters(regions=RegionParameters(result="flats", gap=3))
    request = ColorizeRequest("demo", np.dstack([tone, tone, tone, np.full_like(tone, 255)]), (), parameters)
    shown = ModelPicture(cv2.resize(colors, (200, 1800)), parameters, None, ())
    made = RegionMaker().make(request, None, PageInk(ink), shown, lambda: None, layout)
    page = np.zeros((*ink.shape, 3), np.uint8)
    for layer in made.layers:
        height, width = layer.pixels.shape[:2]
        page[layer.y : layer.y + height, layer.x : layer.x + width] = layer.pixels[..., :3]
    right = [
        color_difference(page[top + 300, 200], np.array(TONES[at % 3], np.uint8)) < 3
        for at, top in enumerate(range(0, 3600, 600))
    ]
    assert all(right) and len(made.flats_report["color_borders"]) == 6
