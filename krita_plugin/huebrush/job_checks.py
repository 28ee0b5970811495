"""What a job cannot begin without."""

from __future__ import annotations

from typing import Any

from huebrush_protocol.regions import PICTURE

from .colorize_masks import can_make_masks
from .documents import find_node
from .job import JobRequest
from .problems import ProblemError, problem
from .region_settings import COLORIZE_MASK


def check_request(document: Any, request: JobRequest) -> None:
    """Raise `ProblemError` when something is not chosen that `request` needs, or this Krita cannot make its result."""
    if find_node(document, request.settings.line_art) is None:
        raise ProblemError(problem("no_line_art"))
    if request.has_model and not request.settings.references:
        raise ProblemError(problem("no_reference"))
    if not request.has_model:
        _check_without_model(request)
    if request.regions.result == COLORIZE_MASK and not can_make_masks(document):
        raise ProblemError(problem("no_masks"))


def _check_without_model(request: JobRequest) -> None:
    """Raise `ProblemError` for a job without a model that has nothing to take colours from, or no regions for them."""
    regions = request.settings.regions
    if regions.is_check:
        if not regions.flats:
            raise ProblemError(problem("no_flats"))
        return
    if regions.result == PICTURE:
        raise ProblemError(problem("picture_without_model"))
    if not regions.hints and not (regions.palette_source == "colors" and regions.colors):
        raise ProblemError(problem("no_colors"))
