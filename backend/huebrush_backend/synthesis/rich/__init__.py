"""Richer drawings than those of `draw`, which stay as they are: children's-book animals, vehicles, rooms, food, faces
close up, things, whole figures, crowds and patterns, in eleven line styles; and how pictures look as photographs."""

from huebrush_backend.synthesis.rich.drawing import FEWEST_PARTS, draw_rich
from huebrush_backend.synthesis.rich.kinds import PARTS_OF_KIND, RICH_KINDS
from huebrush_backend.synthesis.rich.line_styles import LINE_STYLES, OPEN_STYLES
from huebrush_backend.synthesis.rich.palette import rich_palette
from huebrush_backend.synthesis.rich.photographs import PhotographLooks, photograph

__all__ = [
    "FEWEST_PARTS",
    "LINE_STYLES",
    "OPEN_STYLES",
    "PARTS_OF_KIND",
    "RICH_KINDS",
    "PhotographLooks",
    "draw_rich",
    "photograph",
    "rich_palette",
]
