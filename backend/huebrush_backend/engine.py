"""The engine: one request in, events and a result out. Owns the loaded model; knows nothing of ZeroMQ."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from huebrush_protocol.parameters import EXTRACT
from huebrush_protocol.regions import CHECK, PICTURE, WITHOUT_MODEL

from huebrush_backend.colorization import (
    ColorizeRequest,
    ColorizeResult,
    EngineError,
    EventCallback,
    ResultLayer,
)
from huebrush_backend.engine_brush import (
    asked_color,
    brush_runs,
    check_brush,
    color_inside,
    inside_masks,
    run_brush,
    with_edit_hints,
)
from huebrush_backend.engine_inputs import PageLines, guidance_window, prepare_inputs
from huebrush_backend.engine_models import LoadedModel, ModelHolder
from huebrush_backend.engine_pictures import ModelPicture, PictureCache, picture_key, picture_layer
from huebrush_backend.engine_progress import EngineProgress
from huebrush_backend.engine_recipe import make_recipe
from huebrush_backend.engine_regions import RegionMaker
from huebrush_backend.imaging.line_extraction import line_art_layer
from huebrush_backend.imaging.lineart import LineArtError
from huebrush_backend.models.devices import choose_device, describe_device, is_out_of_memory
from huebrush_backend.pipeline.brushing import Brush
from huebrush_backend.pipeline.colorization_pipeline import UnsupportedRequestError
from huebrush_backend.pipeline.conditioning import Box, picture_array
from huebrush_backend.pipeline.enhancement import ConditioningError
from huebrush_backend.pipeline.fast import SettledColors, fast_guidance, fast_steps
from huebrush_backend.pipeline.noise_schedules import SamplingError

log = logging.getLogger(__name__)

NO_PICTURE_MESSAGE = "Without a model there is no picture, only flats."
NO_PICTURE_REMEDY = "Choose flats or a colorize mask as the result, or choose a model."
NO_TEXT_MESSAGE = "Without a model, an edit cannot go by words that name no colour of the vocabulary."
NO_TEXT_REMEDY = "Give the edit a colour as its target, as in #c81e28, or choose a model."
MEMORY_MESSAGE = "There was not enough memory for this picture with this model."
MEMORY_REMEDY = "Close other programs that use the graphics card or memory, or choose a smaller model, and try again."


class Engine:
    """Runs colorizations one at a time and keeps the last model loaded."""

    def __init__(self, device: str = "auto", models_folder: Path | None = None) -> None:
        """`device`: "auto" or a torch device name; raises ValueError when this machine does not have it."""
        self._device = choose_device(device)
        self._models = ModelHolder(self._device, models_folder)
        self._pictures = PictureCache()
        self._regions = RegionMaker()

    def device_description(self) -> str:
        """Return the device's name for people."""
        return describe_device(self._device)

    def colorize(
        self, request: ColorizeRequest, on_event: EventCallback, is_cancelled: Callable[[], bool]
    ) -> ColorizeResult:
        """Carry out `request`.

        Raises EngineError for everything a user can mend, and Cancelled within one denoising step after
        `is_cancelled` returns True. The line art is only ever read.
        """
        progress = EngineProgress(request, on_event, is_cancelled)
        notes: list[str] = []
        while True:
            try:
                return self._colorize(request, progress, notes)
            except (LineArtError, SamplingError, UnsupportedRequestError, ConditioningError) as error:
                raise EngineError("bad_input", str(error)) from error
            except (MemoryError, RuntimeError) as error:
                if not is_out_of_memory(error):
                    raise
                cause = error.with_traceback(None)  # the traceback holds the tensors that filled the memory
            smaller = self._models.shrink()
            if smaller is None:
                raise EngineError("out_of_memory", MEMORY_MESSAGE, MEMORY_REMEDY) from cause
            log.warning("memory ran out; going on with %s", smaller.describe())
            notes.append(f"Memory ran out, so the model was placed anew: {smaller.describe()}.")

    def _colorize(self, request: ColorizeRequest, progress: EngineProgress, notes: list[str]) -> ColorizeResult:
        wanted, lines = request.parameters.regions, PageLines(request)
        check_brush(request)
        if request.model == WITHOUT_MODEL or wanted.result == CHECK:
            if wanted.result == PICTURE:
                raise EngineError("bad_input", NO_PICTURE_MESSAGE, NO_PICTURE_REMEDY)
            progress.enter("preparing")
            model, painted = None, ModelPicture(None, request.parameters, None, ())
        else:
            progress.enter("loading")
            model = self._models.load(request.model)
            painted = self._picture(request.unbrushed(), lines, model, progress) if _needs_all(request) else None
        brushed = None
        if request.brushed_edits and model is not None and wanted.result == PICTURE:
            painted, brushed = self._brushed(request, lines, model, painted, progress)
        assert painted is not None

        progress.enter("finishing")
        if wanted.result == PICTURE:
            layers = [picture_layer("Colour", painted, lines.ink) if brushed is None else _picture_layer(brushed)]
            report = {}
        else:
            made = self._regions.make(
                self._with_edits(request, lines, model, painted, progress), lines.ink_bytes, painted, progress.check
            )
            layers, report = list(made.layers), made.report
            if request.before is not None:
                layers = [replace(layers[0], pixels=inside_masks(request, on_page(layers[0], lines.ink)), x=0, y=0)]
            notes.extend(made.notes)
        if request.parameters.sketch_mode == EXTRACT and wanted.result != CHECK:
            # The artist's own layer is a picture; the colours need lines above them. A check has no colours of its own.
            layers.append(ResultLayer("Lines", line_art_layer(lines.ink), kind="lines"))
        progress.check()
        # The recipe leaves nothing open, and has the regions and edits of this very request.
        asked = request.parameters
        parameters = replace(painted.parameters, regions=asked.regions, edits=asked.edits)
        recipe = make_recipe(request, parameters, model, self.device_description(), (*painted.notes, *notes))
        return ColorizeResult(tuple(layers), recipe, report)

    def _brushed(
        self,
        request: ColorizeRequest,
        lines: PageLines,
        model: LoadedModel,
        painted: ModelPicture | None,
        progress: EngineProgress,
    ) -> tuple[ModelPicture, np.ndarray]:
        """Return how the brushed edits of `request` were painted, and the layer (H,W,4) with them.

        `painted`: the model's picture that is edited, None where `request.before` is.
        """
        if request.before is not None:
            layer = request.before.pixels
        else:
            assert painted is not None
            layer = picture_layer("Colour", painted, lines.ink).pixels
        info = model.entry.info
        runs = brush_runs(request, info.native_size, knows_colors(model))
        last = painted

        def paint(part: ColorizeRequest, part_lines: PageLines, brush: Callable[[int, int], Brush]) -> np.ndarray:
            nonlocal last
            last = self._paint(part, part_lines, model, progress, brush)
            assert last.picture is not None
            return last.picture

        for number, run in enumerate(runs):
            progress.begin_run(number, len(runs))
            layer = run_brush(request, lines, layer, run, paint)
        assert last is not None
        return (last if painted is None else painted), layer

    def _with_edits(
        self,
        request: ColorizeRequest,
        lines: PageLines,
        model: LoadedModel | None,
        painted: ModelPicture,
        progress: EngineProgress,
    ) -> ColorizeRequest:
        """Return `request` with hints of the colours that its brushed edits give to regions."""
        edits = request.brushed_edits
        if not edits or request.parameters.regions.result == CHECK:
            return request
        known = {place: asked_color(edit, knows_colors(model)) for place, edit in enumerate(edits)}
        layer = None
        if None in known.values():
            if model is None:
                raise EngineError("bad_input", NO_TEXT_MESSAGE, NO_TEXT_REMEDY)
            _, layer = self._brushed(request, lines, model, painted, progress)
        colors = {}
        for place, (edit, color) in enumerate(zip(edits, known.values(), strict=True)):
            if color is None:
                assert layer is not None
                color = color_inside(layer, request.edit_masks[edit.region].pixels, lines.ink)
            colors[place] = color
        return with_edit_hints(request, colors)

    def _picture(
        self, request: ColorizeRequest, lines: PageLines, model: LoadedModel, progress: EngineProgress
    ) -> ModelPicture:
        """Return the model's picture of `request`: one of the last if it was asked for before, else a new one."""
        key = picture_key(request, model.sha256)
        known = self._pictures.get(key)
        if known is None:
            known = self._paint(request, lines, model, progress)
            self._pictures.put(key, known)
        return known

    def _paint(
        self,
        request: ColorizeRequest,
        lines: PageLines,
        model: LoadedModel,
        progress: EngineProgress,
        brush: Callable[[int, int], Brush] | None = None,
    ) -> ModelPicture:
        """Paint a new picture of `request`; `brush` gives, for a canvas of (height, width), what alone is to change."""
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
            replace(parameters, reference_guidance=guidance.reference),
            inputs.kept,
            (*inputs.notes, *output.notes),
        )


def _cropped(picture: np.ndarray, box: Box) -> np.ndarray:
    return np.ascontiguousarray(picture[box.top : box.top + box.height, box.left : box.left + box.width])


def knows_colors(model: LoadedModel | None) -> bool:
    """Return whether words for colours mean those of the project's own drawings: to models of their words, or none."""
    return model is None or bool(model.entry.info.vocabulary)


def on_page(layer: ResultLayer, ink: np.ndarray) -> np.ndarray:
    """Return the pixels of `layer` on a page of the size of `ink` (H,W): (H,W,4) uint8."""
    page = np.zeros((*ink.shape, 4), np.uint8)
    height, width = layer.pixels.shape[:2]
    page[layer.y : layer.y + height, layer.x : layer.x + width] = layer.pixels
    return page


def _needs_all(request: ColorizeRequest) -> bool:
    """Return whether the picture of the whole page is needed, not only places of it."""
    return request.before is None or request.parameters.regions.result != PICTURE


def _picture_layer(pixels: np.ndarray) -> ResultLayer:
    return ResultLayer("Colour", pixels, kind="picture")
