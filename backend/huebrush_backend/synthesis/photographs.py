"""Drawn pages as they reach the program: photographed by phone, scanned, on toned, ruled or dark paper.

A photograph's ink is known, and so is whether its lines are dark or light. Nothing moves: the ink lies where the page
has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.synthesis import flat_variants
from huebrush_backend.synthesis.flat_pages import FlatPage
from huebrush_backend.synthesis.ruled_paper import RULINGS, draw_ruling

Plane = NDArray[np.float32]
Color = tuple[float, float, float]

_WHITE, _BLACK = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)
_TONE_PITCH = (3.5, 9.0)
"""Distances of the dots of screentone, in pixels."""


@dataclass(frozen=True, eq=False)
class Photograph:
    """A picture of a drawing of which the ink is known.

    * `kind`: one of KINDS
    * `pixels`: (H, W, 4) uint8 RGBA, straight alpha
    * `ink`: (H, W) uint8 coverage of the ink, with black fills and screentone, without ruling and shadows
    * `light_lines`: whether the lines are lighter than the paper
    * `is_ruled`: whether the paper has printed lines, squares or dots
    """

    kind: str
    pixels: NDArray[np.uint8]
    ink: NDArray[np.uint8]
    light_lines: bool
    is_ruled: bool


@dataclass(frozen=True)
class Looks:
    """Appearance of a picture of a drawing.

    * `paper`, `ink`: colours, sRGB 0..1
    * `pencil`: the lines have a pencil's grain
    * `thicker`: pixels by which the lines are thicker than the page's
    * `black`: share of the page that is filled with ink, 0..1
    * `tone`: share of the page that has screentone, 0..1
    * `falloff`: share of the light that is missing at the darkest edge
    * `corners`: share of the light that is missing in the corners
    * `shadow`: share of the light that a hand takes away
    * `edge`: softness of the hand's shadow, a standard deviation in pixels
    * `grain`: standard deviation of the paper's reflectance
    * `blur`: standard deviation in pixels
    * `noise`: standard deviation of 255
    * `quality`: of JPEG, None for no JPEG
    * `ruling`: one of RULINGS, or "" for plain paper
    * `is_layer`: lines on a transparent layer
    """

    paper: Color = _WHITE
    ink: Color = _BLACK
    pencil: bool = False
    thicker: int = 0
    black: float = 0.0
    tone: float = 0.0
    falloff: float = 0.0
    corners: float = 0.0
    shadow: float = 0.0
    edge: float = 1.0
    grain: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    quality: int | None = None
    ruling: str = ""
    is_layer: bool = False


def photograph_page(page: FlatPage, kind: str, number: int = 0) -> Photograph:
    """Return picture `number` of one `kind` of part of `page`; the same arguments give the same bytes.

    The part is a window of half to all of the page's sides. Raises ValueError for a kind that is not in KINDS.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind of picture {kind!r}; choose one of {', '.join(KINDS)}")
    rng = np.random.default_rng([page.seed, 97, list(KINDS).index(kind), number])
    looks = KINDS[kind](rng)
    window = _window(rng, *page.ink.shape)
    ink = page.ink[window]
    if looks.thicker:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (looks.thicker + 1, looks.thicker + 1))
        ink = np.asarray(cv2.dilate(ink, kernel), np.uint8)
    ink = _filled(rng, np.ascontiguousarray(ink), page.truth[window], looks)
    return Photograph(
        kind=kind,
        pixels=_layer(ink, looks) if looks.is_layer else _photographed(rng, ink, looks),
        ink=ink,
        light_lines=sum(looks.ink) > sum(looks.paper),
        is_ruled=bool(looks.ruling),
    )


def _window(rng: np.random.Generator, height: int, width: int) -> tuple[slice, slice]:
    sides = [round(side * rng.uniform(0.5, 1.0)) for side in (height, width)]
    starts = [int(rng.integers(0, side - part + 1)) for side, part in zip((height, width), sides, strict=True)]
    return slice(starts[0], starts[0] + sides[0]), slice(starts[1], starts[1] + sides[1])


