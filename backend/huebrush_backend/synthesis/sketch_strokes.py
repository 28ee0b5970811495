"""Strokes of a hand: contours drawn in several overlapping strokes with wobble, pressure, tips and grain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter

from huebrush_backend.synthesis.flat_inking import arc_lengths, draw_line
from huebrush_backend.synthesis.shapes import Points, normals
from huebrush_backend.synthesis.sketch_contours import FREE, OPEN, Contour

_FINER = 4
"""Factor by which a stroke is drawn larger and then averaged."""
_GRAIN = 256
"""Side in pixels of the tile of paper grain."""


@dataclass(frozen=True)
class Hand:
    """Manner in which a hand draws. Lengths are in line widths unless they say otherwise.

    * `repeats`: least and most strokes for each stretch of a contour
    * `stretch`: mean length of a stroke in pixels; 0 draws each contour in one
    * `wobble`: how far a stroke strays
    * `overshoot`: how far a stroke runs on, or stops short (negative), at corners and joints: from and to
    * `pressure`: 0..1, how much the pressure varies along a stroke
    * `tips`: length of the tapered ends; 0 has round ends
    * `darkness`: 0..1 at full pressure
    * `grain`: 0..1, how much the paper's grain shows
    * `thinnest`: smallest half-width in pixels
    """

    repeats: tuple[int, int] = (1, 1)
    stretch: float = 0.0
    wobble: float = 0.0
    overshoot: tuple[float, float] = (0.0, 0.0)
    pressure: float = 0.0
    tips: float = 0.0
    darkness: float = 1.0
    grain: float = 0.0
    thinnest: float = 0.45


@dataclass(frozen=True, eq=False)
class Stroke:
    """`points` (n, 2) and `half` (n,) in page pixels, and the `darkness` (n,) 0..1 along them."""

    points: Points
    half: np.ndarray
    darkness: np.ndarray


def strokes_of(rng: np.random.Generator, contours: Iterable[Contour], hand: Hand, line_width: float) -> list[Stroke]:
    """Return the strokes with which `hand` draws contours; `line_width` is in pixels."""
    strokes: list[Stroke] = []
    for contour in contours:
        small = contour.length < 14 * line_width
        repeats = 1 if small else int(rng.integers(hand.repeats[0], hand.repeats[1] + 1))
        for number in range(repeats):
            for stretch in _stretches(rng, contour, hand, line_width, first=number == 0):
                strokes.append(_drawn(rng, stretch, hand, line_width, small))
    return strokes


def draw_strokes(strokes: Sequence[Stroke], width: int, height: int) -> np.ndarray:
    """Return the coverage (H, W) uint8 of strokes on a page; where strokes cross, they add up."""
    bare = np.ones((height, width), np.float32)
    for stroke in strokes:
        reach = float(stroke.half.max()) + 2
        left, top = np.maximum(np.floor(stroke.points.min(0) - reach).astype(int), 0)
        right, bottom = np.minimum(np.ceil(stroke.points.max(0) + reach).astype(int), (width, height))
        if left >= right or top >= bottom:
            continue
        fine = np.zeros(((bottom - top) * _FINER, (right - left) * _FINER), np.uint8)
        path = (stroke.points + 0.5 - (left, top)) * _FINER - 0.5
        draw_line(fine, path, np.maximum(stroke.half * _FINER - 0.4, 0.5), np.rint(255 * stroke.darkness))
        small = cv2.resize(fine, (int(right - left), int(bottom - top)), interpolation=cv2.INTER_AREA)
        bare[top:bottom, left:right] *= 1 - small.astype(np.float32) / 255
    return np.rint(255 * (1 - bare)).astype(np.uint8)


def grained(rng: np.random.Generator, ink: np.ndarray, grain: float) -> np.ndarray:
    """Return coverage (H, W) uint8 of a pencil on rough paper: faint lines break up in the `grain` (0..1)."""
    noise = rng.standard_normal((_GRAIN, _GRAIN))
    tooth = gaussian_filter(noise, 0.8, mode="wrap") + 0.7 * gaussian_filter(noise, 1.6, mode="wrap")
    tooth = (tooth / tooth.std()).astype(np.float32)
    height, width = ink.shape
    tiled = np.tile(tooth, (height // _GRAIN + 1, width // _GRAIN + 1))[:height, :width]
    share = ink.astype(np.float32) / 255
    rough = share * (1 - 0.45 * grain * (1 - share)) + 0.5 * grain * tiled * share * (1.15 - share)
    return np.rint(255 * np.clip(rough, 0, 1)).astype(np.uint8)


def _stretches(rng: np.random.Generator, contour: Contour, hand: Hand, line_width: float, first: bool) -> list[Contour]:
    """Split a contour into the pieces that one stroke draws: at corners, and wherever the hand pauses.

    The first time around, strokes meet or overlap; repeated strokes may leave pieces out.
    """
    points, half = contour.points, contour.half
    count = len(points)
    if hand.stretch <= 0 or count < 12:
        return [contour]
    along = arc_lengths(points)
    places = set(contour.corners().tolist())
    at = float(rng.uniform(0.3, 1)) * hand.stretch
    while at < along[-1]:
        places.add(int(np.searchsorted(along, at)))
        at += hand.stretch * float(rng.uniform(0.5, 1.6))
    stops = [0, *sorted(place for place in places if 4 < place < count - 5), count - 1]
    pieces = []
    for begin, end in pairwise(stops):
        if end - begin < 4 or (not first and rng.random() < 0.25):
            continue
        ends = (contour.ends[0] if begin == 0 else "pause", contour.ends[1] if end == count - 1 else "pause")
        overlap = int(rng.uniform(0, 3) * line_width / 2) if first else 0
        stretch = slice(max(0, begin - overlap), end + 1)
        pieces.append(Contour(points[stretch], half[stretch], False, contour.outline, ends))
    return pieces


def _drawn(rng: np.random.Generator, contour: Contour, hand: Hand, line_width: float, small: bool) -> Stroke:
    points, half = contour.points, contour.half
    if contour.closed or small:
        overshoots = (0.0, 0.0)
    else:
        overshoots = tuple(_overshoot(rng, end, hand) * line_width for end in contour.ends)
    points, half = _longer(points, half, *overshoots)
    size = float(np.hypot(*np.ptp(points, axis=0)))
    amount = min(hand.wobble * line_width, 0.05 * size)
    if amount > 0:
        length = arc_lengths(points)[-1]
        t = np.linspace(-1, 1, len(points))
        tilt = rng.normal() * 0.6 + rng.normal() * 0.6 * t + rng.normal() * 0.5 * (t**2 - 0.5)
        away = amount * (tilt + 0.35 * smooth_waves(rng, len(points), max(2.0, length / (18 * line_width))))
        points = points + normals(points) * away[:, None]
    pressure = np.ones(len(points))
    if hand.pressure > 0:
        length = arc_lengths(points)[-1]
        pressure = 1 - hand.pressure * (
            0.45 + 0.4 * smooth_waves(rng, len(points), max(1.5, length / (30 * line_width)))
        )
        pressure = np.clip(pressure * (1 - 0.3 * hand.pressure * rng.random()), 0.15, 1.0)
    half = half * (0.45 + 0.55 * pressure) if hand.pressure > 0 else half
    if hand.tips > 0 and not contour.closed:
        along = arc_lengths(points)
        tip = max(1.0, min(hand.tips * line_width * float(rng.uniform(0.5, 1.5)), along[-1] / 3))
        near = np.minimum(along, along[-1] - along) / tip
        taper = np.clip(near, 0, 1) ** 0.6
        half, pressure = half * (0.25 + 0.75 * taper), pressure * (0.4 + 0.6 * taper)
    return Stroke(points, np.maximum(half, hand.thinnest), np.clip(hand.darkness * pressure, 0, 1))


def _overshoot(rng: np.random.Generator, end: str, hand: Hand) -> float:
    """Return the length by which a stroke goes on beyond an end, in line widths: none at openings and free ends."""
    low, high = hand.overshoot
    if end == OPEN:
        return min(0.0, low)
    if end == FREE:
        return 0.0
    return float(rng.uniform(low, high))


def _longer(points: Points, half: np.ndarray, before: float, after: float) -> tuple[Points, np.ndarray]:
    """Return a path that goes on straight by `before` and `after` pixels at its ends; negative ones shorten it."""
    along = arc_lengths(points)
    if before < 0 or after < 0:
        low, high = max(0.0, -before), along[-1] - max(0.0, -after)
        kept = (along >= min(low, along[-1] / 3)) & (along <= max(high, 2 * along[-1] / 3))
        points, half = points[kept], half[kept]
    reach = min(4, len(points) - 1)
    if before > 0:
        way = points[0] - points[reach]
        tail = points[0] + way / max(1e-6, float(np.hypot(*way))) * np.linspace(before, 0, 6, endpoint=False)[:, None]
        points, half = np.concatenate([tail, points]), np.concatenate([np.full(len(tail), half[0]), half])
    if after > 0:
        way = points[-1] - points[-1 - reach]
        tail = points[-1] + way / max(1e-6, float(np.hypot(*way))) * np.linspace(0, after, 7)[1:, None]
        points, half = np.concatenate([points, tail]), np.concatenate([half, np.full(len(tail), half[-1])])
    return points, half


def smooth_waves(rng: np.random.Generator, count: int, waves: float) -> np.ndarray:
    """Return smooth noise (count,) of about unit deviation with about `waves` swings."""
    knots = rng.standard_normal(int(waves) + 4)
    knots = (knots[:-1] + knots[1:]) / np.sqrt(2)
    at = np.linspace(0, len(knots) - 1.001, count)
    low = at.astype(int)
    share = (1 - np.cos(np.pi * (at - low))) / 2
    return knots[low] * (1 - share) + knots[np.minimum(low + 1, len(knots) - 1)] * share
