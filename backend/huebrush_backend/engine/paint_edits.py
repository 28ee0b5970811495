"""Paints the brushed edits of one request with the model, run by run, and finds their colours."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from huebrush_backend.engine.brush import brush_runs, run_brush
from huebrush_backend.engine.edit_colors import knows_colors
from huebrush_backend.engine.edits_kept_to_lines import edits_kept_to_lines
from huebrush_backend.engine.model_holder import LoadedModel
from huebrush_backend.engine.page_lines import PageLines
from huebrush_backend.engine.picture import paint_picture
from huebrush_backend.engine.picture_cache import ModelPicture, picture_layer
from huebrush_backend.engine.progress import EngineProgress
from huebrush_backend.engine.request import ColorizeRequest, ResultLayer
from huebrush_backend.flats.regions.find_regions import Regions
from huebrush_backend.imaging.upsampling import upsample_to_lines
from huebrush_backend.pipeline.brushing import Brush


def paint_edits(
    request: ColorizeRequest,
    lines: PageLines,
    model: LoadedModel,
    painted: ModelPicture,
    progress: EngineProgress,
    regions: Regions | None = None,
) -> tuple[ModelPicture, ResultLayer]:
    """Paint the brushed edits of `request`; return the model's last picture, and the whole layer with the edits.

    The layer that is edited is `request.before`. Without one it is the model's picture `painted`, which is then
    returned unchanged. `regions`: the page's by its lines, over which no colour may spill; None if it may. Raises the
    errors of `paint_picture`.
    """
    edits_picture = request.before is None
    layer = picture_layer("Colour", painted, lines.ink).pixels if request.before is None else request.before.pixels
    runs = brush_runs(request, model.entry.info.native_size, knows_colors(model.entry))

    def paint(section: ColorizeRequest, section_lines: PageLines, brush: Callable[[int, int], Brush]) -> np.ndarray:
        nonlocal painted
        painted_section = paint_picture(section, section_lines, model, progress, brush)
        assert painted_section.picture is not None
        if not edits_picture:
            painted = painted_section
        picture = painted_section.picture
        if regions is not None:
            masks = [edit.mask for edit in run.edits]
            picture = edits_kept_to_lines(picture, regions, run.window, masks, section_lines.ink_bytes)
        pixel = picture.shape[0] / painted_section.picture.shape[0]
        page = upsample_to_lines(picture, section_lines.ink, pixel=pixel)
        progress.painted(run.window.left, run.window.top, page)
        return page

    for number, run in enumerate(runs):
        progress.begin_run(number, len(runs))
        layer = run_brush(request, lines, layer, run, paint)
    return painted, ResultLayer("Colour", layer, kind="picture")
