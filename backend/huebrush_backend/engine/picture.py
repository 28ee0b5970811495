"""Paints one picture with the model: prepares the request, runs the pipeline, and cuts the picture to the drawing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from huebrush_backend.engine.inputs import PreparedInputs, guidance_window, prepare_inputs
from huebrush_backend.engine.model_holder import LoadedModel
from huebrush_backend.engine.page_lines import PageLines
from huebrush_backend.engine.picture_cache import ModelPicture
from huebrush_backend.engine.progress import EngineProgress
from huebrush_backend.engine.reference_colors import palette_of
from huebrush_backend.engine.request import ColorizeRequest
from huebrush_backend.flats.colors.reference_looks import ReferenceLooks, looks_at_colors, section
from huebrush_backend.flats.colors.reference_palette import ReferencePalette
from huebrush_backend.pipeline.brushing import Brush
from huebrush_backend.pipeline.canvas import Box
from huebrush_backend.pipeline.colorization_pipeline import ColorizeOutput
from huebrush_backend.pipeline.conditioning import picture_array
from huebrush_backend.pipeline.fast import SettledColors, fast_guidance, fast_steps


def paint_picture(
    request: ColorizeRequest,
    lines: PageLines,
    model: LoadedModel,
    progress: EngineProgress,
    brush: Callable[[int, int], Brush] | None = None,
    palette: ReferencePalette | None = None,
) -> ModelPicture:
    """Paint a new picture of `request`.

    `brush` returns, for a canvas of (height, width), the masks inside which alone the picture changes. `palette`: the
    references' main colours, if they are known. Raises Cancelled, and the errors of preparing the request and running
    the pipeline.
    """
    progress.enter("preparing")
    inputs = prepare_inputs(request, lines, model.entry, model.pipeline)

    progress.enter("conditioning")
    parameters = request.parameters
    guidance = replace(
        model.pipeline.guidance_at(parameters.reference_guidance, parameters.sketch_guidance),
        window=guidance_window(parameters),
    )
    steps, is_settled = parameters.steps, None
    if parameters.fast:
        steps, guidance, is_settled = fast_steps(steps), fast_guidance(guidance), SettledColors(model.preview)

    def on_step(step: int, steps: int, clean: torch.Tensor) -> None:
        progress.step(step, steps)
        progress.preview(step, picture_array(model.preview.picture(clean)))

    output = model.pipeline(
        inputs.sketch,
        inputs.references,
        inputs.height,
        inputs.width,
        reference_weights=[reference.weight for reference in request.references],
        reference_parts=inputs.reference_parts,
        steps=steps,
        guidance=guidance,
        **inputs.options,
        seed=parameters.seed,
        brush=None if brush is None else brush(inputs.height, inputs.width),
        is_settled=is_settled,
        on_step=on_step,
        on_decode=lambda: progress.enter("decoding"),
    )
    return ModelPicture(
        _cropped(picture_array(output.picture), output.box),
        replace(parameters, reference_guidance=guidance.reference, sketch_guidance=guidance.sketch),
        inputs.kept,
        (*inputs.notes, *output.notes),
        None
        if output.attention is None
        else _looks(output, inputs, palette or palette_of(request, model.pipeline.trims_margins)),
    )


def _looks(output: ColorizeOutput, inputs: PreparedInputs, palette: ReferencePalette) -> ReferenceLooks:
    """Return the shares in which the places of the drawing looked at the colours of `palette`."""
    assert output.attention is not None
    height, width, box = inputs.height, inputs.width, output.box
    weights = looks_at_colors(output.attention.numpy(), palette)
    drawing = section(weights, box.top / height, box.left / width, box.height / height, box.width / width)
    return ReferenceLooks(palette, drawing.astype(np.float16))


def _cropped(picture: np.ndarray, box: Box) -> np.ndarray:
    return np.ascontiguousarray(picture[box.top : box.top + box.height, box.left : box.left + box.width])
