"""Tells light lines on dark paper from dark lines on light paper, whatever the light on the page.

A line is thin and has wide paper on both sides. The slit between two lines is thin too, but what lies beside it is
narrow. So each polarity is judged on a picture without the other's thin structures: dark lines on what an opening
leaves (light areas wide enough to be paper), light lines on what a closing leaves. Shadows, dark corners, falling light
and black fills are not thin, so they have no say. Dots of screentone vanish with the narrow areas between them.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]

_FINE = (1 / 57, (1 / 47, 1 / 30, 1 / 19))
"""Widest line that is counted, and least widths of the paper beside it, as shares of the longer side: 9, and 11, 17 and
27 of 512 pixels."""
_THICK = (1 / 19, (1 / 15.5, 1 / 11))
"""The same for drawings of thick lines alone, such as icons."""
_LEAST_STEP = 4.0
"""Change in grey levels that is noise."""
_DARKEST = 24.0
"""Grey levels added to the brightness before a contrast is related to it: there is noise in black areas too."""
_DOT_BLUR_SHARE = 1.5 / 512
"""Standard deviation, as a share of the longer side, of the blur that turns screentone into grey."""
_EVIDENCE_FLOOR = 1e-4
"""Mean contrast of thin structures that is added to both polarities before they are compared."""
_CLEAR_EVIDENCE = 4e-3
"""Mean contrast of fine lines from which they alone decide."""
_LEAST_EVIDENCE = 5e-4
"""Mean contrast of thin structures below which nothing on the page is a line."""
_LIGHT_RATIO = 8.0
"""Ratio of light lines to dark ones from which lines are light: black fills leave light slits, white ones are rare."""
_LIGHT_RATIO_WITHOUT_DOTS = 2.5
"""The same on the page whose screentone is blurred to grey."""
_LIGHT_RATIO_OF_ALL = 4.0
"""The same for fine and thick lines together, where fine ones alone are not clear."""


def has_light_lines(tone: Plane, visible: NDArray[np.bool_]) -> bool:
    """Tell whether the lines are lighter than the paper.

    `tone`: (h,w) uint8, brightness of a page or of its small version; `visible`: (h,w) bool, what of it is painted.
    """
    dark, light = _evidence(tone, *_FINE)
    if max(dark, light) >= _CLEAR_EVIDENCE and not _outweighs(light, dark, _LIGHT_RATIO):
        return False
    without_dots = cv2.GaussianBlur(tone, (0, 0), max(0.5, max(tone.shape) * _DOT_BLUR_SHARE))
    soft_dark, soft_light = _evidence(np.asarray(without_dots, np.uint8), *_FINE)
    if max(dark, light) >= _CLEAR_EVIDENCE:
        return _outweighs(soft_light, soft_dark, _LIGHT_RATIO_WITHOUT_DOTS)
    thick_dark, thick_light = _evidence(tone, *_THICK)
    dark, light = dark + soft_dark + thick_dark, light + soft_light + thick_light
    if max(dark, light) < _LEAST_EVIDENCE:
        return _mostly_dark(tone, visible)
    return _outweighs(light, dark, _LIGHT_RATIO_OF_ALL)


def _outweighs(light: float, dark: float, ratio: float) -> bool:
    return light + _EVIDENCE_FLOOR > ratio * (dark + _EVIDENCE_FLOOR)


def _evidence(tone: Plane, line_share: float, paper_shares: tuple[float, ...]) -> tuple[float, float]:
    """Return the mean contrast of dark lines and that of light lines, each summed over the widths of paper."""
    longer = max(tone.shape)
    line = _square(longer * line_share)
    dark = light = 0.0
    for share in paper_shares:
        paper = _square(longer * share)
        areas = cv2.morphologyEx(tone, cv2.MORPH_OPEN, paper)
        dark += _contrast(cv2.morphologyEx(areas, cv2.MORPH_CLOSE, line), areas)
        areas = cv2.morphologyEx(tone, cv2.MORPH_CLOSE, paper)
        light += _contrast(areas, cv2.morphologyEx(areas, cv2.MORPH_OPEN, line))
    return dark, light


def _contrast(brighter: NDArray, darker: NDArray) -> float:
    above = brighter.astype(np.float32)
    step = np.maximum(above - darker - _LEAST_STEP, 0)
    return float((step / (above + _DARKEST)).mean())


def _square(side: float) -> Plane:
    """Return a square structuring element of an odd side, at least 3."""
    return np.ones((max(3, 2 * int(side / 2) + 1),) * 2, np.uint8)


def _mostly_dark(tone: Plane, visible: NDArray[np.bool_]) -> bool:
    """Tell whether most of a page without thin structures is dark: its paper is what there is more of."""
    levels = tone[visible]
    threshold, _ = cv2.threshold(levels.reshape(-1, 1), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    light_share = float((levels > threshold).mean())
    if light_share in (0.0, 1.0):
        return bool(levels.mean() < 128)
    return light_share < 0.5
