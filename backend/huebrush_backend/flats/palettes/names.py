"""Names for colours, so that a layer is called "light brown" and not only by its number.

A colour has lightness L, chroma C and hue h in CIELAB (D65). A colour with little chroma is a grey; otherwise the hue
gives the word. People use other words for some light or dark colours (dark orange is brown, light red pink, dark blue
navy); the rest get "pale", "light", "dark" or "deep" in front. The limits are this project's own, set by eye.
"""

from __future__ import annotations

import math

import numpy as np

from huebrush_backend.imaging.color import srgb_to_lab

_GREY_CHROMA = 6.0
_GREYS = ((8, "black"), (25, "charcoal"), (45, "dark grey"), (70, "grey"), (88, "light grey"), (96.5, "off-white"))
"""Lightness up to which a colour without hue has this name; above it is white."""
_HUES = (
    (20, "rose"), (45, "red"), (70, "orange"), (87, "amber"), (105, "yellow"), (125, "lime"), (160, "green"),
    (190, "sea green"), (215, "teal"), (245, "cyan"), (275, "sky blue"), (300, "blue"), (317, "violet"),
    (335, "purple"), (350, "magenta"), (360, "pink"),
)  # fmt: skip
"""Hue in degrees up to which a colour has this name."""
_BROWNS = ("red", "orange", "amber")
_SKIN = ((62, 97), (9, 36), (38, 78))
"""Ranges of lightness, chroma and hue of most painted skins that are not dark."""


def color_name(rgb: tuple[int, int, int]) -> str:
    """Return an English name for an sRGB colour, 0..255. Equal colours have equal names, but names are not unique."""
    lightness, a, b = (float(value) for value in srgb_to_lab(np.array(rgb, np.uint8)))
    chroma, hue = math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360
    if chroma < _GREY_CHROMA * (0.6 if lightness > 88 else 1):
        return next((word for limit, word in _GREYS if lightness <= limit), "white")
    if all(low <= value <= high for value, (low, high) in zip((lightness, chroma, hue), _SKIN, strict=True)):
        return "fair skin" if lightness > 84 else "skin" if lightness > 72 else "tan skin"
    word = next(word for limit, word in _HUES if hue <= limit)
    return _special(word, lightness, chroma) or _graded(word, lightness, chroma)


def _special(word: str, lightness: float, chroma: float) -> str | None:
    """Return the word that people use for a light or dark kind of `word`, if there is one."""
    if word in _BROWNS and lightness < 62 and not (word == "red" and chroma > 45):
        if chroma < 14:
            return "warm grey" if lightness > 40 else "dark brown"
        return "dark brown" if lightness < 28 else "brown" if lightness < 50 else "light brown"
    if word in ("amber", "yellow") and lightness >= 75 and chroma < 32:
        return "cream" if lightness > 88 else "beige"
    if word in ("orange", "red") and lightness >= 62 and chroma < 40:
        return "peach" if word == "orange" else "salmon"
    if word in ("yellow", "lime") and lightness < 60:
        return "dark olive" if lightness < 35 else "olive"
    if word in ("rose", "red") and lightness < 28:
        return "maroon"
    if word in ("rose", "magenta", "pink") and lightness > 60:
        return "pale pink" if lightness > 85 else "pink"
    if word in ("sky blue", "blue") and lightness < 25:
        return "navy"
    if word in ("sky blue", "blue", "cyan") and chroma < 22 and lightness < 75:
        return "dark slate" if lightness < 35 else "slate"
    if word in ("violet", "purple") and lightness > 65:
        return "lavender"
    return None


def _graded(word: str, lightness: float, chroma: float) -> str:
    if word in ("yellow", "amber", "lime", "cyan"):  # bright by nature
        lightness -= 18
    if lightness > 78:
        return f"pale {word}" if chroma < 40 else f"light {word}"
    if lightness > 66:
        return f"light {word}"
    if lightness < 24:
        return f"deep {word}"
    if lightness < 38:
        return f"dark {word}"
    return f"greyish {word}" if chroma < 18 else word
