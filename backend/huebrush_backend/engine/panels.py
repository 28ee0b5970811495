"""Paints a comic page panel by panel: each at the model's full size, all after the same references."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from huebrush_backend.comics.layout import PageLayout
from huebrush_backend.engine.initial import initial_section
from huebrush_backend.engine.model_holder import LoadedModel
from huebrush_backend.engine.page_layout import layout_note, without_lettering
from huebrush_backend.engine.page_lines import PageLines
from huebrush_backend.engine.panel_colors import agreeing
from huebrush_backend.engine.picture import paint_picture
from huebrush_backend.engine.picture_cache import ModelPicture
from huebrush_backend.engine.progress import EngineProgress
from huebrush_backend.engine.reference_colors import palette_of
from huebrush_backend.engine.request import ColorizeRequest
from huebrush_backend.flats.colors.reference_looks import ReferenceLooks
from huebrush_backend.flats.colors.reference_palette import ReferencePalette
from huebrush_backend.flats.regions.paper import on_page
from huebrush_backend.imaging.brush_masks import Window

MOST_PIXELS = 8_000_000
"""Most pixels of the page's picture: memory stays bounded however long a strip is."""
MOST_LOOKS = 262_144
"""Most cells of a page of which it is kept what they looked at."""
_LONGEST = 30_000
"""Longest side of the page's picture in pixels: OpenCV transforms no longer ones."""
MARGIN = 0.02
"""Width of the margin around a panel that the model sees, in the panel's longer sides."""
_LEAST_INK = 40
"""Fewest pixels of ink in a panel that is painted: an empty one stays white."""
_PREVIEW = 512
"""Longer side of a preview of the page in pixels; a strip's is longer, so that it can be made out."""


def paint_panels(
    request: ColorizeRequest, lines: PageLines, layout: PageLayout, model: LoadedModel, progress: EngineProgress
) -> ModelPicture:
    """Paint a new picture of `request`, whose page has this `layout`.

    Each panel is a picture of its own in which the other panels, black gutters and lettering are blank. Raises the
    errors of `paint_picture`; cancelling is noticed within one step.
    """
    ink = without_lettering(lines.ink, layout)
    windows, pictures, kept_parts, notes = [], [], [], []
    parameters, palette, looks = request.parameters, palette_of(request, model.pipeline.trims_margins), []
    preview = _PagePreview(layout)
    for number in range(1, len(layout.boxes) + 1):
        window = _window(layout, number)
        section = _blanked(ink, layout, window, number)
        progress.begin_run(number - 1, len(layout.boxes))
        if np.count_nonzero(section >= 0.25) < _LEAST_INK:
            continue
        progress.place_previews(lambda pixels, at=window, of=number: preview.shown(pixels, at, of))
        try:
            request_here = _section_request(request, layout, window, number)
            painted = paint_picture(request_here, PageLines(request_here, section), model, progress, palette=palette)
        finally:
            progress.place_previews(None)
        assert painted.picture is not None
        preview.keep(painted.picture, window, number)
        parameters = painted.parameters
        windows.append((window, number))
        pictures.append(painted.picture)
        kept_parts.append(painted.kept)
        looks.append(painted.looks)
        notes += [note for note in painted.notes if note not in notes]
    if pictures:
        pictures = agreeing(pictures)
    picture = _assembled(layout, windows, pictures)
    kept = _kept(layout, windows, kept_parts)
    settled = replace(parameters, regions=request.parameters.regions, edits=request.parameters.edits)
    return ModelPicture(
        picture, settled, kept, (layout_note(layout), *notes), _page_looks(layout, windows, looks, palette)
    )


def _window(layout: PageLayout, number: int) -> Window:
    left, top, width, height = layout.boxes[number - 1]
    margin = max(2, round(MARGIN * max(width, height)))
    x, y = max(0, left - margin), max(0, top - margin)
    return Window(x, y, min(layout.width, left + width + margin) - x, min(layout.height, top + height + margin) - y)


def _blanked(ink: np.ndarray, layout: PageLayout, window: Window, number: int) -> np.ndarray:
    """Return the coverage (h,w) float32 of a panel in its window, without that of other panels and of gutters."""
    return np.where(_visible(layout, window, number), ink[window.slices], np.float32(0)).astype(np.float32)


def _visible(layout: PageLayout, window: Window, number: int) -> np.ndarray:
    """Return (h,w) bool: what of a window belongs to a panel, or lies beside it outside of all others."""
    rows, columns = window.slices
    numbers = layout.panel_rows(rows.start, rows.stop, columns.start, columns.stop)
    black = on_page(layout.black, rows.start, rows.stop, (layout.height, layout.width))[:, columns] > 0
    return ((numbers == number) | (numbers == 0)) & ~black


def _section_request(request: ColorizeRequest, layout: PageLayout, window: Window, number: int) -> ColorizeRequest:
    """Return the request for a panel alone; what is blank is transparent."""
    line_art = np.ascontiguousarray(request.line_art[window.slices])
    visible = _visible(layout, window, number)
    line_art[~visible] = 0
    figure = request.line_art_mask
    if figure is not None:
        figure = replace(figure, pixels=np.ascontiguousarray(figure.pixels[window.slices]))
    initial = None if request.initial is None else initial_section(request.initial, window, visible)
    return replace(request, line_art=line_art, line_art_mask=figure, initial=initial, hints=None, flats=None)


