"""Lettering and speech balloons of comic pages, drawn into ink coverage."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

WORDS = (
    "WHAT", "THE", "NO", "WAIT", "YOU", "CANNOT", "LEAVE", "NOW", "HERE", "WE", "ARE", "STILL", "LOOK", "OUT", "I",
    "KNEW", "IT", "SHIP", "OVER", "THERE", "HELP", "RUN", "ALWAYS", "TOMORROW", "MORNING", "GOOD", "BEFORE", "QUICK",
)  # fmt: skip
SOUNDS = ("BOOM", "WHAM", "CRASH", "ROAR", "BANG", "BOOO", "DOOR", "KABOOM")
BALLOONS = ("ellipse", "cloud", "spiky", "box", "joined")
TAILS = ("closed", "open", "none")
_HERSHEY = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX_SMALL)
_FINER = 4
"""Factor by which balloons' outlines are drawn larger and then averaged."""


@dataclass(frozen=True)
class Hand:
    """Way of lettering a page.

    `font`: below 0 for Pillow's own, else an index of OpenCV's. `wobble`: in heights of a letter.
    """

    font: int
    wobble: float
    bold: bool
    lower: bool

    @staticmethod
    def random(rng: np.random.Generator) -> Hand:
        """Return a random hand; about half letter like a machine."""
        return Hand(
            font=int(rng.integers(-2, len(_HERSHEY))),
            wobble=float(rng.choice((0.0, 0.05, 0.1))),
            bold=bool(rng.random() < 0.3),
            lower=bool(rng.random() < 0.25),
        )


def letter_rows(rng: np.random.Generator, rows: int, longest: int) -> list[str]:
    """Return `rows` rows of words, each of at most about `longest` letters and at least one word."""
    found = []
    for _ in range(rows):
        row = str(rng.choice(WORDS))
        while len(row) < longest - 3 and rng.random() < 0.8:
            row += " " + str(rng.choice(WORDS))
        found.append(row)
    found[-1] += str(rng.choice(("!", "?", ".", "...", "")))
    return found


def lettering(rng: np.random.Generator, rows: list[str], height: float, hand: Hand) -> np.ndarray:
    """Return the coverage (h,w) uint8 of rows of capital letters about `height` pixels high, one below the other."""
    drawn = [_row(rng, row.lower() if hand.lower else row, height, hand) for row in rows]
    width = max(row.shape[1] for row in drawn)
    pitch = round(height * 1.55)
    page = np.zeros((pitch * len(drawn) + round(height), width + 4), np.uint8)
    for number, row in enumerate(drawn):
        left = (page.shape[1] - row.shape[1]) // 2
        area = page[number * pitch : number * pitch + row.shape[0], left : left + row.shape[1]]
        np.maximum(area, row[: area.shape[0]], out=area)
    inked = np.nonzero(page > 32)
    return np.ascontiguousarray(page[inked[0].min() : inked[0].max() + 1, inked[1].min() : inked[1].max() + 1])


def _row(rng: np.random.Generator, text: str, height: float, hand: Hand) -> np.ndarray:
    letters = [_letter(letter, height, hand) for letter in text]
    jitter = hand.wobble * height
    gap = max(2, round(0.22 * height))
    width = sum(letter.shape[1] + gap for letter in letters) + 8
    row = np.zeros((round(2.2 * height) + 8, width), np.uint8)
    left = 4
    for letter in letters:
        top = 4 + round(float(rng.uniform(0, 1)) * jitter)
        area = row[top : top + letter.shape[0], left : left + letter.shape[1]]
        np.maximum(area, letter[: area.shape[0], : area.shape[1]], out=area)
        left += letter.shape[1] + gap
    return warped(rng, row, jitter / 2, height) if jitter else row


def _letter(letter: str, height: float, hand: Hand) -> np.ndarray:
    if letter == " ":
        return np.zeros((1, max(2, round(0.45 * height))), np.uint8)
    if hand.font < 0:
        font = ImageFont.load_default(height / 0.72)
        _, _, right, bottom = font.getbbox(letter, stroke_width=0)
        picture = Image.new("L", (int(right) + 2, max(int(bottom), round(1.4 * height)) + 2))
        stroke = max(1, round(height / 16)) if hand.bold else 0
        ImageDraw.Draw(picture).text((0, 0), letter, 255, font, stroke_width=stroke)
        return _trimmed(np.asarray(picture, np.uint8))
    face = _HERSHEY[hand.font]
    thickness = max(1, round(height * (0.2 if hand.bold else 0.11)))
    scale = height / max(1, cv2.getTextSize("H", face, 1.0, 1)[0][1])
    (width, tall), _ = cv2.getTextSize(letter, face, scale, thickness)
    plane = np.zeros((tall + round(0.6 * height) + 2 * thickness, width + 2 * thickness), np.uint8)
    cv2.putText(plane, letter, (thickness, tall + thickness), face, scale, 255, thickness, cv2.LINE_AA)
    return _trimmed(plane)


