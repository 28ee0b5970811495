"""Drawings of characters and simple scenes with labelled parts, to train and test the built-in model without a data
set."""

from huebrush_backend.imaging.color_words import COLORS
from huebrush_backend.synthesis.captions import caption, part_caption, part_word, visible_parts, vocabulary
from huebrush_backend.synthesis.coloring import color_picture, line_art
from huebrush_backend.synthesis.design import CharacterDesign, design
from huebrush_backend.synthesis.drawing import KINDS, Drawing, draw
from huebrush_backend.synthesis.palette import Palette, random_palette
from huebrush_backend.synthesis.parts import ALL_PART_CLASSES, PART_CLASSES, Part, RichPart

__all__ = [
    "ALL_PART_CLASSES",
    "COLORS",
    "KINDS",
    "PART_CLASSES",
    "CharacterDesign",
    "Drawing",
    "Palette",
    "Part",
    "RichPart",
    "caption",
    "color_picture",
    "design",
    "draw",
    "line_art",
    "part_caption",
    "part_word",
    "random_palette",
    "visible_parts",
    "vocabulary",
]
