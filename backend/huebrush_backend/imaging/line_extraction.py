"""Line art from a coloured, shaded or scanned picture, by classical means.

Ink is thin and darker than both its sides. A morphological black-hat (closing minus picture) shows such pixels however
uneven the light is, and ignores the borders of fills and shadows. If a picture was painted without ink, the borders
between its colours are drawn instead (Canny, 1986). Weak marks count only if they are connected to strong ones
(hysteresis), which removes grain and smudges.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from huebrush_protocol.texts import Text
from numpy.typing import NDArray

from huebrush_backend.imaging.color import flatten_on_white
from huebrush_backend.imaging.lineart import LineArtError
from huebrush_backend.imaging.ruling import remove_ruling

Plane = NDArray[np.float32]

_WIDEST_LINE_SHARE = 1 / 80
"""Widest line that is found, as a share of the picture's longer side."""
_SMOOTHING_SHARE = 1 / 900
"""Standard deviation of the blur before the search, as a share of the longer side; grain is finer."""
_LEAST_CONTRAST = 0.06
"""Darkness relative to its sides from which a mark can be ink."""
_GRAIN_FACTOR = 5.0
"""Smallest ratio of a weak mark to the grain; a strong mark needs twice that."""
_LEAST_LENGTH_SHARE = 1 / 60
"""Fewest pixels of a mark, as a share of the longer side; smaller ones are specks."""
_INKED_SHARE = 0.68
"""Share of the clear borders between colours with ink on them from which a picture counts as inked."""
_BORDER_LIMITS = (60, 140)
"""Canny's lower and upper limit for clear borders between colours, where ink would lie, for 8-bit planes."""
_DRAWN_LIMITS = (20, 55)
"""Canny's limits for the borders that are drawn if there is no ink: pale colours have borders too."""
_DARKEST = 0.999
"""Share of a picture's pixels that are no darker than its darkest lines, beside which ruling is judged."""
_GRADIENT_GRAIN_FACTOR = 4.0
"""Smallest ratio of a drawn border's slope to the picture's median slope, so that grain and texture are not drawn."""


def extract_lines(pixels: NDArray[np.uint8], on_ruling: bool = False) -> Plane:
    """Return the lines of a picture (H,W,4) uint8 RGBA as ink coverage (H,W) float32: 0 paper, 1 full ink.

    With `on_ruling`, printed lines, squares and dots of the paper are no lines. They are told from ink that runs along
    them by their darkness, so this is done before all lines are made equally dark.

    Raises `LineArtError` if no lines can be found.
    """
    rgb = flatten_on_white(pixels)
    longer = max(rgb.shape[:2])
    darkness = _thin_darkness(rgb, longer)
    printed = None
    if on_ruling:
        own = _without_ruling(darkness)
        printed = own < darkness
        darkness = own
    ink = _find_marks(darkness, longer)
    planes = _smooth_lab(rgb, longer)
    if _inked_share(_color_borders(planes, longer, _BORDER_LIMITS, printed), ink, longer) < _INKED_SHARE:
        ink = np.maximum(ink, _draw_borders(_color_borders(planes, longer, _drawn_limits(planes), printed), longer))
    if not ink.any():
        raise LineArtError(Text.of("line_art.nothing_stands_out"))
    return ink


def line_art_layer(ink: Plane) -> NDArray[np.uint8]:
    """Return ink coverage (H,W) as black lines on a transparent layer, (H,W,4) uint8 RGBA."""
    layer = np.zeros((*ink.shape, 4), np.uint8)
    layer[..., 3] = np.rint(ink * 255)
    return layer


def _thin_darkness(rgb: NDArray[np.uint8], longer: int) -> Plane:
    """Return (H,W) 0..1: how much darker each pixel is than both its sides, relative to them.

    It is the root mean square over the channels, so that coloured lines count too.
    """
    smooth = cv2.GaussianBlur(rgb, (0, 0), max(0.6, longer * _SMOOTHING_SHARE))
    width = _odd(longer * _WIDEST_LINE_SHARE, 5)
    total = np.zeros(rgb.shape[:2], np.float32)
    for channel in cv2.split(smooth):
        around = cv2.morphologyEx(channel, cv2.MORPH_CLOSE, np.ones((width, width), np.uint8)).astype(np.float32)
        total += ((around - channel) / np.maximum(around, 32)) ** 2
    return np.sqrt(total / 3).astype(np.float32)


