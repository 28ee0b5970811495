"""Tries a model once after it is loaded: libraries choose and compile their kernels at first use."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from huebrush_protocol.parameters import Parameters

from huebrush_backend.checkpoints.component_sizes import component_parameters
from huebrush_backend.engine.model_holder import LoadedModel
from huebrush_backend.engine.page_lines import PageLines
from huebrush_backend.engine.picture import paint_picture
from huebrush_backend.engine.progress import EngineProgress
from huebrush_backend.engine.request import ColorizeRequest, Reference

MOST_PARAMETERS_ON_A_PROCESSOR = 100_000_000
"""Weights of the network up to which a step on a processor is so short that a trial is worth it."""


def warm_up(model: LoadedModel, device: torch.device, is_cancelled: Callable[[], bool]) -> None:
    """Paint one step of a page with a single line. Raises Cancelled.

    Does nothing for a large network on a processor: a trial would hold up the next job for as long as it helps it.
    """
    weights = component_parameters(model.entry.folder).get("unet", 0)
    if device.type == "cpu" and weights > MOST_PARAMETERS_ON_A_PROCESSOR:
        return
    request = _trial_request(model.entry.info.name, model.entry.info.native_size)
    paint_picture(request, PageLines(request), model, EngineProgress(request, lambda _event: None, is_cancelled))


def _trial_request(model: str, side: int) -> ColorizeRequest:
    """Return the request for a square page of `side` pixels, after a reference of two colours."""
    page = np.full((side, side, 4), 255, np.uint8)
    page[side // 2, :, :3] = 0
    reference = page.copy()
    reference[: side // 2, :, :3] = (180, 90, 60)
    return ColorizeRequest(model, page, (Reference(reference),), Parameters(seed=1, steps=1))
