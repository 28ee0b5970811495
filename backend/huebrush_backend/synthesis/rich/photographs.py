"""Looks of photographs: light, grain, blur, noise and JPEG blocks, as reference pictures have them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class PhotographLooks:
    """Shares (0..1) of pictures with what a camera or scanner does.

    * `light_share`: a gradient of light
    * `vignette_share`: darker corners
    * `tint_share`: colours of the light
    * `paper_share`: the grain of paper
    * `blur_share`: out of focus, or enlarged from a smaller picture
    * `noise_share`: noise of the sensor
    * `jpeg_share`: JPEG blocks
    """

    light_share: float = 0.25
    vignette_share: float = 0.15
    tint_share: float = 0.12
    paper_share: float = 0.15
    blur_share: float = 0.35
    noise_share: float = 0.3
    jpeg_share: float = 0.35


def photograph(rng: np.random.Generator, picture: np.ndarray, looks: PhotographLooks) -> np.ndarray:
    """Return `picture` (H,W,3) uint8 sRGB as a photograph or scan of it may look. Nothing moves."""
    height, width = picture.shape[:2]
    unit = max(height, width) / 256
    chances, strengths = rng.random(7), rng.random(14)
    light, vignette, tint, paper, blur, noise, jpeg = chances < (
        looks.light_share, looks.vignette_share, looks.tint_share, looks.paper_share, looks.blur_share,
        looks.noise_share, looks.jpeg_share,
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
