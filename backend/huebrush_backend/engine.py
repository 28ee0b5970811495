"""The engine: one request in, events and a result out. Owns the loaded model; knows nothing of ZeroMQ."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from huebrush_protocol.parameters import EXTRACT, Parameters

from huebrush_backend import __version__
from huebrush_backend.colorization import (
    ColorizeRequest,
    ColorizeResult,
    EngineError,
    EventCallback,
    ResultLayer,
)
from huebrush_backend.engine_inputs import guidance_window, prepare_inputs
from huebrush_backend.engine_models import LoadedModel, ModelHolder
from huebrush_backend.engine_progress import EngineProgress
from huebrush_backend.imaging.line_extraction import line_art_layer
from huebrush_backend.imaging.lineart import LineArtError
from huebrush_backend.imaging.upsampling import upsample_to_lines
from huebrush_backend.models.catalog import BUILTIN_NOTE
from huebrush_backend.models.devices import choose_device, describe_device, is_out_of_memory
from huebrush_backend.pipeline.colorization_pipeline import UnsupportedRequestError
from huebrush_backend.pipeline.conditioning import (
    Box,
    picture_array,
)
from huebrush_backend.pipeline.enhancement import ConditioningError
from huebrush_backend.pipeline.fast import SettledColors, fast_guidance, fast_steps
from huebrush_backend.pipeline.noise_schedules import SamplingError

log = logging.getLogger(__name__)

MEMORY_MESSAGE = "There was not enough memory for this picture with this model."
MEMORY_REMEDY = "Close other programs that use the graphics card or memory, or choose a smaller model, and try again."


class Engine:
    """Runs colorizations one at a time and keeps the last model loaded."""

    def __init__(self, device: str = "auto", models_folder: Path | None = None) -> None:
        """`device`: "auto" or a torch device name; raises ValueError when this machine does not have it."""
        self._device = choose_device(device)
        self._models = ModelHolder(self._device, models_folder)

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
        progress.enter("loading")
        model = self._models.load(request.model)

        progress.enter("preparing")
        inputs = prepare_inputs(request, model.entry, model.pipeline)

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
            is_settled=is_settled,
            on_step=on_step,
            on_decode=lambda: progress.enter("decoding"),
        )

        progress.enter("finishing")
        picture = _cropped(picture_array(output.picture), output.box)
        colour = upsample_to_lines(picture, inputs.ink)
        alpha = np.full(colour.shape[:2], 255, np.uint8)
        if inputs.kept is not None:
            alpha[~inputs.kept] = 0
        layers = [ResultLayer("Colour", np.dstack([colour, alpha]))]
        if parameters.sketch_mode == EXTRACT:  # the artist's own layer is a picture; the colours need lines above them
            layers.append(ResultLayer("Lines", line_art_layer(inputs.ink)))
        progress.check()
        parameters = replace(parameters, reference_guidance=guidance.reference)  # the recipe leaves nothing open
        recipe = self._recipe(request, parameters, model, (*inputs.notes, *notes, *output.notes))
        return ColorizeResult(tuple(layers), recipe)

    def _recipe(
        self, request: ColorizeRequest, parameters: Parameters, model: LoadedModel, notes: tuple[str, ...]
    ) -> dict[str, Any]:
        inputs = [("line_art", request.line_art_name, request.line_art, 1.0)]
        inputs += [("reference", item.name, item.pixels, item.weight) for item in request.references]
        if request.background is not None:
            inputs.append(("background", request.background.name, request.background.pixels, 1.0))
        for role, mask in (("line_art_mask", request.line_art_mask), ("reference_mask", request.reference_mask)):
            if mask is not None:
                inputs.append((role, mask.name, mask.pixels, 1.0))
        return {
            "recipe_version": 1,
            "huebrush": __version__,
            "model": model.entry.info.name,
            "model_sha256": model.sha256,
            "parameters": asdict(parameters),
            "inputs": [
                {
                    "role": role,
                    "name": name,
                    "width": pixels.shape[1],
                    "height": pixels.shape[0],
                    "weight": weight,
                    "sha256": hashlib.sha256(np.ascontiguousarray(pixels).data).hexdigest(),
                }
                for role, name, pixels, weight in inputs
            ],
            "device": self.device_description(),
            "dtype": str(model.pipeline.dtype).removeprefix("torch."),
            "torch": torch.__version__,
            "notes": [*([BUILTIN_NOTE] if model.entry.info.builtin else []), *notes],
        }


def _cropped(picture: np.ndarray, box: Box) -> np.ndarray:
    return np.ascontiguousarray(picture[box.top : box.top + box.height, box.left : box.left + box.width])
