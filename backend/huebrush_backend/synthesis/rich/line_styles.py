"""Line styles, from the brush pen to the pictogram, and how they put a line on paper."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from huebrush_backend.synthesis.shapes import Points, normals

LINE_STYLES = (
    "pen", "even", "pictogram", "hairline", "brush", "dry brush", "broken", "open", "sketchy", "pencil", "coloured",
)  # fmt: skip
"""Names of all line styles."""
OPEN_STYLES = ("dry brush", "broken", "open", "sketchy", "pencil")
"""Styles whose lines need not separate what they bound."""
_SHARES = (0.15, 0.13, 0.13, 0.09, 0.11, 0.05, 0.07, 0.06, 0.08, 0.07, 0.06)
_SHIFT = 4
_SUBPIXELS = 1 << _SHIFT
_TRACK = 512


@dataclass(frozen=True)
class LineStyle:
    """A style of lines.

    * `name`: one of `LINE_STYLES`
    * `width`: in canvas widths
    * `variation`: 0..1, change between thick and thin along a line
    * `contrast`: 0..1, how much thicker lines are on the side away from the light
    * `taper`: 0..1, how thin strokes end
    * `wobble`: standard deviation of the line's place, in canvas widths
    * `repeats`: how often each line is drawn, each time a little elsewhere
    * `gaps`: 0..1, share of a line that is left out
    * `grain`: 0..1, how much of the paper's grain shows in the line
    * `darkness`: 0..1, coverage of a full line: below 1 for grey and coloured lines
    * `hatching`: whether parallel lines fill shadows
    """

    name: str
    width: float
    variation: float = 0.0
    contrast: float = 0.0
    taper: float = 0.0
    wobble: float = 0.0
    repeats: int = 1
    gaps: float = 0.0
    grain: float = 0.0
    darkness: float = 1.0
    hatching: bool = False

    @property
    def is_thick(self) -> bool:
        """Whether lines are so thick that small details have no room."""
        return self.width > 0.015


def random_line_style(rng: np.random.Generator, name: str | None = None) -> LineStyle:
    """Return a random line style, or a random one of the kind `name`.

    Raises ValueError for a name that is not in `LINE_STYLES`.
    """
    chosen = LINE_STYLES[int(np.searchsorted(np.cumsum(_SHARES), rng.random() * sum(_SHARES)))]
    a, b, c = (float(value) for value in rng.random(3))
    name = chosen if name is None else name
    hatching = c < 0.2
    if name == "pen":
        return LineStyle(name, 0.004 + 0.005 * a, 0.25 * b, 0.2 + 0.5 * c, 0.8, 0.0004, hatching=hatching)
    if name == "even":
        return LineStyle(name, 0.004 + 0.009 * a**2)
    if name == "pictogram":
        return LineStyle(name, 0.016 + 0.022 * a)
    if name == "hairline":
        return LineStyle(name, 0.0015 + 0.0015 * a, darkness=0.75 + 0.25 * b, wobble=0.0006 * c)
    if name == "brush":
        return LineStyle(name, 0.008 + 0.01 * a, 0.6 + 0.35 * b, 0.3 * c, 1.0, 0.0012)
    if name == "dry brush":
        return LineStyle(name, 0.01 + 0.01 * a, 0.6 + 0.3 * b, 0.2, 1.0, 0.0012, gaps=0.06 * c, grain=0.5 + 0.4 * c)
    if name == "broken":
        return LineStyle(name, 0.004 + 0.004 * a, 0.3, 0.3 * c, 0.9, 0.0006, gaps=0.1 + 0.15 * b)
    if name == "open":
        return LineStyle(name, 0.0045 + 0.006 * a, 0.3, 0.2, 0.8, 0.0004, gaps=0.05 + 0.08 * b)
    if name == "sketchy":
        return LineStyle(
            name, 0.0028 + 0.002 * a, 0.4, 0.0, 0.9, 0.0022 + 0.002 * b, 2 + int(c > 0.5), 0.06, 0.15, 0.85, hatching
        )
    if name == "pencil":
        return LineStyle(
            name, 0.005 + 0.004 * a, 0.4, 0.2, 0.8, 0.001, 1 + int(b > 0.6), 0.03, 0.6, 0.6 + 0.3 * c, hatching
        )
    if name == "coloured":
        return LineStyle(name, 0.004 + 0.008 * a, 0.3 * c, 0.0, 0.3, 0.0004, darkness=0.4 + 0.45 * b)
    raise ValueError(f"unknown line style {name!r}; choose one of {', '.join(LINE_STYLES)}")


class Inker:
    """Draws lines of one style onto an ink map. One noise track serves all lines, so that lines stay cheap."""

    def __init__(self, style: LineStyle, ink: np.ndarray, rng: np.random.Generator) -> None:
        self.style = style
        self._ink = ink
        self._side = ink.shape[0]
        noise = rng.standard_normal((3, _TRACK))
        spectrum = np.fft.rfft(noise)
        spectrum *= np.exp(-((np.arange(spectrum.shape[1]) / 48.0) ** 2))
        smooth = np.fft.irfft(spectrum, _TRACK)
        smooth /= smooth.std(axis=1, keepdims=True)
        self._track = np.tile(smooth, 4)
        self._gap_limit = float(np.quantile(smooth[0], 1 - style.gaps))
        self._at = 0

    def draw(
        self,
        pixels: Points,
        closed: bool,
        width: float,
        facing: np.ndarray | None = None,
        ends: tuple[float, float] | None = None,
    ) -> None:
        """Draw a line.

        * `pixels`: its points, in pixels of the ink map
        * `closed`: whether the last point is joined to the first
        * `width`: in pixels
        * `facing`: -1..1 per point, where it faces the light
        * `ends`: relative widths at the two ends; None for full ones
        """
        style = self.style
        count = len(pixels)
        if count < 2:
            return
        track = self._noise(count)
        across = normals(pixels, closed) * (style.wobble * self._side) if style.wobble else pixels
        for repeat in range(style.repeats):
            path = pixels
            if style.wobble:
                path = pixels + across * track[repeat % 3][:, None]
                if repeat:
                    path = path + self._track[:2, self._at + 7 * repeat] * (0.7 * style.wobble * self._side)
            profile = self._profile(track, count, width, facing, ends)
            if closed:
                path, profile = np.concatenate([path, path[:1]]), np.append(profile, profile[0])
            self._line(path, profile, track, repeat)

    def finish(self, grain_seed: int) -> None:
        """Give the whole ink map the paper's grain and the ink's darkness."""
        style = self.style
        if not style.grain and style.darkness >= 1:
            return
        ink = self._ink
        if style.grain:
            rough = np.random.default_rng(grain_seed).integers(0, 256, (128, 128), np.uint8)
            tile = cv2.resize(rough, (256, 256), interpolation=cv2.INTER_LINEAR)
            low, high = 128 - 110 * style.grain, 150 - 40 * style.grain
            paper = np.clip((tile.astype(np.float32) - low) / max(8.0, high - low), 0, 1)
            paper = 1 - style.grain * (1 - paper)
            times = -(-self._side // 256)
            paper = np.tile((paper * style.darkness * 255).astype(np.uint8), (times, times))[: self._side, : self._side]
            cv2.multiply(ink, paper, ink, 1 / 255)
        else:
            cv2.convertScaleAbs(ink, ink, style.darkness)

    def _noise(self, count: int) -> np.ndarray:
        self._at = (self._at + 61) % _TRACK
        if count > 3 * _TRACK:
            return np.resize(self._track, (3, count))
        return self._track[:, self._at : self._at + count]

    def _profile(
        self,
        track: np.ndarray,
        count: int,
        width: float,
        facing: np.ndarray | None,
        ends: tuple[float, float] | None,
    ) -> np.ndarray:
        style = self.style
        profile = np.full(count, width)
        if style.variation:
            profile *= np.clip(1 + 0.55 * style.variation * track[2], 0.25, 2.2)
        if facing is not None and style.contrast:
            profile *= 1 - style.contrast * facing
        if ends is not None and min(ends) < 1:
            t = np.linspace(0, 1, count)
            profile *= np.minimum(ends[0] + (1 - ends[0]) * 4 * t, 1)
            profile *= np.minimum(ends[1] + (1 - ends[1]) * 2.5 * (1 - t), 1)
        return profile

    def _line(self, path: Points, profile: np.ndarray, track: np.ndarray, repeat: int) -> None:
        """Draw runs of equal thickness as polylines, whose joins are round."""
        thickness = np.maximum(np.rint(profile), 1).astype(int)
        if self.style.gaps:
            noise = track[(repeat + 1) % 3]
            thickness[: len(noise)][noise[: len(thickness)] > self._gap_limit] = 0
        fixed = np.rint(path * _SUBPIXELS).astype(np.int32)
        breaks = [0, *(np.flatnonzero(np.diff(thickness[:-1])) + 1).tolist(), len(fixed) - 1]
        for start, stop in pairwise(breaks):
            wide = int(thickness[start])
            if wide and stop > start:
                cv2.polylines(self._ink, [fixed[start : stop + 1]], False, 255, wide, cv2.LINE_8, _SHIFT)
