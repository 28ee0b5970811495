"""The colour that a text names, in the vocabulary that drawings and their captions are made with."""

from __future__ import annotations

import re
from functools import lru_cache

from huebrush_backend.synthesis.palette import COLORS, SKIN_COLORS

NAMED_COLORS = {**COLORS, **SKIN_COLORS}
"""Every colour word to its sRGB."""


def named_color(text: str) -> tuple[int, int, int] | None:
    """Return the sRGB of the colour that `text` names, such as "a dark brown coat"; None where it names none.

    Of several colours, the first counts; of words that begin at the same place, the longest ("dark brown").
    """
    found = _pattern().search(" ".join(text.lower().split()))
    return None if found is None else NAMED_COLORS[found.group()]


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(NAMED_COLORS, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