def _filled(
    rng: np.random.Generator, ink: NDArray[np.uint8], labels: NDArray[np.int32], looks: Looks
) -> NDArray[np.uint8]:
    """Return the coverage with some regions filled black, and some with screentone."""
    if looks.pencil:
        ink = np.asarray(flat_variants.pencil(ink, rng), np.uint8)
    if looks.black:
        black = _some_regions(rng, labels, looks.black)
        beside = (cv2.dilate(black.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0) & (labels == 0)
        ink = np.where(black | beside, np.uint8(255), ink)
    if looks.tone:
        angle, pitch = rng.uniform(0, np.pi), rng.uniform(*_TONE_PITCH)
        radius = pitch * float(np.sqrt(rng.uniform(0.08, 0.7) / np.pi))
        rows, columns = np.mgrid[: ink.shape[0], : ink.shape[1]].astype(np.float32)
        u = (columns * np.cos(angle) + rows * np.sin(angle)) % pitch - pitch / 2
        v = (rows * np.cos(angle) - columns * np.sin(angle)) % pitch - pitch / 2
        dots = np.rint(np.clip(radius - np.hypot(u, v) + 0.5, 0, 1) * 255).astype(np.uint8)
        ink = np.where(_some_regions(rng, labels, looks.tone), np.maximum(ink, dots), ink)
    return ink


def _some_regions(rng: np.random.Generator, labels: NDArray[np.int32], share: float) -> NDArray[np.bool_]:
    """Return (H, W) bool: regions that cover about `share` of the page, as chance picks them."""
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    order = rng.permutation(len(areas))
    covered = np.cumsum(areas[order])
    chosen = np.zeros(len(areas), bool)
    # a region that would go far beyond the share is left out, so that some paper always stays
    wanted = share * labels.size
    total = 0
    for index, area in zip(order, np.diff(covered, prepend=0), strict=True):
        if area and total + area <= wanted + 0.05 * labels.size:
            chosen[index] = True
            total += int(area)
    return chosen[labels]


def _layer(ink: NDArray[np.uint8], looks: Looks) -> NDArray[np.uint8]:
    color = np.rint(np.array(looks.ink) * 255).astype(np.uint8)
    return np.dstack([np.broadcast_to(color, (*ink.shape, 3)), ink])


def _photographed(rng: np.random.Generator, ink: NDArray[np.uint8], looks: Looks) -> NDArray[np.uint8]:
    height, width = ink.shape
    share = ink.astype(np.float32)[..., None] / 255
    paper = np.broadcast_to(np.array(looks.paper, np.float32), (height, width, 3))
    if looks.ruling:
        paper = paper * draw_ruling(rng, looks.ruling, height, width)
    if looks.grain:
        rough = rng.standard_normal((height, width)).astype(np.float32)
        paper = paper * (1 + looks.grain * 2.5 * cv2.GaussianBlur(rough, (0, 0), 0.8)[..., None])
    picture = (paper * (1 - share) + np.array(looks.ink, np.float32) * share) * _light(rng, height, width, looks)
    if looks.blur:
        picture = cv2.GaussianBlur(picture, (0, 0), looks.blur)
    picture = picture * 255
    if looks.noise:
        noise = rng.standard_normal((height, width, 3)).astype(np.float32)
        picture = picture + looks.noise * (0.8 * noise[..., :1] + 0.6 * noise)
    pixels = np.rint(np.clip(picture, 0, 255)).astype(np.uint8)
    if looks.quality is not None:
        stored = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, looks.quality])[1]
        pixels = np.asarray(cv2.imdecode(stored, cv2.IMREAD_COLOR), np.uint8)[..., ::-1]
    return np.dstack([pixels, np.full((height, width), 255, np.uint8)])


