"""The brushed edits of one request: painted by the model, one run after the other, or given to the regions as hints."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from huebrush_protocol.regions import CHECK

from huebrush_backend.engine.brush import brush_runs, color_inside, run_brush, with_edit_hints
from huebrush_backend.engine.edit_colors import knows_colors, target_color
from huebrush_backend.engine.edited_layer import flatly_edited
from huebrush_backend.engine.inputs import PageLines
from huebrush_backend.engine.model_holder import LoadedModel
from huebrush_backend.engine.picture import paint_picture
from huebrush_backend.engine.picture_cache import ModelPicture, picture_layer
from huebrush_backend.engine.progress import EngineProgress
from huebrush_backend.engine.request import ColorizeRequest, EngineError, ResultLayer
from huebrush_backend.imaging.upsampling import upsample_to_lines
from huebrush_backend.pipeline.brushing import Brush, Color

NO_TEXT_MESSAGE = "Without a model, an edit cannot go by words that name no colour of the vocabulary."
NO_TEXT_REMEDY = "Give the edit a colour as its target, as in #c81e28, or choose a model."


def needs_whole_picture(request: ColorizeRequest) -> bool:
    """Return whether the model's picture of the whole page is needed, not only of the places that are edited."""
    return request.before is None


def paint_edits(
    request: ColorizeRequest,
    lines: PageLines,
    model: LoadedModel,
    painted: ModelPicture | None,
    progress: EngineProgress,
) -> tuple[ModelPicture, ResultLayer]:
    """Return how the brushed edits of `request`, which there are, were painted, and the whole layer with them.

    `painted`: the model's picture that is edited, None where `request.before` is. Raises what `paint_picture` does.
    """
    if request.before is not None:
        layer = request.before.pixels
    else:
        assert painted is not None
        layer = picture_layer("Colour", painted, lines.ink).pixels
    runs = brush_runs(request, model.entry.info.native_size, knows_colors(model.entry))
    last = painted

    def paint(part: ColorizeRequest, part_lines: PageLines, brush: Callable[[int, int], Brush]) -> np.ndarray:
        nonlocal last
        last = paint_picture(part, part_lines, model, progress, brush)
        assert last.picture is not None
        page = upsample_to_lines(last.picture, part_lines.ink)
        progress.painted(run.window.left, run.window.top, page)
        return page

    for number, run in enumerate(runs):
        progress.begin_run(number, len(runs))
        layer = run_brush(request, lines, layer, run, paint)
    assert last is not None
    return (last if painted is None else painted), ResultLayer("Colour", layer, kind="picture")


def fill_edits(
    request: ColorizeRequest, lines: PageLines, model: LoadedModel | None, progress: EngineProgress
) -> tuple[ModelPicture | None, ResultLayer]:
    """Return the layer that `request` edits with its masks filled evenly, so that flats stay flats, and how the model
    painted for that, None if it did not have to. Raises what `with_edits_as_hints` does."""
    colors, painted = _edit_colors(request, lines, model, None, progress)
    return painted, flatly_edited(request, colors, lines.ink)


def with_edits_as_hints(
    request: ColorizeRequest,
    lines: PageLines,
    model: LoadedModel | None,
    painted: ModelPicture,
    progress: EngineProgress,
) -> ColorizeRequest:
    """Return `request` with hints of the colours that its brushed edits give to regions: those asked for, or what the
    model paints there. Raises EngineError for a text where there is no model, and what `paint_picture` does."""
    if not request.brushed_edits or request.parameters.regions.result == CHECK:
        return request
    colors, _ = _edit_colors(request, lines, model, painted, progress)
    return with_edit_hints(request, colors)


def _edit_colors(
    request: ColorizeRequest,
    lines: PageLines,
    model: LoadedModel | None,
    painted: ModelPicture | None,
    progress: EngineProgress,
) -> tuple[dict[int, Color], ModelPicture | None]:
    """Return the one colour of each brushed edit of `request`, by its place among them, and `painted`, or how the model
    painted if it had to."""
    edits = request.brushed_edits
    known = [target_color(request, edit, knows_colors(model and model.entry)) for edit in edits]
    layer = None
    if None in known:
        if model is None:
            raise EngineError("bad_input", NO_TEXT_MESSAGE, NO_TEXT_REMEDY)
        painted, layer = paint_edits(request, lines, model, painted, progress)
    colors: dict[int, Color] = {}
    for place, (edit, color) in enumerate(zip(edits, known, strict=True)):
        if color is None:
            assert layer is not None
            color = color_inside(layer.pixels, request.edit_masks[edit.mask].pixels, lines.ink)
        colors[place] = color
    return colors, painted