def _assembled(layout: PageLayout, windows: list[tuple[Window, int]], pictures: list[np.ndarray]) -> np.ndarray:
    """Return the page's picture (h,w,3) uint8: the panels' pictures in their places, and white around them.

    Its resolution is that of the finest panel, as far as the page's own and `MOST_PIXELS` allow.
    """
    scale = min(
        1.0,
        max(
            (picture.shape[0] / window.height for (window, _), picture in zip(windows, pictures, strict=True)),
            default=1.0,
        ),
        (MOST_PIXELS / (layout.height * layout.width)) ** 0.5,
        _LONGEST / max(layout.height, layout.width),
    )
    height, width = max(1, round(layout.height * scale)), max(1, round(layout.width * scale))
    page = np.full((height, width, 3), 255, np.uint8)
    for (window, number), picture in zip(windows, pictures, strict=True):
        _paste(page, picture, layout, window, number)
    return page


def _page_looks(
    layout: PageLayout,
    windows: list[tuple[Window, int]],
    looks: list[ReferenceLooks | None],
    palette: ReferencePalette,
) -> ReferenceLooks | None:
    """Return the looks of the page's places, put together from the panels'; None if they are not known of all."""
    known = [each.weights for each in looks if each is not None]
    if not known or len(known) < len(looks):
        return None
    scale = max(weights.shape[0] / window.height for weights, (window, _) in zip(known, windows, strict=True))
    scale = min(scale, (MOST_LOOKS / (layout.height * layout.width)) ** 0.5)
    rows, columns = max(1, round(layout.height * scale)), max(1, round(layout.width * scale))
    page = np.zeros((rows, columns, len(palette.color_of)), np.float32)
    for (window, number), weights in zip(windows, known, strict=True):
        for place in range(len(palette.color_of)):
            plane = np.ascontiguousarray(page[..., place])
            _paste(plane, weights[..., place].astype(np.float32), layout, window, number)
            page[..., place] = plane
    return ReferenceLooks(palette, page.astype(np.float16))


def _paste(page: np.ndarray, picture: np.ndarray, layout: PageLayout, window: Window, number: int) -> None:
    """Put the picture of a panel into its place of `page` (h,w,…), a picture of the whole page at any size."""
    height, width = page.shape[:2]
    down, across = height / layout.height, width / layout.width
    top, left = int(window.top * down), int(window.left * across)
    bottom = min(height, max(top + 1, round((window.top + window.height) * down)))
    right = min(width, max(left + 1, round((window.left + window.width) * across)))
    method = cv2.INTER_AREA if picture.shape[0] > bottom - top else cv2.INTER_LINEAR
    small = cv2.resize(picture, (right - left, bottom - top), interpolation=method)
    rows = ((np.arange(top, bottom) + 0.5) / down * (layout.panels.shape[0] / layout.height)).astype(np.intp)
    columns = ((np.arange(left, right) + 0.5) / across * (layout.panels.shape[1] / layout.width)).astype(np.intp)
    inside = layout.panels[np.ix_(rows, columns)] == number
    page[top:bottom, left:right][inside] = small[inside]


def _kept(layout: PageLayout, windows: list[tuple[Window, int]], parts: list[np.ndarray | None]) -> np.ndarray | None:
    """Return (H,W) bool where the result is opaque, None for everywhere."""
    if all(part is None for part in parts):
        return None
    kept = np.zeros((layout.height, layout.width), bool)
    for (window, number), part in zip(windows, parts, strict=True):
        rows, columns = window.slices
        own = layout.panel_rows(rows.start, rows.stop, columns.start, columns.stop) == number
        kept[window.slices] |= own if part is None else own & part
    return kept


class _PagePreview:
    """The page as far as it is painted, small."""

    def __init__(self, layout: PageLayout) -> None:
        self._layout = layout
        longest = _PREVIEW * max(1.0, min(4.0, layout.height / layout.width / 2))
        scale = min(1.0, longest / max(layout.height, layout.width))
        size = (max(1, round(layout.height * scale)), max(1, round(layout.width * scale)), 3)
        self._page = np.full(size, 255, np.uint8)

    def keep(self, picture: np.ndarray, window: Window, number: int) -> None:
        """Keep a panel's finished picture."""
        _paste(self._page, picture, self._layout, window, number)

    def shown(self, canvas: np.ndarray, window: Window, number: int) -> np.ndarray:
        """Return the page with the unfinished picture of a panel, on its `canvas` (h,w,3), in its place."""
        page = self._page.copy()
        rows, columns = canvas.shape[:2]
        ratio = min(rows / window.height, columns / window.width)
        high, wide = max(1, int(window.height * ratio)), max(1, int(window.width * ratio))
        top, left = (rows - high) // 2, (columns - wide) // 2
        _paste(page, np.ascontiguousarray(canvas[top : top + high, left : left + wide]), self._layout, window, number)
        return page
