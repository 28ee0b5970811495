"""The engine's work with a model: loads it, paints the page and brushed edits, and finds where a text fits.

Imports torch, so the engine imports it when a model is needed first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from huebrush_protocol.parameters import TextEdit
from huebrush_protocol.texts import Text

from huebrush_backend.comics.layout import PageLayout
from huebrush_backend.engine.inputs import token_edits
from huebrush_backend.engine.model_holder import LoadedModel, ModelHolder
from huebrush_backend.engine.named_colors import sought_texts, with_named_colors
from huebrush_backend.engine.page_lines import PageLines
from huebrush_backend.engine.paint_edits import paint_edits
from huebrush_backend.engine.panels import paint_panels
from huebrush_backend.engine.picture import paint_picture
from huebrush_backend.engine.picture_cache import ModelPicture, PictureCache, picture_key
from huebrush_backend.engine.progress import EngineProgress
from huebrush_backend.engine.recipe import ModelUse
from huebrush_backend.engine.request import ColorizeRequest, EngineError, Reference, ResultLayer
from huebrush_backend.engine.warm_up import warm_up
from huebrush_backend.flats.regions.find_regions import Regions
from huebrush_backend.imaging.color import flatten_on_white
from huebrush_backend.models.catalog import ModelEntry
from huebrush_backend.models.devices import choose_device, describe_device, device_text
from huebrush_backend.models.library_output import quieten_libraries
from huebrush_backend.models.memory_plan import MemoryPlan
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.reference_heatmap import text_fit


class Painter:
    """Keeps the last model loaded on a device, and its last pictures."""

    def __init__(self, device: str) -> None:
        """`device`: "auto" or a torch device name; raises DeviceError when this machine does not have it."""
        quieten_libraries()
        self._device = choose_device(device)
        self._models = ModelHolder(self._device)
        self._pictures = PictureCache()

    def device_description(self) -> Text:
        """Return the device's name for people."""
        return device_text(self._device)

    def load(self, entry: ModelEntry) -> LoadedModel:
        """Return the model of `entry`, loaded; see `ModelHolder.load`."""
        return self._models.load(entry)

    def shrink(self) -> MemoryPlan | None:
        """Drop the model, and return the smaller plan for the next try; None if there is none."""
        return self._models.shrink()

    def forget(self) -> None:
        """Drop the model."""
        self._models.forget()

    def use_of(self, model: LoadedModel) -> ModelUse:
        """Return the notes on `model` for the recipe of a result made with it."""
        return ModelUse(
            model.sha256,
            describe_device(self._device),
            str(model.pipeline.dtype).removeprefix("torch."),
            torch.__version__,
            model.entry.info.builtin,
        )

    def prepare(self, entry: ModelEntry, is_cancelled: Callable[[], bool]) -> None:
        """Load the model of `entry` and try it once. Raises EngineError, PyTorch's errors, and Cancelled."""
        warm_up(self._models.load(entry), self._device, is_cancelled)

    def page(
        self,
        request: ColorizeRequest,
        lines: PageLines,
        model: LoadedModel,
        progress: EngineProgress,
        layout: Callable[[], PageLayout | None],
    ) -> ModelPicture:
        """Return the model's picture of `request`: a kept one if the same was requested before, else a new one.

        `layout` finds the page's layout. Raises the errors of `paint_picture`.
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

    def edits(
        self,
        request: ColorizeRequest,
        lines: PageLines,
        model: LoadedModel,
        painted: ModelPicture,
        progress: EngineProgress,
        regions: Regions | None,
    ) -> tuple[ModelPicture, ResultLayer]:
        """Paint the brushed edits of `request`; see `paint_edits`."""
        return paint_edits(request, lines, model, painted, progress, regions)

    def locate(self, entry: ModelEntry, reference: Reference, text: str, edits: Sequence[TextEdit]) -> np.ndarray:
        """Return the fit (side,side) 0 to 1 of each position in `reference` after `edits` to `text`.

        Raises EngineError for models that see a reference only as a whole, UnsupportedRequestError, ConditioningError,
        and the errors of loading a model.
        """
        loaded = self._models.load(entry)
        pipeline = loaded.pipeline
        if not isinstance(pipeline, ColorizePipeline):
            raise EngineError.of("model.no_places")
        if not reference.pixels[..., 3].any():
            raise EngineError.of("reference.empty")
        changes, _ = with_named_colors(token_edits(edits), entry, pipeline)
        return text_fit(pipeline, flatten_on_white(reference.pixels), sought_texts(text, entry), changes)
