"""Colour words that the built-in model knows, with their colours, and a search for them in a text."""

from __future__ import annotations

import re
from functools import lru_cache

COLORS: dict[str, tuple[int, int, int]] = {
    "black": (30, 28, 34), "charcoal": (62, 64, 72), "grey": (128, 130, 136), "silver": (184, 188, 196),
    "white": (246, 246, 244), "ivory": (250, 240, 214), "cream": (250, 228, 178), "beige": (222, 202, 168),
    "tan": (204, 164, 116), "brown": (124, 78, 46), "dark brown": (70, 44, 32), "chestnut": (148, 70, 44),
    "auburn": (122, 38, 34), "maroon": (98, 20, 40), "crimson": (180, 22, 50), "red": (222, 40, 44),
    "scarlet": (244, 74, 46), "coral": (252, 126, 104), "salmon": (250, 164, 144), "peach": (255, 204, 172),
    "orange": (250, 140, 30), "amber": (240, 178, 44), "gold": (208, 160, 38), "blonde": (244, 214, 116),
    "yellow": (252, 226, 50), "lemon": (255, 246, 146), "lime": (176, 222, 52), "yellow green": (140, 184, 48),
    "olive": (120, 120, 44), "dark green": (26, 76, 48), "green": (46, 148, 70), "emerald": (20, 172, 112),
    "mint": (164, 236, 198), "pale green": (204, 240, 184), "sage": (148, 174, 140), "teal": (20, 124, 126),
    "turquoise": (54, 200, 196), "aqua": (136, 230, 236), "pale blue": (198, 228, 248), "sky blue": (124, 196, 244),
    "blue": (44, 110, 220), "royal blue": (46, 62, 186), "navy": (28, 36, 92), "slate": (92, 112, 140),
    "steel blue": (86, 142, 186), "periwinkle": (146, 156, 232), "indigo": (70, 44, 136), "violet": (130, 72, 208),
    "purple": (122, 38, 140), "plum": (84, 32, 84), "lavender": (202, 188, 242), "lilac": (190, 146, 212),
    "orchid": (214, 106, 206), "magenta": (216, 34, 146), "hot pink": (252, 84, 160), "pink": (252, 164, 196),
    "pale pink": (255, 216, 226), "rose": (222, 92, 118), "dusty rose": (190, 130, 136), "mauve": (146, 104, 134),
}  # fmt: skip
"""Colour vocabulary: word to sRGB."""

SKINS = ("pale skin", "fair skin", "warm skin", "olive skin", "brown skin", "dark skin")
"""Words for the colour of skin."""
_SKIN_VALUES = ((255, 232, 220), (252, 214, 186), (240, 188, 148), (206, 154, 110), (158, 102, 70), (104, 64, 48))
SKIN_COLORS = dict(zip(SKINS, _SKIN_VALUES, strict=True))
"""Words for skin to sRGB."""
NAMED_COLORS = {**COLORS, **SKIN_COLORS}
"""Every colour word to its sRGB."""


def named_color(text: str) -> tuple[int, int, int] | None:
    """Return the sRGB of the colour that `text` names, such as "a dark brown coat"; None if it names none.

    Of several colours, the first counts; of words that begin at the same place, the longest ("dark brown").
    """
    found = _pattern().search(" ".join(text.lower().split()))
    return None if found is None else NAMED_COLORS[found.group()]


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(NAMED_COLORS, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
