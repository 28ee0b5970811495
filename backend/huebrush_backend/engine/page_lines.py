"""The lines of a request's page. Imports no torch."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from huebrush_protocol import parameters as protocol

from huebrush_backend.engine.page_ink import PageInk
from huebrush_backend.engine.request import ColorizeRequest
from huebrush_backend.imaging.line_extraction import extract_lines
from huebrush_backend.imaging.lineart import (
    FoundPaper,
    Reading,
    find_paper,
    ink_coverage,
    normalize_line_art,
)


def reading_of(parameters: protocol.Parameters) -> Reading:
    """Return the reading of the line art that these parameters ask for."""
    light_lines = {protocol.DARK_LINES: False, protocol.LIGHT_LINES: True}.get(parameters.sketch_mode)
    return Reading(light_lines, parameters.remove_ruling)


class PageLines:
    """The lines of a request's page as ink coverage, computed on first use; raises LineArtError if there are none."""

    def __init__(self, request: ColorizeRequest, ink: np.ndarray | None = None) -> None:
        """`ink` (H,W) float32: the coverage if it is known already."""
        self._known = ink
        self._pixels = request.line_art
        self._extracted = request.parameters.sketch_mode == protocol.EXTRACT
        self._reading = reading_of(request.parameters)

    @cached_property
    def ink(self) -> np.ndarray:
        """Coverage (H,W) float32, 0 paper to 1 full ink."""
        if self._known is not None:
            return self._known
        if not self._extracted:
            return normalize_line_art(self._pixels, self._reading, self._paper)
        return extract_lines(self._pixels, self._reading.remove_ruling)

    @cached_property
    def ink_bytes(self) -> np.ndarray:
        """The same as (H,W) uint8, 0 to 255, for which large pages need less memory."""
        if self._extracted or self._known is not None:
            return np.rint(self.ink * 255).astype(np.uint8)
        return ink_coverage(self._pixels, self._reading, found=self._paper)

    @property
    def are_light(self) -> bool:
        """True for lines that are lighter than their paper; extracted lines are dark."""
        return not self._extracted and self._paper.paper.dark

    @cached_property
    def _paper(self) -> FoundPaper:
        return find_paper(self._pixels, self._reading)

    @cached_property
    def page_ink(self) -> PageInk:
        """The same with its key."""
        return PageInk(self.ink_bytes)
