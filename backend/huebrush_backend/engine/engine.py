"""The engine: one request in, events and a result out. Owns the loaded model; knows nothing of ZeroMQ."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from huebrush_protocol.parameters import TextEdit
from huebrush_protocol.texts import Text, remedy_of

from huebrush_backend.comics.layout import PageLayout
from huebrush_backend.engine.edit_hints import colors_of_edits, with_edit_hints
from huebrush_backend.engine.edited_layer import edited_flats
from huebrush_backend.engine.flats import RegionMaker
from huebrush_backend.engine.installed_model import installed_model
from huebrush_backend.engine.page_layout import PageLayouts, painted_part
from huebrush_backend.engine.page_lines import PageLines
from huebrush_backend.engine.picture_cache import ModelPicture, picture_layer
from huebrush_backend.engine.pins import with_pins
from huebrush_backend.engine.plan import EditKind, Plan, make_plan
from huebrush_backend.engine.progress import EngineProgress
from huebrush_backend.engine.recipe import NO_MODEL, make_recipe
from huebrush_backend.engine.request import (
    ColorizeRequest,
    ColorizeResult,
    EngineError,
    EventCallback,
    Reference,
    ResultLayer,
)
from huebrush_backend.engine.widen_edit_masks import overlaps, with_whole_regions
from huebrush_backend.imaging.color import flatten_on_white
from huebrush_backend.imaging.line_extraction import line_art_layer
from huebrush_backend.imaging.lineart import LineArtError
from huebrush_backend.models.catalog import ModelEntry
from huebrush_backend.models.libraries import has_model_libraries
from huebrush_backend.models.out_of_memory import is_out_of_memory
from huebrush_backend.pipeline.refusals import ConditioningError, SamplingError, UnsupportedRequestError

if TYPE_CHECKING:
    from huebrush_backend.engine.painter import Painter

log = logging.getLogger(__name__)
DEVICES_OF_ANY_MACHINE = ("auto", "cpu")


class Engine:
    """Runs colorizations one at a time and keeps the last model loaded. Imports torch with the first model."""

    def __init__(self, device: str = "auto", models_folder: Path | None = None) -> None:
        """`device`: "auto" or a torch device name; raises DeviceError when this machine does not have it."""
        self._device, self._models_folder = device, models_folder
        self._known_painter: Painter | None = None
        self._regions = RegionMaker()
        self._layouts = PageLayouts()
        if device not in DEVICES_OF_ANY_MACHINE and has_model_libraries():
            self._painter()  # what this machine lacks is said at once

    def device_description(self) -> Text | str:
        """Return the device's name for people; empty until the first model is needed, as only that asks for it."""
        return "" if self._known_painter is None else self._known_painter.device_description()

    def colorize(
        self, request: ColorizeRequest, on_event: EventCallback, is_cancelled: Callable[[], bool]
    ) -> ColorizeResult:
        """Carry out `request`.

        Raises EngineError for everything that a user can correct, and Cancelled within one denoising step after
        `is_cancelled` returns True. The line art is never changed.
        """
        plan = make_plan(request, self._find)
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
            smaller = None if self._known_painter is None else self._known_painter.shrink()
            if smaller is None:
                raise EngineError.of("memory.colorize", "out_of_memory") from cause
            log.warning("memory ran out; continuing with %s", smaller.describe())
            notes.append(Text.of("note.memory", placement=smaller.describe()))

    def prepare(self, model: str, is_cancelled: Callable[[], bool]) -> None:
        """Load `model` and try it once; see `Preparer`. Raises EngineError, and Cancelled with the model loaded."""
        entry = self._find(model)
        painter = self._painter()
        try:
            painter.prepare(entry, is_cancelled)
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            painter.forget()  # a job finds a smaller plan
            raise EngineError.of("memory.colorize", "out_of_memory") from error

    def locate(self, model: str, reference: Reference, text: str, edits: Sequence[TextEdit] = ()) -> np.ndarray:
        """Return the fit of each position in `reference` after `edits` to `text`, (side,side) uint8; see `Locator`.

        Raises EngineError for models that see a reference only as a whole, and the errors of loading a model.
        """
        entry = self._find(model)
        try:
            fit = self._painter().locate(entry, reference, text, edits)
        except (UnsupportedRequestError, ConditioningError) as error:
            raise _refused(error) from error
        return np.rint(fit * 255).astype(np.uint8)

    def _find(self, model: str) -> ModelEntry:
        return installed_model(model, self._models_folder)

    def _painter(self) -> Painter:
        """Return the part that works with models. Raises DeviceError."""
        if self._known_painter is None:
            from huebrush_backend.engine.painter import Painter

            self._known_painter = Painter(self._device)
        return self._known_painter

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
        painted, edited, used = ModelPicture(None, request.parameters, None, ()), None, NO_MODEL
        if plan.model is not None:
            painter = self._painter()
            model = painter.load(plan.model)
            used = painter.use_of(model)
            if plan.paints_page:
                painted = painter.page(request.unbrushed(), lines, model, progress, layout)
                leaves_paper = not plan.makes_flats and not request.parameters.regions.paint_paper
                if leaves_paper and (page := layout()) is not None:
                    painted = replace(painted, kept=painted_part(page, painted.kept))
                if not plan.makes_flats:
                    painted = self._regions.kept_to_lines(request, lines.page_ink, painted, layout())
            if plan.paints_edits:
                edges = None
                if request.parameters.keep_to_lines:
                    edges = self._regions.regions(lines.page_ink, request.parameters.regions, None, layout())
                painted, edited = painter.edits(request, lines, model, painted, progress, edges)

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
        layers = with_pins(request, layers)
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
        recipe = make_recipe(asked, parameters, used, all_notes)
        recipe["overlaps"] = overlaps(request)
        recipe["light_lines"] = lines.are_light
        return ColorizeResult(tuple(layers), recipe, flats_report)


def _refused(error: Exception) -> EngineError:
    """Return the refusal that says what `error` says, with the remedy that belongs to it."""
    said = Text.about(error)
    return EngineError("bad_input", said, remedy_of(said.id, **said.arguments))