def _without_ruling(darkness: Plane) -> Plane:
    """Return `darkness` (H,W) without the paper's printed lines, squares and dots."""
    full = float(np.quantile(darkness[::2, ::2], _DARKEST))
    if full <= 0:
        return darkness
    before = np.rint(np.minimum(darkness * (255 / full), 255)).astype(np.uint8)
    after = remove_ruling(before)
    return np.where(after < before, after.astype(np.float32) * (full / 255), darkness)


def _find_marks(darkness: Plane, longer: int) -> Plane:
    """Return the coverage of the marks in `darkness` that are neither grain nor specks."""
    from skimage.filters import apply_hysteresis_threshold  # takes long to import, and most pages have lines
    from skimage.morphology import remove_small_objects

    grain = float(np.median(darkness))
    low = max(_LEAST_CONTRAST, _GRAIN_FACTOR * grain)
    kept = apply_hysteresis_threshold(darkness, low, 2 * low)
    kept = remove_small_objects(kept, max_size=max(6, int(longer * _LEAST_LENGTH_SHARE)), connectivity=2)
    if not kept.any():
        return np.zeros_like(darkness)
    full = max(float(np.quantile(darkness[kept], 0.8)), 2 * low)
    soft = np.clip((darkness - low / 2) / (full - low / 2), 0, 1)
    return np.where(cv2.dilate(kept.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0, soft, 0).astype(np.float32)


def _smooth_lab(rgb: NDArray[np.uint8], longer: int) -> Sequence[NDArray[np.uint8]]:
    """Return the planes (H,W) uint8 of CIELAB, without the finest grain."""
    smooth = cv2.GaussianBlur(rgb, (0, 0), max(1.0, 1.5 * longer * _SMOOTHING_SHARE))
    return cv2.split(cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB))  # pyright: ignore[reportReturnType]


def _color_borders(
    planes: Sequence[NDArray[np.uint8]],
    longer: int,
    limits: tuple[float, float],
    printed: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Return (H,W) bool: borders between colours, one pixel wide, found in any of the planes by Canny's `limits`.

    Those beside what is `printed` (H,W) are left out.
    """
    found = np.zeros(planes[0].shape, bool)
    for plane in planes:
        found |= cv2.Canny(plane, *limits, L2gradient=True) > 0
    if printed is not None:
        found &= cv2.dilate(printed.astype(np.uint8), np.ones((_odd(longer / 300, 5),) * 2, np.uint8)) == 0
    from skimage.morphology import remove_small_objects

    return remove_small_objects(found, max_size=max(6, int(longer * _LEAST_LENGTH_SHARE)), connectivity=2)


def _drawn_limits(planes: Sequence[NDArray[np.uint8]]) -> tuple[float, float]:
    """Return Canny's limits for the borders that are drawn: `_DRAWN_LIMITS`, or more for a picture with much
    texture."""
    medians = []
    for plane in planes:
        across, down = (cv2.Sobel(plane, cv2.CV_32F, *direction) for direction in ((1, 0), (0, 1)))
        medians.append(float(np.median(cv2.magnitude(across, down))))
    low, high = _DRAWN_LIMITS
    factor = max(1.0, _GRADIENT_GRAIN_FACTOR * max(medians) / low)
    return low * factor, high * factor


def _inked_share(borders: NDArray[np.bool_], ink: Plane, longer: int) -> float:
    """Return the share of `borders` that has ink close by; 1 if there are no borders."""
    if not borders.any():
        return 1.0
    near = cv2.dilate((ink > 0.3).astype(np.uint8), np.ones((_odd(longer / 150, 5),) * 2, np.uint8)) > 0
    return float(near[borders].mean())


def _draw_borders(borders: NDArray[np.bool_], longer: int) -> Plane:
    """Return `borders` as lines of a width that suits the picture."""
    width = max(1.0, longer / 400)
    lines = cv2.GaussianBlur(borders.astype(np.float32), (0, 0), width / 2)
    return np.clip(lines * (width * 1.6), 0, 1).astype(np.float32)


def _odd(size: float, least: int) -> int:
    return max(least, 2 * round(size / 2) + 1)
