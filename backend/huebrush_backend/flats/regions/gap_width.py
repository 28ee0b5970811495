"""The widest gap that is closed: given in pixels, in widths of the lines or in millimetres, or chosen by the lines."""

from __future__ import annotations

from dataclasses import dataclass

from huebrush_protocol.regions import LINES, MAX_GAP, MILLIMETRES, PIXELS

AUTOMATIC = 8.0
"""Gap that is closed by default, in widths of the lines. Between 6 and 10 sketches close best."""
LEAST_AUTOMATIC = 3.0
"""The same in pixels, for the finest lines."""
MOST_OF_PAGE = 1 / 8
"""Largest gap that is closed by default, as a share of the page's shorter side: icons have very thick lines."""
INCH = 25.4


@dataclass(frozen=True)
class WidestGap:
    """The widest gap to close: `width` in the protocol's `unit`, or None to choose it by the lines.

    `dots_per_inch` is the page's resolution, for millimetres.
    """

    width: float | None = None
    unit: str = PIXELS
    dots_per_inch: float = 0.0

    @property
    def is_automatic(self) -> bool:
        """Whether the width is chosen by the lines; then gaps beside which a shape could be cut are left open."""
        return self.width is None

    def pixels(self, line_width: float, width: int, height: int) -> float:
        """Return it in pixels, for lines `line_width` wide on a page of `width` and `height`.

        Raises ValueError for millimetres without a resolution, and for an unknown unit.
        """
        if self.width is None:
            return automatic_gap(line_width, width, height)
        if self.unit == MILLIMETRES and self.dots_per_inch <= 0:
            raise ValueError("a gap in millimetres needs the page's resolution")
        factors = {PIXELS: 1.0, LINES: line_width, MILLIMETRES: self.dots_per_inch / INCH}
        if self.unit not in factors:
            raise ValueError(f"unknown unit of a gap {self.unit!r}")
        return min(MAX_GAP, self.width * factors[self.unit])


def automatic_gap(line_width: float, width: int, height: int) -> float:
    """Return the gap to close by default in pixels, for lines `line_width` wide on a page of `width` and `height`."""
    return max(LEAST_AUTOMATIC, min(AUTOMATIC * line_width, MOST_OF_PAGE * min(width, height), MAX_GAP))
