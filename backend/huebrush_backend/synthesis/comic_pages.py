"""Comic pages and strips with known panels, gutters, balloons and lettering, to test what is found on them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from huebrush_backend.synthesis import comic_lettering as letters
from huebrush_backend.synthesis.coloring import color_picture
from huebrush_backend.synthesis.comic_layouts import STRIP, box, panel_polygons
from huebrush_backend.synthesis.drawing import draw
from huebrush_backend.synthesis.palette import Palette, random_palette

KINDS = (
    "grid", "slanted", "wobbly", "double", "bleeding", "borderless", "inset", "black", "breakout", "sketch", "manga",
    "single",
)  # fmt: skip
"""Kinds of pages: what is special about their panels."""
_INK = 64
"""Coverage (of 255) from which a pixel is a line."""


@dataclass(frozen=True, eq=False)
class ComicPage:
    """A comic page of which everything is known.

    * `ink`: (H,W) uint8, coverage of all lines and lettering
    * `colors`: (H,W,3) uint8 sRGB, the right colour of each pixel that is to be painted
    * `painted`: (H,W) bool, paper in the panels that is to be painted
    * `gutters`: (H,W) bool, gutters and margins, which stay unpainted, also black ones; without what balloons close in
      beside drawings without border, which may be a part of the drawing
    * `balloons`: (H,W) bool, paper in balloons and captions, which stays unpainted
    * `lettering`: (H,W) bool, ink of letters
    * `panels`: polygons (n,2) in pixels, in reading order
    * `shown`: (H,W) uint8, the number of the panel in `panels` at each pixel, from 1, 0 in gutters: without what other
      panels cover, and of a panel without border the box of what is drawn in it, because nothing else shows its extent
    """

    kind: str
    ink: np.ndarray
    colors: np.ndarray
    painted: np.ndarray
    gutters: np.ndarray
    balloons: np.ndarray
    lettering: np.ndarray
    panels: tuple[np.ndarray, ...]
    shown: np.ndarray
    palette: Palette

    @property
    def lines(self) -> np.ndarray:
        """The page as line art (H,W,4) uint8 RGBA, black on white."""
        tone = 255 - self.ink
        return cv2.merge([tone, tone, tone, np.full_like(tone, 255)])


def draw_comic_page(seed: int, kind: str, width: int = 900, height: int = 1270) -> ComicPage:
    """Return page number `seed` of `kind`, one of `KINDS` or `STRIP`: a pure function of its arguments.

    Raises ValueError for another kind.
    """
    if kind not in (*KINDS, STRIP):
        raise ValueError(f"unknown kind of page {kind!r}; choose one of {', '.join((*KINDS, STRIP))}")
    rng = np.random.default_rng([seed, 93, (*KINDS, STRIP).index(kind)])
    page = _Page(rng, kind, width, height)
    for polygon in panel_polygons(rng, kind, width, height):
        page.draw_panel(polygon)
    if kind == "inset":
        page.draw_inset()
    if kind == "breakout":
        page.draw_breakout()
    page.draw_words()
    return page.finished()


class _Page:
    """A page while it is drawn."""

    def __init__(self, rng: np.random.Generator, kind: str, width: int, height: int) -> None:
        self._rng, self._kind, self._width, self._height = rng, kind, width, height
        self._ink = np.zeros((height, width), np.uint8)
        self._colors = np.full((height, width, 3), 255, np.uint8)
        self._inside = np.zeros((height, width), bool)
        self._words = np.zeros((height, width), bool)
        self._letters = np.zeros((height, width), np.uint8)
        self._panels: list[np.ndarray] = []
        self._shown = np.zeros((height, width), np.uint8)
        self._open: list[int] = []
        self._open_air = np.zeros((height, width), bool)
        self._line = max(2.0, width * rng.uniform(0.002, 0.004))
        self._palette = random_palette(rng)
        self._hand = letters.Hand.random(rng)
        self._letter = max(10.0, width * rng.uniform(0.0125, 0.019)) * (1.3 if self._hand.lower else 1.0)

    def draw_panel(self, polygon: np.ndarray, bordered: bool = True) -> None:
        """Draw a panel with a drawing in it."""
        left, top = np.floor(polygon.min(0)).astype(int)
        right, bottom = np.ceil(polygon.max(0)).astype(int)
        mask = self._filled(polygon)
        open_air = self._kind == "borderless" and len(self._panels) % 2 == 1
        ink, colors, background = self._drawing(max(right - left, bottom - top))
        across, down = (ink.shape[1] - (right - left)) // 2, (ink.shape[0] - (bottom - top)) // 2
        shift = np.array([[1.0, 0.0, left - across], [0.0, 1.0, top - down]])
        size = (self._width, self._height)
        placed = cv2.warpAffine(ink, shift, size)
        if self._kind == "manga" and self._rng.random() < 0.6:
            placed = np.maximum(placed, self._tone() * (cv2.warpAffine(background, shift, size) > 0))
        self._ink[mask] = placed[mask]
        self._colors[mask] = cv2.warpAffine(colors, shift, size)[mask]
        self._inside |= mask
        self._panels.append(polygon)
        self._shown[mask] = len(self._panels)
        if open_air:
            # What no line encloses is the page's own paper.
            fade = cv2.erode(mask.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
            self._ink[mask & ~fade] = 0
            outside = self._outside()
            self._inside &= ~outside
            self._open.append(len(self._panels))
            self._open_air |= mask
        elif bordered:
            self._draw_border(polygon)

    def draw_inset(self) -> None:
        """Draw a small panel over the corner of the largest one, with a rim of paper."""
        largest = max(self._panels, key=lambda polygon: cv2.contourArea(polygon.astype(np.float32)))
        left, top = largest.min(0)
        right, bottom = largest.max(0)
        x = right - (right - left) * 0.42 if self._rng.random() < 0.5 else left - self._width * 0.01
        inset = box(x, bottom - (bottom - top) * 0.45, x + (right - left) * 0.4, bottom - (bottom - top) * 0.06)
        rim = self._width * self._rng.choice((0.0, 0.014))
        if rim:
            area = self._filled(inset + np.array([(-rim, -rim), (rim, -rim), (rim, rim), (-rim, rim)]))
            self._ink[area] = 0
            self._inside &= ~area
            self._shown[area] = 0
            self._draw_border(inset + np.array([(-rim, -rim), (rim, -rim), (rim, rim), (-rim, rim)]))
        self.draw_panel(inset)

    def draw_breakout(self) -> None:
        """Draw a figure across the border of a panel into the gutter and its neighbour."""
        for _ in range(int(self._rng.integers(1, 3))):
            polygon = self._panels[int(self._rng.integers(len(self._panels)))]
            corner = polygon[int(self._rng.integers(4))] * 0.6 + polygon.mean(0) * 0.4
            middle = corner + (polygon.mean(0) - corner) * 0.3
            radius = self._width * self._rng.uniform(0.06, 0.13)
            angles = np.linspace(0, 2 * np.pi, 90, endpoint=False)
            wave = 1 + 0.18 * np.sin(3 * angles + self._rng.uniform(0, 6)) + 0.1 * np.sin(5 * angles)
            shape = middle + radius * wave[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)
            area = self._filled(shape)
            self._ink[area] = 0
            self._inside |= area
            self._colors[area] = self._palette.colors[int(self._rng.integers(1, 12))]
            self._stroke(shape, self._line)
            self._stroke(middle + 0.5 * (shape - middle), self._line)

    def draw_words(self) -> None:
        """Draw balloons, captions and sound effects."""
        for polygon in list(self._panels):
            left, top = polygon.min(0)
            right, bottom = polygon.max(0)
            if min(right - left, bottom - top) < 12 * self._letter:
                continue
            if self._rng.random() < 0.7:
                self._draw_balloon(polygon)
            if self._rng.random() < 0.35 and self._kind not in ("borderless", "bleeding", "slanted"):
                self._draw_caption(polygon)
            if self._rng.random() < 0.35:
                self._draw_sound(polygon)

    def finished(self) -> ComicPage:
        """Return the page."""
        outside = ~self._inside & ~self._words
        if self._open:
            # What balloons close in, nobody can tell: the page's paper, or a part of the drawing that was open.
            outside &= self._outside() | ~self._open_air
        if self._kind == "black":
            self._ink[outside] = 255
        paper = np.maximum(self._ink, self._letters) < _INK
        painted = self._inside & ~self._words & paper
        return ComicPage(
            kind=self._kind,
            ink=np.maximum(self._ink, self._letters),
            colors=self._evened(painted),
            painted=painted,
            gutters=outside & (paper | (self._kind == "black")),
            balloons=self._words & paper,
            lettering=self._letters >= _INK,
            panels=tuple(self._panels),
            shown=self._seen(),
            palette=self._palette,
        )

    def _seen(self) -> np.ndarray:
        """Return (H,W) uint8, the number of the panel that is seen at each pixel."""
        for number in self._open:
            own = self._shown == number
            left, top, wide, high = cv2.boundingRect(
                (own & (np.maximum(self._ink, self._letters) >= _INK)).astype(np.uint8)
            )
            box_of = np.zeros_like(own)
            box_of[top : top + high, left : left + wide] = True
            self._shown[own & ~box_of] = 0
        return self._shown

    def _evened(self, painted: np.ndarray) -> np.ndarray:
        """Return the colours with one for each area that the lines enclose: the one that most of it has."""
        _, found = cv2.connectedComponents((painted & (self._ink < _INK)).astype(np.uint8), connectivity=4)
        labels = np.asarray(found, np.int32)
        packed = self._colors.astype(np.int64) @ np.array([65536, 256, 1])
        tones, index = np.unique(packed, return_inverse=True)
        pairs, counts = np.unique(labels.ravel().astype(np.int64) * len(tones) + index.ravel(), return_counts=True)
        order = np.argsort(counts, kind="stable")
        best = np.zeros(labels.max() + 1, np.int64)
        best[pairs[order] // len(tones)] = tones[pairs[order] % len(tones)]
        best[0] = 0xFFFFFF
        even = best[labels]
        return np.dstack([even >> 16, even >> 8 & 255, even & 255]).astype(np.uint8)

    def _drawing(self, side: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        drawing = draw(self._rng, max(96, side))
        colors = color_picture(drawing, self._palette, ink=False, shading=False)
        return drawing.ink, colors, (drawing.labels == 0).astype(np.uint8)

    def _outside(self) -> np.ndarray:
        """Return (H,W) bool: paper that is joined to the page's edge, as far as lines let it.

        Lines that miss one another by no more than two pixels, which is less than a line's width, touch.
        """
        lines = cv2.morphologyEx((self._ink >= _INK).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        free = cv2.copyMakeBorder(1 - lines, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
        _, labels = cv2.connectedComponents(free, connectivity=4)
        return (labels == labels[0, 0])[1:-1, 1:-1]

    def _filled(self, polygon: np.ndarray) -> np.ndarray:
        plane = np.zeros((self._height, self._width), np.uint8)
        cv2.fillPoly(plane, [np.rint(polygon).astype(np.int32)], 1)
        return plane > 0

    def _draw_border(self, polygon: np.ndarray) -> None:
        rng, line = self._rng, self._line * 1.4
        outline = np.concatenate([np.linspace(a, b, 40, endpoint=False) for a, b in pairwise([*polygon, polygon[0]])])
        if self._kind == "wobbly":
            outline = outline + self._waves(len(outline), self._width * 0.0035)
            straight, drawn = self._filled(polygon), self._filled(outline)
            self._ink[straight & ~drawn] = 0
            self._inside = (self._inside & ~straight) | drawn
        if self._kind == "sketch":
            for _ in range(3):
                for a, b in pairwise([*polygon, polygon[0]]):
                    along = (b - a) / max(1e-6, float(np.linalg.norm(b - a)))
                    ends = rng.uniform(0, 0.016, 2) * self._width
                    stroke = np.linspace(a - along * ends[0], b + along * ends[1], 30)
                    self._stroke(stroke + rng.normal(0, 1.2, 2) + self._waves(30, 1.5), self._line * 0.7, closed=False)
            return
        self._stroke(outline, line)
        if self._kind == "double":
            middle = polygon.mean(0)
            inner = polygon - np.sign(polygon - middle) * max(5.0, self._width * 0.007)
            self._inside &= ~(self._filled(polygon) & ~self._filled(inner))
            self._ink[self._filled(polygon) & ~self._filled(inner)] = 0
            self._stroke(outline, line)
            self._stroke(inner, self._line)

    def _waves(self, count: int, amount: float) -> np.ndarray:
        coarse = self._rng.normal(0, amount, (max(3, count // 8), 2)).astype(np.float32)
        return np.asarray(cv2.resize(coarse, (2, count), interpolation=cv2.INTER_CUBIC))

    def _stroke(self, points: np.ndarray, width: float, closed: bool = True) -> None:
        fixed = np.rint(points * 16).astype(np.int32)
        plane = np.zeros_like(self._ink)
        cv2.polylines(plane, [fixed], closed, 255, max(1, round(width)), cv2.LINE_AA, 4)
        np.maximum(self._ink, plane, out=self._ink)

    def _tone(self) -> np.ndarray:
        pitch = self._rng.uniform(5, 8)
        rows, columns = np.mgrid[: self._height, : self._width].astype(np.float32)
        wave = np.cos(2 * np.pi * (rows + columns) / pitch / 1.414) * np.cos(
            2 * np.pi * (rows - columns) / pitch / 1.414
        )
        return np.where(wave > self._rng.uniform(0.3, 0.7), np.uint8(255), np.uint8(0))

    def _draw_balloon(self, polygon: np.ndarray) -> None:
        rng = self._rng
        left, top = polygon.min(0)
        right, bottom = polygon.max(0)
        longest = int(np.clip((right - left) * 0.4 / self._letter, 5, 16))
        rows = letters.letter_rows(rng, int(rng.integers(1, 5)), longest)
        text = letters.lettering(rng, rows, self._letter, self._hand)
        kind, tail = str(rng.choice(letters.BALLOONS)), str(rng.choice(letters.TAILS))
        if min(right - left, bottom - top) < 1.6 * max(text.shape) + 8 * self._letter:
            tail = "none"
        half = (text.shape[1] / 2 + self._letter * 0.8, text.shape[0] / 2 + self._letter * 0.8)
        reach = 2 * round(2.4 * max(half)) + 8
        made = letters.balloon(rng, kind, tail, (reach, reach), half, self._line, 2 * self._line)
        x = float(rng.uniform(left + half[0], max(left + half[0] + 1, right - half[0])))
        y = top + half[1] * float(rng.uniform(0.9, 1.6))
        over = bool(rng.random() < 0.2)  # over the border, into the gutter
        self._put_balloon(made, text, x, y, polygon, over)

    def _put_balloon(
        self, made: letters.Balloon, text: np.ndarray, x: float, y: float, polygon: np.ndarray, over: bool
    ) -> None:
        height, width = made.inside.shape
        shift = np.array([[1.0, 0.0, round(x - width / 2)], [0.0, 1.0, round(y - height / 2)]])
        size = (self._width, self._height)
        inside = cv2.warpAffine(made.inside.astype(np.uint8), shift, size) > 0
        outline = cv2.warpAffine(made.outline, shift, size)
        words = np.zeros_like(self._ink)
        if not _placed(words, text, x, y):
            return
        if not over:  # cut by the panel's border
            panel = self._filled(polygon)
            panel = cv2.erode(panel.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
            if (words[~panel] > 0).any():
                return
            inside &= panel
            outline = np.where(panel, outline, np.uint8(0))
        if (inside & (self._letters > 0)).any() or (inside & self._words).any():
            return
        keep = np.zeros_like(inside)
        if not over and self._kind != "borderless":
            edge = np.zeros_like(self._ink)
            cv2.polylines(edge, [np.rint(polygon).astype(np.int32)], True, 1, max(2, round(1.5 * self._line)))
            keep = edge > 0
        if self._kind in ("borderless", "bleeding") and not over:
            edge = np.zeros_like(self._ink)
            cv2.polylines(edge, [np.rint(polygon).astype(np.int32)], True, 1, 3)
            rim = inside & (cv2.dilate(edge, np.ones((3, 3), np.uint8)) > 0)
            outline[rim] = 255
        self._ink[inside & ~keep] = outline[inside & ~keep]
        self._ink[inside & keep] = np.maximum(self._ink, outline)[inside & keep]
        self._words |= inside
        np.maximum(self._letters, words, out=self._letters)

    def _draw_caption(self, polygon: np.ndarray) -> None:
        left = polygon[:, 0].min()
        right, bottom = polygon.max(0)
        rows = letters.letter_rows(self._rng, int(self._rng.integers(1, 3)), 14)
        text = letters.lettering(self._rng, rows, self._letter, self._hand)
        pad = self._letter * 0.7
        wide, high = text.shape[1] + 2 * pad, text.shape[0] + 2 * pad
        if wide > (right - left) * 0.9:
            return
        frame = box(left, bottom - high, left + wide, bottom)
        words = np.zeros_like(self._ink)
        area = self._filled(frame)
        if not _placed(words, text, left + wide / 2, bottom - high / 2) or (area & self._words).any():
            return
        inner = self._filled(frame + np.array([(2, 2), (-2, 2), (-2, -2), (2, -2)]) * self._line)
        self._ink[inner] = 0
        self._stroke(frame, self._line)
        self._words |= area
        np.maximum(self._letters, words, out=self._letters)

    def _draw_sound(self, polygon: np.ndarray) -> None:
        height = self._letter * self._rng.uniform(1.6, 3)
        hand = letters.Hand(font=-1, wobble=0.05, bold=True, lower=False)
        text = letters.lettering(self._rng, [str(self._rng.choice(letters.SOUNDS))], height, hand)
        turned = _turned(text, float(self._rng.uniform(-25, 25)))
        busy = (self._ink > 0) | self._words | ~self._filled(polygon)
        rows, columns = turned.shape
        room = cv2.boxFilter(busy.astype(np.float32), -1, (columns + 8, rows + 8), borderType=cv2.BORDER_CONSTANT)
        room[: rows // 2 + 5], room[-rows // 2 - 5 :] = 1, 1
        room[:, : columns // 2 + 5], room[:, -columns // 2 - 5 :] = 1, 1
        y, x = np.unravel_index(int(room.argmin()), room.shape)
        if room[y, x] < 1e-4:
            _placed(self._letters, turned, float(x), float(y))


def _turned(plane: np.ndarray, degrees: float) -> np.ndarray:
    height, width = plane.shape
    side = int(np.hypot(height, width)) + 4
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    turn[:, 2] += (side - width) / 2, (side - height) / 2
    turned = cv2.warpAffine(plane, turn, (side, side))
    rows, columns = np.nonzero(turned > 16)
    return np.ascontiguousarray(turned[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1])


def _placed(page: np.ndarray, plane: np.ndarray, x: float, y: float) -> bool:
    """Draw `plane` into `page` around a point and return True, if all of it has room there."""
    top, left = round(y - plane.shape[0] / 2), round(x - plane.shape[1] / 2)
    area = page[max(0, top) : top + plane.shape[0], max(0, left) : left + plane.shape[1]]
    if top < 2 or left < 2 or area.shape != plane.shape:
        return False
    np.maximum(area, plane, out=area)
    return True
