"""The engine: one request in, events and a result out. Owns the loaded model; knows nothing of ZeroMQ."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from huebrush_protocol.parameters import TextEdit
from huebrush_protocol.texts import Text, remedy_of

from huebrush_backend.comics.layout import PageLayout
from huebrush_backend.engine.brush import with_edit_hints
from huebrush_backend.engine.edited_layer import edited_flats
from huebrush_backend.engine.flats import RegionMaker
from huebrush_backend.engine.inputs import PageLines, token_edits
from huebrush_backend.engine.model_holder import LoadedModel, ModelHolder
from huebrush_backend.engine.named_colors import sought_texts, with_named_colors
from huebrush_backend.engine.page_layout import PageLayouts, painted_part
from huebrush_backend.engine.paint_edits import colors_of_edits, paint_edits
from huebrush_backend.engine.panels import paint_panels
from huebrush_backend.engine.picture import paint_picture
from huebrush_backend.engine.picture_cache import ModelPicture, PictureCache, picture_key, picture_layer
from huebrush_backend.engine.plan import EditKind, Plan, make_plan
from huebrush_backend.engine.progress import EngineProgress
from huebrush_backend.engine.recipe import make_recipe
from huebrush_backend.engine.request import (
    ColorizeRequest,
    ColorizeResult,
    EngineError,
    EventCallback,
    Reference,
    ResultLayer,
)
from huebrush_backend.engine.warm_up import warm_up
from huebrush_backend.engine.widen_edit_masks import overlaps, with_whole_regions
from huebrush_backend.imaging.color import flatten_on_white
from huebrush_backend.imaging.line_extraction import line_art_layer
from huebrush_backend.imaging.lineart import LineArtError
from huebrush_backend.models.devices import choose_device, describe_device, device_text, is_out_of_memory
from huebrush_backend.pipeline.colorization_pipeline import UnsupportedRequestError
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.enhancement import ConditioningError
from huebrush_backend.pipeline.noise_schedules import SamplingError
from huebrush_backend.pipeline.reference_heatmap import text_fit

log = logging.getLogger(__name__)


class Engine:
    """Runs colorizations one at a time and keeps the last model loaded."""

    def __init__(self, device: str = "auto", models_folder: Path | None = None) -> None:
        """`device`: "auto" or a torch device name; raises DeviceError when this machine does not have it."""
        self._device = choose_device(device)
        self._models = ModelHolder(self._device, models_folder)
        self._pictures = PictureCache()
        self._regions = RegionMaker()
        self._layouts = PageLayouts()

    def device_description(self) -> Text:
        """Return the device's name for people."""
        return device_text(self._device)

    def colorize(
        self, request: ColorizeRequest, on_event: EventCallback, is_cancelled: Callable[[], bool]
    ) -> ColorizeResult:
        """Carry out `request`.

        Raises EngineError for everything that a user can correct, and Cancelled within one denoising step after
        `is_cancelled` returns True. The line art is never changed.
        """
        plan = make_plan(request, self._models.find)
        progress = EngineProgress(request, on_event, is_cancelled)
        notes: list[Text] = []
        while True:
            try:
                return self._carry_out(plan, request, progress, notes)
            except (LineArtError, SamplingError, UnsupportedRequestError, ConditioningError) as error:
                raise _refused(error) from error
            except (MemoryError, RuntimeError) as error:
                if not is_out_of_memory(error):
                    raise
                cause = error.with_traceback(None)  # the traceback holds the tensors that filled the memory
            smaller = self._models.shrink()
            if smaller is None:
                raise EngineError.of("memory.colorize", "out_of_memory") from cause
            log.warning("memory ran out; continuing with %s", smaller.describe())
            notes.append(Text.of("note.memory", placement=smaller.describe()))

    def prepare(self, model: str, is_cancelled: Callable[[], bool]) -> None:
        """Load `model` and try it once; see `Preparer`. Raises EngineError, and Cancelled with the model loaded."""
        entry = self._models.find(model)
        try:
            loaded = self._models.load(entry)
            warm_up(loaded, self._device, is_cancelled)
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            self._models.forget()  # a job finds a smaller plan
            raise EngineError.of("memory.colorize", "out_of_memory") from error

    def locate(self, model: str, reference: Reference, text: str, edits: Sequence[TextEdit] = ()) -> np.ndarray:
        """Return the fit of each position in `reference` after `edits` to `text`, (side,side) uint8; see `Locator`.

        Raises EngineError for models that see a reference only as a whole, and the errors of loading a model.
        """
        loaded = self._models.load(self._models.find(model))
        pipeline = loaded.pipeline
        if not isinstance(pipeline, ColorizePipeline):
            raise EngineError.of("model.no_places")
        if not reference.pixels[..., 3].any():
            raise EngineError.of("reference.empty")
        try:
            changes, _ = with_named_colors(token_edits(edits), loaded.entry, pipeline)
            fit = text_fit(pipeline, flatten_on_white(reference.pixels), sought_texts(text, loaded.entry), changes)
        except (UnsupportedRequestError, ConditioningError) as error:
            raise _refused(error) from error
        return np.rint(fit * 255).astype(np.uint8)

    def _carry_out(
        self, plan: Plan, asked: ColorizeRequest, progress: EngineProgress, notes: Sequence[Text]
    ) -> ColorizeResult:
        """Carry out `plan` for the request `asked`. `notes`: notes for the recipe from before."""
        request, lines = asked, PageLines(asked)

        @cache
        def layout() -> PageLayout | None:
            return self._layouts.of(asked, lines.page_ink)

        if plan.widens_masks:
            colors = None if request.before is None else flatten_on_white(request.before.pixels)
            regions = self._regions.regions(lines.page_ink, request.parameters.regions, colors, layout())
            request = with_whole_regions(request, regions, lines.ink_bytes)

        progress.enter("preparing" if plan.model is None else "loading")
        model = None if plan.model is None else self._models.load(plan.model)
        painted, edited = ModelPicture(None, request.parameters, None, ()), None
        if model is not None and plan.paints_page:
            painted = self._picture(request.unbrushed(), lines, model, progress, layout)
            leaves_paper = not plan.makes_flats and not request.parameters.regions.paint_paper
            if leaves_paper and (page := layout()) is not None:
                painted = replace(painted, kept=painted_part(page, painted.kept))
            if not plan.makes_flats:
                painted = self._regions.kept_to_lines(request, lines.page_ink, painted, layout())
        if model is not None and plan.paints_edits:
            edges = None
            if request.parameters.keep_to_lines:
                edges = self._regions.regions(lines.page_ink, request.parameters.regions, None, layout())
            painted, edited = paint_edits(request, lines, model, painted, progress, edges)

        progress.enter("finishing")
        flats_report, flat_notes, filled = {}, (), ()
        if plan.edits in (EditKind.FILL, EditKind.HINTS):
            colors = colors_of_edits(request, plan.edit_colors, edited, lines.ink)
            if plan.edits is EditKind.FILL:
                filled = edited_flats(request, colors, lines.ink)
            else:
                request = with_edit_hints(request, colors)
        if plan.makes_flats:
            made = self._regions.make(request, plan.palette, lines.page_ink, painted, progress.check, layout())
            layers, flats_report, flat_notes = list(made.layers), made.flats_report, made.notes
        else:
            layers = list(filled) or [edited or picture_layer("Colour", painted, lines.ink)]
        if plan.draws_lines:
            # The artist's own layer is a picture; the colours need lines above them. A check has no colours of its own,
            # and a layer that is edited has its lines already, in it or above it.
            layers.append(ResultLayer("Lines", line_art_layer(lines.ink), kind="lines"))
        if plan.deals_colors:
            flat_notes = (*flat_notes, Text.of("note.different_colors"))
        progress.check()

        # The recipe has a value for every parameter, and the regions and edits of this request.
        parameters = replace(
            painted.parameters,
            regions=asked.parameters.regions,
            edits=asked.parameters.edits,
            keep_to_lines=asked.parameters.keep_to_lines,
        )
        all_notes = (*painted.notes, *notes, *flat_notes)
        recipe = make_recipe(asked, parameters, model, describe_device(self._device), all_notes)
        recipe["overlaps"] = overlaps(request)
        recipe["light_lines"] = lines.are_light
        return ColorizeResult(tuple(layers), recipe, flats_report)

    def _picture(
        self,
        request: ColorizeRequest,
        lines: PageLines,
        model: LoadedModel,
        progress: EngineProgress,
        layout: Callable[[], PageLayout | None],
    ) -> ModelPicture:
        """Return the model's picture of `request`: a kept one if the same was requested before, else a new one.

        `layout` finds the page's layout.
        """
        key = picture_key(request, model.sha256)
        known = self._pictures.get(key)
        if known is None:
            page = layout()
            if page is None:
                known = paint_picture(request, lines, model, progress)
            else:
                known = paint_panels(request, lines, page, model, progress)
            self._pictures.put(key, known)
        return known


def _refused(error: Exception) -> EngineError:
    """Return the refusal that says what `error` says, with the remedy that belongs to it."""
    said = Text.about(error)
    return EngineError("bad_input", said, remedy_of(said.id, **said.arguments))
