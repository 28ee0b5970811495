"""Advice before a run on what would hide its result: opaque paper over it, or a page without colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..base.problems import Problem, Remedy, problem
from ..base.qt import QtCore
from ..documents.find import find_node
from ..documents.scratch import SRGB_PROFILE
from .advice import GREY

if TYPE_CHECKING:
    from krita import Document, Node

EDGE = 48
"""Longest side of the small picture of the lines that is looked at, in pixels."""
OPAQUE = 255
"""Alpha from which paper hides what lies below, 0 to 255."""
LIGHT = 128
"""Grey value from which paper is light, 0 to 255."""
TILE = 64
"""Side in pixels of the tiles in which Krita keeps a layer. A small picture shows whole tiles, also what of them is
beyond the page."""
RIM = 2
"""Pixels of the small picture that the edge of the paper may cover in part."""
HIDES = "normal"
"""The blending mode in which opaque paper hides what lies below."""


def foresee(document: Document, line_art: str) -> Problem | None:
    """Look for what would hide a result below the layer with the id `line_art` in `document`; None where nothing would.

    The remedy is `Remedy.SHOW_COLORS`, which `show_colors` carries out.
    """
    is_grey = document.colorModel() == GREY
    lines = find_node(document, line_art) if line_art else None
    hides = lines is not None and lines.blendingMode() == HIDES and opaque_paper(document, lines) is not None
    if not is_grey and not hides:
        return None
    code = "hidden_both" if is_grey and hides else "hidden_grey" if is_grey else "hidden_paper"
    return problem(code, Remedy.SHOW_COLORS, "info", name=lines.name() if lines is not None else "")


def opaque_paper(document: Document, lines: Node) -> str | None:
    """Return the blending mode in which the paper of the layer `lines` vanishes, None where no paper covers the page.

    Light paper vanishes in "multiply", dark paper in "screen".
    """
    small = lines.thumbnail(EDGE, EDGE)
    greys: dict[tuple[int, int], int] = {}
    for y in range(small.height()):
        for x in range(small.width()):
            color = small.pixelColor(x, y)
            if color.alpha() >= OPAQUE:
                greys[x, y] = color.lightness()
    if not greys:
        return None
    width, height = (max(place[axis] for place in greys) - min(place[axis] for place in greys) + 1 for axis in (0, 1))
    if len(greys) < width * height:  # it has holes
        return None
    page = QtCore.QRect(0, 0, document.width(), document.height())
    bounds = lines.bounds()  # asked last: on clear layers Krita looks at every pixel for it
    across, down = (size / (size + 2 * TILE) for size in (bounds.width(), bounds.height()))
    covers = width + RIM >= across * small.width() and height + RIM >= down * small.height()
    if not covers or not bounds.contains(page):
        return None
    return "multiply" if sorted(greys.values())[len(greys) // 2] >= LIGHT else "screen"


def show_colors(document: Document, line_art: str) -> None:
    """Let a result below the layer with the id `line_art` be seen in `document`: a grey page becomes RGB, and opaque
    paper blends with what lies below. Each of the two is an undo step of Krita's."""
    lines = find_node(document, line_art) if line_art else None
    mode = opaque_paper(document, lines) if lines is not None and lines.blendingMode() == HIDES else None
    if document.colorModel() == GREY:
        document.setColorSpace("RGBA", document.colorDepth(), SRGB_PROFILE)
        document.waitForDone()
    if lines is not None and mode is not None:
        lines.setBlendingMode(mode)
        document.refreshProjection()