def _trimmed(plane: np.ndarray) -> np.ndarray:
    """Return `plane` (h,w) without empty columns on its left and right."""
    drawn = np.flatnonzero(plane.max(axis=0) > 32)
    return np.ascontiguousarray(plane[:, drawn[0] : drawn[-1] + 1])


def warped(rng: np.random.Generator, plane: np.ndarray, amount: float, length: float) -> np.ndarray:
    """Return `plane` (h,w) displaced by smooth noise of up to about `amount` pixels, with waves of `length` pixels."""
    height, width = plane.shape
    coarse = (max(2, round(height / length)), max(2, round(width / length)), 2)
    noise = rng.uniform(-amount, amount, coarse).astype(np.float32)
    shift = np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    return np.asarray(cv2.remap(plane, columns + shift[..., 0], rows + shift[..., 1], cv2.INTER_LINEAR), np.uint8)


@dataclass(frozen=True, eq=False)
class Balloon:
    """A balloon on a plane of its own: `inside` (h,w) bool, its paper with its outline; `outline` (h,w) uint8."""

    inside: np.ndarray
    outline: np.ndarray


def balloon(
    rng: np.random.Generator,
    kind: str,
    tail: str,
    size: tuple[int, int],
    half: tuple[float, float],
    line: float,
    opening: float = 0.0,
) -> Balloon:
    """Return a balloon of `kind` in the middle of a plane of `size` (height, width).

    `half`: half width and half height of the lettering within, in pixels. `tail`: one of `TAILS`; the tip of an open
    tail lacks `opening` pixels. `line`: width of the outline in pixels.
    """
    height, width = size
    solid = np.zeros((height * _FINER, width * _FINER), np.uint8)
    middle = np.array([width / 2, height / 2])
    for offset in (np.array([-0.55, -0.2]), np.array([0.55, 0.25])) if kind == "joined" else (np.zeros(2),):
        around = middle + offset * np.array(half)
        outline = around + _outline(rng, kind, np.array(half) * (0.85 if kind == "joined" else 1.0))
        cv2.fillPoly(solid, [np.rint(outline * _FINER).astype(np.int32)], 255)
    tip = np.zeros(2)
    if tail != "none":
        angle = rng.uniform(0.25, 0.75) * np.pi
        reach = max(half) * rng.uniform(1.7, 2.1)
        tip = middle + reach * np.array([np.cos(angle), np.sin(angle)]) * np.array([1.0, 1.0])
        across = np.array([-np.sin(angle), np.cos(angle)]) * max(4 * line, min(half) * 0.35)
        root = middle + 0.3 * np.array(half) * np.array([np.cos(angle), np.sin(angle)])
        cv2.fillPoly(solid, [np.rint(np.array([root - across, root + across, tip]) * _FINER).astype(np.int32)], 255)
    reach = max(3, round(line * _FINER) | 1)
    inner = cv2.erode(solid, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    ring = cv2.resize(cv2.subtract(solid, inner), (width, height), interpolation=cv2.INTER_AREA)
    inside = cv2.resize(solid, (width, height), interpolation=cv2.INTER_AREA) >= 64
    if tail == "open":
        cv2.circle(ring, (round(tip[0]), round(tip[1])), round(max(opening, 3 * line)), 0, -1)
    return Balloon(inside, np.asarray(ring, np.uint8))


def _outline(rng: np.random.Generator, kind: str, half: np.ndarray) -> np.ndarray:
    """Return the outline (n,2) around a box of `half` its size, relative to the middle."""
    angles = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    if kind == "box":
        pad = float(min(half)) * 0.3
        right, bottom = half + pad
        return np.array([(-right, -bottom), (right, -bottom), (right, bottom), (-right, bottom)])
    radius = np.ones_like(angles)
    if kind == "cloud":
        bumps = int(rng.integers(8, 14))
        radius = 0.92 + 0.16 * np.abs(np.sin(angles * bumps / 2 + rng.uniform(0, 3)))
    elif kind == "spiky":
        spikes = int(rng.integers(12, 20))
        phase = (angles * spikes / (2 * np.pi)) % 1
        radius = 1.0 + 0.35 * np.abs(2 * phase - 1)
    roundness = 1.42
    return np.stack([np.cos(angles), np.sin(angles)], 1) * half * roundness * radius[:, None]
