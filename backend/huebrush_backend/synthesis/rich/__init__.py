"""Richer drawings than those of `draw`, which stay as they are: children's-book animals, vehicles, rooms, food, faces
close up, things, whole figures, crowds and patterns, in eleven line styles; and how pictures look as references."""

from huebrush_backend.synthesis.rich.drawing import FEWEST_PARTS, draw_rich
from huebrush_backend.synthesis.rich.kinds import PARTS_OF_KIND, RICH_KINDS
from huebrush_backend.synthesis.rich.line_styles import LINE_STYLES, OPEN_STYLES
from huebrush_backend.synthesis.rich.palette import rich_palette
from huebrush_backend.synthesis.rich.reference_looks import (
    ONLY_PHOTOGRAPHED,
    ONLY_PLACED,
    ReferenceLooks,
    reference_look,
)

__all__ = [
    "FEWEST_PARTS",
    "LINE_STYLES",
    "ONLY_PHOTOGRAPHED",
    "ONLY_PLACED",
    "OPEN_STYLES",
    "PARTS_OF_KIND",
    "RICH_KINDS",
    "ReferenceLooks",
    "draw_rich",
    "reference_look",
    "rich_palette",
]
