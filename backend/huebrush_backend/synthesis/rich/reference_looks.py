"""Looks of reference pictures: any place, size and turn, margins, and the softness and noise of photographs."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

NO_PART = 255
"""Label of what shows no part: the margin around a picture. Nothing is to be coloured after it."""
_MARGINS = ((255, 255, 255), (248, 246, 240), (232, 232, 232), (24, 24, 28))


@dataclass(frozen=True)
class ReferenceLooks:
    """Shares (0..1) and ranges of the changes to reference pictures.

    Where the picture lies; its labels always go the same way:

    * `mirror_share`: mirrored
    * `place_share`: scaled, turned and shifted; the rest stays as drawn
    * `scale_least`, `scale_most`: range of the size; 1 is as drawn
    * `turn`: standard deviation of the turn in degrees
    * `any_turn_share`: of the placed ones, turned by any angle
    * `off_page`: how far the picture may stick out of the page, as a share of its side
    * `margin_share`: of the placed ones, with a margin of one colour around them; the others repeat their edge pixels
    * `white_margin_share`: of the margins, white; the others have any colour

    What a camera or scanner does; labels stay:

    * `light_share`: a gradient of light
    * `vignette_share`: darker corners
    * `tint_share`: colours of the light
    * `paper_share`: the grain of paper
    * `blur_share`: out of focus, or enlarged from a smaller picture
    * `noise_share`: noise of the sensor
    * `jpeg_share`: JPEG blocks
    """

    mirror_share: float = 0.5
    place_share: float = 0.75
    scale_least: float = 0.4
    scale_most: float = 1.35
    turn: float = 10.0
    any_turn_share: float = 0.08
    off_page: float = 0.2
    margin_share: float = 0.65
    white_margin_share: float = 0.6
    light_share: float = 0.25
    vignette_share: float = 0.15
    tint_share: float = 0.12
    paper_share: float = 0.15
    blur_share: float = 0.35
    noise_share: float = 0.3
    jpeg_share: float = 0.35


ONLY_PLACED = ReferenceLooks(
    light_share=0, vignette_share=0, tint_share=0, paper_share=0, blur_share=0, noise_share=0, jpeg_share=0
)
"""Looks without anything that a camera does."""
ONLY_PHOTOGRAPHED = ReferenceLooks(mirror_share=0, place_share=0)
"""Looks that leave everything in its place."""


def reference_look(
    rng: np.random.Generator, picture: np.ndarray, labels: np.ndarray, options: ReferenceLooks | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the picture as a reference may look, and its labels, moved alike.

    * `picture`: (H,W,3) uint8 sRGB
    * `labels`: (H,W) uint8; a margin gets the label `NO_PART`
    * `options`: shares and ranges; None for the usual ones
    """
    options = options or ReferenceLooks()
    # Each look has a generator of its own, so that a share that changes leaves the other looks as they are.
    mirror, place, camera = (np.random.default_rng(seed) for seed in rng.integers(2**62, size=3))
    if mirror.random() < options.mirror_share:
        picture, labels = (np.ascontiguousarray(plane[:, ::-1]) for plane in (picture, labels))
    if place.random() < options.place_share:
        picture, labels = _placed(place, picture, labels, options)
    return _photographed(camera, picture, options), labels


def _placed(
    rng: np.random.Generator, picture: np.ndarray, labels: np.ndarray, options: ReferenceLooks
) -> tuple[np.ndarray, np.ndarray]:
    height, width = labels.shape
    # Small and large are equally frequent: sizes are drawn on a logarithmic scale.
    scale = float(np.exp(rng.uniform(np.log(options.scale_least), np.log(options.scale_most))))
    turn = (
        float(rng.uniform(-180, 180)) if rng.random() < options.any_turn_share else float(rng.normal(0, options.turn))
    )
    room = abs(1 - scale) / 2 + options.off_page * min(scale, 1.0)
    shift = rng.uniform(-room, room, 2) * (width, height)
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), turn, scale)
    matrix[:, 2] += shift
    with_margin = rng.random() < options.margin_share
    white, bright = rng.random() < options.white_margin_share, rng.integers(0, 256, 3)
    color = (255, 255, 255) if white else tuple(int(value) for value in bright)
    if not white and rng.random() < 0.4:
        color = _MARGINS[int(rng.integers(len(_MARGINS)))]
    border = cv2.BORDER_CONSTANT if with_margin else cv2.BORDER_REPLICATE
    source = picture
    if scale < 0.75:  # a smaller picture would show torn lines otherwise
        source = cv2.GaussianBlur(picture, (0, 0), 0.35 / scale)
    moved = cv2.warpAffine(
        source, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=border, borderValue=color
    )
    moved_labels = cv2.warpAffine(
        labels, matrix, (width, height), flags=cv2.INTER_NEAREST, borderMode=border, borderValue=NO_PART
    )
    return moved, moved_labels


def _photographed(rng: np.random.Generator, picture: np.ndarray, options: ReferenceLooks) -> np.ndarray:
    height, width = picture.shape[:2]
    unit = max(height, width) / 256
    chances, strengths = rng.random(7), rng.random(14)
    light, vignette, tint, paper, blur, noise, jpeg = chances < (
        options.light_share, options.vignette_share, options.tint_share, options.paper_share, options.blur_share,
        options.noise_share, options.jpeg_share,
    )  # fmt: skip
    if light or vignette or tint or paper:
        gain = np.ones((height, width, 1), np.float32)
        x = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
        y = np.linspace(-1, 1, height, dtype=np.float32)[:, None, None]
        if light:
            angle, depth = 2 * np.pi * strengths[0], 0.05 + 0.17 * strengths[1]
            gain = gain * (1 + depth * (np.cos(angle) * x + np.sin(angle) * y) - 0.4 * depth)
        if vignette:
            gain = gain * (1 - (0.1 + 0.25 * strengths[2]) * (x * x + y * y) / 2)
        if paper:
            grain = rng.standard_normal((height // 2 + 1, width // 2 + 1)).astype(np.float32)
            grain = cv2.resize(cv2.GaussianBlur(grain, (0, 0), 0.8), (width, height))
            gain = gain * (1 + (0.02 + 0.06 * strengths[3]) * grain[..., None])
        if tint:
            gain = gain * (1 + 0.12 * (strengths[4:7] - 0.5)).astype(np.float32)
        picture = np.clip(picture * gain, 0, 255).astype(np.uint8)
    if blur:
        if strengths[7] < 0.6:
            picture = cv2.GaussianBlur(picture, (0, 0), (0.4 + 1.4 * strengths[8] ** 2) * unit)
        else:
            share = 0.35 + 0.5 * strengths[8]
            small = (max(8, round(width * share)), max(8, round(height * share)))
            picture = cv2.resize(cv2.resize(picture, small, interpolation=cv2.INTER_AREA), (width, height))
    if noise:
        amount = 2 + 10 * strengths[9] ** 2
        rough = rng.standard_normal(picture.shape, np.float32) * amount
        if strengths[10] < 0.5:
            rough = np.repeat(rough[..., :1], 3, axis=2)
        picture = np.clip(picture + rough, 0, 255).astype(np.uint8)
    if jpeg:
        quality = int(25 + 60 * strengths[11])
        stored = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        read = cv2.imdecode(stored, cv2.IMREAD_COLOR)
        assert read is not None
        picture = np.ascontiguousarray(read[..., ::-1])
    return picture