def _light(rng: np.random.Generator, height: int, width: int, looks: Looks) -> Plane:
    """Return the light on the page, (H, W, 1) float32, 1 where it is brightest."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    along = (np.cos(angle) * x + np.sin(angle) * y) / (abs(np.cos(angle)) + abs(np.sin(angle)))
    light = 1 - looks.falloff * ((1 + along) / 2) ** rng.uniform(0.7, 2.0)
    light = light * (1 - looks.corners * np.clip((x * x + y * y) / 2, 0, 1) ** rng.uniform(0.8, 2.0))
    if looks.shadow:
        light = light * (1 - looks.shadow * _hand(rng, height, width, looks.edge))
    return light.astype(np.float32)[..., None]


def _hand(rng: np.random.Generator, height: int, width: int, edge: float) -> Plane:
    """Return the shadow of a hand that reaches in from a side, (H, W) float32 0..1, with an edge of `edge` pixels."""
    plane = np.zeros((height, width), np.uint8)
    size = min(height, width)
    inwards = rng.uniform(0, 2 * np.pi)
    aim = np.array([np.cos(inwards), np.sin(inwards)])
    palm = np.array([width / 2, height / 2]) - aim * np.array([width, height]) * rng.uniform(0.25, 0.42)
    cv2.ellipse(
        plane,
        (round(float(palm[0])), round(float(palm[1]))),
        (round(size * rng.uniform(0.2, 0.35)), round(size * rng.uniform(0.18, 0.28))),
        float(np.degrees(inwards)), 0, 360, 255, -1,
    )  # fmt: skip
    arm = palm - aim * 2 * size
    cv2.line(plane, _point(palm), _point(arm), 255, round(size * rng.uniform(0.22, 0.4)))
    for turn in np.linspace(-0.6, 0.6, int(rng.integers(1, 5))):
        direction = np.array([np.cos(inwards + turn), np.sin(inwards + turn)])
        tip = palm + direction * size * rng.uniform(0.3, 0.6)
        cv2.line(plane, _point(palm), _point(tip), 255, round(size * rng.uniform(0.05, 0.1)))
    soft = cv2.GaussianBlur(plane, (0, 0), max(edge, 0.3))
    return np.multiply(soft, 1 / 255, dtype=np.float32)


def _point(place: NDArray[np.floating]) -> tuple[int, int]:
    return round(float(place[0])), round(float(place[1]))


def _dark_ink(rng: np.random.Generator) -> Color:
    """Return the colour of a pen: black, grey, blue, brown or red."""
    pens = ((0.08, 0.08, 0.1), (0.2, 0.2, 0.22), (0.12, 0.18, 0.5), (0.35, 0.2, 0.14), (0.6, 0.12, 0.14))
    chosen = pens[int(rng.choice(len(pens), p=(0.5, 0.2, 0.12, 0.1, 0.08)))]
    return chosen[0], chosen[1], chosen[2]


def _phone(rng: np.random.Generator) -> Looks:
    return Looks(
        paper=_tinted(rng, rng.uniform(0.75, 0.98), 0.06),
        ink=_dark_ink(rng),
        thicker=int(rng.integers(0, 5)),
        falloff=float(rng.uniform(0.1, 0.4)),
        corners=float(rng.uniform(0, 0.3) * (rng.random() < 0.5)),
        grain=float(rng.uniform(0, 0.02)),
        blur=float(rng.uniform(0.4, 1.2)),
        noise=float(rng.uniform(0.5, 5)),
        quality=int(rng.integers(60, 96)),
    )


def _tinted(rng: np.random.Generator, tone: float, spread: float) -> Color:
    red, green, blue = np.clip(tone + rng.uniform(-spread, spread, 3), 0.02, 1).tolist()
    return red, green, blue


def _hard_shadow(rng: np.random.Generator) -> Looks:
    return replace(_phone(rng), shadow=float(rng.uniform(0.3, 0.6)), edge=float(rng.uniform(0.5, 8)))


def _dark_corners(rng: np.random.Generator) -> Looks:
    return replace(_phone(rng), corners=float(rng.uniform(0.4, 0.8)), falloff=float(rng.uniform(0, 0.2)))


def _colored_paper(rng: np.random.Generator) -> Looks:
    color = rng.uniform(0.35, 1.0, 3)
    red, green, blue = (color * rng.uniform(0.7, 0.98) / color.max()).tolist()
    return replace(_maybe_photographed(rng), paper=(red, green, blue), ink=(0.06, 0.06, 0.08))


def _grey_paper(rng: np.random.Generator) -> Looks:
    return replace(_maybe_photographed(rng), paper=_tinted(rng, rng.uniform(0.45, 0.75), 0.02), ink=(0.06, 0.06, 0.08))


def _toned_paper(rng: np.random.Generator) -> Looks:
    tone = rng.uniform(0.7, 0.95)
    return replace(_maybe_photographed(rng), paper=(tone, tone * 0.9, tone * rng.uniform(0.6, 0.8)))


def _maybe_photographed(rng: np.random.Generator) -> Looks:
    """Return a drawing from a program, half the time, or a photograph."""
    looks = _phone(rng)
    return looks if rng.random() < 0.5 else Looks(thicker=looks.thicker)


def _much_black(rng: np.random.Generator) -> Looks:
    return replace(_maybe_photographed(rng), black=float(rng.uniform(0.35, 0.75)), ink=(0.05, 0.05, 0.06))


def _screentone(rng: np.random.Generator) -> Looks:
    looks = replace(_maybe_photographed(rng), tone=float(rng.uniform(0.4, 0.95)), ink=(0.05, 0.05, 0.06))
    return replace(looks, black=float(rng.uniform(0, 0.2)), blur=min(looks.blur, 0.8))


def _on_black(rng: np.random.Generator) -> Looks:
    return replace(_maybe_photographed(rng), paper=_tinted(rng, rng.uniform(0.03, 0.15), 0.02), ink=(0.95, 0.95, 0.92))


def _blueprint(rng: np.random.Generator) -> Looks:
    paper = (float(rng.uniform(0.02, 0.2)), float(rng.uniform(0.15, 0.35)), float(rng.uniform(0.4, 0.65)))
    return replace(_maybe_photographed(rng), paper=paper, ink=(0.9, 0.95, 1.0))


def _light_on_grey(rng: np.random.Generator) -> Looks:
    return replace(_maybe_photographed(rng), paper=_tinted(rng, rng.uniform(0.3, 0.6), 0.03), ink=(0.97, 0.97, 0.97))


def _pencil(rng: np.random.Generator) -> Looks:
    tone = float(rng.uniform(0.3, 0.55))
    return replace(_phone(rng), pencil=True, ink=(tone, tone, tone), thicker=int(rng.integers(1, 5)))


def _transparent(rng: np.random.Generator) -> Looks:
    light = rng.random() < 0.3
    ink = (0.97, 0.97, 0.97) if light else _dark_ink(rng)
    return Looks(ink=ink, paper=_BLACK if light else _WHITE, is_layer=True, thicker=int(rng.integers(0, 4)))


def _ruled(kind: str) -> Callable[[np.random.Generator], Looks]:
    def looks(rng: np.random.Generator) -> Looks:
        return replace(_phone(rng), ruling=kind, thicker=int(rng.integers(1, 5)), ink=(0.1, 0.1, 0.12))

    return looks


def _mixed(rng: np.random.Generator) -> Looks:
    """Return a mixture: a kind of paper or ink with another kind's light."""
    first = (_phone, _colored_paper, _grey_paper, _toned_paper, _much_black, _screentone, _on_black, _blueprint,
             _light_on_grey, _pencil)  # fmt: skip
    looks, light = first[int(rng.integers(len(first)))](rng), (_hard_shadow, _dark_corners)[int(rng.integers(2))](rng)
    depth = float(rng.uniform(0.3, 1.0))
    return replace(
        looks,
        falloff=light.falloff * depth,
        corners=light.corners * depth,
        shadow=light.shadow * depth,
        edge=light.edge,
        noise=light.noise * depth,
        blur=light.blur * depth,
        quality=light.quality,
    )


KINDS: Mapping[str, Callable[[np.random.Generator], Looks]] = {
    "phone": _phone,
    "hard_shadow": _hard_shadow,
    "dark_corners": _dark_corners,
    "coloured_paper": _colored_paper,
    "grey_paper": _grey_paper,
    "toned_paper": _toned_paper,
    "much_black": _much_black,
    "screentone": _screentone,
    "white_on_black": _on_black,
    "blueprint": _blueprint,
    "light_on_grey": _light_on_grey,
    "pencil": _pencil,
    "transparent": _transparent,
    **{kind: _ruled(kind) for kind in RULINGS},
    "mixed": _mixed,
}
"""Kinds of pictures, each with the function that draws its looks by chance."""
