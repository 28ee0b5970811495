"""Kinds of enclosed areas with a text in them, told by shape: balloons, captions, and parts of the drawing."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.comics.lettering import Mask, TextBlock

BALLOON, CAPTION = "balloon", "caption"
_SIZES = (0.72, 1.9)
"""Range of the height of letters in balloons, as a multiple of the page's usual one."""
_ROOMY = 14.0
"""Largest area of a balloon, in areas of its text's box; short words have more room around them."""
ROOM_IN_LETTERS = 90.0
"""The same, in squares of a letter's height, that any text may have."""
_FULL = 0.06
"""Smallest product of the shares of a balloon's width and height that its text, or two letters, take."""
_ROUND = 0.72
"""Smallest share of its convex hull that a balloon without its tail covers."""
_MIDDLE = 0.27
"""Largest distance of the text's middle from the balloon's, in the balloon's widths and heights."""
_LOUD = 1.6
"""Height of letters, as a multiple of the page's usual ones, from which words alone in a shape are no speech."""
_TURNED = 9.0
"""Angle in degrees from which a row of letters is a sound or a sign."""
_BOXY = 0.93
"""Least share of its bounding box that a rectangle covers."""
_AT_OUTLINE = 0.6
"""Distance from a balloon's outline, in heights of a letter, up to which ink may be the drawing's."""
_HANGING = (0.3, 1.1)
"""The same for ink that comes as close to the outline as the first: notches and strokes that a panel's border cuts."""
_TAILS = (0.33, 0.72)
"""Half-widths of tails at their roots, in half-widths of their balloons, that do not belong to the balloon's body."""


def filled(mask: Mask) -> Mask:
    """Return `mask` (h,w) without holes: with letters and what they enclose."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    result = np.zeros_like(mask)
    cv2.drawContours(result, contours, -1, 1, -1)
    return result


def kind_of(
    area: Mask, block: TextBlock, inner: tuple[slice, slice], edges: Mask, usual: float, short: int
) -> str | None:
    """Return the kind of an enclosed area with a text in it: BALLOON, CAPTION, or None for a part of the drawing.

    `area` (h,w); `inner`: rows and columns of the text; `edges` (h,w): 1 in gutters and on the page's edge; `usual`:
    height of the page's letters in pixels, 0 if it is not known; `short`: shorter side of the page.
    """
    whole = filled(area)
    size = float(whole.sum())
    text = float(block.width * block.height)
    if size > max(_ROOMY * text, ROOM_IN_LETTERS * block.letter**2) or size > 0.45 * short * short:
        return None
    if _has_other_ink(whole, area, block):
        return None
    if usual and not _SIZES[0] * usual <= block.letter <= _SIZES[1] * usual:
        return None
    if abs(block.tilt) > _TURNED and block.count >= 4:
        return None
    if usual and block.letter > _LOUD * usual and block.rows == 1:
        return None
    left, top, wide, high = cv2.boundingRect(whole)
    part = whole[top : top + high, left : left + wide]
    around = cv2.copyMakeBorder(part, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    depth = np.asarray(cv2.distanceTransform(around, cv2.DIST_L2, 5), np.float32)
    deepest = float(depth.max())
    place = slice(inner[0].start - top, inner[0].stop - top), slice(inner[1].start - left, inner[1].stop - left)
    for radius in (min(0.15 * min(wide, high), 0.9 * deepest), _TAILS[0] * deepest, _TAILS[1] * deepest):
        body = np.ascontiguousarray(_opened(depth, radius)[1:-1, 1:-1])
        kind = _kind_of_body(body, block, place, edges, (left, top), size, usual, short)
        if kind is not None:
            return kind
    return None


def _kind_of_body(
    body: Mask,
    block: TextBlock,
    inner: tuple[slice, slice],
    edges: Mask,
    corner: tuple[int, int],
    size: float,
    usual: float,
    short: int,
) -> str | None:
    """Return the kind of an area of `size` pixels whose `body` (h,w), without its tail, lies at `corner` of `edges`."""
    contours, _ = cv2.findContours(body, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    contour = max(contours, key=cv2.contourArea)
    x, y, wide, high = cv2.boundingRect(contour)
    if cv2.contourArea(contour) < _ROUND * cv2.contourArea(cv2.convexHull(contour)):
        return None
    least = 2 * block.letter
    if (max(block.width, least) / wide) * (max(block.height, least) / high) < _FULL:
        return None
    middle_x = (inner[1].start + inner[1].stop) / 2 - (x + wide / 2)
    middle_y = (inner[0].start + inner[0].stop) / 2 - (y + high / 2)
    boxy = cv2.contourArea(contour) >= _BOXY * wide * high
    if abs(middle_x) > _MIDDLE * wide or abs(middle_y) > _MIDDLE * high:
        return None
    if not boxy:
        return BALLOON
    margin = max(4, round(0.012 * short))
    x, y = x + corner[0], y + corner[1]
    around = edges[max(0, y - margin) : y + high + margin, max(0, x - margin) : x + wide + margin]
    beside_border = bool(around.any())
    has_tail = size > 1.04 * cv2.contourArea(contour)
    if beside_border or has_tail:
        return CAPTION if beside_border else BALLOON
    loud = usual and block.letter > 1.25 * usual
    return None if block.rows == 1 and (loud or block.count < 8) else CAPTION  # a sign in the drawing


def _opened(depth: NDArray[np.float32], radius: float) -> Mask:
    """Return (h,w) uint8, an area of `depth` (h,w) without the parts that a disc of `radius` pixels does not fit into.

    `depth`: distance of each pixel of the area to its outline, 0 outside.
    """
    core = (depth > radius).astype(np.uint8)
    if not core.any():
        return core
    return ((cv2.distanceTransform(1 - core, cv2.DIST_L2, 5) <= radius) & (depth > 0)).view(np.uint8)


def _has_other_ink(whole: Mask, area: Mask, block: TextBlock) -> bool:
    """Return whether the holes of an `area` (h,w) hold more than small shapes beside the letters of its text.

    `whole` (h,w) is the area with its holes. Right at its outline, which may be a panel's border, bits of the drawing
    do not count.
    """
    holes = whole - area
    count, labels, stats, _ = cv2.connectedComponentsWithStats(holes, connectivity=8, ltype=cv2.CV_32S)
    sizes = stats[1:count, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    if (sizes <= 0.5 * block.letter).all():
        return False
    around = cv2.copyMakeBorder(whole, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,))
    depth = np.asarray(cv2.distanceTransform(around, cv2.DIST_L2, 3), np.float32)[1:-1, 1:-1]
    parts = np.asarray(labels, np.int32)
    least, most = (np.full(count, start, np.float32) for start in (np.inf, 0.0))
    np.minimum.at(least, parts[holes > 0], depth[holes > 0])
    np.maximum.at(most, parts[holes > 0], depth[holes > 0])
    hangs = least <= _HANGING[0] * block.letter
    deep = most > np.where(hangs, _HANGING[1], _AT_OUTLINE) * block.letter
    deep[0] = False
    sizes = sizes[deep[1:]]
    return bool((sizes > 2 * block.letter).any() or (sizes > 0.5 * block.letter).sum() > 2 + block.count)
